import { setTimeout as sleep } from "node:timers/promises";
import { DelayedError, type Job } from "bullmq";
import type { Logger } from "#src/log.ts";
import type { Context } from "./backend.ts";
import { backoff, verdict } from "./jobs.ts";

/** A running consumer of one queue. */
export interface Consumer {
  /** Takes no more jobs and waits for those at work. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Takes no more jobs, waits for those at work, and lets go of the queue. */
  close(): Promise<void>;
}

/** Closing while the server is away must not hang once nothing is at work any more. */
const CLOSE_MS = 3_000;

/** Throw it to put the job aside without counting a try. */
export class Later extends Error {
  readonly ms: number;
  constructor(ms: number) {
    super(`later, in ${ms} ms`);
    this.ms = ms;
  }
}

/** One BullMQ worker with what holds for every queue of ours: kills, outages, retries, a close that ends. */
export async function startConsumer<T>(
  { bull, backend, pace, fault }: Context,
  name: string,
  handle: (job: Job<T>) => Promise<void>,
  concurrency: number,
  log: Logger,
): Promise<Consumer> {
  let atWork = 0;
  let idle = Promise.resolve();
  let setIdle: (() => void) | undefined;
  const worker = new bull.Worker<T, void>(
    name,
    async (job, token) => {
      if (atWork++ === 0)
        idle = new Promise((resolve) => {
          setIdle = resolve;
        });
      try {
        await handle(job);
      } catch (error) {
        if (error instanceof Later) {
          await job.moveToDelayed(Date.now() + error.ms, token);
          throw new DelayedError();
        }
        throw verdict(error);
      } finally {
        if (--atWork === 0) setIdle?.();
      }
    },
    {
      connection: backend.consuming,
      prefix: backend.prefix,
      concurrency,
      ...backend.worker,
      // A killed worker says nothing against its job: the store counts what dies again and again.
      // The highest that PostgreSQL takes, whose backend would otherwise fail each look for stalled jobs.
      maxStalledCount: 2 ** 31 - 1,
      runRetryDelay: 1_000,
      settings: { backoffStrategy: backoff(pace) },
    },
  );
  worker.on("error", (error) => fault(name, error));
  worker.on("failed", (job, error) => {
    log.warn({ queue: name, job: job?.id, tries: job?.attemptsMade, err: error }, "queue: a try failed");
  });
  worker.on("stalled", (job) => log.warn({ queue: name, job }, "queue: took over from a dead worker"));
  await worker.waitUntilReady();

  return {
    pause: () => worker.pause(),
    resume: () => worker.resume(),
    close: async () => {
      const closed = worker.close();
      closed.catch((error) => fault(name, error));
      const deadline = new AbortController();
      const overdue = idle.then(() => sleep(CLOSE_MS, undefined, { signal: deadline.signal }));
      overdue.catch(() => undefined);
      await Promise.race([closed, overdue]);
      deadline.abort();
    },
  };
}
