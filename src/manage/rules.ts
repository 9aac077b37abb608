/**
 * What the edits say: a change that people make again and again is proposed as a rule of the brand. Accepted, it lies
 * over the brand's YAML on every worker; undone, it is gone, and the story of both stays.
 */
import { randomUUID } from "node:crypto";
import { and, desc, eq, isNull, sql } from "drizzle-orm";
import type { Brand, Brands } from "#src/brand.ts";
import { HyggeError } from "#src/errors.ts";
import type { Logger } from "#src/log.ts";
import type { Actor } from "#src/may.ts";
import { addAudit } from "#src/store/audit.ts";
import { brandRules, type Db } from "#src/store/schema.ts";
import { diffOf, type Part } from "./detail.ts";
import { stemsOf } from "./facts/changes.ts";
import { fold } from "./facts/words.ts";

export type RuleKind = "replace" | "delete" | "price";

export interface Proposal {
  brand: string;
  kind: RuleKind;
  /** The shortest form that occurred; for price the place that it is moved to, "start" or "end". */
  pattern: string;
  replacement: string | null;
  /** Edits that made the change, of different briefs; by how many people. */
  times: number;
  people: number;
  /** Edited texts that still have it. */
  kept: number;
  /** Newest edits as they were made. */
  examples: { draftId: string; diff: Part[] }[];
}

export interface Rule {
  id: string;
  brand: string;
  kind: RuleKind;
  pattern: string;
  replacement: string | null;
  evidence: Record<string, unknown>;
  acceptedBy: string;
  acceptedAt: string;
  undoneBy: string | null;
  undoneAt: string | null;
}

/** Often enough, and mostly: fewer than so many are chance, and what people keep half the time is no rule. */
const least = 3;
const share = 0.6;
/** Edits older than this tell of a model that is gone; of the rest the newest are enough to know a habit. */
const months = 3;
const newest = 2000;

/** Recurring edits that are no rule yet, the most frequent first. */
export async function proposals(db: Db): Promise<Proposal[]> {
  const sample = sql`sample as materialized (
    select f.no, f.draft_id, f.brief_id, f.person_id, f.brand, f.at from hygge_local.facts f
    where f.kind = 'edited' and f.state <> 'rejected' and f.at > now() - ${`${months} months`}::interval
    order by f.at desc limit ${newest}::int)`;
  const { rows } = await db.execute<
    Omit<Proposal, "kept" | "examples"> & { stems: string; to: string; ids: string[] } & Record<
        string,
        unknown
      >
  >(sql`
    with ${sample}
    select c.brand, c.kind, c.stems, c.replacement_stems as to,
      (array_agg(c.pattern order by length(c.pattern), c.pattern))[1] as pattern,
      (array_agg(c.replacement order by length(c.replacement), c.replacement))[1] as replacement,
      count(distinct f.brief_id)::int as times, count(distinct f.person_id)::int as people,
      (array_agg(f.draft_id order by f.at desc))[1:3] as ids
    from sample f join hygge_local.changes c on c.no = f.no
    where c.kind <> 'price' or (c.pattern <> c.replacement and c.replacement <> 'middle')
    group by 1, 2, 3, 4 having count(distinct f.brief_id) >= ${least}::int
    order by times desc, c.brand, c.kind, c.stems limit 60`);
  if (rows.length === 0) return [];
  const texts = await db.execute<{ brief_id: string; brand: string; text: string; price: string | null }>(sql`
    with ${sample}
    select f.brief_id, f.brand, d.text, c.replacement as price
    from sample f join hygge.drafts d on d.id = f.draft_id
    left join hygge_local.changes c on c.no = f.no and c.kind = 'price'`);
  const edits = texts.rows.map((row) => ({ ...row, folded: fold(row.text), stems: "" }));
  /** Stems are costly: they are made where the first one occurs at all. */
  const has = (edit: (typeof edits)[number], stems: string) => {
    if (!edit.folded.includes(fold(stems.split(" ")[0] ?? ""))) return false;
    edit.stems ||= ` ${stemsOf(edit.text)} `;
    return edit.stems.includes(` ${stems} `);
  };
  const open = await rules(db, { open: true });
  const found: (Omit<Proposal, "examples"> & { ids: string[] })[] = [];
  for (const { stems, to, ids, ...row } of rows) {
    if (row.kind === "price") Object.assign(row, { pattern: to, replacement: null });
    if (row.kind === "delete") row.replacement = null;
    const { brand, kind, pattern, replacement, times, people } = row;
    if (open.some((rule) => rule.brand === brand && rule.kind === kind && rule.pattern === pattern)) continue;
    // Edited texts that could have been changed like this, and were not.
    const kept = new Set(
      edits
        .filter((edit) => edit.brand === brand)
        .filter((edit) => (kind === "price" ? edit.price !== null && edit.price !== to : has(edit, stems)))
        .map((edit) => edit.brief_id),
    ).size;
    if (times / (times + kept) < share) continue;
    found.push({ brand, kind, pattern, replacement, times, people, kept, ids });
    if (found.length === 20) break;
  }
  const examples = await examplesOf(
    db,
    found.flatMap(({ ids }) => ids),
  );
  return found.map(({ ids, ...proposal }) => ({
    ...proposal,
    examples: examples.filter(({ draftId }) => ids.includes(draftId)),
  }));
}

