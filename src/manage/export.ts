/**
 * What managers take away: the list as CSV, and the feedback as training data. Read in small steps by number, never in
 * one long query: the embedded database would keep everybody waiting, and memory stays flat at any size.
 */
import { createHash } from "node:crypto";
import { sql } from "drizzle-orm";
import { ratingReasons } from "#src/hygge.ts";
import type { Prompt, Sampling } from "#src/model.ts";
import { byteOrderMark, spreadsheetRows } from "#src/spreadsheet.ts";
import type { Db } from "#src/store/schema.ts";
import { type DraftView, gateIds } from "#src/views.ts";
import { fold } from "./facts/words.ts";
import { type Filter, whereOf } from "./filter.ts";

export const exportKinds = ["csv", "sft", "dpo", "kto"] as const;
export type ExportKind = (typeof exportKinds)[number];
export type TrainingKind = Exclude<ExportKind, "csv">;

export interface Turn {
  role: "system" | "user" | "assistant";
  content: string;
}
export type SftLine = { messages: Turn[] };
export type DpoLine = { prompt: Turn[]; chosen: Turn[]; rejected: Turn[] };
export type KtoLine = { prompt: Turn[]; completion: Turn[]; label: boolean };

/** Where a line of training data comes from. Names nobody: what a person did stays in the store. */
export interface Source {
  /** sha256 of the line as written, first 16 hex digits: sidecar and data can be matched in any order. */
  line: string;
  side: Side;
  /** What it was: an approved text, an edit, a pick, votes. */
  from: "approved" | "edited" | "picked" | "voted";
  draftId: string;
  /** Of a pair the text that was not preferred. */
  rejectedId?: string;
  briefId: string;
  brand: string;
  channel: string;
  model: DraftView["model"];
  promptHash: string;
  seed: number | null;
  sampling: Sampling | null;
  createdAt: string;
}

export type Side = "train" | "eval";
export interface Example {
  side: Side;
  line: string;
  source: Source;
}

export interface ExportReport {
  examples: number;
  train: number;
  eval: number;
  /** Same line as before. */
  duplicates: number;
  /** Written before prompts were stored, or the prompt was erased. */
  withoutPrompt: number;
}

const step = 250;
/** One brief in ten is kept for evaluation. */
const evalShare = 0.1;

/**
 * Lines of training data with their sources, oldest first. Both sides of the split see every brief at most on one side:
 * it is drawn by the words of the brief, so the same brief asked twice stays together.
 */
export async function* examples(
  db: Db,
  kind: TrainingKind,
  query: { filter: Filter; timeZone: string; report?: ExportReport },
): AsyncGenerator<Example> {
  const report = query.report ?? emptyReport();
  const seen = new Set<number>();
  for await (const rows of steps(db, query.filter, query.timeZone, wanted[kind])) {
    const drafts = await loadDrafts(db, rows);
    const made =
      kind === "sft"
        ? sft(drafts)
        : kind === "kto"
          ? kto(drafts)
          : [...dpoEdits(drafts), ...(await dpoPicks(db, drafts))];
    for (const { draft, rejected, from, body } of made) {
      if (draft.prompt === null) {
        report.withoutPrompt++;
        continue;
      }
      const line = JSON.stringify(body(turnsOf(draft.prompt)));
      const key = kind === "kto" ? JSON.stringify([draft.prompt, draft.text]) : line;
      const hash = Number.parseInt(sha(key).slice(0, 13), 16);
      if (seen.has(hash)) {
        report.duplicates++;
        continue;
      }
      seen.add(hash);
      const side = sideOf(draft.brief);
      report.examples++;
      report[side]++;
      yield {
        side,
        line,
        source: {
          line: sha(line).slice(0, 16),
          side,
          from,
          draftId: draft.id,
          ...(rejected ? { rejectedId: rejected } : {}),
          briefId: draft.briefId,
          brand: draft.brand,
          channel: draft.channel,
          model: draft.model,
          promptHash: draft.promptHash ?? "",
          seed: draft.seed,
          sampling: draft.sampling,
          createdAt: draft.createdAt,
        },
      };
    }
  }
}

export const emptyReport = (): ExportReport => ({
  examples: 0,
  train: 0,
  eval: 0,
  duplicates: 0,
  withoutPrompt: 0,
});

