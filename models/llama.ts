/** The model port on a GGUF, written by a process of its own (child.ts) that is watched and restarted. */
import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Logger } from "pino";
import { HyggeError } from "#src/errors.ts";
import type { Model, ModelCard, ModelHealth, RawCandidate, WriteRequest } from "#src/model.ts";
import type { LoadOptions, Stop, ToChild, ToParent } from "./wire.ts";

export type ModelProcess = Model & {
  /** Of the model process, while there is one. */
  pid(): number | undefined;
};

export interface LlamaOptions {
  card: ModelCard;
  load: LoadOptions;
  log: Logger;
  /** The process is killed and restarted after this long without a sign of life while it has work to do. */
  idleLimitMs?: number;
  /** The same while it loads; a big file on a slow disk takes its time. */
  loadLimitMs?: number;
  /** Wait before the first restart; doubles with each in a row. */
  backoffMs?: number;
}

const longestBackoffMs = 30_000;
/** Starts in a row that died before they were ready, until writing is refused rather than waited for. */
const hopeless = 3;
const ticks = 8;

interface Pending {
  id: number;
  request: WriteRequest;
  started: number;
  sent: boolean;
  texts: string[];
  tokens: number[];
  ends: ({ stop: Stop; ms: number } | undefined)[];
  resolve(candidates: RawCandidate[]): void;
  reject(error: HyggeError): void;
  onAbort: () => void;
}

