import { type ChildProcess, execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import readline from "node:readline";
import { promisify } from "node:util";
import pino from "pino";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { databaseError } from "#src/store/errors.ts";
import { lockDataDir } from "#src/store/lock.ts";
import { openDatabase } from "#src/store/open.ts";

const run = promisify(execFile);
const log = pino({ level: "silent" });
const root = process.getuid?.() === 0;

let dir: string;
const children: ChildProcess[] = [];
const mounts: string[] = [];
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), "hygge-kill-"));
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  for (const mount of mounts.splice(0)) await run("umount", ["-l", mount]);
  await chmod(dir, 0o755);
  await rm(dir, { recursive: true, force: true });
});

/** A process that writes to the database in `dir`, line by line. */
function writer(...args: string[]): { child: ChildProcess; lines: AsyncIterableIterator<string> } {
  const script = path.join(import.meta.dirname, "../fixtures/kill-writer.ts");
  const child = spawn(process.execPath, ["--import", "tsx", script, dir, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  return { child, lines: readline.createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const exited = once(child, "exit");
  child.kill(signal);
  await exited;
  children.splice(children.indexOf(child), 1);
}

/** Mounts a small file system of its own, as root only. */
async function mountTmpfs(options: string): Promise<string> {
  const place = path.join(dir, "mount");
  await mkdir(place);
  await run("mount", ["-t", "tmpfs", "-o", options, "tmpfs", place]);
  mounts.push(place);
  return place;
}

describe("the embedded database", () => {
  it("opens after each of fifty kill -9s under load, with every acknowledged commit", async () => {
    let acknowledged = 0;
    let commits = 0;
    for (let kill = 0; kill < 50; kill++) {
      const { child, lines } = writer();
      const opened = (await lines.next()).value;
      expect(opened, `start ${kill}`).toMatch(/^open \d+ \d+ \d+$/);
      const [, , highest, count] = opened.split(" ").map(Number);
      expect(highest).toBeGreaterThanOrEqual(acknowledged);
      expect(count).toBe(highest);
      // A random instant, also inside checkpoints and vacuums, which the writer runs often.
      const timer = setTimeout(() => child.kill("SIGKILL"), Math.random() * 1_200);
      for await (const line of lines) {
        acknowledged = Math.max(acknowledged, Number(line));
        commits++;
      }
      clearTimeout(timer);
    }
    expect(commits).toBeGreaterThan(100);
  });

  it("opens after a SIGTERM or SIGKILL inside a transaction, without what wasn't committed", async () => {
    for (const signal of ["SIGTERM", "SIGKILL", "SIGINT"] as const) {
      const { child, lines } = writer("transaction");
      expect((await lines.next()).value).toMatch(/^open \d+ 0 0$/);
      expect((await lines.next()).value).toBe("inside");
      await end(child, signal);
    }
    const { child, lines } = writer();
    expect((await lines.next()).value).toMatch(/^open \d+ 0 0$/);
    await end(child, "SIGKILL");
  });

  it("opens after kills during its creation", async () => {
    for (const after of [300, 1_000, 2_000, 3_000, 4_000]) {
      const { child } = writer();
      await new Promise((resolve) => setTimeout(resolve, after));
      await end(child, "SIGKILL");
    }
    const { child, lines } = writer();
    expect((await lines.next()).value).toMatch(/^open/);
    await end(child, "SIGKILL");
  });

  it.skipIf(!root)("says that the disk is full, goes on when there is room, and loses nothing", async () => {
    const place = await mountTmpfs("size=130m");
    const database = await openDatabase({ dataDir: place, log });
    await database.pool.query("create table public.load (n int primary key, text text)");
    // Postgres needs a write-ahead file (16 MB) of room to come back after a stop.
    await writeFile(path.join(place, "ballast"), randomBytes(40_000_000));
    const insert = (n: number) =>
      database.pool
        .query("insert into public.load values ($1, $2)", [n, randomBytes(3_000).toString("base64")])
        .then(
          () => undefined,
          (error: unknown) => databaseError(error, place),
        );
    let stored = 0;
    const fill = async () => {
      for (let n = 1; n < 100_000; n++) {
        const error = await insert(stored + 1);
        if (error) return error;
        stored++;
      }
      throw new Error("the disk did not fill");
    };
    const full = { code: "disk_full", details: { dir: place }, retryable: true };
    expect(await fill()).toMatchObject(full);
    // A checkpoint without room stops Postgres altogether; the pool starts it again.
    const checkpoint = await database.pool.query("checkpoint").catch((e: unknown) => databaseError(e, place));
    if (checkpoint instanceof Error) expect(checkpoint).toMatchObject(full);
    expect(await insert(stored + 1)).toMatchObject({ code: "disk_full" });
    await rm(path.join(place, "ballast"));
    expect(await insert(stored + 1)).toBeUndefined();
    stored++;
    await fill();
    await database.close();

    await expect(openDatabase({ dataDir: place, log })).rejects.toMatchObject(full);
    await run("mount", ["-o", "remount,size=260m", place]);
    const again = await openDatabase({ dataDir: place, log });
    const { rows } = await again.pool.query("select count(*)::int as n from public.load");
    expect(rows).toEqual([{ n: stored }]);
    await again.close();
    expect((await readdir(place)).filter((name) => name.startsWith("db."))).toEqual([]);
  });

  it.skipIf(process.platform === "win32")("says that the folder is read-only", async () => {
    if (root) {
      const place = await mountTmpfs("size=1m,ro");
      await expect(lockDataDir(place)).rejects.toMatchObject({ code: "data_unwritable" });
      await expect(openDatabase({ dataDir: place, log })).rejects.toMatchObject({ code: "data_unwritable" });
    } else {
      await chmod(dir, 0o555);
      await expect(lockDataDir(dir)).rejects.toMatchObject({ code: "data_unwritable" });
      await expect(openDatabase({ dataDir: dir, log })).rejects.toMatchObject({ code: "data_unwritable" });
    }
  });
});
