import pg from "pg";
import type { Logger } from "#src/log.ts";
import { around, type Database, migrated } from "./database.ts";
import { openEmbedded } from "./embedded.ts";
import { databaseError } from "./errors.ts";

export type { Database } from "./database.ts";

export interface OpenOptions {
  /** Absolute; holds the embedded database in `db/`. The caller holds the folder's lock. */
  dataDir: string;
  /** A PostgreSQL server instead. */
  databaseUrl?: string;
  log: Logger;
}

/**
 * Opens the store and migrates it.
 * @throws HyggeError database_down, database_newer, database_damaged, data_unwritable, disk_full
 */
export async function openDatabase(options: OpenOptions): Promise<Database> {
  const { dataDir, databaseUrl, log } = options;
  try {
    return databaseUrl ? await openPostgres(databaseUrl, log) : await openEmbedded(dataDir, log);
  } catch (error) {
    throw databaseError(error, databaseUrl ? withoutPassword(databaseUrl) : dataDir);
  }
}

async function openPostgres(url: string, log: Logger): Promise<Database> {
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
      // For BullMQ's statements, which name its tables without their schema; ours always name "hygge".
      await client.query("set search_path to bullmq, public");
    },
  });
  // Clients that a restarting server drops are replaced; without listeners they would end the process: idle
  // ones tell the pool, one inside a transaction has its statement rejected besides.
  pool.on("error", (error) => log.warn({ err: error }, "lost an idle database connection"));
  pool.on("connect", (client) => client.on("error", () => {}));
  const database = around("postgres", pool, withoutPassword(url), () =>
    // `end` waits for clients that still listen.
    Promise.race([pool.end(), new Promise<void>((resolve) => setTimeout(resolve, 5_000).unref())]),
  );
  try {
    return await migrated(database, log);
  } catch (error) {
    await database.close().catch(() => {});
    throw error;
  }
}

function withoutPassword(url: string): string {
  try {
    const { protocol, hostname, port, pathname } = new URL(url);
    return `${protocol}//${hostname}:${port || 5432}${pathname}`;
  } catch {
    return "DATABASE_URL";
  }
}
