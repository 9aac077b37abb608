import { sql } from "drizzle-orm";
import type { Db } from "./schema.ts";

/** Everybody's week since Monday, by the database's clock. */
export interface Week {
  briefs: number;
  drafts: number;
  approved: number;
  up: number;
  down: number;
}

export async function thisWeek(db: Db): Promise<Week> {
  const { rows } = await db.execute<{ [K in keyof Week]: number }>(sql`
    with week as (select date_trunc('week', now()) as start)
    select
      (select count(*) from hygge.briefs, week where created_at >= start)::int as briefs,
      (select count(*) from hygge.drafts, week where posted_at >= start)::int as drafts,
      (select count(*) from hygge.drafts, week where state = 'approved' and decided_at >= start)::int as approved,
      (select count(*) from hygge.ratings, week where value = 'up' and updated_at >= start)::int as up,
      (select count(*) from hygge.ratings, week where value = 'down' and updated_at >= start)::int as down`);
  return rows[0] ?? { briefs: 0, drafts: 0, approved: 0, up: 0, down: 0 };
}
