import { runMigrations } from "bullmq";
import pg from "pg";
import { HyggeError } from "#src/errors.ts";
import type { Backend, Pace } from "./backend.ts";
import { within } from "./faults.ts";

/** BullMQ's default, and the one it expects of a pool that it did not open itself. */
const SCHEMA = "bullmq";
const CONNECT_MS = 15_000;
/** Jobs and events are announced by NOTIFY; these are the nets below it, for what is lost in a fault. */
const DRAIN_SECONDS = 30;
const EVENTS_MS = 2_000;

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
    max: 12,
    keepAlive: true,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 30_000,
  });
  pool.on("error", (error) => fault("postgres", error));
  // Each queue, worker and event reader adds its own listener to the shared pool.
  pool.setMaxListeners(0);
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
    eventsBlockMs: EVENTS_MS,
    ping: async () => {
      await pool.query("select 1");
    },
    forgetEvents: (queues) => forgetEvents(pool, queues),
    close: async () => {
      await within(pool.end(), 2_000).catch(() => undefined);
    },
  };
}

/**
 * The same on the embedded database. This process owns it alone, so what is active now belongs to a process
 * that is gone: it goes back to waiting before a worker starts.
 */
export async function connectPglite(pool: pg.Pool): Promise<Backend> {
  // Each queue, worker and event reader adds its own listener to the shared pool.
  pool.setMaxListeners(0);
  await migrate(pool);
  await setSearchPath(pool);
  await requeueActive(pool);
  return {
    kind: "pglite",
    producing: pool,
    consuming: pool,
    // Stalls are looked for seldom: only a fault of the database can leave a job without its worker.
    worker: { lockDuration: 60_000, stalledInterval: 30_000, drainDelay: DRAIN_SECONDS },
    eventsBlockMs: EVENTS_MS,
    ping: async () => {
      await pool.query("select 1");
    },
    forgetEvents: (queues) => forgetEvents(pool, queues),
    // The database is the store's: it closes after the queue.
    close: async () => {},
  };
}

/**
 * BullMQ's statements name no schema. The one session serves everybody, so the store names its own in every
 * statement. New clients set it too: with the first of them after a fault the session may be a new one.
 */
async function setSearchPath(pool: pg.Pool): Promise<void> {
  const sql = `set search_path to ${SCHEMA}, public`;
  pool.options.onConnect = (client) => client.query(sql).then(() => undefined);
  await pool.query(sql);
}

/** BullMQ 6.7 can't trim a stream on PostgreSQL itself. */
async function forgetEvents(pool: pg.Pool, queues: string[]): Promise<void> {
  await pool.query(`delete from ${SCHEMA}.event where queue = any ($1)`, [queues]);
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