/** The turns that the model was given, as chat messages: a labels prompt is one user turn, letter for letter. */
export function turnsOf(prompt: Prompt): Turn[] {
  if (prompt.kind === "labels") return [{ role: "user", content: prompt.text }];
  return [
    { role: "system", content: prompt.system },
    ...prompt.examples.flatMap(({ user, assistant }): Turn[] => [
      { role: "user", content: user },
      { role: "assistant", content: assistant },
    ]),
    { role: "user", content: prompt.user },
  ];
}

/** By the brief's words, so that spaces, case and commas make no other brief. */
export function sideOf(brief: string): Side {
  const words = fold(brief).match(/[\p{L}\p{N}]+/gu) ?? [];
  return Number.parseInt(sha(words.join(" ")).slice(0, 8), 16) / 2 ** 32 < evalShare ? "eval" : "train";
}

const sha = (text: string) => createHash("sha256").update(text).digest("hex");
const said = (content: string): Turn[] => [{ role: "assistant", content }];

/** Which drafts can make an example at all. */
const wanted: Record<TrainingKind, ReturnType<typeof sql>> = {
  sft: sql`f.state <> 'rejected' and (f.state = 'approved' or f.kind = 'edited')`,
  dpo: sql`(f.kind = 'edited' and f.state <> 'rejected'
    or f.kind = 'generated' and exists (select from hygge.picks p where p.draft_id = f.draft_id))`,
  kto: sql`f.up <> f.down`,
};

interface Loaded {
  id: string;
  briefId: string;
  generationId: string | null;
  brief: string;
  brand: string;
  channel: string;
  kind: string;
  state: string;
  text: string;
  originText: string;
  originId: string;
  /** Whether a later edit goes back to this one: then that one is the final. */
  superseded: boolean;
  up: number;
  down: number;
  prompt: Prompt | null;
  promptHash: string | null;
  model: DraftView["model"];
  seed: number | null;
  sampling: Sampling | null;
  createdAt: string;
}

interface Made {
  draft: Loaded;
  rejected?: string;
  from: Source["from"];
  body(prompt: Turn[]): SftLine | DpoLine | KtoLine;
}

const sft = (drafts: Loaded[]): Made[] =>
  drafts
    .filter((draft) => draft.state === "approved" || !draft.superseded)
    .map((draft) => ({
      draft,
      from: draft.state === "approved" ? "approved" : "edited",
      body: (prompt) => ({ messages: [...prompt, ...said(draft.text)] }),
    }));

const kto = (drafts: Loaded[]): Made[] =>
  drafts.map((draft) => ({
    draft,
    from: "voted",
    body: (prompt) => ({ prompt, completion: said(draft.text), label: draft.up > draft.down }),
  }));

const dpoEdits = (drafts: Loaded[]): Made[] =>
  drafts
    .filter((draft) => draft.kind === "edited" && !draft.superseded && draft.text !== draft.originText)
    .map((draft) => ({
      draft,
      rejected: draft.originId,
      from: "edited",
      body: (prompt) => ({ prompt, chosen: said(draft.text), rejected: said(draft.originText) }),
    }));

/** A variant that was picked, against each of its siblings that nobody picked. */
async function dpoPicks(db: Db, drafts: Loaded[]): Promise<Made[]> {
  const picked = drafts.filter((draft) => draft.kind === "generated" && draft.generationId !== null);
  if (picked.length === 0) return [];
  const { rows } = await db.execute<{ id: string; generation: string; text: string; picks: number }>(sql`
    select d.id, d.generation_id as generation, d.text,
      (select count(*) from hygge.picks p where p.draft_id = d.id)::int as picks
    from hygge.drafts d where d.generation_id in ${picked.map((draft) => draft.generationId)}
    order by d.version`);
  return picked.flatMap((draft) =>
    rows
      .filter((row) => row.generation === draft.generationId && row.picks === 0 && row.text !== draft.text)
      .map(
        (row): Made => ({
          draft,
          rejected: row.id,
          from: "picked",
          body: (prompt) => ({ prompt, chosen: said(draft.text), rejected: said(row.text) }),
        }),
      ),
  );
}

