/**
 * What the queue costs on top of a generation. `node --import tsx queue/bench.ts [redis://…] [postgres://…]`;
 * without an address it starts a Redis of its own, where there is one.
 */
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import pino from "pino";
import { openDatabase } from "#src/store/open.ts";
import { openQueue, type Queue } from "./open.ts";

/** The generation that the shares are of. */
const GENERATION_MS = 3_000;
const JOBS = 200;

export interface QueueCost {
  kind: Queue["kind"];
  jobs: number;
  /** From the call of enqueue to the handler's first line, with an idle worker; milliseconds. */
  pickup: { median: number; p95: number };
  /** From the handler's return to the event at a subscriber. */
  visible: { median: number; p95: number };
  /** Medians of both together, as a share of a generation of 3 s. */
  share: number;
}

/** Measures and prints one line for PGlite and for each server given or found. */
export async function benchQueue(addresses: string[] = []): Promise<QueueCost[]> {
  const dir = await mkdtemp(path.join(tmpdir(), "hygge-bench-"));
  const log = pino({ level: "silent" });
  const costs: QueueCost[] = [];
  const database = await openDatabase({ dataDir: dir, log });
  try {
    const measure = async (server: { redisUrl?: string; databaseUrl?: string }) => {
      const queue = await openQueue({ ...server, database, log, prefix: `bench-${Date.now()}` });
      const cost = await measureQueue(queue);
      await queue.close();
      console.log(line(cost));
      costs.push(cost);
    };
    await measure({});
    const databaseUrl = addresses.find((a) => /^postgres(ql)?:/.test(a));
    if (databaseUrl !== undefined) await measure({ databaseUrl });
    const redisUrl = addresses.find((a) => /^rediss?:/.test(a));
    if (redisUrl !== undefined) await measure({ redisUrl });
    else await withRedis(dir, (url) => measure({ redisUrl: url }));
  } finally {
    await database.close();
    await rm(dir, { recursive: true, force: true });
  }
  return costs;
}

async function measureQueue(queue: Queue): Promise<QueueCost> {
  const pickups: number[] = [];
  const visibles: number[] = [];
  let begun = 0;
  let ended = 0;
  let seen: ((id?: string) => void) | undefined;
  queue.subscribe((event) => {
    if (event.type === "changed") seen?.(event.generationId);
  });
  await queue.work(async () => {
    begun = performance.now();
    ended = performance.now();
  });
  // The first few pay for connections and plans.
  for (let i = -10; i < JOBS; i++) {
    const id = `bench-${i}`;
    const visible = new Promise<void>((resolve) => {
      seen = (changed) => changed === id && resolve();
    });
    const start = performance.now();
    await queue.enqueue(id, 0);
    await visible;
    const end = performance.now();
    if (i < 0) continue;
    pickups.push(begun - start);
    visibles.push(end - ended);
  }
  const pickup = spread(pickups);
  const visible = spread(visibles);
  return {
    kind: queue.kind,
    jobs: JOBS,
    pickup,
    visible,
    share: (pickup.median + visible.median) / GENERATION_MS,
  };
}

function spread(values: number[]): { median: number; p95: number } {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { median: at(0.5), p95: at(0.95) };
}

function line({ kind, jobs, pickup, visible, share }: QueueCost): string {
  const ms = (s: { median: number; p95: number }) => `${s.median.toFixed(1)} ms (p95 ${s.p95.toFixed(1)})`;
  return `queue on ${kind}, ${jobs} jobs: enqueue to pickup ${ms(pickup)}, finish to visible ${ms(visible)}, together ${(share * 100).toFixed(2)}% of a 3 s generation`;
}

/** A Redis as the documentation asks for it, for the time of `use`; nothing where there is no redis-server. */
async function withRedis(dir: string, use: (url: string) => Promise<void>): Promise<void> {
  const port = await freePort();
  const args = `--port ${port} --bind 127.0.0.1 --dir ${dir} --appendonly yes --maxmemory-policy noeviction`;
  const redis = spawn("redis-server", args.split(" "), { stdio: "ignore" });
  const missing = new Promise<boolean>((resolve) => {
    redis.once("error", () => resolve(true));
    redis.once("spawn", () => resolve(false));
  });
  if (await missing) {
    console.log("queue on redis: left out, redis-server is not installed");
    return;
  }
  const gone = new Promise((resolve) => redis.once("exit", resolve));
  try {
    await use(`redis://127.0.0.1:${port}`);
  } finally {
    redis.kill();
    await gone;
  }
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no free port");
  return address.port;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await benchQueue(process.argv.slice(2));
