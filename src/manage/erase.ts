/**
 * The right to be forgotten, and the right to know. Both look through every text and JSON column of the store, so that
 * a table that another room adds tomorrow is covered too. Erasing is done in small steps that may be repeated, not in
 * one transaction: on the embedded database everybody else would wait for its end.
 */
import { createHmac, randomBytes } from "node:crypto";
import { readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { sql } from "drizzle-orm";
import type pg from "pg";
import type { Logger } from "#src/log.ts";
import type { Actor } from "#src/may.ts";
import { addAudit } from "#src/store/audit.ts";
import { cancel } from "#src/store/generations.ts";
import type { Database } from "#src/store/open.ts";
import { keepOne, removeBackups } from "#src/store/safekeeping.ts";
import type { Db } from "#src/store/schema.ts";
import { wordsOf } from "./facts/words.ts";

export interface ErasePlan {
  /** `<platform>:<id>` */
  personId: string;
  /** What else names the person: earlier names, e-mail addresses. */
  also: string[];
  /** What becomes of the person's briefs and drafts. */
  drafts: "anonymise" | "delete";
}

export interface EraseReport {
  /** Whether the store knew the person by this id. */
  known: boolean;
  /** What the person is called from now on where a row must name somebody. Its key is gone. */
  pseudonym: string;
  briefsDeleted: number;
  draftsDeleted: number;
  /** Rows changed, by table and column. */
  changed: Record<string, number>;
  jobsRemoved: number;
  filesChanged: string[];
  filesRemoved: string[];
  /** What can't be reached from here, to be done by people. */
  remains: string[];
}

export interface EraseDeps {
  database: Database;
  /** Takes to-dos that speak of the person out of the queue, and empties its streams. Returns how many. */
  purgeQueue(about: (payload: string) => boolean): Promise<number>;
  /** Folders whose files may hold the person: the data folder, and where training data from the store is kept. */
  folders: string[];
  dataDir: string;
  /** What training data from the store calls the person. */
  alias?: (personId: string) => Promise<string>;
  /** Brings the read model up to date. */
  catchUp(): Promise<void>;
  log: Logger;
}

const gone = "[gelöscht]";

export async function erasePerson(deps: EraseDeps, plan: ErasePlan, by: Actor): Promise<EraseReport> {
  const { database } = deps;
  const { db, pool } = database;
  const { personId } = plan;
  const known = await nameOf(db, personId);
  const needles = needlesOf(personId, [...(known ? [known.name] : []), ...plan.also]);
  // Nobody keeps the key: rows of one person still belong together, but lead to nobody.
  const pseudonym = `erased:${createHmac("sha256", randomBytes(32)).update(personId).digest("hex").slice(0, 16)}`;
  const report: EraseReport = {
    known: known !== undefined,
    pseudonym,
    briefsDeleted: 0,
    draftsDeleted: 0,
    changed: {},
    jobsRemoved: 0,
    filesChanged: [],
    filesRemoved: [],
    remains: [
      "messages that were posted to Slack or Discord stay there: delete them on the platform",
      "exports that were downloaded, and backups that were taken to another place",
      ...(database.kind === "postgres" ? ["the server's own logs, write-ahead logs and base backups"] : []),
    ],
  };

  const open = await db.execute<{ id: string }>(sql`
    select id from hygge.generations where person_id = ${personId} and status in ('queued', 'writing')`);
  for (const { id } of open.rows) await cancel(db, id);

  const own = await db.execute<{ id: string }>(
    sql`select id from hygge.briefs where person_id = ${personId}`,
  );
  const briefs = own.rows.map((row) => row.id);
  /** What training data must not have any more. */
  const dropped = new Set<string>();
  if (plan.drafts === "delete")
    for (let i = 0; i < briefs.length; i += 50) {
      const deleted = await deleteBriefs(db, briefs.slice(i, i + 50));
      report.briefsDeleted += deleted.briefs;
      report.draftsDeleted += deleted.drafts.length;
      for (const id of deleted.drafts) dropped.add(id);
    }

  if (known)
    await db.execute(sql`
      insert into hygge.people (id, surface, name) values (${pseudonym}, ${known.surface}, ${gone}) on conflict do nothing`);
  const count = (what: string, rows: number) => {
    if (rows > 0) report.changed[what] = (report.changed[what] ?? 0) + rows;
  };
  const run = async (what: string, statement: ReturnType<typeof sql>) =>
    count(what, (await db.execute(statement)).rowCount ?? 0);
  await run(
    "ratings.comment",
    sql`update hygge.ratings set comment = null where person_id = ${personId} and comment is not null`,
  );
  await run(
    "drafts.decision_note",
    sql`update hygge.drafts set decision_note = null where decided_by = ${personId} and decision_note is not null`,
  );
  for (const table of ["briefs", "generations"])
    await run(
      `${table}.idempotency_key`,
      sql`update hygge.${sql.raw(table)} set idempotency_key = null
        where person_id = ${personId} and idempotency_key is not null`,
    );
  await run("sessions", sql`delete from hygge_local.sessions where person_id = ${personId}`);
  await run("login_links", sql`delete from hygge_local.login_links where person_id = ${personId}`);

  const columns = await textColumns(pool);
  for (const { schema, table, column, json } of columns) {
    const where = `${schema}.${table}`;
    if (!json && !(table === "people" && column === "id")) {
      const { rowCount } = await pool.query(`update ${where} set ${column} = $2 where ${column} = $1`, [
        personId,
        pseudonym,
      ]);
      count(`${table}.${column}`, rowCount ?? 0);
    }
  }
  if (known) await run("people", sql`delete from hygge.people where id = ${personId}`);
  for (const column of columns) count(`${column.table}.${column.column}`, await sweep(pool, column, needles));
  // A prompt that was changed is no longer the one that its hash names.
  await run("prompts", sql`delete from hygge.prompts where prompt::text like ${`%${gone}%`}`);
  await deps.catchUp();
  await forgetWords(db, needles);

  report.jobsRemoved = await deps.purgeQueue((payload) => mentions(payload, needles));
  const alias = await deps.alias?.(personId);
  await sweepFiles(deps, needles, { dropped, ...(alias ? { alias } : {}) }, report);
  await addAudit(db, {
    personId: by.id === personId ? pseudonym : by.id,
    action: "person.erase",
    data: { pseudonym, drafts: plan.drafts, briefsDeleted: report.briefsDeleted },
  });
  await renew(deps, report);
  return report;
}

/** Deletes briefs with everything that hangs on them. */
export async function deleteBriefs(db: Db, ids: string[]): Promise<{ briefs: number; drafts: string[] }> {
  if (ids.length === 0) return { briefs: 0, drafts: [] };
  return db.transaction(async (tx) => {
    const drafts = await tx.execute<{ id: string; prompt_hash: string | null }>(
      sql`select id, prompt_hash from hygge.drafts where brief_id in ${ids} for update`,
    );
    const generations = sql`select id from hygge.generations where brief_id in ${ids}`;
    await tx.execute(sql`delete from hygge.candidates where generation_id in (${generations})`);
    await tx.execute(sql`delete from hygge.picks where generation_id in (${generations})`);
    await tx.execute(sql`
      delete from hygge.ratings where draft_id in (select id from hygge.drafts where brief_id in ${ids})`);
    await tx.execute(sql`
      update hygge_local.facts set twin_id = null, twin = null
      where twin_id in (select id from hygge.drafts where brief_id in ${ids})`);
    await tx.execute(sql`delete from hygge.drafts where brief_id in ${ids}`);
    await tx.execute(sql`delete from hygge.deliveries where brief_id in ${ids}`);
    await tx.execute(sql`delete from hygge.generations where brief_id in ${ids}`);
    const { rowCount } = await tx.execute(sql`delete from hygge.briefs where id in ${ids}`);
    const prompts = [...new Set(drafts.rows.flatMap((row) => row.prompt_hash ?? []))];
    if (prompts.length > 0)
      await tx.execute(sql`
        delete from hygge.prompts p where p.hash in ${prompts}
          and not exists (select from hygge.drafts d where d.prompt_hash = p.hash)`);
    return { briefs: rowCount ?? 0, drafts: drafts.rows.map((row) => row.id) };
  });
}

export interface AccessReport {
  personId: string;
  name: string | null;
  at: string;
  /** Whole rows that name the person or speak of them, by table; also what hangs on their briefs. */
  tables: Record<string, unknown[]>;
}

/** Everything that is stored of a person. */
export async function accessPerson(
  database: Database,
  personId: string,
  also: string[],
): Promise<AccessReport> {
  const { db, pool } = database;
  const known = await nameOf(db, personId);
  const needles = needlesOf(personId, [...(known ? [known.name] : []), ...also]);
  const tables: AccessReport["tables"] = {};
  const byTable = new Map<string, Column[]>();
  for (const column of await textColumns(pool)) {
    const key = `${column.schema}.${column.table}`;
    byTable.set(key, [...(byTable.get(key) ?? []), column]);
  }
  // A session's id would let its reader in.
  for (const secret of [
    "hygge_local.sessions",
    "hygge_local.login_links",
    "hygge_local.keys",
    "hygge_local.words",
  ])
    byTable.delete(secret);
  for (const [table, columns] of byTable) {
    const found = columns.map(
      ({ column, json }) => `${json ? `${column}::text` : column} ilike any ($1::text[])`,
    );
    const { rows } = await pool.query<{ row: unknown }>(
      `select to_jsonb(t) as row from ${table} t where ${found.join(" or ")}`,
      [needles.map((needle) => like(needle.text))],
    );
    const own = rows.map(({ row }) => row).filter((row) => mentions(JSON.stringify(row), needles));
    if (own.length > 0) tables[table.replace(/^hygge\./, "")] = own;
  }
  for (const table of ["generations", "drafts", "deliveries"]) {
    const { rows } = await pool.query<{ row: { id: string } }>(
      `select to_jsonb(t) as row from hygge.${table} t
       where brief_id in (select id from hygge.briefs where person_id = $1)`,
      [personId],
    );
    const there = new Set((tables[table] ?? []).map((row) => (row as { id: string }).id));
    const more = rows.map(({ row }) => row).filter((row) => !there.has(row.id));
    if (more.length > 0) tables[table] = [...(tables[table] ?? []), ...more];
  }
  return { personId, name: known?.name ?? null, at: new Date().toISOString(), tables };
}

async function nameOf(db: Db, personId: string): Promise<{ name: string; surface: string } | undefined> {
  const { rows } = await db.execute<{ name: string; surface: string }>(
    sql`select name, surface from hygge.people where id = ${personId}`,
  );
  return rows[0];
}

interface Needle {
  text: string;
  pattern: RegExp;
  /** A first name alone is also a product's, or another person's: it counts only in what people said of each other. */
  everywhere: boolean;
}

const literal = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
const like = (text: string) => `%${text.replace(/[\\%_]/g, "\\$&")}%`;

function needlesOf(personId: string, names: string[]): Needle[] {
  const platform = /^(?:slack:[^/]+\/|discord:)(.{6,})$/.exec(personId)?.[1];
  const ids = [personId, ...(platform ? [platform] : [])];
  const called = [...new Set(names.map((name) => name.normalize("NFC").trim()))].filter(
    (name) => name.length >= 3,
  );
  return [
    ...ids.map((text) => ({ text, everywhere: true })),
    ...called.map((text) => ({ text, everywhere: /[\s@]/.test(text) })),
  ].map(({ text, everywhere }) => ({
    text,
    everywhere,
    // "Annas Text" speaks of Anna, "Annaberg" doesn't.
    pattern: new RegExp(`(?<![\\p{L}\\p{N}])${literal(text)}(?:['’]?s)?(?![\\p{L}\\p{N}])`, "giu"),
  }));
}

const mentions = (text: string, needles: Needle[]) =>
  needles.some(({ pattern }) => text.search(pattern) >= 0);
const without = (text: string, needles: Needle[]) =>
  needles.reduce((rest, { pattern }) => rest.replace(pattern, gone), text);

interface Column {
  schema: string;
  table: string;
  column: string;
  json: boolean;
}

async function textColumns(pool: pg.Pool): Promise<Column[]> {
  const { rows } = await pool.query<Column>(`
    select c.table_schema as schema, c.table_name as table, c.column_name as column, c.data_type like 'json%' as json
    from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
    where c.table_schema in ('hygge', 'hygge_local') and t.table_type = 'BASE TABLE'
      and c.data_type in ('text', 'json', 'jsonb') and c.table_name <> 'migrations'
    order by 1, 2, 3`);
  return rows;
}

/** What people say of each other, as opposed to copy about products. */
const talk = new Set([
  "people.name",
  "ratings.comment",
  "drafts.decision_note",
  "drafts.wish",
  "generations.wish",
  "audit.data",
  "brand_rules.evidence",
]);

/** Pages of a table looked through in one statement: some megabytes. */
const pagesAtOnce = 500;

/** Replaces what names the person in one column; returns the rows changed. */
async function sweep(pool: pg.Pool, at: Column, all: Needle[]): Promise<number> {
  const name = `${at.table}.${at.column}`;
  // Keys of tables: what they are made of is the person's id, which is replaced as a whole.
  if (
    ["id", "no", "hash", "draft_id", "brief_id", "generation_id", "parent_id", "origin_id"].includes(
      at.column,
    )
  )
    return 0;
  const needles = all.filter((needle) => needle.everywhere || talk.has(name));
  if (needles.length === 0) return 0;
  const { schema, table, column, json } = at;
  const text = json ? `${column}::text` : column;
  const { rows: sizes } = await pool.query<{ pages: number }>(
    `select (pg_relation_size('${schema}.${table}') / 8192)::int as pages`,
  );
  let changed = 0;
  for (let page = 0; page <= (sizes[0]?.pages ?? 0); page += pagesAtOnce) {
    const { rows } = await pool.query<{ ctid: string; value: string }>(
      `select ctid::text, ${text} as value from ${schema}.${table}
       where ctid >= '(${page},0)' and ctid < '(${page + pagesAtOnce},0)' and ${text} ilike any ($1::text[])`,
      [needles.map((needle) => like(json ? JSON.stringify(needle.text).slice(1, -1) : needle.text))],
    );
    for (const row of rows) {
      const value = json ? JSON.stringify(deep(JSON.parse(row.value), needles)) : without(row.value, needles);
      if (value === row.value) continue;
      // Only where it is still what was read.
      const { rowCount } = await pool.query(
        `update ${schema}.${table} set ${column} = $2${json ? "::jsonb" : ""} where ctid = $1::tid and ${text} = $3`,
        [row.ctid, value, row.value],
      );
      changed += rowCount ?? 0;
    }
  }
  return changed;
}

function deep(value: unknown, needles: Needle[]): unknown {
  if (typeof value === "string") return without(value, needles);
  if (Array.isArray(value)) return value.map((part) => deep(part, needles));
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(
      Object.entries(value).map(([key, part]) => [without(key, needles), deep(part, needles)]),
    );
  return value;
}

/** Takes words out of the search that only this person's texts had. */
async function forgetWords(db: Db, needles: Needle[]): Promise<void> {
  const words = wordsOf(...needles.map((needle) => needle.text));
  if (words.length === 0) return;
  await db.execute(sql`
    delete from hygge_local.words w where w.word in ${words}
      and not exists (select from hygge_local.draft_words d where d.words @> array[w.id])`);
}

const readable = /\.(jsonl?|csv|txt|log|md|ya?ml|tsv)$/i;
const mostBytes = 200e6;

/**
 * Files of the folders. Lines of data that speak of the person or come from a deleted draft go; a line that the person
 * only approved says so no longer; other text loses the name.
 */
async function sweepFiles(
  deps: EraseDeps,
  needles: Needle[],
  training: { dropped: ReadonlySet<string>; alias?: string },
  report: EraseReport,
): Promise<void> {
  for (const folder of new Set(deps.folders.map((dir) => path.resolve(dir))))
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])) {
      const file = path.join(entry.parentPath, entry.name);
      if (!entry.isFile() || !readable.test(entry.name) || inside(path.join(deps.dataDir, "db"), file))
        continue;
      if ((await stat(file)).size > mostBytes) {
        report.remains.push(`${file} is too large to look through`);
        continue;
      }
      const before = await readFile(file, "utf8");
      const lines = /\.(jsonl|csv|tsv)$/i.test(entry.name);
      const kept = lines
        ? before
            .split("\n")
            .filter((line) => !mentions(line, needles) && !comesFrom(line, training.dropped))
            .join("\n")
        : without(before, needles);
      const after = training.alias === undefined ? kept : kept.replaceAll(training.alias, "person-erased");
      if (after === before) continue;
      await writeFile(`${file}.new`, after);
      await rename(`${file}.new`, file);
      report.filesChanged.push(file);
    }
}

