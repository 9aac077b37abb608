/** The data set itself, its linter and its splits. */

import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { check } from "#models/lab/dataset/check.ts";
import { brand } from "#models/lab/dataset/product.ts";
import { dataHash, type SplitRow, sides, split, toJsonl } from "#models/lab/dataset/split.ts";
import { channels, parseBrief } from "#src/brief.ts";
import { readBriefs } from "#src/dataset/read.ts";
import { type Row, readRows, setFiles, told } from "#src/dataset/rows.ts";
import { writeDraft } from "#src/draft.ts";
import { typeset } from "#src/typography.ts";
import { scriptedModel } from "#test/fixtures/scripted-model.ts";

const run = promisify(execFile);
const root = path.join(import.meta.dirname, "../..");
let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), "hygge-dataset-"));
});
afterAll(() => rm(dir, { recursive: true }));

async function file(name: string, content: string | Buffer): Promise<string> {
  const target = path.join(dir, name);
  await writeFile(target, content);
  return target;
}
const lines = (rows: readonly object[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join("");

const good = {
  channel: "instagram",
  brief: "Wolldecke Quistrup, 130 x 170 cm, grau, 79 €",
  tone: "heiter",
  response:
    "Am Samstag liegt der Hund auf deiner Hälfte vom Sofa, und du liest die Zeitung auf dem Teppich. Quistrup ist eine graue Wolldecke, 130 x 170 cm groß, für 79 €. Sie reicht für euch beide, wenn er rückt.",
};

describe("a file that can't be read as rows", () => {
  const ok = JSON.stringify(good);
  test.each<[string, string | Buffer, string]>([
    ["cut JSON", `${ok}\n{"channel": "insta\n`, ":2 json: "],
    ["an empty line", `${ok}\n\n${ok}\n`, ":2 json: empty line (remove it: one object a line)"],
    [
      "Latin-1",
      Buffer.concat([Buffer.from(`${ok}\n`), Buffer.from(`${ok}\n`, "latin1")]),
      ":2 encoding: not UTF-8 (save the file as UTF-8)",
    ],
    [
      "a byte order mark",
      `\ufeff${ok}\n`,
      ":1 encoding: begins with a byte order mark (save the file as UTF-8 without BOM)",
    ],
    ["no line break at the end", ok, ":1 encoding: the last line has no line break"],
    ["an unknown channel", lines([{ ...good, channel: "tiktok" }]), ":1 schema: channel: "],
    ["an unknown field", lines([{ ...good, text: "x" }]), ":1 schema: "],
    [
      "a draft without a wish",
      lines([{ ...good, draft: "x" }]),
      ":1 schema: row: draft and wish go together",
    ],
    [
      "no tone",
      lines([{ ...good, tone: undefined }]),
      ":1 schema: tone is missing (add one of warm, heiter, ruhig, sachlich)",
    ],
  ])("%s: one message with file, line and fix", async (_, content, message) => {
    const broken = await file("broken.jsonl", content);
    const { faults } = readRows([broken]);
    expect(faults.map(told)).toEqual([expect.stringContaining(`broken.jsonl${message}`)]);
    expect(told(faults[0] ?? expect.fail())).toMatch(/\(.+\)$/);
  });

  test("a file that isn't there", () => {
    expect(readRows([path.join(dir, "gone.jsonl")]).faults.map(told)).toEqual([
      expect.stringMatching(/gone\.jsonl:1 file: can't be read \(ENOENT\) \(check path and rights\)$/),
    ]);
  });

  test("is not split: the command names the line, and writes nothing", async () => {
    const broken = await file("cut.jsonl", `${ok}\n{"channel"\n`);
    const out = path.join(dir, "never");
    const command = run(
      process.execPath,
      ["--import", "tsx", "models/lab/dataset/split.ts", "--out", out, broken],
      {
        cwd: root,
      },
    );
    await expect(command).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining("cut.jsonl:2 json"),
    });
    expect(await readdir(dir)).not.toContain("never");
  });
});

describe("the linter", () => {
  test.each<[string, Partial<Row>, string]>([
    [
      "a forbidden word",
      { response: good.response.replace("graue", "perfekte graue") },
      "forbidden: perfekt",
    ],
    ["another price", { response: good.response.replace("79 €", "97 €") }, "price: "],
    ["another measure", { response: good.response.replace("170", "175") }, "digits: "],
    ["a missing name", { response: good.response.replace("Quistrup", "Das") }, "name?: "],
    ["too short a text", { response: "Quistrup, 79 €." }, "limit: 15 < 100"],
    ["a poem in one line", { channel: "gedicht" }, "limit: 1 ↵ ≠ 4–6"],
    [
      "an ad without a headline",
      { channel: "anzeige", response: "Die Wolldecke Quistrup ist grau, 130 x 170 cm, und kostet 79 €." },
      "limit: 1 ↵ ≠ 2–2",
    ],
    [
      "straight quotes",
      { response: good.response.replace("Zeitung", '"Zeitung"') },
      "typography: response: ",
    ],
    [
      "a hyphen for a dash",
      { response: good.response.replace(", und du", " - und du") },
      "typography: response: ",
    ],
    [
      "× close to its numbers",
      { response: good.response.replace("130 x 170", "130x170") },
      "typography: response: x without spaces",
    ],
    [
      "the other sign for x",
      { response: good.response.replace("130 x 170", "130 × 170") },
      "typography?: response: × where the brief has x",
    ],
    [
      "a no-break space",
      { response: good.response.replace("79 €", "79\u00a0€") },
      "encoding: response: U+00A0",
    ],
    ["decomposed umlauts", { response: good.response.normalize("NFD") }, "encoding: response: not in NFC"],
    [
      "a soft hyphen",
      { response: good.response.replace("Wolldecke", "Woll\u00addecke") },
      "encoding: response: U+00AD",
    ],
    [
      "a space at the end",
      { response: `${good.response} ` },
      "encoding: response: space at the beginning or end",
    ],
    [
      "too many sentences",
      { response: `${good.response} Er schnarcht. Du auch.` },
      "shape?: 5 sentences (instagram takes 2 to 4)",
    ],
  ])("finds %s", async (_, change, message) => {
    const one = await file("one.jsonl", lines([{ ...good, ...change }]));
    const { faults } = check([], [one]);
    expect(faults.map((fault) => told(fault).replace(/^\S+ /, ""))).toContainEqual(
      expect.stringContaining(message),
    );
  });

  test("has nothing to say of a good row, and nothing of a gate that is allowed to err", async () => {
    const { faults } = check([], [await file("fine.jsonl", lines([good]))]);
    expect(faults).toEqual([]);
    const wrong = { ...good, response: good.response.replace("79 €", "97 €"), allow: ["price", "digits"] };
    expect(check([], [await file("allowed.jsonl", lines([wrong]))]).faults).toEqual([]);
  });

  test("compares with the whole set: duplicates, copies of another product's text, openings, closings, names", async () => {
    const set = await file("set.jsonl", lines([good]));
    const added = await file(
      "added.jsonl",
      lines([
        good,
        {
          ...good,
          brief: "Wolldecke Hjulmo, 130 x 170 cm, grau, 79 €",
          response: good.response.replace("Quistrup", "Hjulmo"),
        },
        {
          ...good,
          brief: "Sessel Quistrup, Samt, blau, 249 €",
          response:
            "Am Samstag liegt der Hund im Regen vor der Tür. Quistrup ist ein Sessel aus blauem Samt und kostet 249 €. Im Flur wird es heute nass, und im Sessel wird es eng. Einer von euch beiden schläft, wenn er rückt.",
        },
      ]),
    );
    const kinds = check([set], [added]).faults.map((fault) => `${fault.line} ${fault.kind}`);
    expect(kinds).toEqual(
      expect.arrayContaining([
        "1 duplicate",
        "2 copy",
        "2 opening",
        "2 closing",
        "3 double-name",
        "3 opening",
      ]),
    );
    expect(check([set], [added]).faults.find(({ kind }) => kind === "double-name")?.what).toBe(
      "Quistrup is a sessel here and a decke in set:1",
    );
  });

  test("tells a run of five words that more than 0.5% of the rows have, whatever name, measure, price and colour", async () => {
    const rows = ["Quistrup", "Hjulmo"].map((name, at) => ({
      ...good,
      brief: `Wolldecke ${name}, grau, 79 €`,
      response: `${name} ist aus ${at ? "blauer Wolle" : "grauem Leinen"} und kostet 79 €.`,
    }));
    const { faults } = check([], [await file("frames.jsonl", lines(rows))]);
    expect(faults.filter(({ kind }) => kind === "frame").map(told)).toEqual([
      expect.stringContaining("„aus FARBE MATERIAL und kostet“ in 2 rows"),
      expect.stringContaining("in 2 rows"),
    ]);
  });
});

describe("the set", () => {
  test("has no row that the rules forbid", () => {
    // Gates are asked of every eighth row here, of all in the slow suite.
    const { faults } = check(setFiles(), setFiles(), ({ line }) => line % 8 === 0);
    expect(faults.filter(({ hint }) => !hint).map(told)).toEqual([]);
    const double = new Set(
      faults.filter(({ kind }) => kind === "double-name").map(({ what }) => what.split(" ")[0]),
    );
    expect(double.size).toBeLessThanOrEqual(10);
  });
});

describe("the splits", () => {
  const { rows } = readRows(setFiles());
  const out = split(rows);
  const all = sides.flatMap((side) => out[side].map((row) => ({ ...row, side })));

  test("take every row once; the test has 200 briefs or more, a third of them messy or sparse, of all channels", () => {
    expect(all.length).toBe(rows.length);
    expect(new Set(all.map(({ id }) => id)).size).toBe(rows.length);
    const briefs = (list: readonly SplitRow[]) => new Set(list.map(({ brief }) => brief)).size;
    expect(briefs(out.test)).toBeGreaterThanOrEqual(200);
    expect(out.test.filter(({ messy }) => messy).length / out.test.length).toBeGreaterThanOrEqual(0.3);
    expect(briefs(out.dev)).toBeGreaterThanOrEqual(300);
    for (const side of sides)
      expect(new Set(out[side].map(({ channel }) => channel))).toEqual(new Set(channels));
    expect(out.train.length / rows.length).toBeGreaterThan(0.8);
    expect(all.filter(({ twin }) => twin).length / all.length).toBeLessThanOrEqual(0.15);
  });

  test("never have a name, a brief, a text or a revised draft on two sides", () => {
    const side = new Map(all.map((row) => [row.id, row.side]));
    const seen = new Map<string, string>();
    for (const row of readBriefs(rows, brand)) {
      const own = side.get(row.id) ?? "";
      const keys = [`brief ${row.brief.toLowerCase()}`, `text ${row.response}`];
      if (row.read?.name) keys.push(`name ${row.read.name}`);
      if (row.draft !== undefined) keys.push(`text ${row.draft}`);
      for (const key of keys) expect(seen.get(key) ?? own, `${row.id} ${key}`).toBe(own);
      for (const key of keys) seen.set(key, own);
    }
  });

  test("stay as they are when rows are added behind, and come out the same twice", () => {
    const half = rows.slice(0, 1500);
    const before = new Map(sides.flatMap((side) => split(half)[side].map(({ id }) => [id, side] as const)));
    const later = new Map(
      sides.flatMap((side) => split(rows.slice(0, 2000))[side].map(({ id }) => [id, side] as const)),
    );
    const moved = [...before].filter(([id, side]) => later.get(id) !== side);
    // Only a row that ties two families together moves one.
    expect(moved.length).toBeLessThanOrEqual(half.length * 0.005);
    expect(dataHash(split(half))).toBe(dataHash(split(half)));
  });

  test("carry the very prompt that the product sends", async () => {
    const some = [
      ...all.filter(({ revision }) => !revision).slice(0, 3),
      ...all.filter(({ wish }) => wish === "kürzer").slice(0, 2),
      ...all.filter(({ wish }) => wish !== undefined && !/kürz|läng|neu/.test(wish)).slice(0, 4),
    ];
    expect(some.length).toBe(9);
    for (const row of some) {
      // Never good enough, so that every way to ask is tried.
      const model = scriptedModel(["Nein."]);
      const { channel, tone, length } = row;
      const brief = parseBrief(row.brief, { channel, tone, length }, brand);
      const revision =
        row.draft === undefined ? {} : { revision: { draft: typeset(row.draft), wish: row.wish ?? "" } };
      await writeDraft(model, brand, { brief, ...revision, variants: 1, recent: [], seed: 1 });
      const asked = model.requests.map(({ prompt }) => (prompt.kind === "labels" ? prompt.text : ""));
      expect(asked, row.id).toContain(row.prompt);
    }
  });

  test("are written whole by one command, with a hash", async () => {
    const one = await file(
      "rows.jsonl",
      lines([
        good,
        {
          ...good,
          brief: "Wolldecke Quistrup",
          wish: "kürzer",
          draft: good.response,
          response: "Der Hund liegt auf Quistrup. Du liegst daneben.",
        },
      ]),
    );
    const target = path.join(dir, "split");
    const { stdout } = await run(
      process.execPath,
      ["--import", "tsx", "models/lab/dataset/split.ts", "--out", target, one],
      { cwd: root },
    );
    expect((await readdir(target)).sort()).toEqual(["dev.jsonl", "hash.txt", "test.jsonl", "train.jsonl"]);
    const hash = (await readFile(path.join(target, "hash.txt"), "utf8")).trim();
    expect(stdout).toContain(`data hash ${hash}`);
    const own = split(readRows([one]).rows);
    expect(dataHash(own)).toBe(hash);
    for (const side of sides)
      expect(await readFile(path.join(target, `${side}.jsonl`), "utf8")).toBe(toJsonl(own[side]));
  });
});
