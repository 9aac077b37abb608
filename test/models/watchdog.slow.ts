/** The watchdog of the model process. Slow: it waits for limits to pass. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pino from "pino";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type ModelProcess, startLlama } from "#models/llama.ts";
import { readCard } from "#models/open.ts";
import { writeTinyGguf } from "#test/fixtures/tiny-gguf.ts";

const log = pino({ level: "silent" });
const idleLimitMs = 8000;
let folder: string;
let model: ModelProcess;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "hygge-watchdog-"));
  const file = path.join(folder, "tiny.gguf");
  await writeTinyGguf(file, { end: -20 });
  const card = await readCard(file, folder, log);
  const load = { path: file, candidates: 2, context: 2048, prompt: "chat", threads: 1 } as const;
  model = startLlama({ card, load, log, idleLimitMs, backoffMs: 20 });
});
afterAll(async () => {
  await model.close();
  await rm(folder, { recursive: true });
});
afterEach(() => {
  if (model.pid() !== undefined) process.kill(Number(model.pid()), "SIGCONT");
});

const write = (maxTokens: number, onText?: () => void) =>
  model.write({
    prompt: { kind: "chat", system: "Kurz.", examples: [], user: "Sofa Ekeby, 899 €" },
    seeds: [1, 2],
    sampling: { temperature: 1, topP: 1, minP: 0 },
    maxTokens,
    onText,
  });

describe.runIf(process.platform !== "win32")("the watchdog", () => {
  test("hung at work beyond the limit: restarted, the job rejected as retryable", async () => {
    await write(1);
    const pid = Number(model.pid());
    const hung = write(1500, () => process.kill(pid, "SIGSTOP"));
    await expect(hung).rejects.toMatchObject({
      code: "model_down",
      retryable: true,
      details: { reason: "no sign of life for 8 s" },
    });
    expect(await write(3)).toHaveLength(2);
    expect(model.pid()).not.toBe(pid);
  });

  test("stopped for less than the limit: the job goes on where it was", async () => {
    await write(1);
    const pid = Number(model.pid());
    let stopped = false;
    const writing = write(300, () => {
      if (!stopped) process.kill(pid, "SIGSTOP");
      stopped = true;
    });
    await sleep(idleLimitMs / 2);
    process.kill(pid, "SIGCONT");
    expect((await writing).map((candidate) => candidate.tokens)).toEqual([300, 300]);
    expect(model.pid()).toBe(pid);
  });

  test("idle beyond the limit is no reason to restart it", async () => {
    await write(1);
    const pid = Number(model.pid());
    process.kill(pid, "SIGSTOP");
    await sleep(idleLimitMs * 1.5);
    process.kill(pid, "SIGCONT");
    expect(await write(2)).toHaveLength(2);
    expect(model.pid()).toBe(pid);
  });
});
