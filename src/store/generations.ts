/**
 * Generations: the truth behind each job of the `drafts` queue. Every change of state is a compare-and-set, so
 * that whatever runs twice, late or against a cancel changes nothing.
 */
import { and, eq, inArray, sql } from "drizzle-orm";
import type { Surface } from "#src/chat.ts";
import type { Written } from "#src/draft.ts";
import { promptHash } from "#src/prompt.ts";
import type { DraftView, ErrorView } from "#src/views.ts";
import { personal } from "./briefs.ts";
import { addDelivery } from "./deliveries.ts";
import { nextVersion } from "./drafts.ts";
import { after, briefs, candidates, type Db, drafts, generations, prompts } from "./schema.ts";

export type GenerationRow = typeof generations.$inferSelect;
export type NewGeneration = Pick<
  GenerationRow,
  "id" | "briefId" | "personId" | "parentId" | "wish" | "channel" | "tone" | "length" | "variants"
> & { idempotencyKey?: string };

/**
 * Inserts a queued generation with its fair tag. With an idempotency key that the person has used before,
 * that earlier generation comes back and nothing is inserted.
 *
 * Start-time fair queueing: a person's next one is tagged one above their greatest open tag, but never below
 * the smallest open tag of all. So the n-th person to come waits for at most one of each of the others.
 */
export async function insertGeneration(
  db: Db,
  generation: NewGeneration,
): Promise<{ generation: GenerationRow; created: boolean }> {
  return db.transaction(async (tx) => {
    // Tags are counted over all open ones: one inserter at a time.
    await tx.execute(sql`select pg_advisory_xact_lock(hashtext('hygge.generations.tag'))`);
    const idempotencyKey = personal(generation.personId, generation.idempotencyKey);
    const [created] = await tx
      .insert(generations)
      .values({
        ...generation,
        idempotencyKey,
        tag: sql`(select greatest(
            coalesce(min(tag), 1),
            coalesce(max(tag) filter (where person_id = ${generation.personId}) + 1, 1))
          from hygge.generations where status in ('queued', 'writing'))`,
        // Rising within the brief: the newest one is the brief's state.
        queuedAt: sql`date_trunc('milliseconds', greatest(clock_timestamp(), (
          select max(queued_at) + interval '1 millisecond' from hygge.generations where brief_id = ${generation.briefId})))`,
      })
      .onConflictDoNothing({ target: generations.idempotencyKey })
      .returning();
    if (created) return { generation: created, created: true };
    const [earlier] = await tx
      .select()
      .from(generations)
      .where(eq(generations.idempotencyKey, idempotencyKey ?? ""));
    if (!earlier) throw new Error(`generation ${generation.id} was neither inserted nor found`);
    return { generation: earlier, created: false };
  });
}

export async function getGeneration(db: Db, id: string): Promise<GenerationRow | undefined> {
  const [row] = await db.select().from(generations).where(eq(generations.id, id));
  return row;
}

/** The newest generation of a brief: the one that its status is about. */
export async function newestGeneration(db: Db, briefId: string): Promise<GenerationRow | undefined> {
  const [row] = await db
    .select()
    .from(generations)
    .where(eq(generations.briefId, briefId))
    .orderBy(sql`queued_at desc`, sql`id desc`)
    .limit(1);
  return row;
}

/**
 * Takes a generation for writing: a queued one, or one whose writer's lease ran out, or the worker's own.
 * Undefined: somebody else writes it, or it has ended.
 */
export async function claim(
  db: Db,
  id: string,
  worker: string,
  leaseMs: number,
): Promise<GenerationRow | undefined> {
  const [row] = await db
    .update(generations)
    .set({
      status: "writing",
      worker,
      leaseUntil: after(leaseMs),
      attempts: sql`${generations.attempts} + 1`,
      startedAt: sql`coalesce(${generations.startedAt}, clock_timestamp())`,
    })
    .where(
      and(
        eq(generations.id, id),
        sql`(${generations.status} = 'queued' or (${generations.status} = 'writing'
          and (${generations.worker} = ${worker} or ${generations.leaseUntil} < clock_timestamp())))`,
      ),
    )
    .returning();
  return row;
}

/** Prolongs the writer's lease; false: it was cancelled or taken over, stop writing. */
export async function renew(db: Db, id: string, worker: string, leaseMs: number): Promise<boolean> {
  const rows = await db
    .update(generations)
    .set({ leaseUntil: after(leaseMs) })
    .where(mine(id, worker))
    .returning({ id: generations.id });
  return rows.length > 0;
}

/** Counts that the model process died on it; returns how often so far. */
export async function recordCrash(db: Db, id: string): Promise<number> {
  const [row] = await db
    .update(generations)
    .set({ crashes: sql`${generations.crashes} + 1` })
    .where(eq(generations.id, id))
    .returning({ crashes: generations.crashes });
  return row?.crashes ?? 0;
}

/** Gives a claimed generation back to the queue; false: it isn't this worker's any more. */
export async function requeue(db: Db, id: string, worker: string): Promise<boolean> {
  const rows = await db
    .update(generations)
    .set({ status: "queued", worker: null, leaseUntil: null })
    .where(mine(id, worker))
    .returning({ id: generations.id });
  return rows.length > 0;
}

/**
 * Gives back everything that is being written, to be called where it is known that no worker lives: by the
 * owner of an embedded database when it opens. Returns the ids.
 */
export async function requeueAll(db: Db): Promise<string[]> {
  const rows = await db
    .update(generations)
    .set({ status: "queued", worker: null, leaseUntil: null })
    .where(eq(generations.status, "writing"))
    .returning({ id: generations.id });
  return rows.map((row) => row.id);
}

