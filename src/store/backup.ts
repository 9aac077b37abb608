/**
 * Backups that any Hygge of the same or a later version can read back, into PGlite or PostgreSQL: gzipped lines.
 * First a header with migrations, counts and sums; then `table<TAB>row as JSON`, tables in an order in which
 * they can be inserted; last a line with a hash of all before. BullMQ's tables stay out: the queue is a to-do
 * list, which the reconciler fills again from the generations.
 */
import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdtemp, open, rename, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pipeline } from "node:stream";
import { pipeline as pipelined } from "node:stream/promises";
import { StringDecoder } from "node:string_decoder";
import { createGunzip, createGzip } from "node:zlib";
import type pg from "pg";
import { z } from "zod";
import { HyggeError } from "#src/errors.ts";
import type { Database } from "./database.ts";
import { databaseError } from "./errors.ts";
import { knownMigrations, migrateIn } from "./migrate.ts";
import { tables } from "./schema.ts";

/** Rows done of all rows, as they go. */
export type Progress = (done: number, total: number) => void;

const headerSchema = z.object({
  hygge: z.literal("backup"),
  version: z.literal(1),
  createdAt: z.string(),
  migrations: z.array(z.string()),
  tables: z.record(z.string().regex(/^[a-z_]+$/), z.object({ count: z.number(), sum: z.string() })),
});
type Header = z.infer<typeof headerSchema>;
const footerSchema = z.object({ end: z.literal(true), rows: z.number(), sha256: z.string() });

// A draft's parent is an earlier version of the same brief.
const orders: Record<string, string> = { drafts: "order by brief_id, version" };

/**
 * Writes everything to a file, as of one moment; others go on writing meanwhile (on PGlite they wait). The file
 * appears under its name only when it is whole.
 * @throws HyggeError disk_full, data_unwritable, database_down
 */
export async function backup(
  database: Database,
  file: string,
  onProgress?: Progress,
): Promise<{ rows: number; bytes: number }> {
  const part = `${file}.part`;
  const client = await database.pool.connect();
  try {
    await client.query("begin isolation level repeatable read read only");
    await client.query("set local timezone to 'UTC'");
    const header = await describe(client, await present(client));
    await pipelined(lines(client, header, onProgress), createGzip(), createWriteStream(part));
    await client.query("commit");
    const handle = await open(part, "r+");
    await handle.sync().finally(() => handle.close());
    await rename(part, file);
    return { rows: total(header), bytes: (await stat(file)).size };
  } catch (error) {
    await client.query("rollback").catch(() => {});
    await rm(part, { force: true }).catch(() => {});
    throw databaseError(error, path.dirname(file));
  } finally {
    client.release();
  }
}

/**
 * Reads a backup into a database, older schemas are migrated. The file is checked whole first, and everything
 * happens in one transaction: either all is there or nothing has changed.
 * @throws HyggeError backup_invalid {file, reason}, database_newer, target_not_empty {place, briefs} unless `force`
 */
export async function restore(
  database: Database,
  file: string,
  options: { force?: boolean; onProgress?: Progress } = {},
): Promise<{ rows: number; createdAt: string }> {
  const header = await check(file);
  const client = await database.pool.connect();
  try {
    await client.query("begin");
    await client.query("set local timezone to 'UTC'");
    // Loading may take longer than any statement of the running program may.
    await client.query("set local statement_timeout to 0");
    if (!options.force) await refuseUnlessEmpty(client, database.place);
    await client.query("drop schema if exists hygge cascade");
    await migrateIn(client, header.migrations.at(-1));
    let done = 0;
    for await (const { table, rows } of batches(file)) {
      await client.query(
        `insert into hygge.${table} overriding system value
         select * from jsonb_populate_recordset(null::hygge.${table}, $1::jsonb)`,
        [`[${rows.join(",")}]`],
      );
      done += rows.length;
      options.onProgress?.(done, total(header));
    }
    const loaded = await describe(client, Object.keys(header.tables));
    for (const [table, expected] of Object.entries(header.tables)) {
      const actual = loaded.tables[table];
      if (actual?.count !== expected.count || actual.sum !== expected.sum)
        throw new HyggeError("backup_invalid", { file, reason: `${table} arrived different` });
    }
    await continueNumbering(client);
    await migrateIn(client);
    await client.query("commit");
    return { rows: done, createdAt: header.createdAt };
  } catch (error) {
    await client.query("rollback").catch(() => {});
    throw databaseError(error, database.place);
  } finally {
    client.release();
  }
}

/**
 * Copies everything from one database to another, through a backup file: from the embedded one to a server,
 * or back. `from` stays as it is. Throws as backup and restore do.
 */
