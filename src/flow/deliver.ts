import type { Chat } from "#src/chat.ts";
import { RetryLater, Undeliverable } from "#src/chat.ts";
import type { Logger } from "#src/log.ts";
import {
  type DeliveryRow,
  deliveryDead,
  deliveryDrawn,
  deliveryPosted,
  deliveryRetry,
  leaseThread,
  loadDelivery,
  nextChanged,
  nextDelivery,
  releaseThread,
} from "#src/store/deliveries.ts";
import type { Database } from "#src/store/open.ts";

export interface DeliverDeps {
  database: Database;
  chat: Chat;
  log: Logger;
  /** This process' name, unique among all that live. */
  holder: string;
}

const leaseMs = 30_000;
/** Tries of one message before the thread goes on without it: 1 s, 2 s, 4 s … five minutes, so about an hour. */
const triesAllowed = 20;
const retryMaxMs = 300_000;

/** A redraw that must wait holds up the thread's next post no longer than this. */
const redrawPauseSeconds = 15;

/**
 * Drains one thread: posts its open rows in order, each at least once, none before its turn, then redraws what has
 * changed. Resolves with a pause where the platform or another holder wants one.
 */
export function createDeliverer({ database: { db }, chat, log, holder }: DeliverDeps) {
  async function redraw(row: DeliveryRow & { ref: string }): Promise<{ retryInSeconds: number } | undefined> {
    try {
      await chat.update?.({ ...(await loadDelivery(db, row)), ref: row.ref });
    } catch (error) {
      if (error instanceof RetryLater) return { retryInSeconds: Math.min(error.seconds, redrawPauseSeconds) };
      // The next change is another chance.
      log.warn({ err: error, delivery: row.id }, "message not redrawn");
    }
    await deliveryDrawn(db, row);
    return undefined;
  }

  return async function drain(thread: string): Promise<{ retryInSeconds?: number } | undefined> {
    const lease = () => leaseThread(db, chat.surface, thread, holder, leaseMs);
    if (!(await lease())) return { retryInSeconds: 5 };
    try {
      for (;;) {
        const next = await nextDelivery(db, chat.surface, thread);
        if (next && next.waitMs > 0) return { retryInSeconds: next.waitMs / 1000 };
        if (!next) {
          const changed = await nextChanged(db, chat.surface, thread);
          if (!changed) return undefined;
          const pause = await redraw(changed);
          if (pause) return pause;
          if (!(await lease())) return { retryInSeconds: 5 };
          continue;
        }
        const { delivery } = next;
        try {
          const { ref } = await chat.post(await loadDelivery(db, delivery));
          await deliveryPosted(db, delivery.id, ref);
        } catch (error) {
          if (error instanceof Undeliverable) {
            log.warn({ err: error, delivery: delivery.id }, "delivery given up");
            await deliveryDead(db, delivery.id, String(error));
            continue;
          }
          const pauseMs =
            error instanceof RetryLater
              ? error.seconds * 1000
              : Math.min(1000 * 2 ** delivery.attempts, retryMaxMs);
          log.warn({ err: error, delivery: delivery.id, pauseMs }, "delivery will be tried again");
          if (!(error instanceof RetryLater) && delivery.attempts + 1 >= triesAllowed) {
            await deliveryDead(db, delivery.id, String(error));
            continue;
          }
          await deliveryRetry(db, delivery.id, String(error), pauseMs);
          return { retryInSeconds: pauseMs / 1000 };
        }
        if (!(await lease())) return { retryInSeconds: 5 };
      }
    } finally {
      await releaseThread(db, chat.surface, thread, holder).catch(() => undefined);
    }
  };
}