export function startLlama(options: LlamaOptions): ModelProcess {
  const { card, log } = options;
  const idleLimitMs = options.idleLimitMs ?? 300_000;
  const loadLimitMs = options.loadLimitMs ?? Math.max(300_000, idleLimitMs);
  const backoffMs = options.backoffMs ?? 250;

  let child: ChildProcess | undefined;
  let ended: Promise<void> = Promise.resolve();
  let status: ModelHealth["status"] = "loading";
  let reason: string | undefined;
  let rss: number | undefined;
  let restarts = 0;
  /** Starts in a row without a text written; without ever getting ready. */
  let fruitless = 0;
  let unready = 0;
  let retry: NodeJS.Timeout | undefined;
  let nextId = 1;
  const pending = new Map<number, Pending>();
  /** Jobs that the child still works on although nobody waits: their abort isn't confirmed yet. */
  const leaving = new Set<number>();

  let silent = 0;
  // Ticks, not clock time: a laptop that slept for an hour has not been silent for one.
  const watchdog = setInterval(() => {
    const loading = status !== "ready";
    const limitMs = loading ? loadLimitMs : idleLimitMs;
    if (child === undefined || !(loading || pending.size + leaving.size > 0)) silent = 0;
    else if (++silent > (ticks * limitMs) / idleLimitMs) {
      reason = `no sign of life for ${Math.round(limitMs / 1000)} s`;
      log.error({ pid: child.pid }, `model process: ${reason}, restarting it`);
      child.kill("SIGKILL");
    }
  }, idleLimitMs / ticks);
  watchdog.unref();

  function start() {
    const started = fork(fileURLToPath(new URL("./child.ts", import.meta.url)), {
      // The library first: read through tsx it would take a second and 30 MB more.
      execArgv: ["--import", "node-llama-cpp", "--import", "tsx"],
      // Where those two names are looked up.
      cwd: import.meta.dirname,
      env: childEnvironment(process.env),
      serialization: "json",
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    child = started;
    silent = 0;
    let ready = false;
    let refused = false;
    started.on("message", (message: ToParent) => {
      if (child !== started) return;
      silent = 0;
      if (message.type === "ready") {
        ready = true;
        unready = 0;
        status = "ready";
        reason = undefined;
        rss = message.rss;
        const { type: _, ...facts } = message;
        log.info({ pid: started.pid, ...facts }, `model ${card.name} ${card.version} is ready`);
        for (const job of pending.values()) send(job);
      } else if (message.type === "failed") {
        refused = true;
        reason = message.reason;
      } else receive(message);
    });
    for (const stream of [started.stdout, started.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => log.debug({ pid: started.pid }, text.trim()));
    }
    started.on("error", (error) => {
      reason = error.message;
    });
    ended = new Promise((resolve) => {
      let over = false;
      const end = (code: number | null, signal: NodeJS.Signals | null) => {
        if (over) return;
        over = true;
        resolve();
        if (child === started) died(ready, refused, code, signal);
      };
      started.once("exit", end);
      // A process that could not even be started emits no exit.
      started.once("error", () => started.pid === undefined && end(null, null));
    });
    tell({ type: "load", options: options.load });
  }

  function died(wasReady: boolean, refused: boolean, code: number | null, signal: NodeJS.Signals | null) {
    child = undefined;
    rss = undefined;
    leaving.clear();
    if (status === "closed") return;
    fruitless++;
    if (!wasReady) unready++;
    reason ??=
      signal === null ? `the model process ended with code ${code}` : `the model process got ${signal}`;
    const hope = !refused && unready < hopeless;
    status = hope ? "restarting" : "failed";
    for (const job of [...pending.values()]) if (job.sent || !hope) settle(job, down());
    const wait = Math.min(longestBackoffMs, backoffMs * 2 ** Math.min(fruitless - 1, 10));
    log[hope ? "warn" : "error"]({ code, signal, reason, wait }, "model process died, restarting it");
    retry = setTimeout(() => {
      restarts++;
      if (hope) reason = undefined;
      start();
    }, wait);
    retry.unref();
  }

  const down = () =>
    new HyggeError("model_down", reason === undefined ? {} : { reason }, { retryable: true });

  function tell(message: ToChild) {
    // The callback takes the error of a process that dies just now; its exit event tells the rest.
    child?.send(message, () => {});
  }

  function send(job: Pending) {
    if (job.sent) return;
    job.sent = true;
    const { prompt, seeds, sampling, maxTokens } = job.request;
    tell({ type: "write", job: { id: job.id, prompt, seeds, sampling, maxTokens } });
  }

  function settle(job: Pending, error?: HyggeError) {
    pending.delete(job.id);
    job.request.signal?.removeEventListener("abort", job.onAbort);
    if (error !== undefined) return job.reject(error);
    const now = performance.now() - job.started;
    job.resolve(
      job.request.seeds.map((seed, index) => ({
        text: job.texts[index] ?? "",
        seed,
        tokens: job.tokens[index] ?? 0,
        stop: job.ends[index]?.stop ?? "abort",
        ms: Math.round(job.ends[index]?.ms ?? now),
      })),
    );
  }

  function receive(message: Exclude<ToParent, { type: "ready" | "failed" }>) {
    if (message.type === "log") return log[message.level](`llama.cpp: ${message.message}`);
    if (message.type === "alive") return;
    const job = pending.get(message.id);
    if (message.type === "step") {
      if (job === undefined) return;
      for (const [index, text, tokens] of message.added) {
        job.tokens[index] = tokens;
        if (text === "") continue;
        const soFar = (job.texts[index] ?? "") + text;
        job.texts[index] = soFar;
        job.request.onText?.(index, soFar);
      }
      const ms = performance.now() - job.started;
      for (const [index, stop] of message.ended) job.ends[index] = { stop, ms };
      return;
    }
    leaving.delete(message.id);
    if (message.type === "done") {
      rss = message.rss;
      fruitless = 0;
      if (job !== undefined) settle(job);
    } else if (job !== undefined) settle(job, refusal(job, message));
  }

  start();
  return {
    card,
    pid: () => child?.pid,
    health: () => ({
      status,
      restarts,
      ...(rss === undefined ? {} : { rss }),
      ...(reason === undefined ? {} : { error: reason }),
    }),
    write(request) {
      return new Promise((resolve, reject) => {
        if (status === "closed" || status === "failed") return reject(down());
        const id = nextId++;
        const onAbort = () => {
          if (job.sent) {
            leaving.add(id);
            tell({ type: "abort", id });
          }
          settle(job);
        };
        const job: Pending = {
          id,
          request,
          started: performance.now(),
          sent: false,
          texts: [],
          tokens: [],
          ends: [],
          resolve,
          reject,
          onAbort,
        };
        pending.set(id, job);
        if (request.signal?.aborted || request.seeds.length === 0) return settle(job);
        request.signal?.addEventListener("abort", onAbort, { once: true });
        if (status === "ready") send(job);
      });
    },
    async close() {
      status = "closed";
      clearInterval(watchdog);
      clearTimeout(retry);
      for (const job of [...pending.values()]) settle(job, down());
      // The model process holds nothing that could be lost.
      child?.kill("SIGKILL");
      await ended;
    },
  };
}

/** Only a prompt that doesn't fit is the brief's fault; anything else the library throws may pass next time. */
function refusal(job: Pending, message: Extract<ToParent, { type: "refused" }>): HyggeError {
  if (message.tooLong === undefined)
    return new HyggeError("model_down", { reason: message.reason }, { retryable: true });
  const { prompt } = job.request;
  const length = (prompt.kind === "labels" ? prompt.text : prompt.user).length;
  const [tokens, allowed] = message.tooLong;
  return new HyggeError("brief_too_long", {
    length,
    limit: Math.max(0, Math.floor(length - ((tokens - allowed) * length) / tokens)),
  });
}

/** What a process needs to run at all; the keys and tokens of the parent stay there. */
function childEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const names = [
    "PATH",
    "HOME",
    "LANG",
    "TMPDIR",
    "TEMP",
    "TMP",
    "SYSTEMROOT",
    "USERPROFILE",
    "LD_LIBRARY_PATH",
  ];
  const kept = Object.entries(env).filter(([name]) => names.includes(name.toUpperCase()));
  // One libuv thread: each one that runs a batch would bring threads of its own (measured: 15-30% slower).
  return { ...Object.fromEntries(kept), UV_THREADPOOL_SIZE: "1", NODE_ENV: "production" };
}
