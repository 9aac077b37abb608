import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import pino from "pino";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { deleteOlder, erasePerson } from "#src/manage/erase.ts";
import { createCatchUp } from "#src/manage/facts/catch-up.ts";
import { backup } from "#src/store/backup.ts";
import type { Database } from "#src/store/open.ts";
import { memoryDatabase, serverDatabase } from "#test/fixtures/database.ts";
import { livePostgres } from "#test/fixtures/servers.ts";
import { anna, dump, email, found, name, withAnna } from "./anna.ts";
import { manager, openManaged } from "./house.ts";
import { world } from "./world.ts";

const log = pino({ level: "silent" });
const admin = manager("admin", "admin");
function suite(kind: string, open: () => Promise<Database>) {
  describe(`erasing a person on ${kind}`, () => {
    let database: Database;
    let dataDir: string;
    let made: Awaited<ReturnType<typeof withAnna>> | undefined;
    let catchUp: ReturnType<typeof createCatchUp>;

    beforeEach(async () => {
      database = await open();
      dataDir = await mkdtemp(path.join(tmpdir(), "hygge-erase-"));
      catchUp = createCatchUp(database, log);
      // On PostgreSQL the queue has a pool of its own; the embedded one is enough to show its part.
      made = database.kind === "pglite" ? await withAnna(database, dataDir) : undefined;
    });
    afterEach(async () => {
      await made?.queue.close();
      await catchUp.close();
      await database.close();
      await rm(dataDir, { recursive: true, force: true });
    });

    const erase = (drafts: "anonymise" | "delete") =>
      erasePerson(
        {
          database,
          dataDir,
          folders: [dataDir],
          purgeQueue: made ? made.queue.purge : async () => 0,
          alias: async (id) => (id === anna ? "alias-1" : "alias-2"),
          catchUp: () => catchUp.all(),
          log,
        },
        { personId: anna, also: [email, "Anna"], drafts },
        admin,
      );

    test("keeps texts without the name, and leaves no trace in store, queue and files", async () => {
      made ??= await withAnnaOnServer();
      await catchUp.all();
      expect(found(await dump(database)).length).toBeGreaterThan(0);
      const report = await erase("anonymise");
      expect(report).toMatchObject({ known: true, briefsDeleted: 0, draftsDeleted: 0 });
      expect(found(await dump(database))).toEqual([]);
      for (const file of ["exports/sft.jsonl", "exports/liste.csv", "hygge.log"])
        expect(found(await readFile(path.join(dataDir, file), "utf8"))).toEqual([]);
      expect(await readFile(path.join(dataDir, "exports/sft.jsonl"), "utf8")).toBe(
        `{"text":"ohne"}\n{"draft":"${made.own.drafts[0]}"}\n{"by":"person-erased","text":"bleibt"}\n`,
      );
      expect(await readFile(path.join(dataDir, "exports/liste.csv"), "utf8")).toContain("Tisch,Bert");
      expect(report.filesChanged).toHaveLength(3);
      if (database.kind === "pglite") expect(report.jobsRemoved).toBe(1);

      const { rows } = await database.pool.query(
        "select b.text, p.name, b.person_id from hygge.briefs b join hygge.people p on p.id = b.person_id where b.id = $1",
        [made.own.id],
      );
      expect(rows[0]).toEqual({
        text: "Karte für [gelöscht], [gelöscht]",
        name: "[gelöscht]",
        person_id: report.pseudonym,
      });
      // A product that is called Anna keeps its name; of comments about her only the name goes.
      const texts = await database.pool.query("select text from hygge.drafts where id = $1", [
        made.others.drafts[0],
      ]);
      expect(texts.rows[0].text).toBe("Das Sofa Anna steht im Licht.");
      const votes = await database.pool.query(
        "select person_id, comment from hygge.ratings order by person_id",
      );
      expect(votes.rows).toEqual([
        { person_id: report.pseudonym, comment: null },
        { person_id: "web:bert", comment: "[gelöscht] Idee, frag <@[gelöscht]> oder [gelöscht]" },
      ]);
      // The audit log still tells one person's deeds from another's, but not whose they were.
      const audit = await database.pool.query(
        "select person_id, action from hygge.audit where action = 'brief.create' order by id",
      );
      expect(audit.rows.map((row) => row.person_id)).toEqual([report.pseudonym, "web:anna"]);
      // A backup taken now has nobody either.
      const file = path.join(dataDir, "now.gz");
      await backup(database, file);
      expect(found(gunzipSync(await readFile(file)).toString())).toEqual([]);
    });

    test("or deletes the person's briefs with everything that hangs on them; a second time changes nothing", async () => {
      made ??= await withAnnaOnServer();
      await catchUp.all();
      const report = await erase("delete");
      expect(report).toMatchObject({ briefsDeleted: 1, draftsDeleted: 2 });
      expect(found(await dump(database))).toEqual([]);
      expect(await made.w.count("hygge.briefs")).toBe(1);
      expect(await made.w.count("hygge.drafts")).toBe(2);
      expect(await made.w.count("hygge.prompts")).toBe(1);
      expect(await made.w.count("hygge_local.facts")).toBe(2);
      expect(await readFile(path.join(dataDir, "exports/sft.jsonl"), "utf8")).toBe(
        `{"text":"ohne"}\n{"by":"person-erased","text":"bleibt"}\n`,
      );
      const again = await erase("delete");
      expect(again).toMatchObject({ known: false, briefsDeleted: 0, filesChanged: [], jobsRemoved: 0 });
      expect(Object.values(again.changed)).toEqual([]);
    });

    async function withAnnaOnServer() {
      const made = await withAnna({ ...database, kind: "pglite" }, dataDir);
      return made;
    }
  });
}

