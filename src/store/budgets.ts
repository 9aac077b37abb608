/** What a platform lets all our processes together send: allowances of one call per `everyMs`, some at once. */
import { eq, sql } from "drizzle-orm";
import { budgets, type Db } from "./schema.ts";

export interface Allowance {
  /** Whose it is: "slack T1 C1 post". */
  key: string;
  everyMs: number;
  /** Calls that may come at once after a rest. In any minute there are at most `burst + 60_000 / everyMs`. */
  burst: number;
}

/**
 * Takes the next free moment for a call, in milliseconds from now. `taken` false: it is later than `maxWaitMs`
 * and was left to others.
 */
export async function reserve(
  db: Db,
  { key, everyMs, burst }: Allowance,
  maxWaitMs: number,
): Promise<{ taken: boolean; waitMs: number }> {
  const step = sql`${everyMs}::int * interval '1 millisecond'`;
  const ahead = (Math.max(1, burst) - 1) * everyMs;
  const [row] = await db
    .insert(budgets)
    .values({ key, usedUntil: sql`clock_timestamp() + ${step}` })
    .onConflictDoUpdate({
      target: budgets.key,
      set: { usedUntil: sql`greatest(${budgets.usedUntil}, clock_timestamp()) + ${step}` },
      setWhere: sql`${budgets.usedUntil} <= clock_timestamp() + ${ahead + Math.floor(maxWaitMs)}::int * interval '1 millisecond'`,
    })
    .returning({ usedMs: usedMs() });
  if (row) return { taken: true, waitMs: Math.max(0, row.usedMs - ahead - everyMs) };
  const [used] = await db.select({ usedMs: usedMs() }).from(budgets).where(eq(budgets.key, key));
  return { taken: false, waitMs: Math.max(0, (used?.usedMs ?? 0) - ahead) };
}

/** After a platform's "too many": nothing goes out before so many seconds have passed. */
export async function pause(db: Db, { key, everyMs, burst }: Allowance, seconds: number): Promise<void> {
  const until = sql`clock_timestamp() + ${Math.ceil(seconds * 1000) + (Math.max(1, burst) - 1) * everyMs}::int * interval '1 millisecond'`;
  await db
    .insert(budgets)
    .values({ key, usedUntil: until })
    .onConflictDoUpdate({
      target: budgets.key,
      set: { usedUntil: sql`greatest(${budgets.usedUntil}, ${until})` },
    });
}

const usedMs = () =>
  sql<number>`ceil(extract(epoch from ${budgets.usedUntil} - clock_timestamp()) * 1000)::int`;
