import { Redis, type RedisOptions } from "ioredis";
import { HyggeError } from "#src/errors.ts";
import type { Logger } from "#src/log.ts";
import type { Backend, Pace } from "./backend.ts";
import { within } from "./faults.ts";

const CONNECT_MS = 15_000;

/**
 * Two connections for everything that is shared: producers fail at once while Redis is away, consumers wait
 * for it. BullMQ duplicates the second for its blocking reads.
 * @throws HyggeError queue_down if Redis does not answer within 15 s; config_invalid if it may evict keys
 */
export async function connectRedis(
  url: string,
  prefix: string,
  pace: Pace,
  log: Logger,
  fault: (where: string, error: unknown) => void,
): Promise<Backend> {
  const options: RedisOptions = {
    retryStrategy: (times) => Math.min(50 * 2 ** Math.min(times, 6), 2_000),
    connectTimeout: 5_000,
    keepAlive: 10_000,
  };
  const consuming = new Redis(url, { ...options, maxRetriesPerRequest: null });
  consuming.on("error", (error) => fault("redis", error));
  const producing = new Redis(url, {
    ...options,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
  });
  producing.on("error", (error) => fault("redis", error));
  const close = async () => {
    consuming.disconnect();
    producing.disconnect();
  };

  try {
    // Waits in the offline queue until the server is there (or has loaded its data).
    const info = await within(consuming.info(), CONNECT_MS);
    refuseEviction(info);
    if (!/^aof_enabled:1/m.test(info)) {
      log.warn(
        "queue: Redis keeps no append-only file, a crash of Redis delays open drafts until the next reconcile. Start it with `--appendonly yes`",
      );
    }
    await within(ready(producing), CONNECT_MS);
  } catch (error) {
    await close();
    if (error instanceof HyggeError) throw error;
    throw new HyggeError("queue_down", {}, { retryable: true, cause: error });
  }

  return {
    kind: "redis",
    prefix,
    producing,
    consuming,
    worker: { lockDuration: pace.lockMs, stalledInterval: pace.stalledMs, drainDelay: 5 },
    eventsBlockMs: 10_000,
    ping: async () => {
      await producing.ping();
    },
    async forgetEvents(queues) {
      for (const queue of queues) await producing.xtrim(`${prefix}:${queue}:events`, "MAXLEN", 0);
      // The append-only file still has what was trimmed, until it is written anew. A hosted Redis may refuse.
      await producing
        .bgrewriteaof()
        .catch((err) => log.warn({ err }, "queue: append-only file not rewritten"));
    },
    close,
  };
}

function refuseEviction(info: string): void {
  const policy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1] ?? "noeviction";
  if (policy === "noeviction") return;
  throw new HyggeError("config_invalid", {
    problems: `REDIS_URL: this Redis may drop jobs when its memory is full (maxmemory-policy ${policy}); set \`maxmemory-policy noeviction\``,
  });
}

function ready(client: Redis): Promise<void> {
  if (client.status === "ready") return Promise.resolve();
  return new Promise((resolve) => client.once("ready", () => resolve()));
}
