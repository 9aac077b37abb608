/** Finding and checking a model's file: what is wrong with it is said before anything starts, with the fix. */
import { copyFile, mkdir, mkdtemp, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeEach, expect, test } from "vitest";
import { candidatesFor, cardSchema, contextOf } from "#models/card.ts";
import { findModel, hasQuant, readCard, sha256 } from "#models/open.ts";
import { message } from "#src/messages.ts";
import { tinyGguf, writeTinyGguf } from "#test/fixtures/tiny-gguf.ts";

const base = await mkdtemp(path.join(tmpdir(), "hygge-open-"));
afterAll(() => rm(base, { recursive: true }));
let dataDir: string;
let file: string;
beforeEach(async () => {
  dataDir = await mkdtemp(path.join(base, "data-"));
  file = path.join(dataDir, "Tiny-Q4_K_M.gguf");
});

test("the embedded model is here, whole, and has the card that the product counts on", async () => {
  const card = await readCard(await findModel(undefined, dataDir), dataDir);
  expect(card).toMatchObject({ prompt: "labels", candidates: 8, quant: "Q4_0" });
  expect(contextOf(card)).toBeGreaterThan(card.maxTokens + 500);
});

test("every card in models/ is sound and names its GGUF's hash and licence", async () => {
  const folder = path.join(import.meta.dirname, "../../models");
  const file = path.join(folder, "hygge-v0-Q4_0.gguf");
  const card = cardSchema.parse(JSON.parse(await readFile(file.replace(".gguf", ".card.json"), "utf8")));
  expect(card.hash).toBe(await sha256(file));
  expect(card.license).toContain("Gemma Terms of Use");
  expect(await readFile(path.join(folder, "NOTICE"), "utf8")).toContain(
    "Gemma is provided under and subject to the Gemma Terms of Use found at ai.google.dev/gemma/terms",
  );
});

test("an instruct GGUF without a card gets one from its metadata", async () => {
  await writeTinyGguf(file, { name: "Tiny Instruct" });
  const card = await readCard(file, dataDir);
  expect(card).toMatchObject({
    name: "Tiny Instruct",
    prompt: "chat",
    quant: "F16",
    license: "mit",
    candidates: 8,
    context: 2048,
    hash: await sha256(file),
  });
  expect(cardSchema.parse(card)).toEqual(card);
});

test("one without a chat template takes plain labels", async () => {
  await writeTinyGguf(file, { chatTemplate: null });
  expect(await readCard(file, dataDir)).toMatchObject({ prompt: "labels" });
});

test("bigger models write fewer candidates", () => {
  expect([0.1e9, 0.8e9, 2e9, 5e9].map(candidatesFor)).toEqual([8, 4, 3, 2]);
});

test("a card beside the file is taken, its hash is checked", async () => {
  await writeTinyGguf(file);
  const card = { ...(await readCard(file, dataDir)), name: "Ours", candidates: 3 };
  const cardFile = path.join(dataDir, "Tiny-Q4_K_M.card.json");
  await writeFile(cardFile, JSON.stringify(card));
  expect(await readCard(file, dataDir)).toEqual(card);
  await writeFile(cardFile, JSON.stringify({ ...card, hash: "0".repeat(64) }));
  await expect(readCard(file, dataDir)).rejects.toMatchObject({
    code: "model_corrupt",
    details: { path: file, reason: expect.stringContaining("sha256") },
  });
  await writeFile(cardFile, JSON.stringify({ ...card, candidates: "many" }));
  await expect(readCard(file, dataDir)).rejects.toMatchObject({
    code: "model_corrupt",
    details: { reason: expect.stringContaining("candidates") },
  });
});

test.each<[string, Buffer, string]>([
  ["empty", Buffer.alloc(0), "empty"],
  ["text", Buffer.from("hello"), "not a GGUF"],
  [
    "a Git LFS pointer",
    Buffer.from("version https://git-lfs.github.com/spec/v1\noid sha256:1"),
    "git lfs pull",
  ],
  ["cut in its metadata", tinyGguf({}).subarray(0, 200), "truncated"],
  ["cut in its vocabulary", tinyGguf({}).subarray(0, 3000), "truncated"],
  ["cut in its weights", tinyGguf({}).subarray(0, 300_000), "truncated"],
])("a file that is %s is refused with the reason", async (_, bytes, reason) => {
  await writeFile(file, bytes);
  const error = await readCard(file, dataDir).catch((error: unknown) => error);
  expect(error).toMatchObject({
    code: "model_corrupt",
    details: { path: file, reason: expect.stringContaining(reason) },
  });
});

test("a truncated copy of the embedded model is noticed by its card", async () => {
  const embedded = await findModel(undefined, dataDir);
  const copy = path.join(dataDir, path.basename(embedded));
  await copyFile(embedded.replace(".gguf", ".card.json"), copy.replace(".gguf", ".card.json"));
  await writeFile(copy, (await readFile(embedded)).subarray(0, 50_000_000));
  await expect(readCard(copy, dataDir)).rejects.toMatchObject({ code: "model_corrupt" });
});

test("the check is remembered while the file stays the same, and done anew when it changes", async () => {
  await writeTinyGguf(file);
  const memory = path.join(dataDir, "models", "checked.json");
  const before = await readCard(file, dataDir);
  const remembered = JSON.parse(await readFile(memory, "utf8"));
  remembered[file].card.name = "From memory";
  await writeFile(memory, JSON.stringify(remembered));
  expect((await readCard(file, dataDir)).name).toBe("From memory");
  const { mtimeMs } = await stat(file);
  await utimes(file, new Date(), new Date(mtimeMs + 5000));
  expect((await readCard(file, dataDir)).name).toBe(before.name);
  await writeFile(memory, "{ not json");
  expect((await readCard(file, dataDir)).name).toBe(before.name);
});

test("a data folder that can't be written is no reason not to open a model", async () => {
  await writeTinyGguf(file);
  const blocked = path.join(dataDir, "blocked");
  await writeFile(blocked, "a file where a folder should be");
  expect((await readCard(file, blocked)).prompt).toBe("chat");
});

test("a missing model names the fix, in both languages", async () => {
  const missing = (model: string) =>
    findModel(model, dataDir).then(
      () => expect.fail("found"),
      (error: { code: string; details: Record<string, string> }) => error,
    );
  const pulled = await missing("hf:org/repo/model.gguf");
  expect(message("en", pulled.code, pulled.details)).toContain("npx hygge model pull hf:org/repo/model.gguf");
  expect(message("de", pulled.code, pulled.details)).toContain("npx hygge model pull hf:org/repo/model.gguf");
  const byPath = await missing(path.join(dataDir, "none.gguf"));
  expect(message("en", byPath.code, byPath.details)).toContain("HYGGE_MODEL");
  await mkdir(file);
  expect((await missing(file)).code).toBe("model_missing");
});

test("a quant is matched as a whole word", () => {
  expect(hasQuant("Model-Q4_K_M.gguf", "q4_k_m")).toBe(true);
  expect(hasQuant("Model.Q8_0.gguf", "Q8_0")).toBe(true);
  expect(hasQuant("Model-Q4_K_M_L.gguf", "Q4_K_M")).toBe(false);
  expect(hasQuant("Model-IQ4_K.gguf", "Q4_K")).toBe(false);
});
