/**
 * `npm run bench`: what a draft costs, beside llama.cpp's own bench on the same file in the same run, round by
 * round, so that a noisy machine is noisy for both. Nothing else should use the cores meanwhile.
 *   --rounds N      drafts measured (12)
 *   --build-peer    builds llama-batched-bench into data/llama.cpp first
 *   --only model|queue
 * HYGGE_LLAMA_BIN names a folder that holds llama-batched-bench.
 */
import { access, mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, cpus, loadavg, tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import pino from "pino";
import { findModel, openModel } from "../open.ts";
import { footprint, type ModelRound, modelRound } from "./bench-model.ts";
import { type PeerRound, peerRound } from "./bench-peer.ts";
import { buildTools, findTool } from "./llama-tools.ts";
import { median, quantile } from "./stats.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "12" },
    threads: { type: "string", default: String(availableParallelism()) },
    "build-peer": { type: "boolean", default: false },
    only: { type: "string" },
  },
});
const rounds = Number(values.rounds);
const threads = Number(values.threads);
/** Tokens of a candidate in the rounds that are compared: all candidates are still writing. */
const full = 40;

const spread = (numbers: number[], digits = 0) =>
  `${median(numbers).toFixed(digits)} (${quantile(numbers, 0.1).toFixed(digits)}-${quantile(numbers, 0.9).toFixed(digits)})`;
const mb = (bytes: number | undefined) => (bytes === undefined ? "unknown" : `${Math.round(bytes / 1e6)} MB`);

async function benchModel(): Promise<void> {
  const dataDir = await mkdtemp(path.join(tmpdir(), "hygge-bench-"));
  const peer = await findTool("llama-batched-bench", process.env.HYGGE_LLAMA_BIN);
  const file = await findModel(undefined, dataDir);
  const opened = performance.now();
  const model = await openModel({ dataDir, threads, log: pino({ level: "silent" }) });
  try {
    await modelRound(model, 0, 1);
    console.log(`model ${model.card.name} ${model.card.version} (${model.card.quant})`);
    console.log(`  start to first token    ${Math.round(performance.now() - opened)} ms`);
    await modelRound(model, 0);

    const drafts: ModelRound[] = [];
    const steady: ModelRound[] = [];
    const limit: PeerRound[] = [];
    for (let round = 1; round <= rounds; round++) {
      drafts.push(await modelRound(model, round));
      steady.push(await modelRound(model, round, full));
      if (peer === undefined) continue;
      const shape = { prompt: 45, tokens: full, sequences: model.card.candidates, threads };
      limit.push(await peerRound(peer, file, shape));
    }
    const of = (pick: (round: ModelRound) => number, digits = 0) => spread(drafts.map(pick), digits);
    console.log(`  ${rounds} drafts of ${model.card.candidates} candidates, median (10%-90%):`);
    console.log(`  tokens a candidate      ${of((r) => r.tokens / model.card.candidates)}`);
    console.log(`  first text              ${of((r) => r.firstTextMs)} ms`);
    console.log(`  whole draft             ${of((r) => r.draftMs)} ms`);
    console.log(`  tokens/s, whole draft   ${of((r) => (r.tokens / r.draftMs) * 1000)}`);
    const ours = steady.map((r) => (r.tokens / (r.draftMs - r.firstTextMs)) * 1000);
    console.log(`  tokens/s, decoding      ${spread(ours)} (first ${full} tokens of each)`);
    if (peer === undefined) console.log("  llama-batched-bench     not there: npm run bench -- --build-peer");
    else {
      const theirs = limit.map((r) => r.tokensPerS);
      const ratios = ours.map((speed, i) => speed / (theirs[i] ?? Number.NaN));
      const whole = steady.map(
        (r, i) =>
          ((limit[i]?.promptS ?? Number.NaN) + (limit[i]?.generateS ?? Number.NaN)) / (r.draftMs / 1000),
      );
      console.log(`  llama-batched-bench     ${spread(theirs)} tokens/s, decoding, same shape`);
      console.log(
        `  ours / llama.cpp        ${spread(ratios, 2)} decoding, ${spread(whole, 2)} prompt and all`,
      );
    }
    const { rss, peak, idle } = await footprint(model);
    console.log(`  memory of the process   ${mb(rss)}, at most ${mb(peak)}`);
    if (idle !== undefined) console.log(`  CPU while idle          ${(idle * 100).toFixed(1)}% of a core`);
  } finally {
    await model.close();
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** The queue's part is its own room's; the lab only runs it along. */
async function benchQueue(): Promise<void> {
  const file = path.join(import.meta.dirname, "../../queue/bench.ts");
  if (
    !(await access(file).then(
      () => true,
      () => false,
    ))
  )
    return;
  const room: { benchQueue?: (addresses: string[]) => Promise<unknown> } = await import(file);
  await room.benchQueue?.([]);
}

if (values["build-peer"]) {
  console.log("building llama-batched-bench into data/llama.cpp, some minutes…");
  await buildTools(["llama-batched-bench"]);
}
console.log(
  `${new Date().toISOString().slice(0, 10)}, ${cpus()[0]?.model.trim()}, ${availableParallelism()} cores, ` +
    `${threads} threads, load before ${loadavg()[0]?.toFixed(2)}, Node ${process.version}`,
);
if ((loadavg()[0] ?? 0) > 0.5) console.log("Something else is using the cores: these figures are noisy.");
if (values.only !== "queue") await benchModel();
if (values.only !== "model") await benchQueue();
