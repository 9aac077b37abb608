import { createPostgresBackend, createRedisBackend, type Job, withBackend } from "bullmq";
import type pg from "pg";
import { type Surface, surfaces } from "#src/chat.ts";
import { HyggeError } from "#src/errors.ts";
import type { DraftQueue } from "#src/hygge.ts";
import type { Logger } from "#src/log.ts";
import type { Backend, Bull, Context, Pace } from "./backend.ts";
import { openEvents } from "./events.ts";
import { orQueueDown, quietly, within } from "./faults.ts";
import {
  type DeliveryJob,
  DRAFTS,
  type DraftJob,
  deliveriesOf,
  deliveryJob,
  draftJob,
  EVENTS_KEPT,
  jobDefaults,
  jobIdOf,
  priorityOf,
  queueNames,
} from "./jobs.ts";
import { connectPglite, connectPostgres } from "./postgres.ts";
import { throttleProgress } from "./progress.ts";
import { connectRedis } from "./redis.ts";
import { type Consumer, Later, startConsumer } from "./worker.ts";

export type { Consumer } from "./worker.ts";

/**
 * The to-do list of the house on BullMQ. The store is the truth: everything here may come twice or be added again.
 * Never call it inside a transaction of the store: on PGlite both share one session, and it would wait for itself.
 */
export interface Queue extends DraftQueue {
  readonly kind: "pglite" | "postgres" | "redis";
  /**
   * Writes drafts: `handler` is called for each generation, the lowest tag first, and again after a retryable
   * error or the death of its process. A HyggeError that is not retryable ends the job. `progress` may be
   * called for every token; it takes all texts or those that grew.
   */
  work(handler: DraftHandler, options?: { concurrency?: number }): Promise<Consumer>;
  /** Drains threads of one surface: `handler` is called at least once after each `deliver`, never twice at a time for one thread. */
  consume(surface: Surface, handler: DeliveryHandler, options?: { concurrency?: number }): Promise<Consumer>;
  /** Generations by state; delayed are those waiting for their next try. */
  counts(): Promise<{ waiting: number; active: number; delayed: number; failed: number }>;
  ping(): Promise<QueueHealth>;
  /**
   * Takes out every job whose payload, as JSON, `about` knows, and empties the event streams, which carry texts.
   * Returns how many jobs went. One at work stays until it ends.
   */
  purge(about: (payload: string) => boolean): Promise<number>;
  /** Closes the consumers (each waits for its jobs at work), then the connections. */
  close(): Promise<void>;
}

export type DraftHandler = (
  generationId: string,
  progress: (candidates: number, texts: Record<number, string>) => void,
) => Promise<void>;

/** `retryInSeconds`: the platform wants a pause (429), the thread is drained again after it. */
export type DeliveryHandler = (thread: string) => Promise<{ retryInSeconds?: number } | undefined>;

export type QueueHealth = { up: true; ms: number } | { up: false; error: string };

export interface QueueOptions {
  redisUrl?: string;
  databaseUrl?: string;
  /** The store's database: on PGlite the queue lives in it too, elsewhere it has connections of its own. */
  database: { kind: "pglite" | "postgres"; pool: pg.Pool };
  log: Logger;
  /** Redis' keyspace, default "hygge". */
  prefix?: string;
  pace?: Partial<Pace>;
}

/** A killed worker's draft is resumed within 15 + 2 * 5 s, well under the 30 s that people are promised. */
const PACE: Pace = { lockMs: 15_000, stalledMs: 5_000, retryMs: 1_000 };

/** How long the last look at the texts may hold up the end of a draft while the server is away. */
const FLUSH_MS = 1_000;

/**
 * Opens the queue: on Redis if there is a URL, else on PostgreSQL, else in the embedded database.
 * @throws HyggeError queue_down if the server does not answer, config_invalid if Redis may evict keys
 */
export async function openQueue(options: QueueOptions): Promise<Queue> {
  const { log } = options;
  const fault = quietly(log);
  const pace = { ...PACE, ...options.pace };
  const backend = await connect(options, pace, fault);
  try {
    return await openOn(backend, pace, log, fault);
  } catch (error) {
    await backend.close();
    throw error instanceof HyggeError
      ? error
      : new HyggeError("queue_down", {}, { retryable: true, cause: error });
  }
}

