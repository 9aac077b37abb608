import { access, mkdir, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { drizzle } from "drizzle-orm/node-postgres";
import pg from "pg";
import type { Logger } from "#src/log.ts";
import { databaseError } from "./errors.ts";
import { migrate } from "./migrate.ts";
import { PglitePool } from "./pglite.ts";
import type { Db } from "./schema.ts";

export interface Database {
  readonly kind: "pglite" | "postgres";
  /** For BullMQ's Postgres backend and raw SQL. Its sessions' search_path is "bullmq, public". */
  readonly pool: pg.Pool;
  readonly db: Db;
  /** The folder or the server without its password, as messages name it. */
  readonly place: string;
  /** Waits for running statements; idempotent. */
  close(): Promise<void>;
}

export interface OpenOptions {
  /** Absolute; holds the embedded database in `db/`. The caller holds the folder's lock. */
  dataDir: string;
  /** A PostgreSQL server instead. */
  databaseUrl?: string;
  log: Logger;
}

// BullMQ's statements name its tables without their schema; ours always name "hygge".
const searchPath = "set search_path to bullmq, public";

/**
 * Opens the store and migrates it.
 * @throws HyggeError database_down, data_unwritable, disk_full, database_newer
 */
export async function openDatabase(options: OpenOptions): Promise<Database> {
  const place = options.databaseUrl ? withoutPassword(options.databaseUrl) : options.dataDir;
  try {
    return options.databaseUrl
      ? await openPostgres(options.databaseUrl, place, options.log)
      : await openPglite(options.dataDir, place, options.log);
  } catch (error) {
    throw databaseError(error, place);
  }
}

async function openPostgres(url: string, place: string, log: Logger): Promise<Database> {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: "hygge",
    // A worker process holds a handful of LISTEN clients for BullMQ besides its queries.
    max: 20,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    statement_timeout: 30_000,
    idle_in_transaction_session_timeout: 60_000,
    onConnect: async (client: pg.ClientBase) => {
      await client.query(searchPath);
    },
  });
  // Clients that a restarting server drops are replaced; without a listener they would end the process.
  pool.on("error", (error) => log.warn({ err: error }, "lost an idle database connection"));
  try {
    // `end` waits for clients that still LISTEN; whoever holds them should have closed first.
    return await opened("postgres", pool, place, log, () =>
      Promise.race([pool.end(), new Promise<void>((resolve) => setTimeout(resolve, 5_000).unref())]),
    );
  } catch (error) {
    await pool.end().catch(() => {});
    throw error;
  }
}

async function openPglite(dataDir: string, place: string, log: Logger): Promise<Database> {
  const dir = path.join(dataDir, "db");
  await mkdir(dataDir, { recursive: true });
  // An interrupted first start leaves a folder that Postgres takes for a database.
  const marker = path.join(dir, "hygge.ready");
  if (!(await exists(marker))) {
    if (await exists(dir)) await rename(dir, `${dir}.unfinished-${Date.now()}`);
    log.info({ dir }, "creating the embedded database");
    // In a thread of its own: creating takes twice the memory of running.
    const first = await PglitePool.open({ dir });
    await first.shutdown();
    await writeFile(marker, "");
  }
  const pool = await PglitePool.open({ dir });
  try {
    await pool.query(searchPath);
    const upkeep = keepUp(pool, log);
    return await opened("pglite", pool, place, log, async () => {
      upkeep.stop();
      await pool.shutdown();
    });
  } catch (error) {
    await pool.shutdown();
    throw error;
  }
}

/** An embedded database in memory, for tests. `load` is a dump of one that was migrated. */
export async function openMemory(
  log: Logger,
  load?: Uint8Array,
): Promise<Database & { dump(): Promise<Buffer> }> {
  const pool = await PglitePool.open({ load });
  await pool.query(searchPath);
  const database = await opened("pglite", pool, "memory", log, () => pool.shutdown());
  return { ...database, dump: () => pool.dump() };
}

async function opened(
  kind: Database["kind"],
  pool: pg.Pool,
  place: string,
  log: Logger,
  end: () => Promise<void>,
): Promise<Database> {
  const done = await migrate(pool);
  if (done.length > 0) log.info({ migrations: done }, "database migrated");
  let closing: Promise<void> | undefined;
  return {
    kind,
    pool,
    place,
    db: drizzle(pool),
    close: () => {
      closing ??= end();
      return closing;
    },
  };
}

/**
 * What a server does by itself and PGlite doesn't: checkpoints, so that the write-ahead log doesn't grow for
 * ever and a start after a crash is quick, and vacuum, as the queue's rows come and go.
 */
function keepUp(pool: pg.Pool, log: Logger): { stop(): void } {
  const minute = 60_000;
  let last = "";
  let runs = 0;
  const timer = setInterval(async () => {
    try {
      const { rows } = await pool.query<{ lsn: string }>("select pg_current_wal_insert_lsn()::text as lsn");
      const lsn = rows[0]?.lsn ?? "";
      if (lsn === last) return;
      await pool.query("checkpoint");
      if (runs++ % 6 === 0) await pool.query("vacuum (analyze)");
      const after = await pool.query<{ lsn: string }>("select pg_current_wal_insert_lsn()::text as lsn");
      last = after.rows[0]?.lsn ?? "";
    } catch (error) {
      log.warn({ err: error }, "database upkeep failed");
    }
  }, 5 * minute);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

function withoutPassword(url: string): string {
  try {
    const parsed = new URL(url);
    return `${parsed.protocol}//${parsed.hostname}:${parsed.port || 5432}${parsed.pathname}`;
  } catch {
    return "DATABASE_URL";
  }
}
