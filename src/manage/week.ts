/** Figures: this week at a glance, and how they went over time. Weeks begin on Monday in the workspace's time zone. */
import { type SQL, sql } from "drizzle-orm";
import { ratingReasons } from "#src/hygge.ts";
import type { Db } from "#src/store/schema.ts";
import { gateIds } from "#src/views.ts";

export interface Figures {
  /** Texts that the model wrote. */
  drafts: number;
  edits: number;
  approved: number;
  rejected: number;
  /** Share of decisions that were approvals, 0..1; null: nothing was decided. */
  approvalRate: number | null;
  /** Share of approved texts that nobody edited, 0..1. */
  unedited: number | null;
  /** Median share of characters that edits changed, 0..1. */
  medianDistance: number | null;
  up: number;
  down: number;
  /** Median seconds from request to post. */
  medianWait: number | null;
}

export interface Glance {
  /** First day of this week, ISO date in the time zone. */
  monday: string;
  week: Figures;
  before: Figures;
  /** Waiting for an approval now. */
  requested: number;
}

export async function glance(db: Db, timeZone: string): Promise<Glance> {
  const { rows } = await db.execute<{ monday: string; today: string }>(sql`
    select to_char(date_trunc('week', now() at time zone ${timeZone}), 'YYYY-MM-DD') as monday,
      to_char(now() at time zone ${timeZone}, 'YYYY-MM-DD') as today`);
  const monday = rows[0]?.monday ?? "";
  const week = await figures(db, timeZone, monday, 7);
  const before = await figures(db, timeZone, monday, 0, 7);
  const open = await db.execute<{ n: number }>(
    sql`select count(*)::int as n from hygge_local.facts where state = 'requested'`,
  );
  return { monday, week, before, requested: open.rows[0]?.n ?? 0 };
}

/** Figures from `back` days before a day to `days` after it. */
async function figures(db: Db, timeZone: string, day: string, days: number, back = 0): Promise<Figures> {
  const from = sql`((${day}::date - ${back}::int)::timestamp at time zone ${timeZone})`;
  const to = sql`((${day}::date + ${days}::int)::timestamp at time zone ${timeZone})`;
  const { rows } = await db.execute<Figures & Record<string, unknown>>(sql`
    select w.*, d.*, d.approved::float8 / nullif(d.approved + d.rejected, 0) as "approvalRate" from (
      select ${written} from hygge_local.facts f where f.at >= ${from} and f.at < ${to}
    ) w, (
      select count(*) filter (where state = 'approved')::int as approved,
        count(*) filter (where state = 'rejected')::int as rejected,
        avg((kind = 'generated')::int) filter (where state = 'approved')::float8 as unedited
      from hygge_local.facts f where f.decided_at >= ${from} and f.decided_at < ${to}
    ) d`);
  return rows[0] as Figures;
}

/** What is counted by the day on which a text was written. */
const written = sql`
  count(*) filter (where f.kind = 'generated')::int as drafts,
  count(*) filter (where f.kind = 'edited')::int as edits,
  percentile_cont(0.5) within group (order by f.distance)::float8 as "medianDistance",
  coalesce(sum(f.up), 0)::int as up, coalesce(sum(f.down), 0)::int as down,
  percentile_cont(0.5) within group (order by f.wait)::float8 as "medianWait"`;

export const trendParts = ["all", "model", "brand", "channel", "person"] as const;
export type TrendPart = (typeof trendParts)[number];
export const trendWeeks = [4, 12, 26, 52] as const;

export interface Trends {
  figure: keyof Figures;
  /** First days of the buckets, oldest first. */
  buckets: string[];
  /** A bucket is a day where four weeks are asked for, else a week. */
  step: "day" | "week";
  series: { id: string; name: string; drafts: number; points: (number | null)[] }[];
  /** Series that were left out because they are small. */
  more: number;
}

const columns: Record<TrendPart, SQL> = {
  all: sql`''`,
  model: sql`f.model`,
  brand: sql`f.brand`,
  channel: sql`f.channel`,
  person: sql`f.person_id`,
};
const mostSeries = 6;

