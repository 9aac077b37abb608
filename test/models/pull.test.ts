/** Pulling a model from a hub: a local peer of ours (fixtures/model-hub.ts), nothing leaves this machine. */
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import pino from "pino";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { findModel, openModel } from "#models/open.ts";
import { pullModel } from "#models/pull.ts";
import { type Hub, openHub } from "#test/fixtures/model-hub.ts";
import { tinyGguf } from "#test/fixtures/tiny-gguf.ts";

const gguf = tinyGguf({});
const name = "maker/tiny-GGUF/tiny-Q4_K_M.gguf";
const uri = `hf:${name}`;
const base = await mkdtemp(path.join(tmpdir(), "hygge-pull-"));
afterAll(() => rm(base, { recursive: true }));

let hub: Hub;
let dataDir: string;
beforeEach(async () => {
  hub = await openHub({
    [name]: gguf,
    "maker/tiny-GGUF/sub/tiny-Q8_0.gguf": gguf,
    "maker/tiny-GGUF/tiny-F16-00001-of-00002.gguf": gguf,
    "maker/tiny-GGUF/notes.gguf": Buffer.from("just some text, no model at all"),
  });
  dataDir = await mkdtemp(path.join(base, "data-"));
});
afterEach(() => hub.close());

const pull = (text = uri, more: Partial<Parameters<typeof pullModel>[1]> = {}) =>
  pullModel(text, {
    dataDir,
    endpoint: hub.endpoint,
    retryMs: 1,
    onProgress: (done) => hub.cut(done),
    ...more,
  });
const part = () => path.join(dataDir, "models", `${name}.part`);

