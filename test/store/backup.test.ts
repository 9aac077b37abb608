import { createHash } from "node:crypto";
import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { addAudit, auditOfDraft } from "#src/store/audit.ts";
import { backup, check, move, restore } from "#src/store/backup.ts";
import { briefIdsOf } from "#src/store/briefs.ts";
import { candidatesOf } from "#src/store/drafts.ts";
import { openGenerations } from "#src/store/generations.ts";
import { migrate } from "#src/store/migrate.ts";
import type { Database } from "#src/store/open.ts";
import { getPerson, upsertPerson } from "#src/store/people.ts";
import { briefViews } from "#src/store/read.ts";
import { memoryDatabase, serverDatabase } from "#test/fixtures/database.ts";
import { livePostgres } from "#test/fixtures/servers.ts";

/** Written by the first release's schema; must be readable for ever. */
const oldDump = path.join(import.meta.dirname, "../fixtures/dump-0001.gz");
const postgres = await livePostgres();

let dir: string;
let database: Database;
beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), "hygge-backup-"));
  database = await memoryDatabase();
});
afterAll(async () => {
  await database?.close();
  await rm(dir, { recursive: true, force: true });
});
beforeEach(() => emptied(database));

async function emptied(database: Database): Promise<void> {
  await database.pool.query("drop schema if exists hygge cascade");
  await migrate(database.pool);
}

async function expectOldData(db: Database["db"]): Promise<void> {
  const anna = await briefIdsOf(db, "web:anna");
  expect(anna).toEqual(["brief-3", "brief-1"]);
  const [regal, sofa] = await briefViews(db, anna, "web:anna");
  expect(regal).toMatchObject({ status: "queued", position: 1, text: "Regal Höjd, Eiche, 129 €" });
  expect(sofa).toMatchObject({
    text: "Sofa Ekeby, Leinen, sandfarben, 899 € für Instagram, „hyggelig“",
    personName: "Änne Müller",
    status: "done",
  });
  expect(sofa?.drafts.map((d) => [d.id, d.version, d.kind, d.text, d.picked, d.wish])).toEqual([
    ["gen-1-1", 1, "generated", "Ekeby wärmt die Füße. 899 €.", false, null],
    ["gen-1-2", 2, "generated", "Süßes Nichtstun auf Leinen. 899 €.", true, null],
    ["gen-2-1", 3, "generated", "Ekeby. 899 €.", null, "kürzer"],
    ["edit-1", 4, "edited", "Ekeby, für 899 €. Schön.", null, null],
  ]);
  expect(sofa?.drafts[0]?.ratings).toEqual({
    up: 1,
    down: 1,
    mine: { value: "up", reasons: [], comment: null },
  });
  expect(sofa?.drafts[3]?.decision).toMatchObject({ personName: "Bo O’Brien", note: "Größe stimmt" });
  const [bo] = await briefViews(db, await briefIdsOf(db, "slack:T1/U2"), "slack:T1/U2");
  expect(bo).toMatchObject({ status: "failed", error: { code: "brief_poisoned", details: { tries: 3 } } });
  expect(await candidatesOf(db, "gen-1")).toHaveLength(3);
  expect((await candidatesOf(db, "gen-1"))[0]?.seed).toBe(4_294_967_295);
  expect(await openGenerations(db)).toMatchObject([{ id: "gen-4" }]);
  expect(await auditOfDraft(db, "edit-1")).toMatchObject([{ id: 1, data: { ä: 1 } }]);
}

