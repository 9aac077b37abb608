import { mkdir, mkdtemp, readdir, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { getTableConfig } from "drizzle-orm/pg-core";
import pino from "pino";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { databaseError } from "#src/store/errors.ts";
import { migrate } from "#src/store/migrate.ts";
import { type Database, openDatabase } from "#src/store/open.ts";
import { getPerson, upsertPerson } from "#src/store/people.ts";
import { migrations, tables } from "#src/store/schema.ts";
import { memoryDatabase } from "#test/fixtures/database.ts";
import { freshDatabase, livePostgres, startPostgres } from "#test/fixtures/servers.ts";

const log = pino({ level: "silent" });
const postgres = await livePostgres();

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), "hygge-data-"));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

const anna = { id: "web:anna", surface: "web", name: "Anna", locale: "de" } as const;

describe("the schema", () => {
  let database: Database;
  beforeAll(async () => {
    database = await memoryDatabase();
  });
  afterAll(() => database?.close());

  it("is the same in Drizzle as in the migrations", async () => {
    const { rows } = await database.pool.query(
      `select table_name, column_name, data_type, is_nullable = 'NO' as not_null,
        column_default is not null or is_identity = 'YES' as has_default
       from information_schema.columns where table_schema = 'hygge' order by table_name, column_name`,
    );
    const drizzled = [...Object.values(tables), migrations].flatMap((table) => {
      const { name, columns } = getTableConfig(table);
      return columns.map((column) => ({
        table_name: name,
        column_name: column.name,
        data_type: column.getSQLType(),
        not_null: column.notNull,
        has_default: column.hasDefault,
      }));
    });
    drizzled.sort((a, b) =>
      `${a.table_name} ${a.column_name}` < `${b.table_name} ${b.column_name}` ? -1 : 1,
    );
    expect(drizzled).toEqual(rows);
  });

  it("is not touched when a newer Hygge has been at work", async () => {
    await database.pool.query("insert into hygge.migrations (name, sha) values ('9999_future', 'x')");
    await expect(migrate(database.pool)).rejects.toMatchObject({
      code: "database_newer",
      details: { migration: "9999_future" },
    });
    await database.pool.query("delete from hygge.migrations where name = '9999_future'");
    expect(await migrate(database.pool)).toEqual([]);
  });

  it("tells when a migration was edited after it ran", async () => {
    await database.pool.query("update hygge.migrations set sha = 'x' where name = '0001_start'");
    await expect(migrate(database.pool)).rejects.toThrow("0001_start was changed");
  });
});

describe("the embedded database", () => {
  // One folder's life, each test going on where the one before ended.
  let life: string;
  const names = async (start: string, dir = life) =>
    (await readdir(dir)).filter((name) => name.startsWith(start));
  beforeAll(async () => {
    life = await mkdtemp(path.join(tmpdir(), "hygge-life-"));
  });
  afterAll(() => rm(life, { recursive: true, force: true }));

  it("starts anew where the first start was interrupted, and deletes nothing", async () => {
    // What initdb leaves when it is killed: files that look like a database.
    await mkdir(path.join(life, "db"));
    await writeFile(path.join(life, "db", "PG_VERSION"), "18\n");
    const database = await openDatabase({ dataDir: life, log });
    expect(database.kind).toBe("pglite");
    await database.pool.query("drop schema hygge cascade");
    await migrate(database.pool, "0001_start");
    await upsertPerson(database.db, anna);
    await database.close();
    await database.close();
    expect(await names("db.unfinished-")).toHaveLength(1);
  }, 120_000);

  it("is there at the next start, and backed up before it is migrated", async () => {
    const database = await openDatabase({ dataDir: life, log });
    expect(await getPerson(database.db, anna.id)).toMatchObject({ name: "Anna" });
    expect(database.recovered).toBeUndefined();
    await database.close();
    expect(await names("auto-", path.join(life, "backups"))).toHaveLength(1);
  }, 120_000);

  it("goes back to the newest whole backup when its files are broken, and keeps them", async () => {
    const [backup = ""] = await names("auto-", path.join(life, "backups"));
    await writeFile(path.join(life, "backups", `auto-${Date.now() + 1000}.gz`), "half a backup");
    await truncate(path.join(life, "db", "global", "pg_control"), 100);
    const database = await openDatabase({ dataDir: life, log });
    expect(database.recovered).toMatchObject({ file: path.join(life, "backups", backup) });
    expect(await getPerson(database.db, anna.id)).toMatchObject({ name: "Anna" });
    await database.close();
    expect(await names("db.broken-")).toHaveLength(1);
  }, 120_000);

  it("says so when its files are broken and there is no backup", async () => {
    await rm(path.join(life, "backups"), { recursive: true });
    await truncate(path.join(life, "db", "global", "pg_control"), 100);
    await expect(openDatabase({ dataDir: life, log })).rejects.toMatchObject({
      code: "database_damaged",
      details: { dir: life },
    });
    expect(await names("PG_VERSION", path.join(life, "db"))).toHaveLength(1);
  }, 120_000);

  it("names a folder that can't be written", async () => {
    const file = path.join(dataDir, "file");
    await writeFile(file, "");
    await expect(openDatabase({ dataDir: path.join(file, "data"), log })).rejects.toMatchObject({
      code: "data_unwritable",
    });
  });
});

describe.skipIf(postgres === undefined)("live: PostgreSQL", () => {
  it("is migrated by one of many processes that start at once", async () => {
    const fresh = await freshDatabase(postgres ?? "");
    const databases = await Promise.all(
      Array.from({ length: 4 }, () => openDatabase({ dataDir, databaseUrl: fresh.url, log })),
    );
    for (const database of databases) expect(await getPerson(database.db, "nobody")).toBeUndefined();
    await Promise.all(databases.map((database) => database.close()));
    await fresh.drop();
  });

  it("names a server that isn't there, without its password", async () => {
    const url = "postgres://someone:geheim@127.0.0.1:1/hygge";
    const error = await openDatabase({ dataDir, databaseUrl: url, log }).catch((e: unknown) => e);
    expect(error).toMatchObject({ code: "database_down", retryable: true });
    expect(String(error)).not.toContain("geheim");
  });

  it("goes on by itself after the server was restarted, stopped or killed", async () => {
    const server = await startPostgres();
    if (!server) throw new Error("no PostgreSQL");
    const database = await openDatabase({ dataDir, databaseUrl: server.url, log });
    await upsertPerson(database.db, anna);
    for (const end of [server.stop, server.kill]) {
      const transaction = database.db.transaction(async (tx) => {
        await upsertPerson(tx, { ...anna, name: "Never" });
        await end();
        await upsertPerson(tx, anna);
      });
      await expect(transaction).rejects.toThrow();
      const error = await getPerson(database.db, anna.id).catch((e: unknown) => e);
      expect(databaseError(error, database.place)).toMatchObject({ code: "database_down", retryable: true });
      await server.start();
      // Clients that broke meanwhile may still be told once.
      await getPerson(database.db, anna.id).catch(() => {});
      expect(await getPerson(database.db, anna.id)).toMatchObject({ name: "Anna" });
    }
    await database.close();
    await server.dispose();
  });
});
