/**
 * Deliveries: what is to be posted where. The rows of a thread are posted in the order of `seq` by whoever
 * holds the thread's lease; a job of the queue only says "drain this thread".
 */
import { and, eq, inArray, sql } from "drizzle-orm";
import type { Delivery, RequestState, Surface } from "#src/chat.ts";
import { markPosted } from "./drafts.ts";
import { newestGeneration } from "./generations.ts";
import { position } from "./positions.ts";
import { draftViewsOf, editedViewsOf } from "./read.ts";
import { after, briefs, type Db, deliveries, type generations, people, threadLeases } from "./schema.ts";

export type DeliveryRow = typeof deliveries.$inferSelect;

/**
 * Adds the delivery of an ended generation to its brief's thread, or the message for its request. Id:
 * `<generation>-delivery` or `<generation>-request`, so there is one.
 */
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
    id: `${generation.id}-${kind === "request" ? "request" : "delivery"}`,
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

/** What the chat port posts or redraws: the row with what it should show now. */
export async function loadDelivery(db: Db, row: DeliveryRow): Promise<Delivery> {
  const [about] = await db
    .select({ brief: briefs, locale: people.locale, name: people.name })
    .from(briefs)
    .innerJoin(people, eq(people.id, briefs.personId))
    .where(eq(briefs.id, row.briefId));
  if (!about) throw new Error(`brief ${row.briefId} is gone`);
  const { rows } = await db.execute<{ error: Delivery["error"] | null }>(
    sql`select error from hygge.generations where id = ${row.generationId}`,
  );
  const error = rows[0]?.error;
  const { personId } = about.brief;
  const written = row.kind === "drafts" ? await draftViewsOf(db, row.generationId, personId) : [];
  return {
    id: row.id,
    thread: row.thread,
    seq: row.seq,
    kind: row.kind,
    briefId: row.briefId,
    generationId: row.generationId,
    drafts: written.length === 0 ? [] : await editedViewsOf(db, written, personId),
    ...(error ? { error } : {}),
    locale: about.locale,
    request: await requestState(db, about.brief, about.name),
  };
}

async function requestState(
  db: Db,
  brief: typeof briefs.$inferSelect,
  personName: string,
): Promise<RequestState> {
  const newest = await newestGeneration(db, brief.id);
  const place = newest?.status === "queued" ? await position(db, newest.id) : undefined;
  const { rows } = await db.execute<{ versions: number; reviser: string | null }>(sql`
    select (select count(*) from hygge.drafts where brief_id = ${brief.id} and posted_at is not null)::int as versions,
      (select name from hygge.people where id = ${newest?.personId ?? null}) as reviser`);
  return {
    text: brief.text,
    personId: brief.personId,
    personName,
    brand: brief.brand,
    status: newest?.status ?? "queued",
    ...(place === undefined ? {} : { position: place }),
    ...(newest?.parentId
      ? {
          revision: {
            draftId: newest.parentId,
            wish: newest.wish,
            personName: rows[0]?.reviser ?? personName,
          },
        }
      : {}),
    versions: rows[0]?.versions ?? 0,
  };
}

/**
 * Notes that a delivery was posted, makes its drafts visible and calls for redrawing the messages that showed them
 * as under way, in one commit. Twice changes nothing.
 */
export async function deliveryPosted(db: Db, id: string, ref: string): Promise<void> {
  await db.transaction(async (tx) => {
    const [row] = await tx
      .update(deliveries)
      .set({ status: "posted", ref, postedAt: sql`clock_timestamp()`, error: null })
      .where(and(eq(deliveries.id, id), eq(deliveries.status, "open")))
      .returning();
    if (!row || row.kind === "request") return;
    await markPosted(tx, row.generationId);
    await markRequestChanged(tx, row.briefId);
    const { rows } = await tx.execute<{ parent_id: string | null }>(
      sql`select parent_id from hygge.generations where id = ${row.generationId}`,
    );
    if (rows[0]?.parent_id) await markChanged(tx, rows[0].parent_id);
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

/**
 * Calls for redrawing the message that shows a draft, also while it is being posted; of an edited one, where the edit began. The page draws itself
 * from the rows. True: there is such a message, its thread is to be drained.
 */
export async function markChanged(tx: Db, draftId: string): Promise<boolean> {
  const { rows } = await tx.execute(sql`
    with recursive up as (
      select id, generation_id, parent_id from hygge.drafts where id = ${draftId}
      union all
      select d.id, d.generation_id, d.parent_id from hygge.drafts d join up on d.id = up.parent_id
      where up.generation_id is null)
    update hygge.deliveries set changes = changes + 1
    where status <> 'dead' and kind = 'drafts' and surface <> 'web'
      and generation_id = (select generation_id from up where generation_id is not null limit 1)
    returning id`);
  return rows.length > 0;
}

/** The same for the message that announced a brief. */
export async function markRequestChanged(tx: Db, briefId: string): Promise<boolean> {
  const { rows } = await tx.execute(sql`
    update hygge.deliveries set changes = changes + 1
    where brief_id = ${briefId} and status <> 'dead' and kind = 'request' and surface <> 'web'
    returning id`);
  return rows.length > 0;
}

/** The thread's first posted message that no longer shows what it should. */
export async function nextChanged(
  db: Db,
  surface: Surface,
  thread: string,
): Promise<(DeliveryRow & { ref: string }) | undefined> {
  const [row] = await db
    .select()
    .from(deliveries)
    .where(
      and(
        eq(deliveries.surface, surface),
        eq(deliveries.thread, thread),
        eq(deliveries.status, "posted"),
        sql`${deliveries.changes} > ${deliveries.drawn}`,
      ),
    )
    .orderBy(deliveries.seq)
    .limit(1);
  return row && { ...row, ref: row.ref ?? "" };
}

/** The message shows everything up to the change that `row` was read with. */
export async function deliveryDrawn(db: Db, row: Pick<DeliveryRow, "id" | "changes">): Promise<void> {
  await db.update(deliveries).set({ drawn: row.changes }).where(eq(deliveries.id, row.id));
}

/** Threads with something to post or to redraw: what the reconciler puts back into the queue. */
export async function openThreads(
  db: Db,
  surfaces: readonly Surface[],
): Promise<{ surface: Surface; thread: string }[]> {
  if (surfaces.length === 0) return [];
  return db
    .selectDistinct({ surface: deliveries.surface, thread: deliveries.thread })
    .from(deliveries)
    .where(
      and(
        sql`(${deliveries.status} = 'open' or (${deliveries.status} = 'posted' and ${deliveries.changes} > ${deliveries.drawn}))`,
        inArray(deliveries.surface, [...surfaces]),
      ),
    );
}
