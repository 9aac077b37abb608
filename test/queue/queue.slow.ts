/** Kills and outages on real servers, at the pace that ships. */
import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import pino from "pino";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { openQueue, type Queue } from "#queue/open.ts";
import type { QueueEvent } from "#src/hygge.ts";
import { freePort, freshDatabase, type Server, startPostgres, startRedis } from "#test/fixtures/servers.ts";

const database = { kind: "postgres" as const, pool: new pg.Pool() };

interface Line {
  begun?: string;
  ended?: string;
  opened?: boolean;
  ready?: boolean;
  idleCpu?: number;
  changed?: string;
  unhandled?: string;
}

const children = new Set<ChildProcess>();
afterEach(() => {
  for (const child of children) child.kill("SIGKILL");
});

/** A worker process; `lines` grows while it lives. */
function startWorker(options: object): { lines: Line[]; kill(): Promise<void> } {
  const child = spawn(
    process.execPath,
    ["--import", "tsx", new URL("./worker-process.ts", import.meta.url).pathname, JSON.stringify(options)],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  children.add(child);
  const lines: Line[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => lines.push(JSON.parse(line)));
  return {
    lines,
    kill: async () => {
      const gone = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGKILL");
      await gone;
      children.delete(child);
    },
  };
}

const grounds: Record<string, () => Promise<Server | undefined>> = {
  Redis: startRedis,
  PostgreSQL: startPostgres,
};

for (const [name, startServer] of Object.entries(grounds)) {
  describe(`the queue on ${name}`, async () => {
    const server = await startServer();
    if (server === undefined) {
      if (process.env.HYGGE_LIVE === "1") throw new Error(`HYGGE_LIVE=1, but ${name} is not installed`);
      it.skip(`${name} is not installed`, () => {});
      return;
    }
    afterAll(() => server.dispose());
    const place = async () => {
      if (name === "Redis") return { redisUrl: server.url, prefix: randomUUID() };
      return { databaseUrl: (await freshDatabase(server.url)).url };
    };
    const logged: string[] = [];
    const log = pino({ level: "warn" }, { write: (line: string) => logged.push(line) });
    const unhandled: unknown[] = [];
    process.on("unhandledRejection", (error) => unhandled.push(error));

    it("gives a killed worker's draft to the next within 30 s, five times in a row", async () => {
      const options = await place();
      const queue = await openQueue({ ...options, database, log });
      const events: QueueEvent[] = [];
      queue.subscribe((event) => events.push(event));
      await queue.enqueue("hunted", 0);
      for (let life = 0; life < 5; life++) {
        const worker = startWorker({ ...options, hang: true });
        // From its start, as the one before was killed just before it.
        await vi.waitFor(() => expect(worker.lines).toContainEqual({ begun: "hunted" }), {
          timeout: 30_000,
          interval: 100,
        });
        // The store's reconciler may ask again meanwhile.
        await queue.enqueue("hunted", 0);
        await worker.kill();
      }
      const last = startWorker({ ...options, hang: false });
      await vi.waitFor(() => expect(last.lines).toContainEqual({ ended: "hunted" }), { timeout: 30_000 });
      await vi.waitFor(() => expect(events.at(-1)).toEqual({ type: "changed", generationId: "hunted" }), {
        timeout: 5_000,
      });
      expect(await queue.counts()).toEqual({ waiting: 0, active: 0, delayed: 0, failed: 0 });
      expect(last.lines.filter((line) => line.begun !== undefined)).toEqual([{ begun: "hunted" }]);
      await last.kill();
      await queue.close();
    });

    it.each(["stop", "kill"] as const)(
      "goes on by itself after the server's %s, idle and at work",
      async (how) => {
        const options = await place();
        const queue: Queue = await openQueue({ ...options, database, log, pace: { retryMs: 200 } });
        logged.length = 0;
        const events: QueueEvent[] = [];
        queue.subscribe((event) => events.push(event));
        const ended: string[] = [];
        const drained: string[] = [];
        let during: (() => Promise<void>) | undefined;
        await queue.work(async (id, progress) => {
          const task = during;
          during = undefined;
          progress(1, { 0: "vorher" });
          await task?.();
          progress(1, { 0: "nachher" });
          ended.push(id);
        });
        await queue.consume("web", async (thread) => {
          drained.push(thread);
          return undefined;
        });
        const works = async (id: string) => {
          await queue.enqueue(id, 0);
          await queue.deliver("web", id);
          await vi.waitFor(
            () => {
              expect(ended).toContain(id);
              expect(drained).toContain(id);
              expect(events).toContainEqual({ type: "changed", generationId: id });
              expect(events).toContainEqual({ type: "changed", surface: "web", thread: id });
            },
            { timeout: 30_000, interval: 50 },
          );
        };
        await works("before");

        // Idle.
        await server[how]();
        await sleep(3_000);
        const refused = performance.now();
        await expect(queue.enqueue("refused", 0)).rejects.toMatchObject({
          code: "queue_down",
          retryable: true,
        });
        await expect(queue.deliver("web", "refused")).rejects.toMatchObject({ code: "queue_down" });
        expect(await queue.ping()).toMatchObject({ up: false });
        expect(performance.now() - refused).toBeLessThan(12_000);
        await sleep(3_000);
        await server.start();
        await vi.waitFor(async () => expect(await queue.ping()).toMatchObject({ up: true }), {
          timeout: 15_000,
        });
        await works("after idle");

        // At work.
        during = async () => {
          await server[how]();
          await sleep(4_000);
          await server.start();
        };
        await queue.enqueue("at work", 0);
        await vi.waitFor(() => expect(ended).toContain("at work"), { timeout: 30_000 });
        await vi.waitFor(async () => expect((await queue.counts()).active).toBe(0), { timeout: 60_000 });
        await works("after work");

        expect(unhandled).toEqual([]);
        // A line for each place and fault, not one for each try.
        expect(logged.length).toBeLessThan(60);

        // While the server is away, closing ends all the same.
        await server[how]();
        await queue.close();
        await server.start();
      },
    );

    it("says that the queue is down when nobody answers at the start", async () => {
      const port = await freePort();
      const url = name === "Redis" ? `redis://127.0.0.1:${port}` : `postgres://hygge@127.0.0.1:${port}/hygge`;
      await expect(
        openQueue({ [name === "Redis" ? "redisUrl" : "databaseUrl"]: url, database, log }),
      ).rejects.toMatchObject({ code: "queue_down", retryable: true });
    });

    it("keeps nothing of what is done but a bounded stream of events", async () => {
      const options = await place();
      const queue = await openQueue({ ...options, database, log });
      let done = 0;
      await queue.work(
        async (_id, progress) => {
          progress(8, Object.fromEntries(Array.from({ length: 8 }, (_, i) => [i, "x".repeat(300)])));
          done++;
        },
        { concurrency: 8 },
      );
      for (let i = 0; i < 600; i++) await queue.enqueue(`many-${i}`, 0);
      await vi.waitFor(() => expect(done).toBe(600), { timeout: 60_000, interval: 50 });
      await vi.waitFor(async () => expect(await queue.counts()).toMatchObject({ waiting: 0, active: 0 }));
      await queue.close();
      const left = await leftovers(options);
      expect(left.jobs).toBe(0);
      // Trimmed by chunks: a few hundred over the thousand that are kept.
      expect(left.events).toBeLessThan(1_500);
    });
  });
}

describe("the queue on PGlite", () => {
  it("begins a killed process' draft again within 5 s of the next start, five times in a row", async () => {
    const dataDir = await mkdtemp(path.join(tmpdir(), "hygge-queue-"));
    for (let life = 0; life < 6; life++) {
      const worker = startWorker({
        dataDir,
        hang: life < 5,
        enqueue: life === 0 ? ["hunted"] : [],
      });
      await vi.waitFor(() => expect(worker.lines).toContainEqual({ opened: true }), { timeout: 60_000 });
      await vi.waitFor(() => expect(worker.lines).toContainEqual({ begun: "hunted" }), { timeout: 5_000 });
      if (life === 5)
        await vi.waitFor(() => expect(worker.lines).toContainEqual({ changed: "hunted" }), {
          timeout: 5_000,
        });
      await worker.kill();
    }
    const after = startWorker({ dataDir, hang: false });
    await vi.waitFor(() => expect(after.lines).toContainEqual({ ready: true }), { timeout: 60_000 });
    await sleep(1_000);
    expect(after.lines.filter((line) => line.begun !== undefined)).toEqual([]);
    await after.kill();
    await rm(dataDir, { recursive: true, force: true });
  });

  it("takes no processor time worth naming while nothing happens", async () => {
    const dataDir = await mkdtemp(path.join(tmpdir(), "hygge-queue-"));
    const worker = startWorker({ dataDir, hang: false, idleSeconds: 20 });
    await vi.waitFor(() => expect(worker.lines.some((line) => line.idleCpu !== undefined)).toBe(true), {
      timeout: 90_000,
    });
    // Share of one core, with all queues consumed and somebody looking at the events.
    expect(worker.lines.find((line) => line.idleCpu !== undefined)?.idleCpu).toBeLessThan(0.02);
    await worker.kill();
    await rm(dataDir, { recursive: true, force: true });
  });
});

async function leftovers(options: { redisUrl?: string; prefix?: string; databaseUrl?: string }) {
  if (options.databaseUrl !== undefined) {
    const client = new pg.Client({ connectionString: options.databaseUrl });
    await client.connect();
    const { rows } = await client.query<{ jobs: number; events: number }>(
      "select (select count(*)::int from bullmq.job) as jobs, (select count(*)::int from bullmq.event) as events",
    );
    await client.end();
    return rows[0] ?? { jobs: -1, events: -1 };
  }
  const { Redis } = await import("ioredis");
  const client = new Redis(options.redisUrl ?? "");
  const jobs = (await client.keys(`${options.prefix}:drafts:g-*`)).length;
  const events = await client.xlen(`${options.prefix}:drafts:events`);
  client.disconnect();
  return { jobs, events };
}