const inside = (folder: string, file: string) => file.startsWith(`${path.resolve(folder)}${path.sep}`);
/** Our ids are long and random: where one stands, the line is about it. */
const comesFrom = (line: string, drafts: ReadonlySet<string>) =>
  drafts.size > 0 && [...line.matchAll(/"([\w-]{8,})"/g)].some((match) => drafts.has(match[1] ?? ""));

/**
 * Old versions of rows lie in the database's files until they are rewritten, and in its log; automatic backups have
 * them too. The embedded database is ours to clean; a server's files are its administrator's.
 */
async function renew({ database, dataDir, log }: EraseDeps, report: EraseReport): Promise<void> {
  if (database.kind === "postgres") {
    await database.pool.query("vacuum (analyze)").catch((err) => log.warn({ err }, "erase: not vacuumed"));
    return;
  }
  const { pool } = database;
  const { rows } = await pool.query<{ name: string }>(`
    select quote_ident(schemaname) || '.' || quote_ident(tablename) as name from pg_tables
    where schemaname in ('hygge', 'hygge_local', 'bullmq')`);
  for (const { name } of rows) await pool.query(`vacuum (full, analyze) ${name}`);
  // Statistics quote frequent values.
  await pool.query("vacuum full pg_catalog.pg_statistic");
  // Two rounds: the log in use is ended, then the ended ones go, instead of being kept to be written over.
  await pool.query("set wal_recycle to off");
  for (let i = 0; i < 2; i++) {
    await pool.query("checkpoint");
    await pool.query("select pg_switch_wal()");
  }
  await pool.query("checkpoint");
  report.filesRemoved.push(...(await removeBackups(dataDir)), ...(await removeFormer(dataDir)));
  // A test's database has no folder.
  if (await isFolder(path.join(dataDir, "db"))) await keepOne(database, dataDir);
}

