/** Approved copy goes from the store into the data set: `hygge dataset add`. */
import { randomUUID } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import pino from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseBrief } from "#src/brief.ts";
import { readConfig } from "#src/config.ts";
import { type Row, rowSchema } from "#src/dataset/rows.ts";
import { start } from "#src/main.ts";
import { insertBrief } from "#src/store/briefs.ts";
import { decideDraft, insertEdit } from "#src/store/drafts.ts";
import { claim, draftId, finish, insertGeneration } from "#src/store/generations.ts";
import { type Database, openDatabase } from "#src/store/open.ts";
import { upsertPerson } from "#src/store/people.ts";
import { typeset } from "#src/typography.ts";
import { environment } from "#test/cli/hygge.ts";
import { call } from "#test/cli/in-process.ts";
import { finished } from "#test/contracts/store.ts";

const log = pino({ level: "silent" });
let dir: string;
let env: Record<string, string>;
const file = (name: string) => path.join(dir, "set", name);

const brief = "Wolldecke Quistrup, 130 x 170 cm, grau, 79 €, für Instagram";
const text =
  "Am Samstag liegt der Hund auf deiner Hälfte vom Sofa, und du liest die Zeitung auf dem Teppich. Quistrup ist eine graue Wolldecke, 130 x 170 cm groß, für 79 €. Sie reicht für euch beide, wenn er rückt.";
const shorter =
  "Der Hund hat das halbe Sofa, du hast den Teppich. Quistrup ist eine graue Wolldecke, 130 x 170 cm, für 79 €. Sie liegt heute bei ihm.";
const edited = text.replace("wenn er rückt", "falls er einmal rückt");
const wrong =
  "Der Tee ist heiß, das Fenster steht offen, und draußen fährt der Bus. Der Becher Mjukö aus Steingut kostet 19 €. Er hält dir die Hände warm.";

beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), "hygge-dataset-"));
  env = { HYGGE_DATA_DIR: path.join(dir, "data") };
  const database = await openDatabase({ dataDir: path.join(dir, "data"), log });
  try {
    await fill(database);
  } finally {
    await database.close();
  }
});
afterAll(() => rm(dir, { recursive: true, force: true }));

/** An edited text, its revision, one that the linter refuses, and two that nobody has approved. */
async function fill({ db }: Database): Promise<void> {
  for (const name of ["Anna", "Bo"])
    await upsertPerson(db, { id: `web:${name}`, surface: "web", name, locale: "de" });
  const approve = (id: string) => decideDraft(db, id, "approve", { personId: "web:Bo" });
  const write = async (
    briefText: string,
    texts: string[],
    more: { parentId?: string; wish?: string } = {},
  ) => {
    const parsed = parseBrief(briefText, { channel: "instagram", tone: "heiter" });
    const options = { channel: "instagram", tone: "heiter", length: "mittel" } as const;
    const personId = "web:Anna";
    const id = more.parentId
      ? briefId
      : (
          await insertBrief(db, {
            id: randomUUID(),
            personId,
            surface: "web",
            thread: randomUUID(),
            brand: "hygge",
            text: briefText,
            ...options,
            variants: 1,
            parsed,
          })
        ).id;
    briefId = id;
    const { generation } = await insertGeneration(db, {
      id: randomUUID(),
      briefId: id,
      personId,
      parentId: more.parentId ?? null,
      wish: more.wish ?? null,
      ...options,
      variants: texts.length,
    });
    await claim(db, generation.id, "w", 10_000);
    await finish(db, generation.id, "w", finished(...texts.map(typeset)));
    return texts.map((_, index) => draftId(generation.id, index + 1));
  };
  let briefId = "";

  const [first = ""] = await write(brief, [text]);
  const edit = await insertEdit(db, {
    id: randomUUID(),
    personId: "web:Bo",
    parentId: first,
    text: typeset(edited),
    gates: [],
    score: { total: 80, style: 0.8, adherence: 1, fluency: 0.8 },
    facts: [],
  });
  await approve(edit?.id ?? "");
  const [revised = ""] = await write(brief, [shorter], { parentId: first, wish: "kürzer" });
  await approve(revised);
  const [bad = "", open = ""] = await write("Becher Mjukö, Steingut, 15 €", [wrong, text]);
  await approve(bad);
  await decideDraft(db, open, "reject", { personId: "web:Bo" });
}

