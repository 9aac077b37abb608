import { createPostgresBackend, Queue, QueueEvents, runMigrations, Worker } from "bullmq";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PglitePool } from "#src/store/pglite.ts";
import { template } from "#test/fixtures/database.ts";
import { livePostgres } from "#test/fixtures/servers.ts";

const postgres = await livePostgres();

let pool: PglitePool;
beforeAll(async () => {
  pool = await PglitePool.open({ load: await template(), idleTransactionMs: 300 });
});
afterAll(() => pool?.shutdown());

const one = async (sql: string, values: unknown[] = []) => (await pool.query(sql, values)).rows[0];

describe("PGlite behind node-postgres", () => {
  it("keeps others out of a transaction, and a client that never begins blocks nobody", async () => {
    await pool.query("create table t (i int)");
    const silent = await pool.connect();
    const busy = await pool.connect();
    await busy.query("begin");
    await busy.query("insert into t values (1)");
    let answered = false;
    const other = one("select count(*)::int as n from t").then((row) => {
      answered = true;
      return row;
    });
    await busy.query("insert into t values (2)");
    expect(answered).toBe(false);
    await busy.query("rollback");
    expect(await other).toEqual({ n: 0 });
    busy.release();
    silent.release();
  });

  it("rolls back for a client that goes away, or sleeps, inside a transaction", async () => {
    await pool.query("create table gone (i int)");
    const leaving = await pool.connect();
    await leaving.query("begin");
    await leaving.query("insert into gone values (1)");
    leaving.release(true);
    expect(await one("select count(*)::int as n from gone")).toEqual({ n: 0 });

    const sleeping = await pool.connect();
    const error = new Promise<Error>((resolve) => sleeping.once("error", resolve));
    await sleeping.query("begin");
    await sleeping.query("insert into gone values (1)");
    expect(await one("select count(*)::int as n from gone")).toEqual({ n: 0 });
    expect((await error).message).toContain("stood idle");
    sleeping.release(true);
  });

  it("goes on after an error, inside a transaction and outside", async () => {
    await expect(pool.query("select nope")).rejects.toMatchObject({ code: "42703" });
    await expect(pool.query("insert into t values ($1)", ["x"])).rejects.toMatchObject({ code: "22P02" });
    const client = await pool.connect();
    await client.query("begin");
    await expect(client.query("select nope")).rejects.toThrow();
    await expect(client.query("select 1")).rejects.toMatchObject({ code: "25P02" });
    await client.query("rollback");
    client.release();
    expect(await one("select 1 as one")).toEqual({ one: 1 });
  });

  it("brings a notification to every client that listens", async () => {
    const [first, second] = [await pool.connect(), await pool.connect()];
    const heard: string[] = [];
    for (const [name, client] of Object.entries({ first, second })) {
      await client.query("-- as BullMQ writes it\nlisten news");
      client.on("notification", ({ payload }) => heard.push(`${name} ${payload}`));
    }
    await pool.query("select pg_notify('news', 'Ekeby')");
    await pool.query("select 1");
    expect(heard.sort()).toEqual(["first Ekeby", "second Ekeby"]);
    for (const client of [first, second]) {
      client.removeAllListeners("notification");
      client.release();
    }
  });

  it("keeps equal names of prepared statements apart by client", async () => {
    const clients = [await pool.connect(), await pool.connect()];
    for (const round of [1, 2])
      for (const [i, client] of clients.entries()) {
        const { rows } = await client.query({
          name: "same",
          text: `select ${i} as i, $1::int as round`,
          values: [round],
        });
        expect(rows).toEqual([{ i, round }]);
      }
    for (const client of clients) client.release(true);
    await expect.poll(() => one("select count(*)::int as n from pg_prepared_statements")).toEqual({ n: 0 });
  });

  it("carries long texts and many rows", async () => {
    const text = "Ä🛋️".repeat(400_000);
    expect((await one("select $1::text as text", [text])).text).toBe(text);
    const { rows } = await pool.query({
      text: "select i, repeat('x', 100) from generate_series(1, 20000) i",
      rowMode: "array",
    });
    expect(rows).toHaveLength(20_000);
    expect(rows.at(-1)).toEqual([20_000, "x".repeat(100)]);
  });

  it("leaves this thread free while a statement runs", async () => {
    let turns = 0;
    let running = true;
    const turn = () => {
      turns++;
      if (running) setImmediate(turn);
    };
    turn();
    await pool.query("select count(*) from generate_series(1, 300000) i where md5(i::text) > 'f'");
    running = false;
    expect(turns).toBeGreaterThan(20);
  });

  it("runs BullMQ: queue, worker with a retry, progress and events", async () => {
    const client = await pool.connect();
    await runMigrations(client, "bullmq");
    client.release();
    // BullMQ's types know Redis only.
    const options = { connection: pool as never };
    const backend = createPostgresBackend as never;
    const queue = new Queue("store-test", options, backend);
    const events = new QueueEvents("store-test", options, backend);
    const seen: string[] = [];
    events.on("progress", ({ jobId, data }) => seen.push(`${jobId} ${JSON.stringify(data)}`));
    const worker = new Worker<{ fail?: boolean }>(
      "store-test",
      async (job) => {
        await job.updateProgress({ text: "Eke" });
        if (job.data.fail && job.attemptsMade === 0) throw new Error("once");
        return "by";
      },
      options,
      backend,
    );
    await Promise.all([worker.waitUntilReady(), events.waitUntilReady()]);
    const finished = new Promise<void>((resolve) => {
      let left = 2;
      events.on("completed", ({ jobId, returnvalue }) => {
        seen.push(`${jobId} ${returnvalue}`);
        if (--left === 0) resolve();
      });
    });
    await queue.add("write", {}, { jobId: "gen-1" });
    await queue.add("write", { fail: true }, { jobId: "gen-2", attempts: 2 });
    await finished;
    expect(seen).toContain('gen-1 {"text":"Eke"}');
    expect(seen).toContain("gen-2 by");
    await worker.close();
    await events.close();
    await queue.close();
  });

  it("starts again when Postgres dies inside a statement, with its settings, and tells who listens", async () => {
    const other = await PglitePool.open({ load: await template() });
    const listener = await other.connect();
    const told = new Promise<Error>((resolve) => listener.once("error", resolve));
    await listener.query("listen news");
    await other.query(
      "create function deep(i int) returns int language plpgsql as 'begin return deep(i + 1); end'",
    );
    // Endless recursion: no stack check stops it in WebAssembly.
    await expect(other.query("select deep(1)")).rejects.toMatchObject({ name: "PgliteDied" });
    expect((await told).name).toBe("PgliteDied");
    listener.release(true);
    expect((await other.query("show search_path")).rows).toEqual([{ search_path: "bullmq,public" }]);
    await other.shutdown();
  });

  it("closes while clients still listen", async () => {
    const other = await PglitePool.open({ load: await template() });
    const client = await other.connect();
    client.on("error", () => {});
    await client.query("listen news");
    await other.shutdown();
    await other.shutdown();
    await expect(other.query("select 1")).rejects.toThrow();
  });
});

describe.skipIf(postgres === undefined)("live: PGlite and PostgreSQL", () => {
  it("give JavaScript the same values", async () => {
    const server = new pg.Pool({ connectionString: postgres });
    const query = `select 9007199254740993::int8 as big, 1.50::numeric as exact, 1.5::float8 as float, true as yes,
      '2026-11-25 06:00:00.123456+01'::timestamptz as at, '2026-11-25'::date as day, null::text as nothing,
      '{"a": [1, "ä"]}'::jsonb as json, array['a', null, 'b'] as list, '\\x00ff'::bytea as bytes,
      $1::text as text, $2::timestamptz as given, $3::jsonb as object, $4::int[] as numbers, $5::bool as flag`;
    const values = ["„Sofa“ 🛋️", new Date(1_795_588_178_030), { a: 1 }, [1, 2], false];
    const [ours, theirs] = await Promise.all([pool.query(query, values), server.query(query, values)]);
    expect(ours.rows).toEqual(theirs.rows);
    expect(ours.fields.map((f) => f.dataTypeID)).toEqual(theirs.fields.map((f) => f.dataTypeID));
    expect([ours.command, ours.rowCount]).toEqual([theirs.command, theirs.rowCount]);
    await server.end();
  });
});
