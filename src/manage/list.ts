/** The list of drafts, paged, and what its filters can be set to. */
import { type SQL, sql } from "drizzle-orm";
import type { Brand } from "#src/brand.ts";
import type { Db } from "#src/store/schema.ts";
import type { DraftState, GateResult } from "#src/views.ts";
import { type Filter, type Sort, whereOf } from "./filter.ts";

export const pageSize = 25;

export interface DraftLine {
  id: string;
  briefId: string;
  version: number;
  brief: string;
  text: string;
  brand: string;
  channel: string;
  kind: "generated" | "edited";
  state: DraftState;
  personId: string;
  personName: string;
  /** "hygge v0 Q4_0"; of an edit that of the draft that was edited. */
  model: string;
  score: number;
  failed: GateResult["id"][];
  up: number;
  down: number;
  comments: number;
  /** Share of characters changed by an edit, 0..1. */
  distance: number | null;
  /** Seconds from the request to the post. */
  wait: number | null;
  /** ISO 8601, UTC. */
  createdAt: string;
}

export interface DraftPage {
  total: number;
  /** From 1. */
  page: number;
  pages: number;
  drafts: DraftLine[];
}

const orders: Record<Sort, [forth: SQL, back: SQL]> = {
  newest: [sql`f.at desc, f.no desc`, sql`f.at, f.no`],
  oldest: [sql`f.at, f.no`, sql`f.at desc, f.no desc`],
  best: [sql`f.score desc, f.no desc`, sql`f.score, f.no`],
  worst: [sql`f.score, f.no`, sql`f.score desc, f.no desc`],
  edited: [sql`f.distance desc nulls last, f.no desc`, sql`f.distance nulls first, f.no`],
  disliked: [sql`f.down desc, f.no desc`, sql`f.down, f.no`],
  liked: [sql`f.up desc, f.no desc`, sql`f.up, f.no`],
  slow: [sql`f.wait desc nulls last, f.no desc`, sql`f.wait nulls first, f.no`],
};

/** A page of drafts; one beyond the last is the last. */
export async function listDrafts(
  db: Db,
  query: { filter: Filter; sort: Sort; page: number; timeZone: string },
): Promise<DraftPage> {
  const found = await whereOf(db, query.filter, query.timeZone);
  if (!found) return { total: 0, page: 1, pages: 1, drafts: [] };
  const { from, where } = found;
  const counted = await db.execute<{ total: number }>(
    sql`select count(*)::int as total from ${from} where ${where}`,
  );
  const total = counted.rows[0]?.total ?? 0;
  const pages = Math.max(1, Math.ceil(total / pageSize));
  const page = Math.min(Math.max(1, query.page), pages);
  const offset = (page - 1) * pageSize;
  const size = Math.min(pageSize, total - offset);
  // The last pages are reached from the other end.
  const fromEnd = offset > total / 2;
  const order = orders[query.sort][fromEnd ? 1 : 0];
  const skip = fromEnd ? total - offset - size : offset;
  // Numbers first: they are in every index, so the pages before are skipped without being read.
  const { rows } = await db.execute<{ draft_id: string }>(sql`
    select d.draft_id from (
      select f.no, row_number() over () as at from (
        select f.no from ${from} where ${where} order by ${order} limit ${size}::int offset ${skip}::int
      ) f
    ) f join hygge_local.facts d on d.no = f.no order by f.at`);
  const ids = rows.map((row) => row.draft_id);
  return { total, page, pages, drafts: await draftLines(db, fromEnd ? ids.reverse() : ids) };
}

/** Lines of drafts in the order of their ids. */
export async function draftLines(db: Db, ids: string[]): Promise<DraftLine[]> {
  if (ids.length === 0) return [];
  const { rows } = await db.execute<DraftLine & Record<string, unknown>>(sql`
    select d.id, d.brief_id as "briefId", d.version, b.text as brief, d.text, b.brand, d.channel, d.kind, d.state,
      d.person_id as "personId", p.name as "personName", f.model, f.score::float8,
      array(select g ->> 'id' from jsonb_array_elements(d.gates) g where g ->> 'ok' = 'false') as failed,
      f.up, f.down, f.comments, f.distance::float8, f.wait::float8,
      to_char(d.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "createdAt"
    from hygge.drafts d
    join hygge_local.facts f on f.draft_id = d.id
    join hygge.briefs b on b.id = d.brief_id
    join hygge.people p on p.id = d.person_id
    where d.id in ${ids}`);
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

export interface Choices {
  brands: string[];
  channels: string[];
  models: string[];
  people: { id: string; name: string }[];
  /** What the brands call their channels. */
  channelNames: Record<string, { de: string; en: string }>;
}

/** What occurs, for the filters. A step from value to value in the index, not a look at every row. */
export async function choices(db: Db, all: Brand[]): Promise<Choices> {
  const distinct = async (column: SQL) => {
    const { rows } = await db.execute<{ value: string }>(sql`
      with recursive v as (
        (select min(${column}) as value from hygge_local.facts)
        union all
        select (select min(${column}) from hygge_local.facts where ${column} > v.value) from v where v.value is not null
      ) select value from v where value is not null and value <> '' limit 500`);
    return rows.map((row) => row.value);
  };
  const brands = await distinct(sql`brand`);
  const channels = await distinct(sql`channel`);
  const models = await distinct(sql`model`);
  const ids = await distinct(sql`person_id`);
  const people =
    ids.length === 0
      ? []
      : (
          await db.execute<{ id: string; name: string }>(
            sql`select id, name from hygge.people where id in ${ids} order by lower(name), id`,
          )
        ).rows;
  const channelNames = Object.fromEntries(
    all.flatMap((brand) => Object.entries(brand.channels).map(([id, { label }]) => [id, label])),
  );
  return { brands, channels, models, people, channelNames };
}
