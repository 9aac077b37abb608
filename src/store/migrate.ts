import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import type pg from "pg";
import { HyggeError } from "#src/errors.ts";

const folder = path.join(import.meta.dirname, "migrations");

export interface Migration {
  name: string;
  sql: string;
  sha: string;
}

/** The program's migrations in order. Line ends don't count in `sha`: a checkout on Windows may change them. */
export async function knownMigrations(): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".sql")).sort();
  return Promise.all(
    names.map(async (file) => {
      const sql = (await readFile(path.join(folder, file), "utf8")).replaceAll("\r\n", "\n");
      return { name: file.slice(0, -4), sql, sha: createHash("sha256").update(sql).digest("hex") };
    }),
  );
}

/** Any constant: one starter migrates, the others wait and find it done. */
const lockKey = 0x48594747;

/**
 * Brings the database to the program's schema, in one transaction. `upTo` stops after a migration, for tests.
 * @throws HyggeError database_newer {migration} where a newer program has been at work
 */
export async function migrate(pool: pg.Pool, upTo?: string): Promise<string[]> {
  const client = await pool.connect();
  try {
    await client.query("begin");
    const done = await migrateIn(client, upTo);
    await client.query("commit");
    return done;
  } catch (error) {
    await client.query("rollback").catch(() => {});
    throw error;
  } finally {
    client.release();
  }
}

/** Names of the migrations that a database lacks; undefined for a database without any of ours. */
export async function pendingMigrations(pool: pg.Pool): Promise<string[] | undefined> {
  const { rows } = await pool.query<{ there: boolean }>(
    "select to_regclass('hygge.migrations') is not null as there",
  );
  if (!rows[0]?.there) return undefined;
  const applied = await pool.query<{ name: string }>("select name from hygge.migrations");
  const names = new Set(applied.rows.map((row) => row.name));
  return (await knownMigrations()).map((m) => m.name).filter((name) => !names.has(name));
}

/** `migrate` inside the client's own transaction. */
export async function migrateIn(client: pg.ClientBase, upTo?: string): Promise<string[]> {
  const known = await knownMigrations();
  await client.query("select pg_advisory_xact_lock($1)", [lockKey]);
  await client.query("create schema if not exists hygge");
  await client.query(
    "create table if not exists hygge.migrations (name text primary key, sha text not null, at timestamptz not null default now())",
  );
  const { rows } = await client.query<{ name: string; sha: string }>(
    "select name, sha from hygge.migrations order by name",
  );
  const applied = new Map(rows.map((row) => [row.name, row.sha]));
  const foreign = rows.find((row) => !known.some((migration) => migration.name === row.name));
  if (foreign) throw new HyggeError("database_newer", { migration: foreign.name });
  const done: string[] = [];
  for (const migration of known) {
    const sha = applied.get(migration.name);
    if (sha !== undefined && sha !== migration.sha)
      throw new Error(`migration ${migration.name} was changed after it was applied; add a new one instead`);
    if (sha === undefined) {
      await client.query(migration.sql);
      await client.query("insert into hygge.migrations (name, sha) values ($1, $2)", [
        migration.name,
        migration.sha,
      ]);
      done.push(migration.name);
    }
    if (migration.name === upTo) break;
  }
  return done;
}