const rowsOf = async (name: string): Promise<Omit<Row, "id" | "file" | "line">[]> =>
  (await readFile(file(name), "utf8"))
    .trimEnd()
    .split("\n")
    .map((line) => rowSchema.parse(JSON.parse(line)));

test("approved and edited texts are added with brief, channel, tone and where they come from", async () => {
  const { code, stdout, stderr } = await call(["dataset", "add", file("a.jsonl")], "en", env);
  expect({ code, stdout }).toEqual({ code: 3, stdout: "" });
  expect(stderr).toMatch(/ price: .*\(write the brief's price in digits\)\n/);
  expect(stderr).toContain(`2 added, 0 there already, 1 left out for a fault: ${file("a.jsonl")}\n`);

  const [first, second] = await rowsOf("a.jsonl");
  const provenance = {
    draft: expect.any(String),
    model: "hygge v0 Q4_0 bbbbbbbbbbbb",
    by: expect.stringMatching(/^person-[0-9a-f]{10}$/),
    at: expect.stringMatching(/^20\d\d-.*Z$/),
  };
  const asked = { channel: "instagram", tone: "heiter", length: "mittel", brief };
  expect(first).toEqual({
    ...asked,
    response: edited,
    provenance: { ...provenance, edited: true, before: text },
  });
  expect(second).toEqual({
    ...asked,
    draft: text,
    wish: "kürzer",
    response: shorter,
    provenance: { ...provenance, edited: false },
  });
  expect(first?.provenance?.by).toBe(second?.provenance?.by);
  expect(await readFile(file("a.jsonl"), "utf8")).not.toMatch(/Bo|Anna/);
});

test("a second time nothing is added, and the file stays as it is", async () => {
  await call(["dataset", "add", file("twice.jsonl")], "en", env);
  const before = await readFile(file("twice.jsonl"), "utf8");
  const { stderr } = await call(["dataset", "add", file("twice.jsonl")], "de", env);
  expect(stderr).toContain("0 aufgenommen, 2 schon da, 1 wegen eines Fehlers nicht");
  expect(await readFile(file("twice.jsonl"), "utf8")).toBe(before);
});

test("beside a running server it asks the server, with the same result", async () => {
  await call(["dataset", "add", file("alone.jsonl")], "en", env);
  // Reading needs no model.
  const config = readConfig(environment({ ...env, PORT: "0", LOG_LEVEL: "silent" }));
  const running = await start({ ...config, processRoles: ["web"] }, { log });
  try {
    const { stderr } = await call(["dataset", "add", file("beside.jsonl")], "en", env);
    expect(stderr).toContain("2 added");
    const answer = await fetch(`${running.url}/api/dataset`, { headers: { authorization: "Bearer x" } });
    expect(answer.status).toBe(401);
  } finally {
    await running.close();
  }
  expect(await readFile(file("beside.jsonl"), "utf8")).toBe(await readFile(file("alone.jsonl"), "utf8"));
});

test("a broken line is told with file and line, and the file is left alone", async () => {
  const content = `${JSON.stringify({ channel: "schild", brief: "x", tone: "warm", response: "y" })}\n{"channel"\n`;
  await writeFile(file("broken.jsonl"), content);
  const { code, stderr } = await call(["dataset", "add", file("broken.jsonl")], "en", env);
  expect(code).toBe(2);
  expect(stderr).toMatch(/broken\.jsonl:2 json: .*\(write one JSON object on this line\)\n$/);
  expect(await readFile(file("broken.jsonl"), "utf8")).toBe(content);
});

test("a place that can't be written is named, and no half file stays", async () => {
  await writeFile(file("file"), "");
  const { code, stderr } = await call(["dataset", "add", path.join(file("file"), "x.jsonl")], "en", env);
  expect(code).toBe(4);
  expect(stderr).toMatch(/x\.jsonl can't be written \((ENOTDIR|EEXIST)\)/);
  expect((await readdir(path.join(dir, "set"))).filter((name) => name.includes(".part"))).toEqual([]);
});

test("an unknown brand is named with those that there are", async () => {
  const { code, stderr } = await call(["dataset", "add", file("b.jsonl"), "--brand", "ikea"], "en", env);
  expect(code).toBe(2);
  expect(stderr).toContain("hygge");
});
