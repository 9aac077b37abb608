import { eq, sql } from "drizzle-orm";
import { briefs, type Db, people } from "./schema.ts";

export type BriefRow = typeof briefs.$inferSelect;
export type NewBrief = Omit<BriefRow, "createdAt" | "idempotencyKey"> & { idempotencyKey?: string };

/**
 * Inserts a brief; its person must exist. With an idempotency key that the person has used before, nothing is
 * inserted and the id of that earlier brief comes back.
 */
export async function insertBrief(db: Db, brief: NewBrief): Promise<{ id: string; created: boolean }> {
  return db.transaction(async (tx) => {
    // A person's briefs get distinct, rising times (the lock makes that true), so that pages can end at one.
    await tx.select({ id: people.id }).from(people).where(eq(people.id, brief.personId)).for("update");
    const idempotencyKey = personal(brief.personId, brief.idempotencyKey);
    const [created] = await tx
      .insert(briefs)
      .values({
        ...brief,
        idempotencyKey,
        createdAt: sql`date_trunc('milliseconds', greatest(clock_timestamp(), (
          select max(created_at) + interval '1 millisecond' from hygge.briefs where person_id = ${brief.personId})))`,
      })
      .onConflictDoNothing({ target: briefs.idempotencyKey })
      .returning({ id: briefs.id });
    if (created) return { id: created.id, created: true };
    const [earlier] = await tx
      .select({ id: briefs.id })
      .from(briefs)
      .where(eq(briefs.idempotencyKey, idempotencyKey ?? ""));
    if (!earlier) throw new Error(`brief ${brief.id} was neither inserted nor found`);
    return { id: earlier.id, created: false };
  });
}

export async function getBrief(db: Db, id: string): Promise<BriefRow | undefined> {
  const [row] = await db.select().from(briefs).where(eq(briefs.id, id));
  return row;
}

/** Two people may send the same key. */
export function personal(personId: string, key: string | undefined): string | null {
  return key === undefined ? null : `${personId} ${key}`;
}

/**
 * Ids of a person's briefs, newest first. `search` looks at the brief and at its posted drafts, ignoring case;
 * `before` is the createdAt of the last one seen.
 */
export async function briefIdsOf(
  db: Db,
  personId: string,
  query: { search?: string; before?: string; limit?: number } = {},
): Promise<string[]> {
  const search = query.search?.trim();
  const like = search ? `%${search.replace(/[\\%_]/g, "\\$&")}%` : undefined;
  const rows = await db
    .select({ id: briefs.id })
    .from(briefs)
    .where(
      sql.join(
        [
          sql`${briefs.personId} = ${personId}`,
          ...(query.before ? [sql`${briefs.createdAt} < ${query.before}::timestamptz`] : []),
          ...(like
            ? [
                sql`(${briefs.text} ilike ${like} or exists (
                  select 1 from hygge.drafts d
                  where d.brief_id = ${briefs.id} and d.posted_at is not null and d.text ilike ${like}))`,
              ]
            : []),
        ],
        sql` and `,
      ),
    )
    .orderBy(sql`${briefs.createdAt} desc`, sql`${briefs.id} desc`)
    .limit(query.limit ?? 20);
  return rows.map((row) => row.id);
}
