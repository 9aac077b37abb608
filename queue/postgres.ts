import { runMigrations } from "bullmq";
import pg from "pg";
import { HyggeError } from "#src/errors.ts";
import type { Backend, Pace } from "./backend.ts";
import { within } from "./faults.ts";

/** BullMQ's default, and the one it expects of a pool that it did not open itself. */
const SCHEMA = "bullmq";
const CONNECT_MS = 15_000;
/** Both sides announce by NOTIFY, so this is only the net below it. */
const DRAIN_SECONDS = 30;

/**
 * BullMQ's PostgreSQL backend on a pool of the queue's own: each worker and the event reader hold one LISTEN
 * connection for good, which must not starve the store's queries.
 * @throws HyggeError queue_down if the server does not answer within 15 s
 */
export async function connectPostgres(
  url: string,
  pace: Pace,
  fault: (where: string, error: unknown) => void,
): Promise<Backend> {
  const pool = new pg.Pool({
    connectionString: url,
    options: `-c search_path=${SCHEMA}`,
    max: 16,
    keepAlive: true,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 30_000,
  });
  pool.on("error", (error) => fault("postgres", error));
  // Each queue, worker and event reader adds its own listener to the shared pool.
  pool.setMaxListeners(64);
  try {
    await within(migrate(pool), CONNECT_MS);
  } catch (error) {
    await pool.end().catch(() => undefined);
    throw new HyggeError("queue_down", {}, { retryable: true, cause: error });
  }
  return {
    kind: "postgres",
    producing: pool,
    consuming: pool,
    worker: { lockDuration: pace.lockMs, stalledInterval: pace.stalledMs, drainDelay: DRAIN_SECONDS },
    // NOTIFY is coalesced while transactions overlap; this bounds how late the last event can be seen.
    eventsBlockMs: 5_000,
    ping: async () => {
      await pool.query("select 1");
    },
    close: async () => {
      await within(pool.end(), 2_000).catch(() => undefined);
    },
  };
}

/**
 * The same on the embedded database. This process owns it alone, so no lock of a job can be another's: nothing
 * is checked for stalls, and what a killed process left active goes back to waiting before a worker starts.
 */
export async function connectPglite(pool: pg.Pool): Promise<Backend> {
  // Each queue, worker and event reader adds its own listener to the shared pool.
  pool.setMaxListeners(64);
  await migrate(pool);
  await setSearchPath(pool);
  await requeueActive(pool);
  await vacuum(pool);
  let sweeps = Promise.resolve();
  const sweep = setInterval(() => {
    sweeps = sweeps.then(() => vacuum(pool)).catch(() => undefined);
  }, VACUUM_MS);
  sweep.unref();
  return {
    kind: "pglite",
    producing: pool,
    consuming: pool,
    worker: { skipStalledCheck: true, skipLockRenewal: true, drainDelay: 3_600 },
    eventsBlockMs: 3_600_000,
    ping: async () => {
      await pool.query("select 1");
    },
    close: async () => {
      clearInterval(sweep);
      await sweeps;
    },
  };
}

/**
 * BullMQ's statements name no schema. The one session serves everybody, so the store names its own in every
 * statement; set on the role too, for the session that follows when the database's thread had to be restarted.
 */
async function setSearchPath(pool: pg.Pool): Promise<void> {
  await pool.query(`alter role current_user set search_path to ${SCHEMA}, public`);
  await pool.query(`set search_path to ${SCHEMA}, public`);
}

async function migrate(pool: pg.Pool): Promise<void> {
  const client = await pool.connect();
  try {
    await runMigrations(client, SCHEMA);
  } finally {
    client.release();
  }
}

/** BullMQ 6.7, migration 0001: the columns that move_stalled_jobs_to_wait resets, less its count of stalls. */
async function requeueActive(pool: pg.Pool): Promise<void> {
  await pool.query(
    `update ${SCHEMA}.job
        set state = 'waiting', lock_token = null, locked_until_ms = null, stalled_marked = false
      where state = 'active'`,
  );
}

const VACUUM_MS = 10 * 60_000;

/** PGlite has no autovacuum, and every look at a growing text leaves a dead row in these two (BullMQ 6.7). */
async function vacuum(pool: pg.Pool): Promise<void> {
  await pool.query(`vacuum ${SCHEMA}.event`);
  await pool.query(`vacuum ${SCHEMA}.job`);
}
