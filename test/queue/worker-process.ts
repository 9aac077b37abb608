/**
 * A process with a worker, for the drills: prints one line of JSON for each step and is killed at will.
 * Argument: {redisUrl | databaseUrl | dataDir, prefix?, hang, enqueue?, idleSeconds?} as JSON.
 */
import { writeSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import pino from "pino";
import { openQueue } from "#queue/open.ts";
import { surfaces } from "#src/chat.ts";
import { openDatabase } from "#src/store/open.ts";

const { hang, dataDir, enqueue, idleSeconds, ...options } = JSON.parse(process.argv[2] ?? "{}");
// Synchronously: what was printed before a kill -9 must not be lost with it.
const print = (line: object) => writeSync(1, `${JSON.stringify(line)}\n`);
process.on("unhandledRejection", (error) => print({ unhandled: String(error) }));

const log = pino({ level: "silent" });
const database = dataDir
  ? await openDatabase({ dataDir, log })
  : { kind: "postgres" as const, pool: new pg.Pool() };
const queue = await openQueue({ ...options, database, log });
print({ opened: true });
queue.subscribe((event) => {
  if (event.type === "changed") print({ changed: event.generationId });
});
for (const id of enqueue ?? []) await queue.enqueue(id, 0);
await queue.work(async (id, progress) => {
  print({ begun: id });
  progress(1, { 0: "Halb" });
  if (hang) await new Promise(() => {});
  print({ ended: id });
});
print({ ready: true });

if (idleSeconds !== undefined) {
  for (const surface of surfaces) await queue.consume(surface, async () => undefined);
  await sleep(5_000);
  const before = process.cpuUsage();
  await sleep(idleSeconds * 1_000);
  const { user, system } = process.cpuUsage(before);
  print({ idleCpu: (user + system) / 1e6 / idleSeconds });
}