/** Drafts of a filter, by number, some at a time. What is written meanwhile is left for the next export. */
async function* steps(
  db: Db,
  filter: Filter,
  timeZone: string,
  only: ReturnType<typeof sql>,
): AsyncGenerator<string[]> {
  const found = await whereOf(db, filter, timeZone);
  if (!found) return;
  const { rows: ends } = await db.execute<{ last: number | null }>(
    sql`select max(no) as last from hygge_local.facts`,
  );
  const last = ends[0]?.last ?? 0;
  for (let after = 0; after < last; ) {
    const { rows } = await db.execute<{ no: number; draft_id: string }>(sql`
      select f.no, f.draft_id from ${found.from}
      where f.no > ${after}::int and f.no <= ${last}::int and ${found.where} and ${only}
      order by f.no limit ${step}::int`);
    if (rows.length > 0) yield rows.map((row) => row.draft_id);
    if (rows.length < step) return;
    after = rows.at(-1)?.no ?? last;
  }
}

async function loadDrafts(db: Db, ids: string[]): Promise<Loaded[]> {
  const { rows } = await db.execute<Loaded & Record<string, unknown>>(sql`
    select d.id, d.brief_id as "briefId", d.generation_id as "generationId", b.text as brief, b.brand, d.channel, d.kind,
      d.state, d.text, o.text as "originText", o.id as "originId", f.up, f.down, r.prompt, o.prompt_hash as "promptHash",
      o.model, o.seed::float8 as seed, o.sampling,
      exists (select from hygge.drafts later where later.brief_id = d.brief_id and later.parent_id = d.id
        and later.kind = 'edited' and later.state <> 'rejected') as superseded,
      to_char(d.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "createdAt"
    from hygge.drafts d
    join hygge_local.facts f on f.draft_id = d.id
    join hygge.drafts o on o.id = f.origin_id
    join hygge.briefs b on b.id = d.brief_id
    left join hygge.prompts r on r.hash = o.prompt_hash
    where d.id in ${ids} order by f.no`);
  return rows;
}

const csvColumns = [
  "created",
  "brand",
  "channel",
  "tone",
  "length",
  "person",
  "brief",
  "version",
  "kind",
  "text",
  "state",
  "decided_by",
  "decided_at",
  "note",
  "score",
  "failed_gates",
  "up",
  "down",
  "reasons",
  "comments",
  "edited_share",
  "wait_seconds",
  "model",
  "seed",
  "brief_id",
  "draft_id",
] as const;

/** The list as a spreadsheet opens it, in the reader's separators (German: semicolon and decimal comma). */
export async function* csv(
  db: Db,
  query: { filter: Filter; timeZone: string; locale: "de" | "en" },
): AsyncGenerator<string> {
  const write = (rows: readonly (readonly unknown[])[]) =>
    spreadsheetRows(rows, query.locale === "de" ? { between: ";", decimal: "," } : undefined);
  yield `${byteOrderMark}${write([csvColumns])}`;
  for await (const ids of steps(db, query.filter, query.timeZone, sql`true`)) {
    const { rows } = await db.execute<Record<(typeof csvColumns)[number], unknown>>(sql`
      select to_char(d.created_at at time zone ${query.timeZone}, 'YYYY-MM-DD HH24:MI:SS') as created, b.brand, d.channel,
        d.tone, d.length, p.name as person, b.text as brief, d.version, d.kind, d.text, d.state,
        coalesce((select name from hygge.people where id = d.decided_by), '') as decided_by,
        coalesce(to_char(d.decided_at at time zone ${query.timeZone}, 'YYYY-MM-DD HH24:MI:SS'), '') as decided_at,
        coalesce(d.decision_note, '') as note, round(f.score::numeric, 1)::float8 as score, f.failed as failed_gates,
        f.up, f.down, f.reasons,
        coalesce((select string_agg(comment, E'\n' order by updated_at) from hygge.ratings where draft_id = d.id), '') as comments,
        round(f.distance::numeric, 3)::float8 as edited_share, round(f.wait::numeric, 1)::float8 as wait_seconds,
        f.model, d.seed::float8 as seed, d.brief_id, d.id as draft_id
      from hygge.drafts d join hygge_local.facts f on f.draft_id = d.id join hygge.briefs b on b.id = d.brief_id
      join hygge.people p on p.id = d.person_id where d.id in ${ids} order by f.no`);
    yield write(
      rows.map((row) =>
        csvColumns.map((column) => {
          const value = row[column];
          if (column === "failed_gates") return names(gateIds, Number(value));
          if (column === "reasons") return names(ratingReasons, Number(value));
          return value;
        }),
      ),
    );
  }
}

const names = (order: readonly string[], mask: number) => order.filter((_, i) => mask & (1 << i)).join(" ");
