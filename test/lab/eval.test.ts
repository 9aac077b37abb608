/** The evaluation itself is held to texts whose faults are known. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { interval, paired } from "#models/lab/eval/bootstrap.ts";
import { readDrawn } from "#models/lab/eval/draw.ts";
import { createChecker } from "#models/lab/eval/facts.ts";
import { repetition } from "#models/lab/eval/repetition.ts";
import { score, sheetOf, wilson } from "#models/lab/eval/sheet.ts";
import { quantile } from "#models/lab/stats.ts";
import { page, readRun } from "#models/lab/training-report.ts";

describe("intervals", () => {
  const flips = (n: number, share: number) => Array.from({ length: n }, (_, i) => [i < n * share ? 1 : 0]);

  test("hold the mean, shrink with more briefs, and are the same each time", () => {
    const few = interval(flips(20, 0.8));
    const many = interval(flips(500, 0.8));
    expect(few.mean).toBeCloseTo(0.8);
    expect(few.low).toBeLessThan(0.8);
    expect(few.high).toBeGreaterThan(0.8);
    expect(many.high - many.low).toBeLessThan((few.high - few.low) / 3);
    expect(interval(flips(20, 0.8))).toEqual(few);
  });

  test("count briefs, not drafts: three drafts of one brief are no three briefs", () => {
    const once = interval(flips(30, 0.5));
    const thrice = interval(flips(30, 0.5).map(([value = 0]) => [value, value, value]));
    expect(thrice).toEqual(once);
  });

  test("a difference on the same briefs is narrower than two intervals apart", () => {
    const first = flips(200, 0.7);
    const second = first.map(([value = 0], i) => [i === 150 ? 1 : value]);
    const difference = paired(first, second);
    expect(difference.mean).toBeCloseTo(0.005);
    expect(difference.low).toBeGreaterThanOrEqual(0);
    expect(difference.high).toBeLessThan(0.02);
  });

  test("briefs without a value are left out", () => {
    expect(interval([[1], [], [0]])).toMatchObject({ mean: 0.5, n: 2 });
  });

  test("Wilson's interval as published", () => {
    // Newcombe 1998, table I, method 3: 81 of 263.
    const { low, high } = wilson(81, 263);
    expect(low).toBeCloseTo(0.2553, 3);
    expect(high).toBeCloseTo(0.3662, 3);
  });
});

describe("facts", () => {
  const row = {
    brief: "Sofa Ekeby, graues Leinen, 3 Sitze, 1.299 €",
    response: "Ekeby ist ein Sofa aus grauem Leinen, hat 3 Sitze und kostet 1.299 €.",
  };
  const check = createChecker([
    row,
    { brief: "Bank Alm, Eiche", response: "Die Bank Alm ist aus Eiche und hat Sitze für alle am Sofa." },
  ]);

  test("a faithful text in other words passes", () => {
    const told = check(row, "Für 1299 € bekommst du Ekeby: 3 Sitze, graues Leinen, ein Sofa.");
    expect(told).toEqual({ name: true, price: true, recall: 1, invented: [] });
  });

  test.each([
    ["another name", "Das Sofa Ekerby aus grauem Leinen hat 3 Sitze und kostet 1.299 €.", { name: false }],
    ["another price", "Ekeby aus grauem Leinen, 3 Sitze, 1.199 €.", { price: false }],
    ["a second price", "Ekeby aus grauem Leinen, 3 Sitze, 1.299 €, früher 1.499 €.", { price: false }],
    [
      "another material",
      "Ekeby ist aus grauem Leder, hat 3 Sitze und kostet 1.299 €.",
      { invented: ["leder"] },
    ],
    [
      "another colour",
      "Ekeby ist aus blauem Leinen, hat 3 Sitze und kostet 1.299 €.",
      { invented: ["blau"] },
    ],
    [
      "a figure that nobody gave",
      "Ekeby, 3 Sitze, 90 cm tief, graues Leinen, 1.299 €.",
      { invented: ["90"] },
    ],
  ])("tells %s", (_, text, expected) => {
    expect(check(row, text)).toMatchObject(expected);
  });

  test("tells how much of the brief is missing", () => {
    expect(check(row, "Ekeby kostet 1.299 €.").recall).toBeCloseTo(1 / 4);
  });

  test("asks for no name where the brief has none", () => {
    const sale = { brief: "Alle Kissen 20 % billiger", response: "Heute sind alle Kissen 20 % billiger." };
    expect(createChecker([sale, { brief: "x", response: "Kissen alle billiger" }])(sale, "20 %").name).toBe(
      undefined,
    );
  });
});

test("repetition is counted in runs of words", () => {
  expect(repetition("Eins zwei drei vier fünf.")).toEqual({ rep4: 0, longest: 0 });
  const loop = repetition("Das ist schön und gut. Das ist schön und gut.");
  expect(loop.longest).toBe(5);
  expect(loop.rep4).toBeCloseTo(2 / 7);
  expect(quantile([1, 2, 3, 4], 0.5)).toBe(3);
});

describe("reading sheets", () => {
  const drafts = (label: string) =>
    Array.from({ length: 20 }, (_, i) => ({ id: `d:${i}`, seed: 0, text: `${label}${i}` }));
  const briefs = new Map(
    drafts("").map(({ id }) => [id, { brief: `Brief ${id}`, channel: "instagram" as const }]),
  );

  test("a blind sheet hides which is which, and the key brings it back", () => {
    const { items, key } = sheetOf([drafts("a"), drafts("b")], briefs, 20);
    expect(items).toHaveLength(20);
    expect(JSON.stringify(items)).not.toMatch(/order|seed/);
    const left = items.filter(({ texts }) => texts[0]?.startsWith("a")).length;
    expect(left).toBeGreaterThan(3);
    expect(left).toBeLessThan(17);
    // A reader who always prefers the second file's text.
    const verdicts = items.map(({ n, texts }) => ({ n, verdict: texts[0]?.startsWith("b") ? "a" : "b" }));
    const lines = score(items, verdicts, key);
    expect(lines.join("\n")).toMatch(/second file preferred, of those decided: 20 of 20/);
    expect(lines.join("\n")).toMatch(/first file preferred, of those decided: 0 of 20/);
  });

  test("equal texts are no pair, and a verdict can be changed", () => {
    expect(sheetOf([drafts("a"), drafts("a")], briefs, 20).items).toHaveLength(0);
    const { items, key } = sheetOf([drafts("a")], briefs, 2);
    const given = [
      { n: 1, verdict: "sense" },
      { n: 2, verdict: "good" },
      { n: 1, verdict: "good" },
    ];
    expect(score(items, given, key)[0]).toMatch(/^good: 2 of 2/);
  });
});

describe("files", () => {
  let dir: string;
  beforeAll(async () => {
    dir = await mkdtemp(path.join(os.tmpdir(), "hygge-eval-test-"));
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));

  test("a draft that a kill cut off is drawn again; a broken line in the middle is told", async () => {
    const file = path.join(dir, "drawn.jsonl");
    const whole = JSON.stringify({
      id: "a:1",
      seed: 0,
      ms: 1,
      candidates: [{ text: "x", failed: [], stop: "end", tokens: 1, round: 0, index: 0 }],
    });
    await writeFile(file, `${whole}\n{"id": "a:2", "se`);
    expect((await readDrawn(file)).map(({ id }) => id)).toEqual(["a:1"]);
    await writeFile(file, `{"id"\n${whole}\n`);
    await expect(readDrawn(file)).rejects.toThrow("drawn.jsonl:1");
  });

  test("runs are read past what a kill left, and markup in drafts stays text", () => {
    const lines = [
      { event: "config", time: "t", rate: 0.1, rows: 3 },
      { event: "step", time: "t", "train/step": 10, "train/epoch": 0.5, "train/loss": 3, seconds: 5 },
      { event: "step", time: "t", "train/step": 20, "train/epoch": 1, "train/loss": 2, seconds: 9 },
      { event: "config", time: "t", rate: 0.1, rows: 3, resumed: 10 },
      { event: "step", time: "t", "train/step": 20, "train/epoch": 1, "train/loss": 2.1, seconds: 12 },
      {
        event: "dev",
        time: "t",
        "train/epoch": 1,
        "dev/loss": 2.5,
        samples: [{ prompt: "P", draft: "<img src=x>" }],
      },
    ].map((entry) => JSON.stringify(entry));
    const run = readRun("eins", `${lines.join("\n")}\n{"event": "do`);
    expect(run.steps.map((step) => step["train/loss"])).toEqual([3, 2.1]);
    expect(run.state).toBe("unfinished");
    const other = readRun("zwei", lines.join("\n").replaceAll('"rate":0.1', '"rate":0.2'));
    const html = page([run, other]);
    expect(html).toContain("<th>rate</th>");
    expect(html).not.toContain("<img");
    expect(html).toContain("#60;img src=x");
  });
});