export async function move(
  from: Database,
  to: Database,
  options: { force?: boolean; onProgress?: Progress } = {},
): Promise<{ rows: number }> {
  const dir = await mkdtemp(path.join(tmpdir(), "hygge-move-"));
  try {
    const file = path.join(dir, "move.gz");
    await backup(from, file);
    return await restore(to, file, options);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/**
 * Reads a backup to its end without a database.
 * @throws HyggeError backup_invalid {file, reason}, database_newer {migration}
 */
export async function check(file: string): Promise<Header> {
  const invalid = (reason: string, cause?: unknown) =>
    new HyggeError("backup_invalid", { file, reason }, { cause });
  const hash = createHash("sha256");
  let header: Header | undefined;
  let rows = 0;
  let last = "";
  try {
    for await (const line of linesOf(file)) {
      if (header === undefined) header = headerSchema.parse(JSON.parse(line));
      if (last !== "") {
        hash.update(`${last}\n`);
        rows++;
      }
      last = line;
    }
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    throw invalid(
      code === "ENOENT" ? "not found" : code === "Z_BUF_ERROR" ? "truncated" : "not a backup",
      error,
    );
  }
  const footer = footerSchema.safeParse(tryParse(last));
  if (header === undefined) throw invalid("empty");
  if (!footer.success) throw invalid("truncated");
  // The header counts as a line, too.
  if (footer.data.sha256 !== hash.digest("hex") || footer.data.rows !== rows - 1) throw invalid("damaged");
  const known = new Set((await knownMigrations()).map((migration) => migration.name));
  const foreign = header.migrations.find((name) => !known.has(name));
  if (foreign !== undefined) throw new HyggeError("database_newer", { migration: foreign });
  return header;
}

const total = (header: Header) => Object.values(header.tables).reduce((sum, table) => sum + table.count, 0);

/** Our tables that the database has: one that is backed up before it is migrated lacks the newest. */
async function present(client: pg.ClientBase): Promise<string[]> {
  const { rows } = await client.query<{ tablename: string }>(
    "select tablename from pg_tables where schemaname = 'hygge'",
  );
  const there = new Set(rows.map((row) => row.tablename));
  return Object.keys(tables).filter((name) => there.has(name));
}

/** Counts and order-free sums over the rows as JSON: equal on both sides when every value arrived. */
async function describe(client: pg.ClientBase, names: string[]): Promise<Header> {
  const described: Header["tables"] = {};
  for (const name of names) {
    const { rows } = await client.query<{ count: number; sum: string }>(
      `select count(*)::int as count,
        coalesce(sum(('x' || substr(md5(to_jsonb(t)::text), 1, 12))::bit(48)::bigint), 0)::text as sum
       from hygge.${name} t`,
    );
    described[name] = { count: rows[0]?.count ?? 0, sum: rows[0]?.sum ?? "0" };
  }
  const { rows } = await client.query<{ name: string }>("select name from hygge.migrations order by name");
  return {
    hygge: "backup",
    version: 1,
    createdAt: new Date().toISOString(),
    migrations: rows.map((row) => row.name),
    tables: described,
  };
}

async function* lines(
  client: pg.ClientBase,
  header: Header,
  onProgress: Progress | undefined,
): AsyncGenerator<string> {
  const hash = createHash("sha256");
  const hashed = (text: string) => {
    hash.update(text);
    return text;
  };
  yield hashed(`${JSON.stringify(header)}\n`);
  let done = 0;
  for (const table of Object.keys(header.tables)) {
    // Rows stay text all the way: no number or time passes through JavaScript.
    await client.query(
      `declare backup no scroll cursor for select to_jsonb(t)::text as row from hygge.${table} t ${orders[table] ?? ""}`,
    );
    for (;;) {
      const { rows } = await client.query<{ row: string }>("fetch 500 from backup");
      if (rows.length === 0) break;
      yield hashed(rows.map(({ row }) => `${table}\t${row}\n`).join(""));
      done += rows.length;
      onProgress?.(done, total(header));
    }
    await client.query("close backup");
  }
  yield `${JSON.stringify({ end: true, rows: done, sha256: hash.digest("hex") })}\n`;
}

async function* linesOf(file: string): AsyncGenerator<string> {
  const unzipped = createGunzip();
  // Errors of either stream end up in `unzipped`.
  pipeline(createReadStream(file), unzipped, () => {});
  const decoder = new StringDecoder("utf8");
  let rest = "";
  for await (const chunk of unzipped) {
    const parts = (rest + decoder.write(chunk)).split("\n");
    rest = parts.pop() ?? "";
    yield* parts;
  }
  if (rest !== "") yield rest;
}

async function* batches(file: string): AsyncGenerator<{ table: string; rows: string[] }> {
  let table = "";
  let rows: string[] = [];
  let size = 0;
  for await (const line of linesOf(file)) {
    const tab = line.indexOf("\t");
    // Header and footer.
    if (tab < 0) continue;
    const name = line.slice(0, tab);
    if (rows.length > 0 && (name !== table || rows.length >= 500 || size > 4_000_000)) {
      yield { table, rows };
      rows = [];
      size = 0;
    }
    table = name;
    rows.push(line.slice(tab + 1));
    size += line.length;
  }
  if (rows.length > 0) yield { table, rows };
}

async function refuseUnlessEmpty(client: pg.ClientBase, place: string): Promise<void> {
  const there = await client.query<{ there: boolean }>(
    "select to_regclass('hygge.people') is not null as there",
  );
  if (!there.rows[0]?.there) return;
  const { rows } = await client.query<{ people: number; briefs: number }>(
    "select (select count(*)::int from hygge.people) as people, (select count(*)::int from hygge.briefs) as briefs",
  );
  const { people = 0, briefs = 0 } = rows[0] ?? {};
  if (people > 0 || briefs > 0) throw new HyggeError("target_not_empty", { place, briefs });
}

/** Identity columns go on after the greatest number that was restored. */
async function continueNumbering(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<{ table_name: string; column_name: string }>(
    "select table_name, column_name from information_schema.columns where table_schema = 'hygge' and is_identity = 'YES'",
  );
  for (const { table_name: table, column_name: column } of rows)
    await client.query(
      `select setval(pg_get_serial_sequence('hygge.${table}', '${column}'), coalesce(max(${column}), 0) + 1, false) from hygge.${table}`,
    );
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
