/**
 * `npm run bench:manage`: the dashboard on 200,000 drafts. Seeds a database, then asks for every page, filter, order and
 * search once in a process that has just started, while briefs keep coming in; then exports everything.
 *   --database postgres://…   an empty database on a server; else an embedded one in a temporary folder
 *   --data FOLDER             keeps the embedded one there, and takes it as it is if it was seeded
 *   --drafts N                200000
 *   --top N                   lines shown, slowest first (25)
 *   --questions               without the exports
 * Nothing else should use the cores meanwhile; the load is shown.
 */
import { fork } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { cpus, loadavg, tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import pino from "pino";
import { createCatchUp } from "#src/manage/facts/catch-up.ts";
import { createLogin } from "#src/manage/login.ts";
import { createManage, type Query } from "#src/manage/manage.ts";
import type { Actor } from "#src/may.ts";
import { insertBrief } from "#src/store/briefs.ts";
import { insertGeneration } from "#src/store/generations.ts";
import { type Database, openDatabase } from "#src/store/open.ts";
import { people, seed } from "./seed.ts";

const { values } = parseArgs({
  options: {
    database: { type: "string" },
    data: { type: "string" },
    drafts: { type: "string", default: "200000" },
    top: { type: "string", default: "25" },
    questions: { type: "boolean", default: false },
    measure: { type: "boolean", default: false },
  },
});
const log = pino({ level: "warn" });
const boss: Actor = { id: "web:boss", name: "Boss", surface: "web", role: "admin", locale: "de" };
const load = () =>
  loadavg()
    .map((n) => n.toFixed(1))
    .join(" ");
const mb = (bytes: number) => Math.round(bytes / 1e6);

const open = (dataDir: string): Promise<Database> =>
  openDatabase({ dataDir, ...(values.database ? { databaseUrl: values.database } : {}), log });

async function fill(dataDir: string): Promise<void> {
  const database = await open(dataDir);
  try {
    const { rows } = await database.pool.query<{ n: number }>(
      "select count(*)::int as n from hygge_local.facts",
    );
    if ((rows[0]?.n ?? 0) > 0) return;
    const started = performance.now();
    const made = await seed(database, Number(values.drafts));
    console.log(`seeded ${made} drafts in ${Math.round((performance.now() - started) / 1000)} s`);
    const catchUp = createCatchUp(database, log);
    const began = performance.now();
    await catchUp.all(500);
    console.log(`read model made in ${Math.round((performance.now() - began) / 1000)} s`);
    await catchUp.close();
    await database.pool.query("vacuum (analyze)");
  } finally {
    await database.close();
  }
}

async function measure(dataDir: string): Promise<void> {
  const opened = performance.now();
  const database = await open(dataDir);
  console.log(
    `${database.kind}, ${cpus().length} cores, load ${load()}; open in ${Math.round(performance.now() - opened)} ms`,
  );
  const login = createLogin({ db: database.db, roleOf: () => "requester" });
  const catchUp = createCatchUp(database, log);
  const manage = createManage({
    database,
    brands: { get: () => undefined, list: () => [], refresh: async () => {}, close() {} },
    login,
    catchUp,
    timeZone: "Europe/Berlin",
    dataDir,
    folders: [],
    purgeQueue: async () => 0,
    log,
  });
  const list = (query: Query) => () => manage.drafts(boss, query);
  const first = await manage.drafts(boss, {});
  const someone = first.drafts[0];
  const middle = String(Math.floor(first.pages / 2));
  const last = String(first.pages);
  const cases: [string, () => Promise<unknown>][] = [
    ["overview: week", () => manage.glance(boss)],
    ["choices", () => manage.choices(boss)],
    ...["all", "model", "brand", "channel", "person"].flatMap((by) =>
      ["12", "52"].map((weeks): [string, () => Promise<unknown>] => [
        `trend of ${by}, ${weeks} weeks`,
        () => manage.trends(boss, { by, weeks }),
      ]),
    ),
    ...["approvalRate", "unedited", "medianDistance", "medianWait", "up"].map(
      (figure): [string, () => Promise<unknown>] => [
        `trend: ${figure}, 52 weeks`,
        () => manage.trends(boss, { by: "model", weeks: "52", figure }),
      ],
    ),
    ...["newest", "oldest", "best", "worst", "edited", "disliked", "liked", "slow"].flatMap((sort) =>
      [
        ["first", "1"],
        ["middle", middle],
        ["last", last],
      ].map(([name, page]): [string, () => Promise<unknown>] => [
        `list ${sort}, ${name} page`,
        list({ sort, page }),
      ]),
    ),
    ...Object.entries({
      brand: "nord",
      channel: "instagram",
      person: someone?.personId ?? "",
      model: someone?.model ?? "",
      state: "approved",
      kind: "edited",
      vote: "down",
      reason: "tone",
      gate: "price",
      light: "red",
      commented: "yes",
      from: "2026-01-01",
    }).map(([name, value]): [string, () => Promise<unknown>] => [`filter ${name}`, list({ [name]: value })]),
    [
      "filter by four, best first",
      list({ brand: "hygge", channel: "instagram", state: "approved", light: "green", sort: "best" }),
    ],
    ...["Sofa", "Ecksofa", "Stühle", "rot Leinen", "Katalog", "899", "xyzzy", "Kissen waschbar"].flatMap(
      (search) =>
        [{ search }, { search, sort: "worst" }, { search, state: "approved", page: "9999" }].map(
          (query, i): [string, () => Promise<unknown>] => [
            `search “${search}”${["", ", worst first", ", approved, last page"][i]}`,
            list(query),
          ],
        ),
    ),
    ["a brief's page", () => manage.detail(boss, someone?.id ?? "")],
    ["provenance", () => manage.provenance(boss, someone?.id ?? "")],
    ["patterns, 12 weeks", () => manage.patterns(boss, { weeks: "12" })],
    ["patterns, 52 weeks", () => manage.patterns(boss, { weeks: "52" })],
    ["near duplicates", () => manage.duplicates(boss, {})],
    ["rules", () => manage.rules(boss)],
    ["audit", () => manage.audit(boss, {})],
  ];
  const took: { name: string; cold: number; warm: number }[] = [];
  for (const [name, ask] of cases) {
    const times: number[] = [];
    for (let i = 0; i < 2; i++) {
      const started = performance.now();
      await ask();
      times.push(performance.now() - started);
    }
    took.push({ name, cold: times[0] ?? 0, warm: times[1] ?? 0 });
  }
  took.sort((a, b) => b.cold - a.cold);
  console.log(`first  again  of ${took.length} questions, ms, slowest first`);
  for (const { name, cold, warm } of took.slice(0, Number(values.top)))
    console.log(`${String(Math.round(cold)).padStart(5)}  ${String(Math.round(warm)).padStart(5)}  ${name}`);

  // Four managers who never rest, and a brief every 100 ms: what its sender waits for.
  let on = true;
  let asked = 0;
  const managers = Array.from({ length: 4 }, async (_, i) => {
    for (let n = i * 7; on; n++) {
      await cases[n % cases.length]?.[1]();
      asked++;
    }
  });
  const acks: number[] = [];
  for (let i = 0; i < 100; i++) {
    const started = performance.now();
    await brief(database);
    acks.push(performance.now() - started);
    await sleep(100);
  }
  on = false;
  await Promise.all(managers);
  acks.sort((a, b) => a - b);
  console.log(
    `storing a brief while four managers ask (${asked} questions): median ${Math.round(acks[50] ?? 0)} ms, worst ${Math.round(acks.at(-1) ?? 0)} ms`,
  );

  for (const kind of values.questions ? [] : (["csv", "sft", "dpo", "kto"] as const)) {
    globalThis.gc?.();
    const before = process.memoryUsage().rss;
    let most = before;
    const started = performance.now();
    let bytes = 0;
    let lines = 0;
    const look = () => {
      if (++lines % 200 === 0) most = Math.max(most, process.memoryUsage().rss);
    };
    if (kind === "csv")
      for await (const piece of await manage.csv(boss, {})) {
        bytes += piece.length;
        look();
      }
    else
      for await (const { line } of (await manage.examples(boss, kind, {})).examples) {
        bytes += line.length;
        look();
      }
    console.log(
      `export ${kind}: ${lines} ${kind === "csv" ? "pieces" : "lines"}, ${mb(bytes)} MB in ${((performance.now() - started) / 1000).toFixed(1)} s; memory ${mb(before)} MB before, ${mb(most)} MB at most`,
    );
  }
  await plans(database);
  console.log(`load ${load()}`);
  await catchUp.close();
  await database.close();
}

/** What the sender of a brief waits for: both rows, in the order of the use case. */
async function brief(database: Database): Promise<void> {
  const personId = people[0]?.id ?? "";
  const id = randomUUID();
  const shape = { channel: "instagram", tone: "warm", length: "mittel" } as const;
  await database.db.transaction(async (tx) => {
    await insertBrief(tx, {
      id,
      personId,
      surface: "web",
      thread: id,
      brand: "hygge",
      text: "Sofa Ekeby",
      ...shape,
      variants: 1,
      parsed: {
        ...shape,
        text: "",
        task: "",
        given: { channel: false, tone: false, length: false },
        facts: [],
        language: "de",
      },
    });
    const generation = {
      id: randomUUID(),
      briefId: id,
      personId,
      parentId: null,
      wish: null,
      ...shape,
      variants: 1,
    };
    await insertGeneration(tx, generation);
  });
  await database.pool.query("update hygge.generations set status = 'cancelled' where brief_id = $1", [id]);
}

/** The wide tables are never read from end to end. */
async function plans({ pool }: Database): Promise<void> {
  const statements = [
    "select f.no from hygge_local.facts f order by f.at desc, f.no desc limit 25 offset 199975",
    "select f.no from hygge_local.facts f where f.brand = 'nord' order by f.at desc, f.no desc limit 25",
    "select count(*) from hygge_local.facts f join hygge_local.draft_words w on w.no = f.no where w.words && '{5,7,11}'",
    "select d.text from hygge.drafts d join hygge_local.facts f on f.draft_id = d.id where d.id in ('g1-1-1', 'g5-1-1')",
    "select draft_id from hygge_local.facts where twin_id is not null order by at desc, no desc limit 20",
  ];
  for (const statement of statements) {
    const { rows } = await pool.query<{ "QUERY PLAN": string }>(`explain ${statement}`);
    const plan = rows.map((row) => row["QUERY PLAN"]).join("\n");
    if (/Seq Scan on (drafts|briefs|candidates|draft_words)/.test(plan))
      throw new Error(`a wide table is read whole:\n${statement}\n${plan}`);
  }
  console.log("plans: no wide table is read from end to end");
}

if (values.measure) await measure(values.data ?? "");
else {
  const dataDir = values.data ?? (await mkdtemp(path.join(tmpdir(), "hygge-bench-")));
  try {
    await fill(dataDir);
    // A process of its own: nothing is warm in it.
    const args = [
      "--measure",
      "--data",
      dataDir,
      "--top",
      values.top,
      ...(values.database ? ["--database", values.database] : []),
      ...(values.questions ? ["--questions"] : []),
    ];
    const child = fork(fileURLToPath(import.meta.url), args, {
      execArgv: ["--import", "tsx", "--expose-gc"],
    });
    process.exitCode = await new Promise<number>((resolve) =>
      child.once("exit", (code) => resolve(code ?? 1)),
    );
  } finally {
    if (values.data === undefined) await rm(dataDir, { recursive: true, force: true });
  }
}