/** How each figure is counted, over which rows: only those are read. */
const counting: Record<keyof Figures, { value: SQL; rows: SQL }> = {
  drafts: { value: sql`count(*)`, rows: sql`f.kind = 'generated'` },
  edits: { value: sql`count(*)`, rows: sql`f.kind = 'edited'` },
  approved: { value: sql`count(*)`, rows: sql`f.state = 'approved'` },
  rejected: { value: sql`count(*)`, rows: sql`f.state = 'rejected'` },
  approvalRate: {
    value: sql`avg((f.state = 'approved')::int)`,
    rows: sql`f.state <> 'draft' and f.state in ('approved', 'rejected')`,
  },
  unedited: { value: sql`avg((f.kind = 'generated')::int)`, rows: sql`f.state = 'approved'` },
  medianDistance: {
    value: sql`percentile_cont(0.5) within group (order by f.distance)`,
    rows: sql`f.kind = 'edited' and f.distance is not null`,
  },
  medianWait: {
    value: sql`percentile_cont(0.5) within group (order by f.wait)`,
    rows: sql`f.wait is not null`,
  },
  up: { value: sql`sum(f.up)`, rows: sql`f.up > 0` },
  down: { value: sql`sum(f.down)`, rows: sql`f.down > 0` },
};
export const figureNames = Object.keys(counting) as (keyof Figures)[];
/** Where nothing was counted they are 0; of the others nothing can be said. */
const counts: ReadonlySet<string> = new Set(["drafts", "edits", "approved", "rejected", "up", "down"]);

/**
 * A figure over time, by model version, brand, channel or person. All of a text is counted in the week in which it was
 * written, decisions too, so that a version's rate is about the version's texts.
 */
export async function trends(
  db: Db,
  timeZone: string,
  query: { figure: keyof Figures; by: TrendPart; weeks: (typeof trendWeeks)[number] },
): Promise<Trends> {
  const { figure } = query;
  const step = query.weeks === 4 ? "day" : "week";
  const { buckets, bounds } = await timeline(db, timeZone, query.weeks, step);
  const column = columns[query.by];
  const top = await db.execute<{ id: string; drafts: number; all: number }>(sql`
    select ${column} as id, count(*)::int as drafts, (count(*) over ())::int as all from hygge_local.facts f
    where f.at >= (${bounds})[1] group by 1 order by 2 desc, 1 limit ${mostSeries}::int`);
  const ids = top.rows.map((row) => row.id);
  if (ids.length === 0) return { figure, buckets, step, series: [], more: 0 };
  const { value, rows: which } = counting[figure];
  const { rows } = await db.execute<{ bucket: number; id: string; value: number }>(sql`
    select c.bucket, c.id, c.value from (
      select width_bucket(f.at, ${bounds}) as bucket, ${column} as id, (${value})::float8 as value
      from hygge_local.facts f where f.at >= (${bounds})[1] and ${which} group by 1, 2
    ) c where c.id in ${ids}`);
  const names = new Map(
    query.by === "person"
      ? (
          await db.execute<{ id: string; name: string }>(
            sql`select id, name from hygge.people where id in ${ids}`,
          )
        ).rows.map((row) => [row.id, row.name])
      : [],
  );
  const at = new Map(rows.map((row) => [`${row.bucket} ${row.id}`, row.value]));
  const empty = counts.has(figure) ? 0 : null;
  return {
    figure,
    buckets,
    step,
    series: top.rows.map(({ id, drafts }) => ({
      id,
      name: names.get(id) || id,
      drafts,
      points: buckets.map((_, i) => at.get(`${i + 1} ${id}`) ?? empty),
    })),
    more: Math.max(0, (top.rows[0]?.all ?? 0) - ids.length),
  };
}

/** Monday so many weeks ago (1: this one), in the time zone. */
const startOf = (weeks: number, timeZone: string) =>
  sql`(date_trunc('week', now() at time zone ${timeZone}) - ${weeks - 1}::int * interval '7 days')`;

/**
 * First days of the buckets, and their beginnings as an array of moments for `width_bucket`: a search among fifty is
 * much quicker than the calendar of each of 100,000 rows.
 */
async function timeline(db: Db, timeZone: string, weeks: number, step: "day" | "week") {
  const { rows } = await db.execute<{ day: string; at: string }>(sql`
    select to_char(b, 'YYYY-MM-DD') as day, (b at time zone ${timeZone})::text as at
    from generate_series(${startOf(weeks, timeZone)}, now() at time zone ${timeZone}, ${`1 ${step}`}::interval) b`);
  return {
    buckets: rows.map((row) => row.day),
    bounds: sql`${`{${rows.map((row) => `"${row.at}"`).join(",")}}`}::timestamptz[]`,
  };
}

