import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import pino from "pino";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { openQueue } from "#queue/open.ts";
import { type Database, openDatabase } from "#src/store/open.ts";
import { queueContract } from "#test/contracts/queue.ts";
import { memoryDatabase } from "#test/fixtures/database.ts";

const log = pino({ level: "silent" });
let database: Database;
beforeAll(async () => {
  database = await memoryDatabase();
});
afterAll(() => database.close());

queueContract("PGlite", async () => {
  const { rows } = await database.pool.query("select to_regclass('bullmq.job') as made");
  if (rows[0].made !== null)
    await database.pool.query("truncate bullmq.job, bullmq.event, bullmq.dedup, bullmq.dedup_next cascade");
  return {
    open: () => openQueue({ database, log, pace: { retryMs: 20 } }),
    close: async () => {},
  };
});

describe("a queue in a folder", () => {
  let dataDir: string;
  beforeAll(async () => {
    dataDir = await mkdtemp(path.join(tmpdir(), "hygge-queue-"));
  });
  afterAll(() => rm(dataDir, { recursive: true, force: true }));

  it("goes on at once with what a process left half written, when the next one opens the folder", async () => {
    // Two processes in a row, each gone in the middle of it; queue.slow.ts kills five.
    for (let life = 0; life < 3; life++) {
      const own = await openDatabase({ dataDir, log });
      const queue = await openQueue({ database: own, log });
      if (life === 0) await queue.enqueue("half-written", 0);
      const begun: string[] = [];
      const drained: string[] = [];
      let letGo = () => {};
      const stuck = life < 2 ? new Promise<void>((resolve) => (letGo = resolve)) : undefined;
      await queue.work(async (id) => {
        begun.push(id);
        await stuck;
      });
      await queue.consume("web", async (thread) => {
        drained.push(thread);
        await stuck;
        return undefined;
      });
      if (life === 0) await queue.deliver("web", "half-posted");
      await vi.waitFor(() => expect([begun, drained]).toEqual([["half-written"], ["half-posted"]]), {
        timeout: 15_000,
      });
      if (stuck === undefined) {
        await vi.waitFor(async () => expect(await queue.counts()).toMatchObject({ waiting: 0, active: 0 }));
        await queue.close();
        await own.close();
      } else {
        // As in a kill: the database goes away while both are at work. Then only the test's leftovers end.
        await own.close();
        letGo();
        await queue.close();
      }
    }
  }, 120_000);

  it("goes on after the database's thread died", async () => {
    const own = await openDatabase({ dataDir, log });
    const queue = await openQueue({ database: own, log, pace: { retryMs: 20 } });
    const seen: string[] = [];
    queue.subscribe((event) => seen.push(`${event.type} ${event.generationId}`));
    await queue.work(async () => {});
    await queue.enqueue("before", 0);
    await vi.waitFor(() => expect(seen).toContain("changed before"), { timeout: 15_000 });
    // Endless recursion is what PGlite 0.5 dies of.
    await own.pool.query(
      "create function public.deep(i int) returns int language plpgsql as 'begin return public.deep(i + 1); end'",
    );
    await expect(own.pool.query("select public.deep(1)")).rejects.toThrow();
    await vi.waitFor(() => queue.enqueue("after", 0), { timeout: 60_000 });
    await vi.waitFor(() => expect(seen).toContain("changed after"), { timeout: 60_000 });
    await queue.close();
    await own.close();
  }, 180_000);
});
