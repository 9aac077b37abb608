import { randomUUID } from "node:crypto";
import { Redis } from "ioredis";
import pg from "pg";
import pino from "pino";
import { describe } from "vitest";
import { openQueue } from "#queue/open.ts";
import { queueContract } from "#test/contracts/queue.ts";
import { freshDatabase, livePostgres, liveRedis } from "#test/fixtures/servers.ts";

const log = pino({ level: "silent" });
const pace = { retryMs: 20 };
/** The store's part in the queue is the embedded database only. */
const database = { kind: "postgres" as const, pool: new pg.Pool() };

const redisUrl = await liveRedis();
const postgresUrl = await livePostgres();

describe.skipIf(redisUrl === undefined)("live Redis", () => {
  queueContract("Redis", async () => {
    const prefix = randomUUID();
    return {
      open: () => openQueue({ redisUrl, database, log, prefix, pace }),
      close: async () => {
        const client = new Redis(redisUrl ?? "");
        const keys = await client.keys(`${prefix}:*`);
        if (keys.length > 0) await client.del(keys);
        client.disconnect();
      },
    };
  });
});

describe.skipIf(postgresUrl === undefined)("live PostgreSQL", () => {
  queueContract("PostgreSQL", async () => {
    const fresh = await freshDatabase(postgresUrl ?? "");
    return {
      open: () => openQueue({ databaseUrl: fresh.url, database, log, pace }),
      close: fresh.drop,
    };
  });
});