describe("a backup", () => {
  it("of the first release is read by this one", async () => {
    const seen: number[] = [];
    const { rows } = await restore(database, oldDump, { onProgress: (done) => seen.push(done) });
    expect(rows).toBe(25);
    expect(seen.at(-1)).toBe(25);
    await expectOldData(database.db);
    // Numbering goes on after the restored rows.
    await addAudit(database.db, { personId: "web:anna", action: "x", draftId: "edit-1" });
    expect((await auditOfDraft(database.db, "edit-1")).map((row) => row.id)).toEqual([1, 2]);
    const { rows: applied } = await database.pool.query("select name from hygge.migrations order by name");
    expect(applied.length).toBeGreaterThan(1);
  });

  it("comes back the same", async () => {
    await restore(database, oldDump);
    const file = path.join(dir, "again.gz");
    expect(await backup(database, file)).toMatchObject({ rows: 25 });
    await restore(database, file, { force: true });
    await expectOldData(database.db);
    const counts = async (of: string) =>
      Object.entries((await check(of)).tables).map(([table, { count }]): [string, number] => [table, count]);
    // Tables that came later are empty.
    expect((await counts(file)).filter(([, count]) => count > 0)).toEqual(
      (await counts(oldDump)).filter(([, count]) => count > 0),
    );
  });

  it("refuses a database that has data, unless it may overwrite it", async () => {
    const bo = { id: "web:bo", surface: "web", name: "Bo", locale: "de" } as const;
    await upsertPerson(database.db, bo);
    await expect(restore(database, oldDump)).rejects.toMatchObject({ code: "target_not_empty" });
    expect(await getPerson(database.db, "web:bo")).toBeDefined();
    await restore(database, oldDump, { force: true });
    expect(await getPerson(database.db, "web:bo")).toBeUndefined();
    await expectOldData(database.db);
  });

  it("that is cut off, changed, newer or something else changes nothing", async () => {
    const whole = await readFile(oldDump);
    const text = gunzipSync(whole).toString();
    const broken: Record<string, [Buffer, string, string]> = {
      "cut.gz": [whole.subarray(0, whole.length - 300), "backup_invalid", "truncated"],
      "short.gz": [gzipSync(text.split("\n").slice(0, 10).join("\n")), "backup_invalid", "truncated"],
      "changed.gz": [gzipSync(text.replace("Süßes", "Saures")), "backup_invalid", "damaged"],
      "text.gz": [Buffer.from("Sofa"), "backup_invalid", "not a backup"],
      "json.gz": [gzipSync('{"a":1}\n'), "backup_invalid", "not a backup"],
      "empty.gz": [gzipSync(""), "backup_invalid", "empty"],
      "newer.gz": [newer(text), "database_newer", ""],
    };
    for (const [name, [bytes, code, reason]] of Object.entries(broken)) {
      const file = path.join(dir, name);
      await writeFile(file, bytes);
      const error = await restore(database, file, { force: true }).catch((e: unknown) => e);
      expect(error, name).toMatchObject({ code, ...(reason ? { details: { file, reason } } : {}) });
    }
    await expect(restore(database, path.join(dir, "none.gz"))).rejects.toMatchObject({
      code: "backup_invalid",
      details: { reason: "not found" },
    });
    expect(await briefIdsOf(database.db, "web:anna")).toEqual([]);
  });

  it("appears under its name only when it is whole", async () => {
    const place = path.join(dir, "nowhere");
    await expect(backup(database, path.join(place, "x.gz"))).rejects.toThrow();
    await copyFile(oldDump, path.join(dir, "x.gz"));
    await database.pool.query("create table public.gone (); drop schema hygge cascade");
    await expect(backup(database, path.join(dir, "x.gz"))).rejects.toThrow();
    expect((await check(path.join(dir, "x.gz"))).migrations).toEqual(["0001_start"]);
    expect((await readdir(dir)).filter((name) => name.endsWith(".part"))).toEqual([]);
  });
});

describe.skipIf(postgres === undefined)("live: moving", () => {
  it("from PGlite to PostgreSQL and back keeps everything", async () => {
    await restore(database, oldDump);
    const server = await serverDatabase(postgres ?? "");
    const seen: [number, number][] = [];
    expect(await move(database, server, { onProgress: (...at) => seen.push(at) })).toMatchObject({
      rows: 25,
    });
    expect(seen.at(-1)).toEqual([25, 25]);
    await expectOldData(server.db);
    await expect(move(database, server)).rejects.toMatchObject({
      code: "target_not_empty",
      details: { briefs: 3 },
    });
    await emptied(database);
    await move(server, database);
    await expectOldData(database.db);
    await server.close();
  });

  it("takes one moment, whoever writes meanwhile", async () => {
    const server = await serverDatabase(postgres ?? "");
    await restore(server, oldDump);
    let writing = true;
    const writer = (async () => {
      for (let i = 0; writing; i++)
        await upsertPerson(server.db, { id: `web:${i}`, surface: "web", name: "x", locale: "de" });
    })();
    const file = path.join(dir, "busy.gz");
    await backup(server, file);
    writing = false;
    await writer;
    // Counts and sums of the header were taken first; the restore compares them with the rows.
    await restore(database, file);
    await expectOldData(database.db);
    await server.close();
  });
});

function newer(text: string): Buffer {
  const changed = text.replace('"0001_start"', '"0001_start","9999_future"');
  const lines = changed.trimEnd().split("\n");
  const sha256 = createHash("sha256")
    .update(`${lines.slice(0, -1).join("\n")}\n`)
    .digest("hex");
  return gzipSync(`${[...lines.slice(0, -1), JSON.stringify({ end: true, rows: 25, sha256 })].join("\n")}\n`);
}