async function isFolder(dir: string): Promise<boolean> {
  return readdir(dir).then(
    () => true,
    () => false,
  );
}

/** Deletes briefs that are older than so many days; returns how many. */
export async function deleteOlder(db: Db, days: number, atOnce = 50): Promise<number> {
  let deleted = 0;
  for (;;) {
    const { rows } = await db.execute<{ id: string }>(sql`
      select b.id from hygge.briefs b where b.created_at < now() - ${days}::int * interval '1 day'
        and not exists (select from hygge.generations g where g.brief_id = b.id and g.status in ('queued', 'writing'))
      order by b.created_at limit ${atOnce}::int`);
    if (rows.length === 0) return deleted;
    deleted += (
      await deleteBriefs(
        db,
        rows.map((row) => row.id),
      )
    ).briefs;
  }
}

/** Deletes what is too old at the start and every hour. */
export function keepRetention(database: Database, days: number, log: Logger): { close(): Promise<void> } {
  let running: Promise<unknown> = Promise.resolve();
  const run = () => {
    running = running.then(async () => {
      try {
        const briefs = await deleteOlder(database.db, days);
        if (briefs === 0) return;
        await addAudit(database.db, { personId: "hygge", action: "retention", data: { briefs, days } });
        log.info({ briefs, days }, "old briefs deleted");
      } catch (err) {
        log.warn({ err }, "old briefs not deleted, trying again in an hour");
      }
    });
  };
  const first = setTimeout(run, 5_000).unref();
  const hourly = setInterval(run, 3_600_000).unref();
  return {
    async close() {
      clearTimeout(first);
      clearInterval(hourly);
      await running;
    },
  };
}

/** Removes what is left of the folder's former databases; they hold everybody. */
async function removeFormer(dataDir: string): Promise<string[]> {
  const names = await readdir(dataDir).catch(() => [] as string[]);
  const former = names.filter((name) => /^db\.(broken|unfinished)-\d+$/.test(name));
  for (const name of former) await rm(path.join(dataDir, name), { recursive: true, force: true });
  return former.map((name) => path.join(dataDir, name));
}
