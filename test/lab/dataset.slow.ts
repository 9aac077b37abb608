/** The whole data set: every gate on every row, and grammar by the real LanguageTool. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { check } from "#models/lab/dataset/check.ts";
import { grammarFaults } from "#models/lab/dataset/grammar.ts";
import { brand } from "#models/lab/dataset/product.ts";
import { readBriefs } from "#src/dataset/read.ts";
import { readRows, setFiles, told } from "#src/dataset/rows.ts";
import { languageToolThere, startLanguageTool } from "../fixtures/languagetool.ts";

test("no row is forbidden by the rules, and the gates that guess object to few", () => {
  const { faults, rows } = check(setFiles(), setFiles());
  expect(faults.filter(({ hint }) => !hint).map(told)).toEqual([]);
  const guessed = faults.filter(({ kind }) =>
    ["name", "counts", "material", "colour", "agreement"].includes(kind),
  );
  console.info(`${guessed.length} of ${rows.length} rows: a gate that guesses objects`);
  expect(guessed.length, guessed.map(told).join("\n")).toBeLessThanOrEqual(rows.length * 0.02);
});

describe.skipIf(!languageToolThere)("grammar", () => {
  let server: Awaited<ReturnType<typeof startLanguageTool>>;
  beforeAll(async () => {
    server = await startLanguageTool();
  }, 600_000);
  afterAll(() => server?.stop());

  test("at most four rows in a hundred have a place that LanguageTool would change", async () => {
    const some = readBriefs(
      readRows(setFiles()).rows.filter((_, index) => index % 8 === 0),
      brand,
    );
    const places = await grammarFaults(some, server.url);
    const rows = new Set(places.map(({ file, line }) => `${file}:${line}`));
    console.info(`LanguageTool: ${rows.size} of ${some.length} rows\n${places.map(told).join("\n")}`);
    // Verse, short forms and words that its dictionary lacks; a planted fault shows that it looks.
    expect(rows.size).toBeLessThanOrEqual(some.length * 0.04);
    const [first] = some;
    if (!first) throw new Error("no rows");
    const wrong = { ...first, response: "Stell die Lampe auf die Tisch." };
    expect((await grammarFaults([wrong], server.url)).map(({ what }) => what)).toEqual(["„die Tisch“"]);
  });

  test("a server that isn't there is named", async () => {
    const some = readBriefs(readRows(setFiles()).rows.slice(0, 2), brand);
    await expect(grammarFaults(some, "http://127.0.0.1:9")).rejects.toThrow(
      /http:\/\/127\.0\.0\.1:9: LanguageTool doesn't answer/,
    );
  });
});
