/**
 * Events, commands and clicks that a platform may send more than once, and to more than one of our processes.
 * The key is the platform's own: Slack's event_id or trigger_id, Discord's interaction or message id.
 */
import { and, eq, sql } from "drizzle-orm";
import type { Surface } from "#src/chat.ts";
import { after, type Db, seen } from "./schema.ts";

/** Longer than any platform goes on sending an event again. */
const keptFor = "1 day";
/** A process that is at work on something for longer than this is taken for dead. */
const holdMs = 45_000;

/**
 * Does `work` unless it was done before or is being done elsewhere; `undefined` then. Work that throws, or dies
 * with its process, may be done when the platform sends it again.
 */
export async function once<T>(
  db: Db,
  surface: Surface,
  key: string,
  work: () => Promise<T>,
): Promise<{ result: T } | undefined> {
  if (!(await take(db, surface, key, holdMs))) return undefined;
  const mine = and(eq(seen.surface, surface), eq(seen.key, key));
  try {
    const result = await work();
    await db.update(seen).set({ until: null }).where(mine);
    return { result };
  } catch (error) {
    await db
      .delete(seen)
      .where(mine)
      .catch(() => undefined);
    throw error;
  }
}

/** Whether this came before; from now on it did. For what is stored under an idempotency key of its own anyway. */
export async function seenBefore(db: Db, surface: Surface, key: string): Promise<boolean> {
  return !(await take(db, surface, key));
}

async function take(db: Db, surface: Surface, key: string, ms?: number): Promise<boolean> {
  const until = ms === undefined ? null : after(ms);
  const rows = await db
    .insert(seen)
    .values({ surface, key, until })
    .onConflictDoUpdate({
      target: [seen.surface, seen.key],
      set: { until },
      setWhere: sql`${seen.until} < clock_timestamp()`,
    })
    .returning({ key: seen.key });
  return rows.length > 0;
}

/** Forgets what no platform sends again; the reconciler calls it. */
export async function forgetSeen(db: Db): Promise<void> {
  await db.execute(sql`delete from hygge.seen where at < now() - ${keptFor}::interval`);
}