export interface Finished {
  written: Written;
  /** Of each of `written.drafts`, in that order: which facts it has. */
  facts: DraftView["facts"][];
  model: NonNullable<DraftView["model"]>;
}

/** Id of a generation's n-th draft, from 1: fixed before it is written, so that writing twice makes one. */
export const draftId = (generationId: string, n: number) => `${generationId}-${n}`;

/**
 * Ends a generation with its drafts: candidates, drafts with the brief's next versions, status and delivery in
 * one commit. False and nothing changed where it was cancelled, has ended, or is another worker's by now.
 */
export async function finish(db: Db, id: string, worker: string, finished: Finished): Promise<boolean> {
  return db.transaction(async (tx) => {
    const generation = await end(tx, mine(id, worker), { status: "done" });
    if (!generation) return false;
    const { written, facts, model } = finished;
    const ids = new Map(written.drafts.map((draft, i) => [place(draft), draftId(id, i + 1)]));
    const first = await nextVersion(tx, generation.briefId);
    const asked = (written.asked ?? []).map((round) => ({ ...round, hash: promptHash(round.prompt) }));
    if (asked.length > 0) {
      const rows = asked.map(({ hash, prompt }) => ({ hash, prompt }));
      await tx
        .insert(prompts)
        .values(rows.filter((row, i) => rows.findIndex((other) => other.hash === row.hash) === i))
        .onConflictDoNothing();
    }
    if (written.drafts.length > 0)
      await tx.insert(drafts).values(
        written.drafts.map((draft, i) => ({
          id: draftId(id, i + 1),
          briefId: generation.briefId,
          generationId: id,
          parentId: generation.parentId,
          version: first + i,
          kind: "generated" as const,
          personId: generation.personId,
          wish: generation.wish,
          text: draft.text,
          channel: generation.channel,
          tone: generation.tone,
          length: generation.length,
          gates: draft.gates,
          score: draft.score,
          facts: facts[i] ?? [],
          model,
          promptHash: asked[draft.round]?.hash ?? written.promptHash,
          seed: draft.seed,
          sampling: asked[draft.round]?.sampling ?? written.sampling,
          timings: written.timings,
        })),
      );
    if (written.candidates.length > 0)
      await tx.insert(candidates).values(
        written.candidates.map((candidate) => ({
          generationId: id,
          round: candidate.round,
          index: candidate.index,
          text: candidate.text,
          gates: candidate.gates,
          score: candidate.score,
          seed: candidate.seed,
          tokens: candidate.tokens,
          stop: candidate.stop,
          ms: Math.round(candidate.ms),
          draftId: ids.get(place(candidate)) ?? null,
        })),
      );
    await addDelivery(tx, generation, "drafts");
    return true;
  });
}

/**
 * Ends a generation as failed and adds the delivery that says so. `worker` absent: whoever had it. False and
 * nothing changed where it has ended or is another worker's.
 */
export async function fail(db: Db, id: string, error: ErrorView, worker?: string): Promise<boolean> {
  return db.transaction(async (tx) => {
    const which = worker === undefined ? open(id) : mine(id, worker);
    const generation = await end(tx, which, { status: "failed", error });
    if (!generation) return false;
    await addDelivery(tx, generation, "failed");
    return true;
  });
}

/** Cancels a queued or half-written generation and adds the delivery that says so; false: it has ended. */
export async function cancel(db: Db, id: string): Promise<boolean> {
  return db.transaction(async (tx) => {
    const generation = await end(tx, open(id), { status: "cancelled" });
    if (!generation) return false;
    await addDelivery(tx, generation, "cancelled");
    return true;
  });
}

/** Everything unfinished in the order to be written: what the reconciler puts back into the queue. */
export async function openGenerations(
  db: Db,
): Promise<
  (Pick<GenerationRow, "id" | "tag" | "worker"> & { status: "queued" | "writing"; leased: boolean })[]
> {
  const rows = await db
    .select({
      id: generations.id,
      tag: generations.tag,
      status: generations.status,
      worker: generations.worker,
      leased: sql<boolean>`coalesce(${generations.leaseUntil} > clock_timestamp(), false)`,
    })
    .from(generations)
    .where(inArray(generations.status, ["queued", "writing"]))
    .orderBy(generations.tag, generations.queuedAt, generations.id);
  return rows.map((row) => ({ ...row, status: row.status === "writing" ? "writing" : "queued" }));
}

const mine = (id: string, worker: string) =>
  and(eq(generations.id, id), eq(generations.status, "writing"), eq(generations.worker, worker));
const open = (id: string) => and(eq(generations.id, id), inArray(generations.status, ["queued", "writing"]));
const place = (candidate: { round: number; index: number }) => `${candidate.round}-${candidate.index}`;

async function end(
  tx: Db,
  which: ReturnType<typeof mine>,
  set: { status: "done" | "failed" | "cancelled"; error?: ErrorView },
): Promise<GenerationRow | undefined> {
  const [row] = await tx
    .update(generations)
    .set({ ...set, leaseUntil: null, finishedAt: sql`clock_timestamp()` })
    .where(which)
    .returning();
  return row;
}

/** Generations of a surface's briefs that are not ended, oldest first. */
export async function openGenerationsOf(
  db: Db,
  surface: Surface,
): Promise<(Pick<GenerationRow, "id" | "briefId" | "parentId" | "status"> & { thread: string })[]> {
  return db
    .select({
      id: generations.id,
      briefId: generations.briefId,
      parentId: generations.parentId,
      status: generations.status,
      thread: briefs.thread,
    })
    .from(generations)
    .innerJoin(briefs, eq(briefs.id, generations.briefId))
    .where(and(eq(briefs.surface, surface), inArray(generations.status, ["queued", "writing"])))
    .orderBy(generations.queuedAt);
}
