import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { corpusOf, openCorpus, packCorpus, readTexts, unpackCorpus } from "#src/corpus.ts";

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), "hygge-corpus-"));
});
afterAll(() => rm(dir, { recursive: true }));

const long = "Draußen regnet es, und du hast heute nichts mehr vor außer einem Buch und einem Tee.";

test("finds the text that another shares most with, whatever its numbers", () => {
  const corpus = corpusOf([
    { id: "a", text: `${long} Das Sofa kostet 899 €.` },
    { id: "b", text: "Ein ganz anderer Text, der mit dem ersten nichts gemein hat als die Sprache." },
  ]);
  expect(corpus.nearCopy(`${long} Das Sofa kostet 1.299 €.`)).toEqual({ ratio: 1, id: "a" });
  const part = corpus.nearCopy(`${long} Ein neuer Satz mit acht anderen Wörtern folgt danach.`);
  expect(part.id).toBe("a");
  expect(part.ratio).toBeGreaterThan(0.5);
  expect(part.ratio).toBeLessThan(0.8);
  expect(corpus.nearCopy("Seven words in a row are no copy")).toEqual({ ratio: 0 });
  expect(corpus.nearCopy("")).toEqual({ ratio: 0 });
});

test("short texts are copies when equal as a whole", () => {
  const corpus = corpusOf([
    { id: "sign", text: "Schnee. Snöra." },
    { id: "long", text: `Schnee. Snöra. ${long}` },
  ]);
  expect(corpus.nearCopy("Schnee, Snöra")).toEqual({ ratio: 1, id: "sign" });
  expect(corpus.nearCopy("Schnee. Lunde.")).toEqual({ ratio: 0 });
});

test("rows can be left out", () => {
  const corpus = corpusOf([{ id: "a", text: long }]);
  expect(corpus.nearCopy(long, new Set(["a"]))).toEqual({ ratio: 0 });
});

test("reads JSONL and names file and line of a broken row", async () => {
  const good = path.join(dir, "good.jsonl");
  await writeFile(
    good,
    `${JSON.stringify({ brief: "x", response: long })}\n\n${JSON.stringify({ response: "Zwei." })}\n`,
  );
  const corpus = await openCorpus([good]);
  expect(corpus.size).toBe(2);
  expect(corpus.nearCopy(long).id).toBe("good:1");
  expect(corpus.nearCopy("Zwei!").id).toBe("good:3");

  const bad = path.join(dir, "bad.jsonl");
  await writeFile(bad, `${JSON.stringify({ response: long })}\n{"response": 3}\n`);
  await expect(openCorpus([bad])).rejects.toThrow(/bad\.jsonl:2/);
});

test("a packed corpus finds what the texts find, and none of them can be read in it", async () => {
  const file = path.join(dir, "texts.jsonl");
  const rows = [
    { response: `${long} Das Sofa kostet 899 €.` },
    { id: "plain:7", response: "Schnee. Snöra." },
  ];
  await writeFile(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  const bytes = packCorpus(await readTexts([file]), "abc");
  const packed = unpackCorpus(bytes);
  expect(packed.model).toBe("abc");
  expect(packed.size).toBe(2);
  expect(packed.nearCopy(`${long} Das Sofa kostet 99 €.`)).toEqual({ ratio: 1, id: "texts:1" });
  expect(packed.nearCopy("Schnee, Snöra")).toEqual({ ratio: 1, id: "plain:7" });
  expect(packed.nearCopy("Etwas anderes")).toEqual({ ratio: 0 });
  expect(bytes.toString("latin1")).not.toContain("Schnee");
});

test("a packed corpus that is cut off or changed is none", () => {
  const bytes = packCorpus([{ id: "a", text: long }], "abc");
  expect(() => unpackCorpus(bytes.subarray(0, -1))).toThrow(/cut off or changed/);
  expect(() => unpackCorpus(bytes.subarray(0, 20))).toThrow();
  expect(() => unpackCorpus(Buffer.alloc(0))).toThrow();
  const changed = Buffer.from(bytes);
  changed[changed.length - 8] = (changed[changed.length - 8] ?? 0) ^ 1;
  expect(() => unpackCorpus(changed)).toThrow(/cut off or changed/);
});
