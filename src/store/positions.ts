import { sql } from "drizzle-orm";
import type { Db } from "./schema.ts";

/** Places of queued generations: 1 = next; those being written count as ahead. Ids that aren't queued are left out. */
export async function positions(db: Db, ids: string[]): Promise<Map<string, number>> {
  if (ids.length === 0) return new Map();
  const { rows } = await db.execute<{ id: string; place: number }>(sql`
    select id, place from (
      select id, status, row_number() over (order by status = 'writing' desc, tag, queued_at, id)::int as place
      from hygge.generations where status in ('queued', 'writing')
    ) open where status = 'queued' and id in ${ids}`);
  return new Map(rows.map((row) => [row.id, row.place]));
}

/** The place of one queued generation; undefined unless queued. */
export async function position(db: Db, id: string): Promise<number | undefined> {
  return (await positions(db, [id])).get(id);
}
