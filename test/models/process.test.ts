/** The model process: killed, stopped, hung, orphaned, never ready. The rest of Hygge must not notice more than told. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import pino from "pino";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type LlamaOptions, type ModelProcess, startLlama } from "#models/llama.ts";
import { openModel, readCard } from "#models/open.ts";
import type { WriteRequest } from "#src/model.ts";
import { writeTinyGguf } from "#test/fixtures/tiny-gguf.ts";

const posix = process.platform !== "win32";
const log = pino({ level: "silent" });
let folder: string;
let file: string;
let options: LlamaOptions;
let shared: ModelProcess | undefined;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "hygge-process-"));
  file = path.join(folder, "tiny.gguf");
  // Rarely ends by itself, so that there is something to interrupt.
  await writeTinyGguf(file, { end: -20 });
  const card = await readCard(file, folder, log);
  process.env.HYGGE_TEST_SECRET = "xoxb-do-not-tell";
  options = {
    card,
    load: { path: file, candidates: 2, context: 2048, prompt: "chat", threads: 1 },
    log,
    backoffMs: 20,
  };
});
afterAll(async () => {
  await shared?.close();
  await rm(folder, { recursive: true });
});

/** One for all tests that leave it running: starting one takes seconds on a busy machine. */
async function open(): Promise<ModelProcess> {
  shared ??= startLlama(options);
  await shared.write(request({ maxTokens: 1 }));
  return shared;
}

const request = (more: Partial<WriteRequest> = {}): WriteRequest => ({
  prompt: { kind: "chat", system: "Kurz.", examples: [], user: "Sofa Ekeby, 899 €" },
  seeds: [1, 2],
  sampling: { temperature: 1, topP: 1, minP: 0 },
  maxTokens: 30,
  ...more,
});

const alive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};
const gone = (pid: number) => vi.waitFor(() => expect(alive(pid)).toBe(false), { timeout: 10_000 });
const pidOf = (of: ModelProcess) => of.pid() ?? Number.NaN;

