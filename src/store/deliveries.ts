/**
 * Deliveries: what is to be posted where. The rows of a thread are posted in the order of `seq` by whoever
 * holds the thread's lease; a job of the queue only says "drain this thread".
 */
import { and, eq, inArray, sql } from "drizzle-orm";
import type { Delivery, Surface } from "#src/chat.ts";
import { markPosted } from "./drafts.ts";
import { draftViewsOf } from "./read.ts";
import { after, briefs, type Db, deliveries, type generations, people, threadLeases } from "./schema.ts";

export type DeliveryRow = typeof deliveries.$inferSelect;

/** Adds the delivery of an ended generation to its brief's thread. Id: `<generation>-delivery`, so there is one. */
export async function addDelivery(
  tx: Db,
  generation: Pick<typeof generations.$inferSelect, "id" | "briefId">,
  kind: Delivery["kind"],
): Promise<void> {
  const [brief] = await tx
    .select({ surface: briefs.surface, thread: briefs.thread })
    .from(briefs)
    .where(eq(briefs.id, generation.briefId));
  if (!brief) throw new Error(`brief ${generation.briefId} is gone`);
  const { surface, thread } = brief;
  await tx.execute(
    sql`select pg_advisory_xact_lock(hashtext('hygge.deliveries'), hashtext(${`${surface} ${thread}`}))`,
  );
  await tx.insert(deliveries).values({
    id: `${generation.id}-delivery`,
    surface,
    thread,
    seq: sql`(select coalesce(max(seq), 0) + 1 from hygge.deliveries where surface = ${surface} and thread = ${thread})`,
    kind,
    briefId: generation.briefId,
    generationId: generation.id,
  });
}

/** Takes or prolongs the right to drain a thread; false: another holder has it. */
export async function leaseThread(
  db: Db,
  surface: Surface,
  thread: string,
  holder: string,
  ms: number,
): Promise<boolean> {
  const until = after(ms);
  const rows = await db
    .insert(threadLeases)
    .values({ surface, thread, holder, until })
    .onConflictDoUpdate({
      target: [threadLeases.surface, threadLeases.thread],
      set: { holder, until },
      setWhere: sql`${threadLeases.holder} = ${holder} or ${threadLeases.until} < clock_timestamp()`,
    })
    .returning({ holder: threadLeases.holder });
  return rows.length > 0;
}

export async function releaseThread(db: Db, surface: Surface, thread: string, holder: string): Promise<void> {
  await db
    .delete(threadLeases)
    .where(
      and(
        eq(threadLeases.surface, surface),
        eq(threadLeases.thread, thread),
        eq(threadLeases.holder, holder),
      ),
    );
}

/** Drops all leases: for the owner of an embedded database when it opens, as no other process can live. */
export async function releaseAllThreads(db: Db): Promise<void> {
  await db.delete(threadLeases);
}

/** The thread's first open row, and how long it must still wait (0: post it now). Nothing overtakes it. */
export async function nextDelivery(
  db: Db,
  surface: Surface,
  thread: string,
): Promise<{ delivery: DeliveryRow; waitMs: number } | undefined> {
  const [row] = await db
    .select({
      delivery: deliveries,
      waitMs: sql<number>`greatest(0, ceil(extract(epoch from ${deliveries.notBefore} - clock_timestamp()) * 1000))::int`,
    })
    .from(deliveries)
    .where(and(eq(deliveries.surface, surface), eq(deliveries.thread, thread), eq(deliveries.status, "open")))
    .orderBy(deliveries.seq)
    .limit(1);
  return row;
}

export async function getDelivery(db: Db, id: string): Promise<DeliveryRow | undefined> {
  const [row] = await db.select().from(deliveries).where(eq(deliveries.id, id));
  return row;
}

/** What the chat port posts: the row with its drafts, error and the locale of the person who asked. */
export async function loadDelivery(db: Db, row: DeliveryRow): Promise<Delivery> {
  const [about] = await db
    .select({ locale: people.locale, personId: people.id })
    .from(briefs)
    .innerJoin(people, eq(people.id, briefs.personId))
    .where(eq(briefs.id, row.briefId));
  const { rows } = await db.execute<{ error: Delivery["error"] | null }>(
    sql`select error from hygge.generations where id = ${row.generationId}`,
  );
  const error = rows[0]?.error;
  return {
    id: row.id,
    thread: row.thread,
    seq: row.seq,
    kind: row.kind,
    briefId: row.briefId,
    generationId: row.generationId,
    drafts: row.kind === "drafts" ? await draftViewsOf(db, row.generationId, about?.personId ?? "") : [],
    ...(error ? { error } : {}),
    locale: about?.locale ?? "de",
  };
}

/** Notes that a delivery was posted and makes its drafts visible, in one commit. Twice changes nothing. */
export async function deliveryPosted(db: Db, id: string, ref: string): Promise<void> {
  await db.transaction(async (tx) => {
    const [row] = await tx
      .update(deliveries)
      .set({ status: "posted", ref, postedAt: sql`clock_timestamp()`, error: null })
      .where(and(eq(deliveries.id, id), eq(deliveries.status, "open")))
      .returning({ generationId: deliveries.generationId });
    if (row) await markPosted(tx, row.generationId);
  });
}

/** Notes a failed try; the thread waits `delayMs` from now. Returns the tries so far. */
export async function deliveryRetry(
  db: Db,
  id: string,
  error: string,
  delayMs: number,
): Promise<number | undefined> {
  const [row] = await db
    .update(deliveries)
    .set({
      attempts: sql`${deliveries.attempts} + 1`,
      error,
      notBefore: after(Math.ceil(delayMs)),
    })
    .where(and(eq(deliveries.id, id), eq(deliveries.status, "open")))
    .returning({ attempts: deliveries.attempts });
  return row?.attempts;
}

/** Gives a delivery up, so that the thread's next ones can go on. */
export async function deliveryDead(db: Db, id: string, error: string): Promise<void> {
  await db
    .update(deliveries)
    .set({ status: "dead", error, attempts: sql`${deliveries.attempts} + 1` })
    .where(and(eq(deliveries.id, id), eq(deliveries.status, "open")));
}

/** Threads with something to post: what the reconciler puts back into the queue. */
export async function openThreads(
  db: Db,
  surfaces: readonly Surface[],
): Promise<{ surface: Surface; thread: string }[]> {
  if (surfaces.length === 0) return [];
  return db
    .selectDistinct({ surface: deliveries.surface, thread: deliveries.thread })
    .from(deliveries)
    .where(and(eq(deliveries.status, "open"), inArray(deliveries.surface, [...surfaces])));
}