describe("pulling a model", () => {
  test("a file by its name: progress up to the whole, the very bytes in place, found by its name afterwards", async () => {
    const progress: [number, number | undefined][] = [];
    const file = await pull(uri, { onProgress: (done, total) => progress.push([done, total]) });
    expect((await readFile(file)).equals(gguf)).toBe(true);
    expect(file).toBe(path.join(dataDir, "models", name));
    expect(progress[0]).toEqual([0, gguf.length]);
    expect(progress.at(-1)).toEqual([gguf.length, gguf.length]);
    expect(progress.length).toBeGreaterThan(2);
    expect(await findModel(uri, dataDir)).toBe(file);
    expect(existsSync(part())).toBe(false);
  });

  test("a second pull of the same file fetches nothing", async () => {
    await pull();
    hub.requests.length = 0;
    await pull();
    expect(hub.requests).toEqual([`HEAD /maker/tiny-GGUF/resolve/main/tiny-Q4_K_M.gguf`]);
  });

  test("a file by its quant, found again without asking anybody", async () => {
    const file = await pull("hf:maker/tiny-GGUF:q4_k_m");
    expect(path.basename(file)).toBe("tiny-Q4_K_M.gguf");
    await hub.close();
    expect(await findModel("hf:maker/tiny-GGUF:Q4_K_M", dataDir)).toBe(file);
    await expect(findModel("hf:maker/tiny-GGUF:Q8_0", dataDir)).rejects.toMatchObject({
      code: "model_missing",
    });
  });

  test("a quant that isn't there: says which are", async () => {
    await expect(pull("hf:maker/tiny-GGUF:Q5_K_M")).rejects.toMatchObject({
      code: "model_pull_failed",
      details: { reason: expect.stringContaining("tiny-Q4_K_M.gguf") },
    });
  });

  test("a pulled model runs", async () => {
    await pull();
    const model = await openModel({ model: uri, dataDir, log: pino({ level: "silent" }), threads: 1 });
    const [candidate] = await model.write({
      prompt: { kind: "chat", system: "Kurz.", examples: [], user: "Sofa" },
      seeds: [1],
      sampling: model.card.sampling,
      maxTokens: 5,
    });
    expect(candidate?.text).not.toBe("");
    await model.close();
  });

  test("a connection that breaks is taken up where it broke", async () => {
    hub.faults.breakAfter = { bytes: 100_000, times: 1 };
    const seen: number[] = [];
    const file = await pull(uri, {
      onProgress: (done) => {
        seen.push(done);
        hub.cut(done);
      },
    });
    expect((await readFile(file)).equals(gguf)).toBe(true);
    const ranges = hub.requests.filter((line) => line.includes("bytes="));
    // Asked of the hub, and of the storage that it points to.
    expect(ranges.map((line) => line.split(" ")[2])).toEqual(["bytes=100000-", "bytes=100000-"]);
    expect(seen.filter((done) => done === 0)).toHaveLength(1);
  });

  test("one that keeps breaking fails; the next command goes on with what is there", async () => {
    hub.faults.breakAfter = { bytes: 50_000, times: 4 };
    await expect(pull()).rejects.toMatchObject({ code: "model_pull_failed" });
    expect(existsSync(path.join(dataDir, "models", name))).toBe(false);
    const have = (await stat(part())).size;
    expect(have).toBe(200_000);
    hub.requests.length = 0;
    const file = await pull();
    expect(hub.requests.at(-1)).toMatch(new RegExp(`bytes=${have}-$`));
    expect((await readFile(file)).equals(gguf)).toBe(true);
  });

  test("what was begun is not continued when the file has changed meanwhile", async () => {
    hub.faults.breakAfter = { bytes: 50_000, times: 4 };
    await expect(pull()).rejects.toMatchObject({ code: "model_pull_failed" });
    hub.faults.etag = '"v2"';
    expect((await readFile(await pull())).equals(gguf)).toBe(true);
  });

  test("a truncated file is never put in place", async () => {
    hub.faults.truncateTo = 200_000;
    await expect(pull()).rejects.toMatchObject({
      code: "model_pull_failed",
      details: { reason: expect.stringContaining(`of ${gguf.length} bytes`) },
    });
    expect(existsSync(path.join(dataDir, "models", name))).toBe(false);
  });

  test("a truncated file without a known length neither", async () => {
    hub.faults.truncateTo = 200_000;
    const url = `${hub.endpoint}/storage/${name}`;
    await expect(pull(url)).rejects.toMatchObject({
      code: "model_corrupt",
      details: { reason: expect.stringContaining("truncated") },
    });
    await expect(findModel(url, dataDir)).rejects.toMatchObject({ code: "model_missing" });
    hub.faults.truncateTo = undefined;
    expect(await findModel(url, dataDir).catch(() => pull(url))).toContain("tiny-Q4_K_M.gguf");
  });

  test("a wrong hash: both are named, nothing is kept", async () => {
    hub.faults.wrongHash = true;
    await expect(pull()).rejects.toMatchObject({
      code: "model_pull_hash",
      details: { uri, expected: "f".repeat(64), actual: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
    expect(existsSync(part())).toBe(false);
    expect(existsSync(path.join(dataDir, "models", name))).toBe(false);
  });

  test.each([
    [404, "not found"],
    [401, "login needed"],
    [403, "no access"],
    [500, "HTTP 500"],
  ])("HTTP %i is told", async (status, reason) => {
    hub.faults.status = status;
    await expect(pull()).rejects.toMatchObject({
      code: "model_pull_failed",
      details: { uri, reason: expect.stringContaining(reason) },
    });
  });

  test("a server that isn't there is told", async () => {
    await hub.close();
    await expect(pull()).rejects.toMatchObject({
      code: "model_pull_failed",
      details: { reason: expect.stringContaining("ECONNREFUSED") },
    });
  });

  test("what is no GGUF is told and not kept", async () => {
    await expect(pull("hf:maker/tiny-GGUF/notes.gguf")).rejects.toMatchObject({ code: "model_corrupt" });
    expect(existsSync(path.join(dataDir, "models/maker/tiny-GGUF/notes.gguf"))).toBe(false);
  });

  test("a split file is refused with the reason", async () => {
    await expect(pull("hf:maker/tiny-GGUF:F16")).rejects.toMatchObject({
      details: { reason: expect.stringContaining("several files") },
    });
  });

  test("an abort ends it, and keeps what is there for the next time", async () => {
    const abort = new AbortController();
    const pulling = pull(uri, {
      signal: abort.signal,
      onProgress: (done) => done > 50_000 && abort.abort(),
    });
    await expect(pulling).rejects.toThrow(/abort/i);
    expect(existsSync(path.join(dataDir, "models", name))).toBe(false);
    expect((await readFile(await pull())).equals(gguf)).toBe(true);
  });

  test.each([
    "hf:one",
    "hf:../../etc/x.gguf",
    "hf:a/b/../c.gguf",
    "http://example.com/x.gguf",
    "https://h/x.bin",
  ])("%s is no model's name", async (text) => {
    await expect(pull(text)).rejects.toMatchObject({ code: "model_pull_failed" });
    expect(hub.requests).toEqual([]);
  });

  test("a folder that can't be made is told", async () => {
    // Rights don't stop root; a file in the folder's place stops everybody.
    await writeFile(path.join(dataDir, "models"), "");
    await expect(pull()).rejects.toMatchObject({ code: "data_unwritable" });
  });
});
