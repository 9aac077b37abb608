import { HyggeError } from "#src/errors.ts";
import type { Logger } from "#src/log.ts";

/** How long a producer may wait for the server before people are told that the queue is down. */
const PATIENCE_MS = 3_000;

/**
 * Runs one command against the queue's server.
 * @throws HyggeError queue_down (retryable) when it fails or takes longer than `patienceMs`; a command that
 * was given up may still arrive, which is harmless since every one of them may be repeated.
 */
export async function orQueueDown<T>(command: () => Promise<T>, patienceMs = PATIENCE_MS): Promise<T> {
  const running = command();
  // The loser of the race must not surface as an unhandled rejection.
  running.catch(() => undefined);
  try {
    return await within(running, patienceMs);
  } catch (cause) {
    throw new HyggeError("queue_down", {}, { retryable: true, cause });
  }
}

/** Rejects after `ms`; the timer keeps no process alive. */
export async function within<T>(promise: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  try {
    return await Promise.race([
      promise,
      new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error(`no answer after ${ms} ms`)), ms);
        timer.unref();
      }),
    ]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * An error listener that tells each fault once, then stays silent about it for `everyMs`: a server that is
 * away for a minute costs a few lines, not thousands.
 */
export function quietly(log: Logger, everyMs = 30_000): (where: string, error: unknown) => void {
  const told = new Map<string, { at: number; silenced: number }>();
  return (where, error) => {
    const fault = faultOf(error);
    const key = `${where} ${fault}`;
    const before = told.get(key);
    const now = performance.now();
    if (before !== undefined && now - before.at < everyMs) {
      before.silenced++;
      return;
    }
    // Faults that name a job are each new: forget them all before they add up.
    if (told.size > 200) told.clear();
    told.set(key, { at: now, silenced: 0 });
    log.warn({ where, fault, silenced: before?.silenced || undefined }, "queue: fault, trying again");
  };
}

/** An AggregateError of refused connections has an empty message, so fall back to its code. */
function faultOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = "code" in error && typeof error.code === "string" ? error.code : undefined;
  return error.message || code || error.name;
}