suite("PGlite", memoryDatabase);
const postgres = await livePostgres();
describe.skipIf(postgres === undefined)("live", () => {
  suite("PostgreSQL", () => serverDatabase(postgres ?? ""));
});

describe("knowing and keeping", () => {
  let database: Database;
  let dataDir: string;
  beforeEach(async () => {
    database = await memoryDatabase();
    dataDir = await mkdtemp(path.join(tmpdir(), "hygge-access-"));
  });
  afterEach(async () => {
    await database.close();
    await rm(dataDir, { recursive: true, force: true });
  });
  afterAll(() => {});

  test("access gives everything of a person, and nothing that would let its reader in", async () => {
    const { queue, own } = await withAnna(database, dataDir);
    const house = await openManaged(database, { dataDir });
    await house.login.link({ ...admin, id: anna, name });
    const report = await house.manage.access(admin, { person: anna, also: [email] });
    expect(report.name).toBe(name);
    expect(Object.keys(report.tables)).toEqual(
      expect.arrayContaining(["people", "briefs", "generations", "drafts", "ratings", "audit"]),
    );
    expect(JSON.stringify(report.tables.drafts)).toContain(own.drafts[0]);
    expect(JSON.stringify(report)).toContain("Herzliche Grüße");
    expect(Object.keys(report.tables).filter((table) => /session|link|key/.test(table))).toEqual([]);
    await expect(house.manage.access(manager("boss"), { person: anna })).rejects.toMatchObject({
      code: "not_allowed",
    });
    await expect(house.manage.erase(manager("boss"), { person: anna })).rejects.toMatchObject({
      code: "not_allowed",
    });
    await expect(house.manage.erase(admin, { person: "anna" })).rejects.toMatchObject({
      code: "input_invalid",
    });
    await queue.close();
    await house.close();
  });

  test("retention deletes what is too old, prompts and search included, and leaves what is being written", async () => {
    const w = world(database);
    const old = await w.brief("Alter Tisch", ["Der alte Tisch."], { at: "2024-01-01T00:00:00Z" });
    await w.rate(old.drafts[0] ?? "", "up");
    await w.edit(old.drafts[0] ?? "", "Der ältere Tisch.");
    const young = await w.brief("Neuer Tisch", ["Der neue Tisch."]);
    const busy = await w.brief("Wartender Tisch", ["Der Tisch."], { at: "2024-01-01T00:00:00Z" });
    await database.pool.query("update hygge.generations set status = 'queued' where brief_id = $1", [
      busy.id,
    ]);
    const house = await openManaged(database, { dataDir });
    expect((await house.manage.drafts(manager("boss"), { search: "Tisch" })).total).toBe(4);
    expect(await deleteOlder(database.db, 30)).toBe(1);
    expect(
      (await house.manage.drafts(manager("boss"), { search: "Tisch" })).drafts.map((d) => d.briefId).sort(),
    ).toEqual([young.id, busy.id].sort());
    expect(await w.count("hygge.prompts")).toBe(2);
    await house.close();
  });

  test("a folder without anybody in it is left as it is", async () => {
    await writeFile(path.join(dataDir, "a.jsonl"), "{}\n");
    const house = await openManaged(database, { dataDir });
    const report = await house.manage.erase(admin, { person: "web:nobody" });
    expect(report).toMatchObject({ known: false, filesChanged: [] });
    expect(await readdir(dataDir)).toEqual(["a.jsonl"]);
    await house.close();
  });
});
