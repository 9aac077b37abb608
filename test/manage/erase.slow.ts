/** Erasing where it counts: a real data folder searched byte by byte, and a real Redis with its append-only file. */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gunzipSync } from "node:zlib";
import { Redis } from "ioredis";
import pino from "pino";
import { describe, expect, test } from "vitest";
import { erasePerson } from "#src/manage/erase.ts";
import { createCatchUp } from "#src/manage/facts/catch-up.ts";
import { openDatabase } from "#src/store/open.ts";
import { keepOne } from "#src/store/safekeeping.ts";
import { memoryDatabase } from "#test/fixtures/database.ts";
import { startRedis } from "#test/fixtures/servers.ts";
import { anna, dump, email, found, name, withAnna } from "./anna.ts";
import { manager } from "./house.ts";

const log = pino({ level: "silent" });
const admin = manager("admin", "admin");

/** Which files of a folder speak of Anna, packed ones unpacked. */
async function speaking(folder: string): Promise<string[]> {
  const files: string[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    const bytes = await readFile(file);
    const text = (entry.name.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("latin1");
    const there = found(text);
    if (there.length > 0) files.push(`${path.relative(folder, file)}: ${there.join(", ")}`);
  }
  return files;
}

describe("erasing a person", () => {
  test.each(["anonymise", "delete"] as const)("leaves nothing in the data folder (%s)", async (drafts) => {
    const dataDir = await mkdtemp(path.join(tmpdir(), "hygge-erase-folder-"));
    const database = await openDatabase({ dataDir, log });
    const { queue } = await withAnna(database, dataDir);
    await keepOne(database, dataDir);
    const catchUp = createCatchUp(database, log);
    await catchUp.all();
    await database.pool.query("vacuum (analyze)");
    await database.pool.query("checkpoint");
    expect((await speaking(dataDir)).length).toBeGreaterThan(5);
    const report = await erasePerson(
      { database, dataDir, folders: [dataDir], purgeQueue: queue.purge, catchUp: () => catchUp.all(), log },
      { personId: anna, also: [email, "Anna"], drafts },
      admin,
    );
    expect(report.filesRemoved.filter((file) => file.endsWith(".gz"))).toHaveLength(1);
    expect(found(await dump(database))).toEqual([]);
    await queue.close();
    await catchUp.close();
    await database.close();
    expect(await speaking(dataDir)).toEqual([]);
    // What is left opens, and holds the others.
    const again = await openDatabase({ dataDir, log });
    const { rows } = await again.pool.query(
      "select text from hygge.drafts where text like 'Das Sofa%' order by text",
    );
    expect(rows.map((row) => row.text)).toEqual([
      "Das Sofa Anna steht im Licht.",
      "Das Sofa steht im Licht.",
    ]);
    await again.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  test("leaves nothing in Redis, its streams and its append-only file", async () => {
    const server = await startRedis();
    if (!server) {
      if (process.env.HYGGE_LIVE === "1") throw new Error("HYGGE_LIVE=1, but there is no redis-server");
      return;
    }
    const dataDir = await mkdtemp(path.join(tmpdir(), "hygge-erase-redis-"));
    const database = await memoryDatabase();
    const redis = new Redis(server.url);
    // Packed strings could not be searched.
    await redis.config("SET", "rdbcompression", "no");
    const { queue } = await withAnna(database, dataDir, { redisUrl: server.url });
    // A draft that is being written tells its text to everybody.
    const writing = new Promise<void>((resolve) => {
      void queue.work(async (_, progress) => {
        progress(1, { 0: `Liebe Grüße von ${name}` });
        await sleep(300);
        resolve();
      });
    });
    await queue.enqueue("some-generation", 1);
    await writing;
    const everything = async () => {
      let text = "";
      for (const key of await redis.keys("*")) {
        const type = await redis.type(key);
        const value =
          type === "string"
            ? await redis.get(key)
            : type === "hash"
              ? await redis.hgetall(key)
              : type === "list"
                ? await redis.lrange(key, 0, -1)
                : type === "zset"
                  ? await redis.zrange(key, "0", "-1")
                  : type === "set"
                    ? await redis.smembers(key)
                    : await redis.xrange(key, "-", "+");
        text += `${key} ${JSON.stringify(value)}\n`;
      }
      return text;
    };
    expect(found(await everything()).length).toBeGreaterThan(1);
    const catchUp = createCatchUp(database, log);
    const report = await erasePerson(
      { database, dataDir, folders: [dataDir], purgeQueue: queue.purge, catchUp: () => catchUp.all(), log },
      { personId: anna, also: [email], drafts: "delete" },
      admin,
    );
    expect(report.jobsRemoved).toBe(1);
    expect(found(await everything())).toEqual([]);
    await expect
      .poll(async () => /aof_rewrite_in_progress:0/.test(await redis.info("persistence")), {
        timeout: 20_000,
      })
      .toBe(true);
    const folder = String(((await redis.config("GET", "dir")) as string[])[1]);
    expect(await speaking(folder)).toEqual([]);
    redis.disconnect();
    await queue.close();
    await catchUp.close();
    await database.close();
    await server.dispose();
    await rm(dataDir, { recursive: true, force: true });
  });
});
