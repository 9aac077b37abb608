/**
 * The model process: loads one GGUF, writes one job after the other, and says each token at once. It ends with its
 * parent, and can be killed at any time: it holds nothing that isn't in the file or the parent.
 */
import { readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { getLlama, LlamaLogLevel } from "node-llama-cpp";
import { promptTokenizer } from "./prompt.ts";
import { governor } from "./threads.ts";
import type { Job, LoadOptions, ToChild, ToParent } from "./wire.ts";
import { openWriter, TooLong, type WriterEvents } from "./writer.ts";

const say = (message: ToParent) => process.send?.(message);
const rss = () => process.memoryUsage.rss();
const reasonOf = (error: unknown) => (error instanceof Error ? error.message : String(error)).slice(0, 500);

// A kill rather than an exit: native threads may be busy, and running their destructors then crashes.
process.on("disconnect", () => process.kill(process.pid, "SIGKILL"));
// Ctrl-C reaches the whole process group; the parent decides when this process ends.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => {});

const jobs: Job[] = [];
const aborted = new Set<number>();
let write: ((job: Job, events: WriterEvents) => Promise<void>) | undefined;
let busy = false;

process.on("message", (message: ToChild) => {
  if (message.type === "load") void load(message.options);
  else if (message.type === "abort") aborted.add(message.id);
  else {
    jobs.push(message.job);
    void work();
  }
});

async function load(options: LoadOptions) {
  try {
    const started = performance.now();
    // The library tries its binary in a fork of this process, which must start without our loaders.
    process.execArgv = [];
    const llama = await getLlama({
      gpu: wantsGpu() ? "auto" : false,
      build: "never",
      skipDownload: true,
      progressLogs: false,
      logLevel: LlamaLogLevel.warn,
      logger: (level, message) => {
        const serious = level === LlamaLogLevel.fatal || level === LlamaLogLevel.error;
        if (serious) nativeError ||= message.trim();
        say({ type: "log", level: serious ? "error" : "debug", message: message.trim() });
      },
    });
    say({ type: "alive" });
    // Two threads on one core's two halves only wait for each other.
    const cores = Math.min(llama.cpuMathCores, availableParallelism());
    const threads = Math.min(options.threads ?? cores, cores);
    llama.maxThreads = threads;
    const model = await llama.loadModel({
      modelPath: options.path,
      // Small quantized weights are repacked into memory of their own: mapped as well, they would count twice.
      useMmap: statSync(options.path).size > 1e9,
      onLoadProgress: () => say({ type: "alive" }),
    });
    const flashAttention = llama.gpu !== false || options.prompt === "labels";
    const keepsHead = options.prompt === "chat";
    const context = await model.createContext({
      sequences: options.candidates + (keepsHead ? 1 : 0),
      contextSize: options.context,
      threads,
      // Measured: 15% less work for the short prompts of the embedded model; for long ones it took more.
      flashAttention,
      // A bigger batch costs memory and saves no time.
      batchSize: 128,
    });
    const tokenize = promptTokenizer(model, options.prompt);
    const writer = openWriter({ model, context, tokenize, governor: governor(threads), keepsHead });
    await writer.warmUp();
    write = writer.write;
    const loadMs = Math.round(performance.now() - started);
    say({ type: "ready", rss: rss(), threads, contextBytes: context.memoryUsage.ram, loadMs });
    void work();
  } catch (error) {
    // llama.cpp says what is wrong in its log and only "failed" in the error.
    const reason = [reasonOf(error), nativeError].filter((part) => part !== "").join(": ");
    process.send?.({ type: "failed", reason } satisfies ToParent, () => process.exit(1));
  }
}
/** The first is the cause, the rest follow from it. */
let nativeError = "";

async function work() {
  if (busy || write === undefined) return;
  busy = true;
  for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) {
    const { id } = job;
    try {
      await write(job, {
        aborted: () => aborted.has(id),
        progress: () => say({ type: "alive" }),
        step: (added, ended) => say({ type: "step", id, added, ended }),
      });
      say({ type: "done", id, rss: rss() });
    } catch (error) {
      const tooLong: [number, number] | undefined =
        error instanceof TooLong ? [error.tokens, error.limit] : undefined;
      say({ type: "refused", id, reason: reasonOf(error), tooLong });
    }
    aborted.delete(id);
  }
  busy = false;
}

/** GPU binaries are left out by default (models/README.md); who installs them wants them used. */
function wantsGpu(): boolean {
  if (process.platform === "darwin" && process.arch === "arm64") return true;
  const platform = process.platform === "win32" ? "win" : process.platform;
  return ["cuda", "vulkan"].some((kind) => {
    const name = `@node-llama-cpp/${platform}-${process.arch}-${kind}`;
    try {
      const file = createRequire(import.meta.url).resolve(`${name}/package.json`);
      return JSON.parse(readFileSync(file, "utf8")).name === name;
    } catch {
      return false;
    }
  });
}