async function examplesOf(db: Db, ids: string[]): Promise<Proposal["examples"]> {
  if (ids.length === 0) return [];
  const { rows } = await db.execute<{ id: string; before: string; after: string }>(sql`
    select d.id, o.text as before, d.text as after from hygge.drafts d
    join hygge_local.facts f on f.draft_id = d.id join hygge.drafts o on o.id = f.origin_id
    where d.id in ${ids} order by d.created_at desc`);
  return rows.map(({ id, before, after }) => ({ draftId: id, diff: diffOf(before, after) }));
}

export async function rules(db: Db, which: { open: boolean }): Promise<Rule[]> {
  const rows = await db
    .select()
    .from(brandRules)
    .where(which.open ? isNull(brandRules.undoneAt) : undefined)
    .orderBy(desc(brandRules.acceptedAt), brandRules.id);
  return rows.map((row) => ({
    ...row,
    acceptedAt: row.acceptedAt.toISOString(),
    undoneAt: row.undoneAt?.toISOString() ?? null,
  }));
}

export type NewRule = Pick<Rule, "brand" | "kind" | "pattern" | "replacement"> & {
  evidence?: Record<string, unknown>;
};

/** Accepts a rule; accepting it twice makes one. Returns its id. */
export async function acceptRule(db: Db, actor: Actor, rule: NewRule): Promise<string> {
  return db.transaction(async (tx) => {
    const id = randomUUID();
    const { brand, kind, pattern, replacement, evidence } = rule;
    const [made] = await tx
      .insert(brandRules)
      .values({ id, brand, kind, pattern, replacement, acceptedBy: actor.id, evidence: evidence ?? {} })
      .onConflictDoNothing()
      .returning({ id: brandRules.id });
    if (made) {
      await addAudit(tx, {
        personId: actor.id,
        action: "rule.accept",
        data: { id, brand, kind, pattern, replacement },
      });
      return id;
    }
    const [same] = await tx
      .select({ id: brandRules.id })
      .from(brandRules)
      .where(
        and(
          eq(brandRules.brand, brand),
          eq(brandRules.kind, kind),
          eq(brandRules.pattern, pattern),
          isNull(brandRules.undoneAt),
        ),
      );
    return same?.id ?? id;
  });
}

/** @throws HyggeError not_found {kind, id} */
export async function undoRule(db: Db, actor: Actor, id: string): Promise<void> {
  await db.transaction(async (tx) => {
    const [row] = await tx
      .update(brandRules)
      .set({ undoneBy: actor.id, undoneAt: sql`now()` })
      .where(and(eq(brandRules.id, id), isNull(brandRules.undoneAt)))
      .returning();
    if (row) await addAudit(tx, { personId: actor.id, action: "rule.undo", data: { id } });
    else {
      const [known] = await tx.select({ id: brandRules.id }).from(brandRules).where(eq(brandRules.id, id));
      if (!known) throw new HyggeError("not_found", { kind: "rule", id: id.slice(0, 60) });
    }
  });
}

/** A brand with the rules of its managers on top. */
export function withRules(
  brand: Brand,
  list: readonly Pick<Rule, "kind" | "pattern" | "replacement">[],
): Brand {
  if (list.length === 0) return brand;
  const known = new Set(brand.forbidden.map(({ word }) => word.toLowerCase()));
  const price = list.find((rule) => rule.kind === "price")?.pattern;
  return {
    ...brand,
    forbidden: [
      ...brand.forbidden,
      ...list
        .filter((rule) => rule.kind !== "price" && !known.has(rule.pattern.toLowerCase()))
        .map(({ pattern, replacement }) => ({
          word: pattern,
          replacements: replacement ? [replacement] : [],
        })),
    ],
    ...(price === "start" || price === "end" ? { pricePlace: price } : {}),
  };
}

/** How soon a rule that was accepted in another process holds in this one. */
const everyMs = 2_000;

/** The brands as every worker should see them: YAML below, accepted rules above, looked up every two seconds. */
export async function layeredBrands(
  brands: Brands,
  db: Db,
  log: Pick<Logger, "warn">,
): Promise<Brands & { refresh(): Promise<void> }> {
  let byBrand = new Map<string, Rule[]>();
  let seen = "";
  const layered = new Map<string, { below: Brand; rules: Rule[]; above: Brand }>();

  async function refresh(): Promise<void> {
    const open = await rules(db, { open: true });
    const now = open.map((rule) => rule.id).join();
    // Unchanged rules keep their brands' identity, and what is cached for them.
    if (now === seen) return;
    seen = now;
    byBrand = grouped(open);
  }

  function above(below: Brand): Brand {
    const list = byBrand.get(below.id) ?? none;
    const known = layered.get(below.id);
    if (known?.below === below && known.rules === list) return known.above;
    const made = withRules(below, list);
    layered.set(below.id, { below, rules: list, above: made });
    return made;
  }

  await refresh();
  let warned = false;
  const timer = setInterval(() => {
    refresh().then(
      () => {
        warned = false;
      },
      (err) => {
        if (!warned) log.warn({ err }, "accepted rules can't be read, the last ones stay");
        warned = true;
      },
    );
  }, everyMs);
  timer.unref();
  return {
    get: (id) => {
      const below = brands.get(id);
      return below && above(below);
    },
    list: () => brands.list().map(above),
    refresh,
    close() {
      clearInterval(timer);
      brands.close();
    },
  };
}

const none: Rule[] = [];

function grouped(list: Rule[]): Map<string, Rule[]> {
  const map = new Map<string, Rule[]>();
  for (const rule of list) map.set(rule.brand, [...(map.get(rule.brand) ?? []), rule]);
  return map;
}
