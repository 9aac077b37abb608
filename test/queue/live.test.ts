import { randomUUID } from "node:crypto";
import { Redis } from "ioredis";
import pg from "pg";
import pino from "pino";
import { describe, expect, it } from "vitest";
import { openQueue } from "#queue/open.ts";
import { queueContract } from "#test/contracts/queue.ts";
import { freshDatabase, livePostgres, liveRedis, startRedis } from "#test/fixtures/servers.ts";

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

describe.skipIf(redisUrl === undefined)("a Redis that isn't set up for jobs", () => {
  it("is refused if it may drop jobs, and warned of if a crash loses them; both name the fix", async () => {
    const server = await startRedis();
    if (server === undefined) throw new Error("there is a Redis, but not another one");
    const lines: string[] = [];
    const open = () =>
      openQueue({
        redisUrl: server.url,
        database,
        log: pino({ level: "warn" }, { write: (line: string) => lines.push(line) }),
      });
    const client = new Redis(server.url);
    try {
      await client.config("SET", "maxmemory-policy", "allkeys-lru");
      await expect(open()).rejects.toMatchObject({
        code: "config_invalid",
        details: { problems: expect.stringContaining("set `maxmemory-policy noeviction`") },
      });
      await client.config("SET", "maxmemory-policy", "noeviction");
      await client.config("SET", "appendonly", "no");
      const queue = await open();
      await queue.close();
      expect(lines.join()).toContain("--appendonly yes");
    } finally {
      client.disconnect();
      await server.dispose();
    }
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
