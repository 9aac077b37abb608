import { drizzle } from "drizzle-orm/node-postgres";
import type pg from "pg";
import type { Logger } from "#src/log.ts";
import { migrate } from "./migrate.ts";
import type { Db } from "./schema.ts";

export interface Database {
  readonly kind: "pglite" | "postgres";
  /** For BullMQ's Postgres backend and raw SQL. Its sessions' search_path is "bullmq, public". */
  readonly pool: pg.Pool;
  readonly db: Db;
  /** The folder, or the server without its password, as messages name it. */
  readonly place: string;
  /** Set where the embedded database didn't open and the newest automatic backup took its place. */
  readonly recovered?: Recovery;
  /** Closes it; idempotent. Close first what uses it: clients that listen are cut off. */
  close(): Promise<void>;
}

export interface Recovery {
  /** The backup that was restored, and when it was taken (ISO 8601). */
  file: string;
  createdAt: string;
  /** Where the folder that didn't open was put. */
  broken: string;
}

/** A database around an open pool. */
export function around(
  kind: Database["kind"],
  pool: pg.Pool,
  place: string,
  end: () => Promise<void>,
): Database {
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

export async function migrated(database: Database, log: Logger): Promise<Database> {
  const done = await migrate(database.pool);
  if (done.length > 0) log.info({ migrations: done }, "database migrated");
  return database;
}
