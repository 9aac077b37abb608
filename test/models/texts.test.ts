/** What a model was trained on lies beside it, and drafts are compared with that. */
import { execFile } from "node:child_process";
import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { sha256 } from "#models/open.ts";
import { openTexts } from "#models/texts.ts";
import { packCorpus } from "#src/corpus.ts";

const root = path.join(import.meta.dirname, "../..");
let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), "hygge-texts-"));
});
afterAll(() => rm(dir, { recursive: true }));

const text = "Draußen regnet es, und du hast heute nichts mehr vor außer einem Buch und einem Tee.";

/** A GGUF in name only, with a card that knows its hash. */
async function model(name: string): Promise<string> {
  const file = path.join(dir, `${name}.gguf`);
  await writeFile(file, `GGUF ${name}`);
  const shipped = await readFile(path.join(root, "models/hygge-v0-Q4_0.card.json"), "utf8");
  const card = z.record(z.string(), z.unknown()).parse(JSON.parse(shipped));
  await writeFile(path.join(dir, `${name}.card.json`), JSON.stringify({ ...card, hash: await sha256(file) }));
  return file;
}

const make = (...args: string[]) =>
  promisify(execFile)(process.execPath, ["--import", "tsx", "models/lab/texts.ts", ...args], { cwd: root });

test("the embedded model's texts are there and belong to its card", async () => {
  const texts = await openTexts({ dataDir: dir });
  expect(texts.size).toBeGreaterThan(4000);
  expect(texts.nearCopy("Ein Satz, den das Modell nie gelesen hat, auch nicht so ähnlich.").ratio).toBe(0);
});

test("a model's own texts are written beside it by one command, and read from there", async () => {
  const file = await model("own");
  const data = path.join(dir, "own.jsonl");
  await writeFile(data, `${JSON.stringify({ response: text })}\n`);
  await make(file, data);
  const texts = await openTexts({ model: file, dataDir: dir });
  expect(texts.size).toBe(1);
  expect(texts.nearCopy(text)).toEqual({ ratio: 1, id: "own:1" });
});

test("a broken row is told with file and line, and nothing is left", async () => {
  const file = await model("broken");
  const data = path.join(dir, "broken.jsonl");
  await writeFile(data, `${JSON.stringify({ response: text })}\n{"response"\n`);
  await expect(make(file, data)).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining(`${data}:2`),
  });
  expect((await readdir(dir)).filter((name) => name.startsWith("broken"))).toEqual([
    "broken.card.json",
    "broken.gguf",
    "broken.jsonl",
  ]);
});

test("texts of another model and texts that are not whole are refused, with what to do", async () => {
  const file = await model("other");
  const beside = path.join(dir, "other.texts");
  await writeFile(beside, packCorpus([{ id: "a", text }], "0".repeat(64)));
  await expect(openTexts({ model: file, dataDir: dir })).rejects.toMatchObject({
    code: "model_corrupt",
    details: { path: beside, reason: expect.stringContaining("npm run model:texts -- other.gguf") },
  });
  await writeFile(beside, "hygge");
  await expect(openTexts({ model: file, dataDir: dir })).rejects.toMatchObject({ code: "model_corrupt" });
});

test("a model without texts, or one that lies elsewhere, is compared with the embedded one's", async () => {
  const file = await model("plain");
  await copyFile(file, path.join(dir, "bare.gguf"));
  const embedded = await openTexts({ dataDir: dir });
  for (const other of [file, path.join(dir, "bare.gguf"), path.join(dir, "gone.gguf")])
    expect((await openTexts({ model: other, dataDir: dir })).size).toBe(embedded.size);
});
