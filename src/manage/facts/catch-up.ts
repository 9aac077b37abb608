/**
 * Keeps the dashboard's read model up to date: the store's triggers mark drafts that were written, decided or rated;
 * here the marks are worked off, a batch at a time, so that nobody who writes has to wait for it.
 */
import { sql } from "drizzle-orm";
import { ratingReasons } from "#src/hygge.ts";
import type { Logger } from "#src/log.ts";
import type { Database } from "#src/store/open.ts";
import type { Db } from "#src/store/schema.ts";
import { type DraftView, gateIds } from "#src/views.ts";
import { similarity } from "#src/voice/similar.ts";
import { changesOf, distance, stemsOf } from "./changes.ts";
import { sketch } from "./sketch.ts";
import { wordsOf } from "./words.ts";

/** Small enough that on PGlite, which does one thing at a time, nobody notices. */
const batch = 100;
/** How long a reader waits for what is not yet counted; the rest comes in the background. */
const patienceMs = 250;
const everyMs = 20_000;
/** From here on two texts of different briefs are called near duplicates. */
export const nearlySame = 0.8;

export type CatchUp = ReturnType<typeof createCatchUp>;

export function createCatchUp(database: Database, log: Logger) {
  const words = new Map<string, number>();
  let working: Promise<void> | undefined;
  let closed = false;

  /** Works marks off until there are none or the time is up; true: none are left. */
  async function run(ms: number, size = batch): Promise<boolean> {
    const until = performance.now() + ms;
    for (;;) {
      // Somebody else may be at it: then wait, and look again.
      const done = await digestBatch(database.db, words, size).catch((error) => {
        // Words that were new in a batch that was rolled back have no numbers.
        words.clear();
        throw error;
      });
      if (done === 0) return true;
      if (closed || performance.now() > until) return false;
      if (done === "busy") await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  function inBackground(): void {
    working ??= (async () => {
      while (!closed && !(await run(0))) await new Promise((resolve) => setTimeout(resolve, 5));
    })()
      .catch((err) => log.warn({ err }, "dashboard: not up to date"))
      .finally(() => {
        working = undefined;
      });
  }

  const timer = setInterval(inBackground, everyMs);
  timer.unref();

  return {
    /** Before reading: what was just written is there, unless there is a lot to catch up with. */
    async now(): Promise<void> {
      if (!working && !(await run(patienceMs))) inBackground();
    },
    /** Everything, for exports, benchmarks and tests. */
    async all(size = batch): Promise<void> {
      await working;
      while (!closed && !(await run(60_000, size)));
    },
    async close(): Promise<void> {
      closed = true;
      clearInterval(timer);
      await working;
    },
  };
}

interface Row extends Record<string, unknown> {
  id: string;
  brief_id: string;
  parent_id: string | null;
  kind: DraftView["kind"];
  text: string;
  wish: string | null;
  note: string | null;
  channel: string;
  person_id: string;
  state: string;
  decided_at: string | null;
  created_at: string;
  score: string;
  failed: string[] | null;
  model: string;
  wait: number | null;
  brand: string;
  brief_text: string;
  up: number;
  down: number;
  reasons: string[] | null;
  comments: string[] | null;
}

/** One batch in one transaction; returns how many marks it took. One process does it at a time. */
async function digestBatch(db: Db, words: Map<string, number>, size: number): Promise<number | "busy"> {
  return db.transaction(async (tx) => {
    const lock = await tx.execute<{ got: boolean }>(
      sql`select pg_try_advisory_xact_lock(hashtext('hygge_local.stale')) as got`,
    );
    if (!lock.rows[0]?.got) return "busy";
    const { rows: marks } = await tx.execute<{ draft_id: string }>(sql`
      delete from hygge_local.stale where id in (select id from hygge_local.stale order by id limit ${size}::int)
      returning draft_id`);
    if (marks.length === 0) return 0;
    const drafts = await load(tx, [...new Set(marks.map((mark) => mark.draft_id))]);
    if (drafts.length > 0) await store(tx, drafts, words);
    return marks.length;
  });
}

async function load(tx: Db, ids: string[]): Promise<Row[]> {
  const { rows } = await tx.execute<Row>(sql`
    select d.id, d.brief_id, d.parent_id, d.kind, d.text, d.wish, d.decision_note as note, d.channel, d.person_id,
      d.state, d.decided_at, d.created_at, d.score ->> 'total' as score,
      (select array_agg(g ->> 'id') from jsonb_array_elements(d.gates) g where g ->> 'ok' = 'false') as failed,
      coalesce((d.model ->> 'name') || ' ' || (d.model ->> 'version') || ' ' || (d.model ->> 'quant'), '') as model,
      extract(epoch from d.posted_at - g.queued_at)::float8 as wait,
      b.brand, b.text as brief_text,
      coalesce(r.up, 0)::int as up, coalesce(r.down, 0)::int as down, r.comments,
      (select array_agg(distinct reason) from hygge.ratings v, jsonb_array_elements_text(v.reasons) reason
        where v.draft_id = d.id) as reasons
    from hygge.drafts d
    join hygge.briefs b on b.id = d.brief_id
    left join hygge.generations g on g.id = d.generation_id
    left join lateral (
      select count(*) filter (where value = 'up') as up, count(*) filter (where value = 'down') as down,
        array_agg(comment) filter (where comment is not null) as comments
      from hygge.ratings where draft_id = d.id
    ) r on true
    where d.id in ${ids} order by d.created_at, d.id`);
  return rows;
}

async function store(tx: Db, drafts: Row[], words: Map<string, number>): Promise<void> {
  const origins = await originsOf(tx, drafts);
  const facts = drafts.map((draft) => {
    const origin = origins.get(draft.id);
    return {
      draft_id: draft.id,
      brief_id: draft.brief_id,
      origin_id: origin?.id ?? draft.id,
      at: draft.created_at,
      brand: draft.brand,
      channel: draft.channel,
      person_id: draft.person_id,
      model: draft.kind === "edited" ? (origin?.model ?? "") : draft.model,
      kind: draft.kind,
      state: draft.state,
      decided_at: draft.decided_at,
      score: Number(draft.score),
      failed: bits(gateIds, draft.failed),
      reasons: bits(ratingReasons, draft.reasons),
      up: draft.up,
      down: draft.down,
      comments: draft.comments?.length ?? 0,
      distance: draft.kind === "edited" && origin ? distance(origin.text, draft.text) : null,
      wait: draft.kind === "edited" ? null : draft.wait,
    };
  });
  const { rows } = await tx.execute<{ no: number; draft_id: string }>(sql`
    insert into hygge_local.facts (draft_id, brief_id, origin_id, at, brand, channel, person_id, model, kind, state,
      decided_at, score, failed, reasons, up, down, comments, distance, wait)
    select draft_id, brief_id, origin_id, at, brand, channel, person_id, model, kind, state,
      decided_at, score, failed, reasons, up, down, comments, distance, wait
    from jsonb_to_recordset(${JSON.stringify(facts)}::jsonb) as f (draft_id text, brief_id text, origin_id text,
      at timestamptz, brand text, channel text, person_id text, model text, kind text, state text,
      decided_at timestamptz, score real, failed int, reasons int, up smallint, down smallint, comments smallint,
      distance real, wait real)
    on conflict (draft_id) do update set origin_id = excluded.origin_id, brand = excluded.brand,
      person_id = excluded.person_id, model = excluded.model, state = excluded.state, decided_at = excluded.decided_at,
      score = excluded.score, failed = excluded.failed, reasons = excluded.reasons, up = excluded.up,
      down = excluded.down, comments = excluded.comments, distance = excluded.distance, wait = excluded.wait
    returning no, draft_id`);
  const numbers = new Map(rows.map((row) => [row.draft_id, row.no]));
  const noOf = (draft: Row) => numbers.get(draft.id) ?? 0;

  const texts = drafts.map((draft) =>
    wordsOf(draft.brief_text, draft.text, draft.wish, draft.note, ...(draft.comments ?? [])),
  );
  await know(tx, words, texts.flat());
  const listed = drafts.map((draft, i) => ({
    no: noOf(draft),
    words: (texts[i] ?? []).flatMap((word) => words.get(word) ?? []),
  }));
  await tx.execute(sql`
    insert into hygge_local.draft_words (no, words)
    select no, array(select jsonb_array_elements_text(words)::int)
    from jsonb_to_recordset(${JSON.stringify(listed)}::jsonb) as w (no int, words jsonb)
    on conflict (no) do update set words = excluded.words where draft_words.words <> excluded.words`);

  const all = [...numbers.values()];
  await tx.execute(sql`delete from hygge_local.changes where no in ${all}`);
  const changes = drafts.flatMap((draft) => {
    const origin = origins.get(draft.id);
    if (draft.kind !== "edited" || !origin) return [];
    return changesOf(origin.text, draft.text).map((change) => ({
      ...change,
      no: noOf(draft),
      brand: draft.brand,
      stems: change.kind === "price" ? "price" : stemsOf(change.pattern),
      replacement_stems: change.kind === "price" ? change.replacement : stemsOf(change.replacement),
    }));
  });
  if (changes.length > 0)
    await tx.execute(sql`
      insert into hygge_local.changes (no, brand, kind, pattern, replacement, stems, replacement_stems)
      select * from jsonb_to_recordset(${JSON.stringify(changes)}::jsonb) as c (no int, brand text, kind text,
        pattern text, replacement text, stems text, replacement_stems text)`);

  await twins(tx, drafts, noOf);
}

const bits = (order: readonly string[], set: string[] | null) =>
  (set ?? []).reduce((mask, id) => (order.includes(id) ? mask | (1 << order.indexOf(id)) : mask), 0);

/** The generated draft that each edited one goes back to. */
async function originsOf(
  tx: Db,
  drafts: Row[],
): Promise<Map<string, { id: string; text: string; model: string }>> {
  const edited = drafts.filter((draft) => draft.kind === "edited").map((draft) => draft.id);
  if (edited.length === 0) return new Map();
  const { rows } = await tx.execute<{ draft: string; id: string; text: string; model: string }>(sql`
    with recursive back as (
      select id as draft, id, parent_id, kind from hygge.drafts where id in ${edited}
      union all
      select b.draft, d.id, d.parent_id, d.kind from back b join hygge.drafts d on d.id = b.parent_id
      where b.kind = 'edited'
    )
    select b.draft, d.id, d.text,
      coalesce((d.model ->> 'name') || ' ' || (d.model ->> 'version') || ' ' || (d.model ->> 'quant'), '') as model
    from back b join hygge.drafts d on d.id = b.id where b.kind = 'generated'`);
  return new Map(rows.map((row) => [row.draft, row]));
}

/** Sees to it that the words have numbers. */
async function know(tx: Db, words: Map<string, number>, list: string[]): Promise<void> {
  // Sorted, so that two who add the same words wait for each other in one order.
  const unknown = [...new Set(list.filter((word) => !words.has(word)))].sort();
  if (unknown.length === 0) return;
  if (words.size > 100_000) words.clear();
  const asked = JSON.stringify(words.size === 0 ? [...new Set(list)].sort() : unknown);
  await tx.execute(sql`
    insert into hygge_local.words (word)
    select w from jsonb_array_elements_text(${asked}::jsonb) w
    where not exists (select from hygge_local.words k where k.word = w collate "C")
    on conflict (word) do nothing`);
  const { rows } = await tx.execute<{ id: number; word: string }>(sql`
    select id, word from hygge_local.words
    where word in (select w collate "C" from jsonb_array_elements_text(${asked}::jsonb) w)`);
  for (const { id, word } of rows) words.set(word, id);
}

/** Sketches the texts and looks for their nearest earlier neighbour of another brief. */
async function twins(tx: Db, drafts: Row[], noOf: (draft: Row) => number): Promise<void> {
  const sketched = drafts.flatMap((draft) => sketch(draft.text).map((band) => ({ band, no: noOf(draft) })));
  const nos = drafts.map(noOf);
  await tx.execute(sql`delete from hygge_local.bands where no in ${nos}`);
  if (sketched.length === 0) return;
  await tx.execute(sql`
    insert into hygge_local.bands (band, no)
    select band, no from jsonb_to_recordset(${JSON.stringify(sketched)}::jsonb) as b (band int, no int)
    on conflict do nothing`);
  const { rows } = await tx.execute<{ no: number; twin: string; text: string }>(sql`
    select f.no, o.draft_id as twin, d.text
    from hygge_local.facts f
    cross join lateral (
      -- Those that share most bands first: a few comparisons are enough.
      select e.no from hygge_local.bands b cross join lateral (
        select no from hygge_local.bands e where e.band = b.band and e.no < b.no order by no desc limit 4
      ) e where b.no = f.no group by 1 order by count(*) desc, 1 desc limit 4
    ) e
    join hygge_local.facts o on o.no = e.no and o.brand = f.brand and o.brief_id <> f.brief_id
    join hygge.drafts d on d.id = o.draft_id
    where f.no in ${nos}`);
  const texts = new Map(drafts.map((draft) => [noOf(draft), draft.text]));
  const nearest = new Map<number, { twin_id: string; twin: number }>();
  for (const { no, twin, text } of rows) {
    const alike = similarity(texts.get(no) ?? "", text);
    if (alike >= nearlySame && alike > (nearest.get(no)?.twin ?? 0))
      nearest.set(no, { twin_id: twin, twin: alike });
  }
  const found = nos.map((no) => ({ no, ...(nearest.get(no) ?? { twin_id: null, twin: null }) }));
  await tx.execute(sql`
    update hygge_local.facts f set twin_id = t.twin_id, twin = t.twin
    from jsonb_to_recordset(${JSON.stringify(found)}::jsonb) as t (no int, twin_id text, twin real)
    where f.no = t.no and f.twin_id is distinct from t.twin_id`);
}
