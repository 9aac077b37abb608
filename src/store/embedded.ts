import { access, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import type pg from "pg";
import { HyggeError } from "#src/errors.ts";
import type { Logger } from "#src/log.ts";
import { restore } from "./backup.ts";
import { around, type Database, migrated, type Recovery } from "./database.ts";
import { makeFolder } from "./errors.ts";
import { pendingMigrations } from "./migrate.ts";
import { PgliteDied, PglitePool } from "./pglite.ts";
import { keepDaily, keepOne, newestGood } from "./safekeeping.ts";

/**
 * Opens the embedded database in `dataDir`/db, creating it on the first start. One that doesn't open any more is
 * put aside and the newest automatic backup takes its place.
 */
export async function openEmbedded(dataDir: string, log: Logger): Promise<Database> {
  const dir = path.join(dataDir, "db");
  await makeFolder(dataDir);
  await completed(dir, log);
  let pool: PglitePool;
  let recovered: Recovery | undefined;
  try {
    pool = await PglitePool.open({ dir });
  } catch (error) {
    if (!damaged(error)) throw error;
    recovered = await recover(dataDir, dir, error);
    log.error(
      recovered,
      "the database did not open: the newest backup took its place, the old files are kept",
    );
    pool = await PglitePool.open({ dir });
  }
  const upkeep = keepUp(pool, log);
  let daily: ReturnType<typeof keepDaily> | undefined;
  const database = around("pglite", pool, dataDir, async () => {
    upkeep.stop();
    daily?.stop();
    await pool.shutdown();
  });
  try {
    const pending = await pendingMigrations(pool);
    if (pending && pending.length > 0)
      log.info({ file: await keepOne(database, dataDir), pending }, "backup taken before migrating");
    await migrated(database, log);
    daily = keepDaily(database, dataDir, log);
    return recovered ? { ...database, recovered } : database;
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** An embedded database in memory, for tests. `load` is a dump of one that was migrated. */
export async function openMemory(
  log: Logger,
  load?: Uint8Array,
): Promise<Database & { dump(): Promise<Buffer> }> {
  const pool = await PglitePool.open({ load });
  const database = await migrated(
    around("pglite", pool, "memory", () => pool.shutdown()),
    log,
  );
  return { ...database, dump: () => pool.dump() };
}

// Written last: an interrupted creation leaves a folder that Postgres takes for a database.
const marker = (dir: string) => path.join(dir, "hygge.ready");
const recovering = (dir: string) => `${dir}.recovering`;

/** Sees to a whole folder: goes on where an earlier start was interrupted, or creates it. */
async function completed(dir: string, log: Logger): Promise<void> {
  if (await exists(marker(dir))) return;
  if (await exists(dir)) await rename(dir, `${dir}.unfinished-${Date.now()}`);
  if (await exists(marker(recovering(dir)))) {
    await rename(recovering(dir), dir);
    return;
  }
  log.info({ dir }, "creating the embedded database");
  await create(dir);
  await writeFile(marker(dir), "");
}

/** In a thread that ends: creating takes twice the memory of running. */
async function create(dir: string): Promise<void> {
  const pool = await PglitePool.open({ dir });
  await pool.shutdown();
}

/** Whether Postgres itself gave up on its files. A full disk, missing rights or too little memory are no damage. */
function damaged(error: unknown): boolean {
  return (
    error instanceof PgliteDied &&
    /(PANIC|FATAL):/.test(error.log) &&
    !/No space left|quota|memory|Permission denied|Read-only/i.test(error.log)
  );
}

async function recover(dataDir: string, dir: string, error: unknown): Promise<Recovery> {
  const file = await newestGood(dataDir);
  if (file === undefined)
    throw new HyggeError("database_damaged", { dir: dataDir, reason: String(error) }, { cause: error });
  const fresh = recovering(dir);
  await rm(fresh, { recursive: true, force: true });
  const pool = await PglitePool.open({ dir: fresh });
  const database = around("pglite", pool, dataDir, () => pool.shutdown());
  const { createdAt } = await restore(database, file).finally(() => database.close());
  await writeFile(marker(fresh), "");
  const broken = `${dir}.broken-${Date.now()}`;
  await rename(dir, broken);
  await rename(fresh, dir);
  return { file, createdAt, broken };
}

/**
 * What a server does by itself and PGlite doesn't: checkpoints, so that the write-ahead log doesn't grow for
 * ever and a start after a crash is quick, and vacuum, as the queue's rows come and go.
 */
function keepUp(pool: pg.Pool, log: Logger): { stop(): void } {
  let last: string | undefined;
  let runs = 0;
  const written = async () =>
    (await pool.query<{ lsn: string }>("select pg_current_wal_insert_lsn()::text as lsn")).rows[0]?.lsn;
  const timer = setInterval(async () => {
    try {
      if ((await written()) === last) return;
      if (runs++ % 6 === 0) await pool.query("vacuum (analyze)");
      await pool.query("checkpoint");
      last = await written();
    } catch (error) {
      log.warn({ err: error }, "database upkeep failed");
    }
  }, 5 * 60_000);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