async function openOn(
  backend: Backend,
  pace: Pace,
  log: Logger,
  fault: (where: string, error: unknown) => void,
): Promise<Queue> {
  // The one cast: BullMQ's generics default to Redis, its classes behave alike on both backends.
  const bull = (backend.kind === "redis"
    ? withBackend(createRedisBackend)
    : withBackend(createPostgresBackend)) as unknown as Bull;
  const context: Context = { bull, backend, pace, fault };

  const openProducer = <T>(name: string) => {
    const queue = new bull.Queue<T, void>(name, {
      connection: backend.producing,
      prefix: backend.prefix,
      defaultJobOptions: jobDefaults,
      streams: { events: { maxLen: EVENTS_KEPT } },
    });
    queue.on("error", (error) => fault(name, error));
    return queue;
  };
  const drafts = openProducer<DraftJob>(DRAFTS);
  const deliveries = new Map(surfaces.map((s) => [s, openProducer<DeliveryJob>(deliveriesOf(s))]));
  // Each must have seen its server once: BullMQ never forgives a first failure.
  for (const queue of [drafts, ...deliveries.values()]) await orQueueDown(() => queue.waitUntilReady());
  const events = await openEvents(context, drafts.getBackend());
  const consumers = new Set<Consumer>();
  const keep = (consumer: Consumer): Consumer => {
    consumers.add(consumer);
    return consumer;
  };

  return {
    kind: backend.kind,

    async enqueue(generationId, tag) {
      await orQueueDown(() =>
        drafts.add("write", { generationId }, { jobId: jobIdOf(generationId), priority: priorityOf(tag) }),
      );
    },

    async remove(generationId) {
      // A job at work is locked and stays: its handler asks the store.
      await orQueueDown(() => drafts.remove(jobIdOf(generationId)).catch(ifLocked));
    },

    async deliver(surface, thread) {
      const queue = deliveries.get(surface);
      // While the thread is being drained another drain is kept for after it; while one waits it is enough.
      const deduplication = { id: encodeURIComponent(thread), keepLastIfActive: true };
      await orQueueDown(async () => queue?.add("drain", { thread }, { deduplication }));
    },

    subscribe: events.subscribe,

    async work(handler, { concurrency = 1 } = {}) {
      return keep(
        await startConsumer<DraftJob>(
          context,
          DRAFTS,
          async (job) => {
            const { generationId } = draftJob.parse(job.data);
            const throttled = throttleProgress((progress) => job.updateProgress(progress));
            try {
              await handler(generationId, throttled.report);
            } finally {
              await within(throttled.flush(), FLUSH_MS).catch(() => undefined);
            }
          },
          concurrency,
          log,
        ),
      );
    },

    async consume(surface, handler, { concurrency = 8 } = {}) {
      return keep(
        await startConsumer<DeliveryJob>(
          context,
          deliveriesOf(surface),
          async (job) => {
            const { thread } = deliveryJob.parse(job.data);
            let pause: number | undefined;
            try {
              pause = (await handler(thread))?.retryInSeconds;
            } finally {
              // Also after an error: something may have been posted before it.
              await within(events.tellDrained(surface, thread), FLUSH_MS).catch((e) => fault("events", e));
            }
            if (pause !== undefined) throw new Later(pause * 1_000);
          },
          concurrency,
          log,
        ),
      );
    },

    async counts() {
      const c = await orQueueDown(() =>
        drafts.getJobCounts("waiting", "prioritized", "active", "delayed", "failed"),
      );
      return {
        waiting: (c.waiting ?? 0) + (c.prioritized ?? 0),
        active: c.active ?? 0,
        delayed: c.delayed ?? 0,
        failed: c.failed ?? 0,
      };
    },

    async purge(about) {
      let removed = 0;
      for (const queue of [drafts, ...deliveries.values()]) {
        const jobs = await orQueueDown(async (): Promise<Job[]> => queue.getJobs());
        for (const job of jobs) {
          const { id, name, data, progress, failedReason, opts } = job;
          if (!about(JSON.stringify({ id, name, data, progress, failedReason, opts }))) continue;
          await orQueueDown(() => job.remove().catch(ifLocked));
          removed++;
        }
      }
      await orQueueDown(() => backend.forgetEvents(queueNames));
      return removed;
    },

    async ping() {
      const start = performance.now();
      try {
        await orQueueDown(() => backend.ping());
        return { up: true, ms: performance.now() - start };
      } catch (error) {
        return { up: false, error: String(error instanceof Error ? (error.cause ?? error) : error) };
      }
    },

    async close() {
      await Promise.all([...consumers].map((consumer) => consumer.close()));
      const rest = [events, drafts, ...deliveries.values()];
      await within(Promise.allSettled(rest.map((part) => part.close())), FLUSH_MS * 2).catch(() => undefined);
      await backend.close();
    },
  };
}

function connect(
  options: QueueOptions,
  pace: Pace,
  fault: (where: string, error: unknown) => void,
): Promise<Backend> {
  const { redisUrl, databaseUrl, database, log } = options;
  if (redisUrl !== undefined) return connectRedis(redisUrl, options.prefix ?? "hygge", pace, log, fault);
  if (databaseUrl !== undefined) return connectPostgres(databaseUrl, pace, fault);
  if (database.kind === "pglite") return connectPglite(database.pool);
  throw new Error("a queue on PostgreSQL needs its databaseUrl");
}

function ifLocked(error: unknown): void {
  if (!(error instanceof Error) || !/lock/i.test(error.message)) throw error;
}
