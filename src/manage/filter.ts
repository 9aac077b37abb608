/** Which drafts a manager looks at: the same filter for the list, the counts and the exports. */
import { type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import { channels } from "#src/brief.ts";
import { checked } from "#src/flow/input.ts";
import { ratingReasons } from "#src/hygge.ts";
import type { Db } from "#src/store/schema.ts";
import { gateIds } from "#src/views.ts";
import { termsOf, withoutEnding } from "./facts/words.ts";

const day = z.iso.date();
const name = z.string().trim().min(1).max(200);

export const sorts = ["newest", "oldest", "best", "worst", "edited", "disliked", "liked", "slow"] as const;
export type Sort = (typeof sorts)[number];

/** Every part narrows; days are in the workspace's time zone, `to` is the last day that counts. */
export const filterSchema = z.object({
  search: z.string().trim().max(200).optional(),
  brand: name.optional(),
  channel: z.enum(channels).optional(),
  person: name.optional(),
  model: name.optional(),
  state: z.enum(["draft", "requested", "approved", "rejected"]).optional(),
  kind: z.enum(["generated", "edited"]).optional(),
  vote: z.enum(["up", "down", "any", "none"]).optional(),
  reason: z.enum(ratingReasons).optional(),
  gate: z.union([z.enum(gateIds), z.literal("any")]).optional(),
  light: z.enum(["red", "yellow", "green"]).optional(),
  commented: z.literal("yes").optional(),
  from: day.optional(),
  to: day.optional(),
});
export type Filter = z.infer<typeof filterSchema>;

/** @throws HyggeError input_invalid {field, problem} */
export function checkFilter(input: Record<string, unknown>): Filter {
  const given = Object.fromEntries(
    Object.entries(input).filter(
      ([key, value]) => key in filterSchema.shape && value !== undefined && value !== "",
    ),
  );
  return checked(filterSchema, given);
}

/**
 * `from` names the tables that `where` speaks of: `hygge_local.facts f`, with the words where there is a search.
 * Undefined: a word of the search occurs nowhere, so nothing does.
 */
export async function whereOf(
  db: Db,
  filter: Filter,
  timeZone: string,
): Promise<{ from: SQL; where: SQL } | undefined> {
  const { search, brand, channel, person, model, state, kind, vote, reason, gate, light, from, to } = filter;
  const parts: SQL[] = [];
  if (brand) parts.push(sql`f.brand = ${brand}`);
  if (channel) parts.push(sql`f.channel = ${channel}`);
  if (person) parts.push(sql`f.person_id = ${person}`);
  if (model) parts.push(sql`f.model = ${model}`);
  if (state) parts.push(sql`f.state = ${state}`);
  if (kind) parts.push(sql`f.kind = ${kind}`);
  if (vote === "up") parts.push(sql`f.up > 0`);
  if (vote === "down") parts.push(sql`f.down > 0`);
  if (vote === "any") parts.push(sql`(f.up > 0 or f.down > 0)`);
  if (vote === "none") parts.push(sql`f.up = 0 and f.down = 0`);
  if (reason) parts.push(sql`f.reasons & ${1 << ratingReasons.indexOf(reason)}::int <> 0`);
  if (gate)
    parts.push(gate === "any" ? sql`f.failed <> 0` : sql`f.failed & ${1 << gateIds.indexOf(gate)}::int <> 0`);
  if (light === "red") parts.push(sql`f.score < 50`);
  if (light === "yellow") parts.push(sql`f.score >= 50 and f.score < 75`);
  if (light === "green") parts.push(sql`f.score >= 75`);
  if (filter.commented) parts.push(sql`f.comments > 0`);
  if (from) parts.push(sql`f.at >= ${from}::date::timestamp at time zone ${timeZone}`);
  if (to) parts.push(sql`f.at < (${to}::date + 1)::timestamp at time zone ${timeZone}`);

  const terms = search ? termsOf(search) : [];
  for (const term of terms) {
    const ids = await wordIds(db, term);
    if (ids.length === 0) return undefined;
    parts.push(sql`w.words && ${`{${ids.join(",")}}`}::int[]`);
  }
  return {
    from:
      terms.length > 0
        ? sql`hygge_local.facts f join hygge_local.draft_words w on w.no = f.no`
        : sql`hygge_local.facts f`,
    where: parts.length > 0 ? sql.join(parts, sql` and `) : sql`true`,
  };
}

/** More words than this with a part in common say nothing any more. */
const mostWords = 500;

/**
 * Numbers of the words that a search word means: itself, with an ending, and compounds. "leinen" is not in "kleinen":
 * no compound begins with a part of one letter.
 */
async function wordIds(db: Db, term: string): Promise<number[]> {
  const stem = withoutEnding(term);
  const inside =
    term.length > 2
      ? sql`word like ${`%${term}%`} and position(${term} in word) <> 2`
      : sql`word like ${`${term}%`}`;
  // Letters and digits alone: nothing in it means anything to a pattern.
  const inflected = stem ? sql`or word ~ ${`(^|..)${stem}(ern|en|er|em|es|e|n|s)?$`}` : sql``;
  const { rows } = await db.execute<{ id: number }>(sql`
    select id from hygge_local.words where (${inside}) ${inflected} order by length(word), word limit ${mostWords}::int`);
  return rows.map((row) => row.id);
}
