import type { Surface } from "#src/chat.ts";
import type { DraftQueue } from "#src/hygge.ts";
import type { Logger } from "#src/log.ts";
import { openThreads, releaseAllThreads } from "#src/store/deliveries.ts";
import { openGenerations, requeueAll } from "#src/store/generations.ts";
import type { Database } from "#src/store/open.ts";
import { forgetSeen } from "#src/store/seen.ts";

export interface ReconcileDeps {
  database: Database;
  queue: DraftQueue;
  surfaces: readonly Surface[];
  log: Logger;
}

/**
 * Puts back into the queue what the store says is unfinished. Both are at-least-once: what is there already is left
 * alone by the queue, what comes twice is refused by the store.
 */
export async function reconcile({
  database: { db },
  queue,
  surfaces,
}: ReconcileDeps): Promise<{ generations: number; threads: number }> {
  const open = (await openGenerations(db)).filter((generation) => !generation.leased);
  for (const generation of open) await queue.enqueue(generation.id, generation.tag);
  const threads = await openThreads(db, surfaces);
  for (const { surface, thread } of threads) await queue.deliver(surface, thread);
  await forgetSeen(db);
  return { generations: open.length, threads: threads.length };
}

/** Reconciles now and every minute. */
export async function startReconciler(
  deps: ReconcileDeps,
  everyMs = 60_000,
): Promise<{ stop(): Promise<void> }> {
  const { database, log } = deps;
  if (database.kind === "pglite") {
    // The folder has one owner, so whoever was writing or posting is dead.
    await requeueAll(database.db);
    await releaseAllThreads(database.db);
  }
  const run = () =>
    reconcile(deps).then(
      (found) => found.generations + found.threads > 0 && log.info(found, "unfinished work is in the queue"),
      (err) => log.warn({ err }, "not reconciled, trying again in a minute"),
    );
  let running: Promise<unknown> = run();
  await running;
  const timer = setInterval(() => {
    running = running.then(run);
  }, everyMs);
  timer.unref();
  return {
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}
