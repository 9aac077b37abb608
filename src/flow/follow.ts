import type { Surface } from "#src/chat.ts";
import type { DraftQueue } from "#src/hygge.ts";
import type { Logger } from "#src/log.ts";
import { markChanged, markRequestChanged } from "#src/store/deliveries.ts";
import { openGenerationsOf } from "#src/store/generations.ts";
import type { Database } from "#src/store/open.ts";
import { positions } from "#src/store/positions.ts";

export interface FollowDeps {
  database: Database;
  queue: DraftQueue;
  surface: Surface;
  log: Logger;
}

/** Messages can't be redrawn at every step: platforms allow some fifty a minute. */
const lookEveryMs = 2_000;

/**
 * Has the messages of a surface redrawn that show a place in the queue or that writing has begun, as those change.
 * What they show at the end is the deliverer's.
 */
export function startFollower({ database: { db }, queue, surface, log }: FollowDeps): {
  stop(): Promise<void>;
} {
  const shown = new Map<string, string>();
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> = Promise.resolve();
  let stopped = false;

  async function look(): Promise<void> {
    const open = await openGenerationsOf(db, surface);
    const places = await positions(
      db,
      open.filter((g) => g.status === "queued").map((g) => g.id),
    );
    const ids = new Set(open.map((g) => g.id));
    for (const id of shown.keys()) if (!ids.has(id)) shown.delete(id);
    for (const { id, briefId, parentId, thread, status } of open) {
      const state = status === "queued" ? `${shownPlace(places.get(id) ?? 0)}` : status;
      const before = shown.get(id);
      shown.set(id, state);
      if (before === state) continue;
      const announced = await markRequestChanged(db, briefId);
      const revised = parentId !== null && (await markChanged(db, parentId));
      if (announced || revised) await queue.deliver(surface, thread);
    }
  }

  function lookSoon(): void {
    if (stopped || timer) return;
    timer = setTimeout(() => {
      timer = undefined;
      looking = look().catch((err) => log.warn({ err }, "places in the queue not redrawn"));
    }, lookEveryMs);
    timer.unref();
  }

  const unsubscribe = queue.subscribe((event) => {
    if (event.type !== "progress") lookSoon();
  });
  lookSoon();
  return {
    async stop() {
      stopped = true;
      unsubscribe();
      clearTimeout(timer);
      await looking;
    },
  };
}

/** Places as people are told them: exact up to ten, then in tens, so that a long queue needs few redraws. */
export const shownPlace = (place: number): number => (place <= 10 ? place : Math.ceil(place / 10) * 10);