describe.runIf(posix)("the model process", () => {
  test("killed at work: the job is rejected as retryable, the next one is written as ever", async () => {
    const model = await open();
    const { restarts } = model.health();
    const before = await model.write(request());
    const pid = pidOf(model);
    const interrupted = await model
      .write(request({ maxTokens: 1000, onText: () => process.kill(pid, "SIGKILL") }))
      .catch((error: unknown) => error);
    expect(interrupted).toMatchObject({ code: "model_down", retryable: true });
    expect(["restarting", "loading"]).toContain(model.health().status);
    const after = await model.write(request());
    expect(after.map((candidate) => candidate.text)).toEqual(before.map((candidate) => candidate.text));
    expect(model.health()).toMatchObject({ status: "ready", restarts: restarts + 1 });
    expect(pidOf(model)).not.toBe(pid);
  });

  test("killed while a job waits for it to load: the job is written by the next one", async () => {
    const model = await open();
    process.kill(pidOf(model), "SIGKILL");
    await vi.waitFor(() => expect(model.health().status).toBe("restarting"));
    await vi.waitFor(() => expect(model.pid()).toBeDefined());
    const waiting = model.write(request({ maxTokens: 4 }));
    process.kill(pidOf(model), "SIGKILL");
    expect(await waiting).toHaveLength(2);
  });

  test("stopped after ten tokens: exactly their text is there, and no more until it goes on", async () => {
    const model = await open();
    const pid = pidOf(model);
    let updates = 0;
    let text = "";
    const writing = model.write(
      request({
        seeds: [3],
        maxTokens: 400,
        onText: (_, soFar) => {
          text = soFar;
          if (++updates === 10) process.kill(pid, "SIGSTOP");
        },
      }),
    );
    await vi.waitFor(async () => expect(await stateOf(pid)).toBe("T"), { timeout: 10_000 });
    // What it had said before the signal reached it may still be on its way.
    await sleep(200);
    const seen = text;
    expect(updates).toBeGreaterThanOrEqual(10);
    expect(updates).toBeLessThan(100);
    await sleep(1000);
    expect(text).toBe(seen);
    process.kill(pid, "SIGCONT");
    const [candidate] = await writing;
    expect(candidate?.text.startsWith(seen)).toBe(true);
    expect(candidate?.tokens).toBe(400);
  });

  test("an abort is answered at once even while the process is stopped", async () => {
    const model = await open();
    const pid = pidOf(model);
    const abort = new AbortController();
    let text = "";
    const writing = model.write(
      request({
        seeds: [4],
        maxTokens: 1500,
        signal: abort.signal,
        onText: (_, soFar) => {
          text = soFar;
          if (soFar.length > 20 && !abort.signal.aborted) {
            process.kill(pid, "SIGSTOP");
            abort.abort();
          }
        },
      }),
    );
    expect(await writing).toMatchObject([{ text, stop: "abort" }]);
    process.kill(pid, "SIGCONT");
    expect(await model.write(request({ maxTokens: 3 }))).toHaveLength(2);
    expect(pidOf(model)).toBe(pid);
  });

  test("closing ends it, at work too, and the job is told", async () => {
    const model = startLlama(options);
    await model.write(request({ maxTokens: 1 }));
    const pid = pidOf(model);
    const writing = model.write(request({ maxTokens: 1500 }));
    const told = expect(writing).rejects.toMatchObject({ code: "model_down", retryable: true });
    await model.close();
    await told;
    expect(alive(pid)).toBe(false);
  });

  test("ends with its parent", async () => {
    const owner: ChildProcess = spawn(
      process.execPath,
      [
        "--import",
        "tsx",
        fileURLToPath(new URL("../fixtures/tiny-gguf-owner.ts", import.meta.url)),
        file,
        folder,
      ],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    const pid = await new Promise<number>((resolve) =>
      owner.stdout?.once("data", (line: Buffer) => resolve(Number(line.toString()))),
    );
    expect(alive(pid)).toBe(true);
    owner.kill("SIGKILL");
    await gone(pid);
  });

  test("never ready: says why, refuses at once, and leaves its parent alone", async () => {
    const broken = path.join(folder, "strange.gguf");
    await writeTinyGguf(broken, { architecture: "nosuch" });
    const model = startLlama({ ...options, load: { ...options.load, path: broken } });
    const waiting = model.write(request());
    await expect(waiting).rejects.toMatchObject({ code: "model_down", retryable: true });
    expect(model.health()).toMatchObject({ status: "failed", error: expect.stringContaining("nosuch") });
    await expect(model.write(request())).rejects.toMatchObject({ code: "model_down" });
    await model.close();
  });

  test("a prompt that doesn't fit is refused with what would, and the next one is written", async () => {
    const model = await open();
    const user = "Sofa, ".repeat(2000);
    const refused = model.write(request({ prompt: { kind: "chat", system: "Kurz.", examples: [], user } }));
    await expect(refused).rejects.toMatchObject({ code: "brief_too_long", details: { length: user.length } });
    expect(await model.write(request({ maxTokens: 2 }))).toHaveLength(2);
    expect(model.health().status).toBe("ready");
  });

  test.runIf(existsSync("/proc/self/environ"))("gets no secret of its parent's environment", async () => {
    const model = await open();
    const environment = await readFile(`/proc/${model.pid()}/environ`, "utf8");
    expect(environment).not.toContain("xoxb-do-not-tell");
    expect(environment).toContain("UV_THREADPOOL_SIZE=1");
  });
});

test("opening checks the file before anything is started", async () => {
  const open = (model: string) => openModel({ model, dataDir: folder, log, threads: 1 });
  await expect(open(path.join(folder, "none.gguf"))).rejects.toMatchObject({ code: "model_missing" });
  await expect(open("hf:org/repo/none.gguf")).rejects.toMatchObject({
    code: "model_missing",
    details: { fix: "npx hygge model pull hf:org/repo/none.gguf" },
  });
});

/** T: stopped. */
async function stateOf(pid: number): Promise<string> {
  if (!existsSync("/proc/self/stat")) return sleep(500, "T");
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  return stat.slice(stat.lastIndexOf(")") + 2)[0] ?? "";
}