export interface Counted {
  buckets: string[];
  series: { id: string; total: number; points: number[] }[];
}

/** Reasons of votes, or failed gates of drafts, week by week. */
export async function counted(
  db: Db,
  timeZone: string,
  what: "reasons" | "failed",
  weeks: number,
): Promise<Counted> {
  const order: readonly string[] = what === "reasons" ? ratingReasons : gateIds;
  const column = what === "reasons" ? sql`f.reasons` : sql`f.failed`;
  const { buckets, bounds } = await timeline(db, timeZone, weeks, "week");
  // Few different sets of bits occur: they are counted there, and taken apart here.
  const { rows } = await db.execute<{ bucket: number; mask: number; n: number }>(sql`
    select width_bucket(f.at, ${bounds}) as bucket, ${column} as mask, count(*)::int as n
    from hygge_local.facts f where ${column} <> 0 and f.at >= (${bounds})[1] group by 1, 2`);
  const series = order.map((id, bit) => {
    const points = buckets.map((_, i) =>
      rows.reduce((sum, row) => sum + (row.bucket === i + 1 && row.mask & (1 << bit) ? row.n : 0), 0),
    );
    return { id, total: points.reduce((sum, n) => sum + n, 0), points };
  });
  return {
    buckets,
    series: series.filter(({ total }) => total > 0).sort((a, b) => b.total - a.total),
  };
}

export interface WorstBrief {
  briefId: string;
  brief: string;
  brand: string;
  channel: string;
  versions: number;
  down: number;
  rejected: number;
  failed: number;
  worst: number;
  distance: number | null;
}

/** Briefs that gave the most trouble: thumbs down, rejections, failed checks; of equals those with more versions. */
export async function worstBriefs(
  db: Db,
  timeZone: string,
  weeks: number,
  limit = 20,
): Promise<WorstBrief[]> {
  const { rows } = await db.execute<WorstBrief & Record<string, unknown>>(sql`
    with troubled as (
      select f.brief_id, sum(f.down)::int as down, count(*) filter (where f.state = 'rejected')::int as rejected,
        count(*) filter (where f.failed <> 0)::int as failed
      from hygge_local.facts f
      where (f.down > 0 or f.state = 'rejected' or f.failed <> 0)
        and f.at >= ${startOf(weeks, timeZone)} at time zone ${timeZone}
      group by 1
      order by 2 * sum(f.down) + 2 * count(*) filter (where f.state = 'rejected')
        + count(*) filter (where f.failed <> 0) desc, f.brief_id
      limit ${5 * limit}::int
    )
    select t.brief_id as "briefId", b.text as brief, b.brand, b.channel, v.versions, t.down, t.rejected, t.failed,
      v.worst, v.distance
    from troubled t join hygge.briefs b on b.id = t.brief_id
    cross join lateral (
      select count(*)::int as versions, min(score)::float8 as worst, max(distance)::float8 as distance
      from hygge_local.facts f where f.brief_id = t.brief_id
    ) v
    order by 2 * t.down + 2 * t.rejected + t.failed desc, v.versions desc, v.distance desc nulls last, t.brief_id
    limit ${limit}::int`);
  return rows;
}

export interface Twin {
  id: string;
  twinId: string;
  /** 0..1 */
  alike: number;
}

/** Newest drafts that are nearly the same as an earlier one of another brief. */
export async function nearDuplicates(
  db: Db,
  page: number,
  size = 20,
): Promise<{ total: number; pairs: Twin[] }> {
  const { rows } = await db.execute<Twin & { total: number } & Record<string, unknown>>(sql`
    select draft_id as id, twin_id as "twinId", twin::float8 as alike from hygge_local.facts
    where twin_id is not null order by at desc, no desc limit ${size}::int offset ${(page - 1) * size}::int`);
  const total = await db.execute<{ n: number }>(
    sql`select count(*)::int as n from hygge_local.facts where twin_id is not null`,
  );
  return { total: total.rows[0]?.n ?? 0, pairs: rows };
}
