/**
 * The quantization ladder of a finetuned model: `npm run quantize -- --model RUN-f16.gguf --data SPLIT [--out DIR] [--only Q4_0,…] [--rounds 5]`.
 * For each rung size, KLD against f16 on dev text and tokens/s side by side; writes ladder.json, ladder.md and ladder.svg,
 * and takes the voice figures from `npm run eval` where they are there. SPLIT is what `npm run data:split` wrote.
 */
import { copyFile, mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import { cardSchema } from "../../card.ts";
import { sha256 } from "../../open.ts";
import { peerRound } from "../bench-peer.ts";
import { buildTools, findTool, runTool, type Tool } from "../llama-tools.ts";
import { median } from "../stats.ts";
import { picture, table } from "./report.ts";
import { type Rung, rungs } from "./rungs.ts";

export interface Step {
  name: string;
  bytes: number;
  sha256: string;
  /** Kullback-Leibler divergence from f16 on dev text (nats a token): mean, 99th percentile; share of equal top tokens. */
  kld?: { mean: number; p99: number; sameTop: number };
  /** Decoded tokens a second at batch 1 and 8: median of the rounds, and of the ratios to f16 in the same round. */
  speed?: { one: number; eight: number; ratioOne: number; ratioEight: number };
}

const tools = ["llama-batched-bench", "llama-imatrix", "llama-quantize", "llama-perplexity"] as const;
const rowSchema = z.object({ prompt: z.string(), completion: z.string() });

const { values } = parseArgs({
  options: {
    model: { type: "string" },
    data: { type: "string" },
    out: { type: "string" },
    only: { type: "string" },
    rounds: { type: "string", default: "5" },
  },
});
if (!values.model || !values.data) {
  console.error("usage: npm run quantize -- --model RUN-f16.gguf --data SPLIT [--out DIR] [--only Q4_0,…]");
  process.exit(1);
}
const model = path.resolve(values.model);
const data = path.resolve(values.data);
const out = path.resolve(
  values.out ?? path.join(path.dirname(model), `${path.basename(model, ".gguf")}-ladder`),
);
const only = values.only?.split(",");
const wanted = rungs.filter(({ name }) => only === undefined || only.includes(name));
const threads = availableParallelism();

await mkdir(out, { recursive: true });
const bin = await allTools();
const texts = { train: await text("train", 1500), dev: await text("dev", 400) };
const matrix = path.join(out, "imatrix.gguf");
await made(matrix, (part) =>
  runTool(bin["llama-imatrix"], [
    "-m",
    model,
    "-f",
    texts.train,
    "-o",
    part,
    "-c",
    512,
    "-t",
    threads,
    "--parse-special",
    "--no-ppl",
  ]),
);
const base = path.join(out, "f16.kld");
await made(base, (part) =>
  runTool(bin["llama-perplexity"], [
    "-m",
    model,
    "-f",
    texts.dev,
    "-c",
    512,
    "-t",
    threads,
    "--kl-divergence-base",
    part,
  ]),
);

const files = new Map<string, string>([["f16", model]]);
const steps: Step[] = [await measured("f16", model)];
for (const rung of wanted) {
  const file = path.join(out, `${path.basename(model, ".gguf").replace(/-f16$/, "")}-${rung.name}.gguf`);
  try {
    await made(file, (part) => quantize(rung, part));
  } catch (error) {
    console.error(
      `${rung.name}: left out, llama-quantize refused: ${(error as Error).message.split("\n").at(-2) ?? error}`,
    );
    continue;
  }
  files.set(rung.name, file);
  await card(file, rung);
  steps.push({ ...(await measured(rung.name, file)), kld: await divergence(file) });
  console.log(`${rung.name}: ${(steps.at(-1)?.bytes ?? 0) / 1e6} MB, KLD ${steps.at(-1)?.kld?.mean}`);
}
await race();
await writeFile(path.join(out, "ladder.json"), `${JSON.stringify(steps, null, 2)}\n`);
await writeFile(path.join(out, "ladder.md"), table(steps));
await writeFile(path.join(out, "ladder.svg"), picture(steps));
console.log(table(steps));

async function allTools(): Promise<Record<Tool, string>> {
  const find = async () =>
    Object.fromEntries(
      await Promise.all(
        tools.map(async (tool) => [tool, await findTool(tool, process.env.HYGGE_LLAMA_BIN)] as const),
      ),
    );
  let found = await find();
  if (Object.values(found).includes(undefined)) {
    console.log("building llama.cpp's tools into data/llama.cpp, some minutes…");
    await buildTools(tools);
    found = await find();
  }
  return z.record(z.enum(tools), z.string()).parse(found);
}

/** Rows as the model sees them, one after another: what it is used on, and so what its precision must go to. */
async function text(side: "train" | "dev", count: number): Promise<string> {
  const source = path.join(data, `${side}.jsonl`);
  const lines = (await readFile(source, "utf8")).split("\n").filter(Boolean);
  const rows = lines.map((line, i) => {
    try {
      return rowSchema.parse(JSON.parse(line));
    } catch (cause) {
      throw new Error(`${source}:${i + 1}: no prompt and completion; make it again with npm run data:split`, {
        cause,
      });
    }
  });
  const every = Math.max(1, Math.floor(rows.length / count));
  const file = path.join(out, `${side}.txt`);
  await writeFile(
    file,
    rows
      .filter((_, i) => i % every === 0)
      .slice(0, count)
      .map(({ prompt, completion }) => `<bos>${prompt}${completion}<eos>`)
      .join(""),
  );
  return file;
}

/** Only a finished file ever has the name: an interrupted run makes it again. */
async function made(file: string, make: (part: string) => Promise<unknown>): Promise<void> {
  if (await stat(file).catch(() => undefined)) return;
  const part = `${file}.part`;
  await rm(part, { force: true });
  await make(part);
  await rename(part, file);
}

function quantize(rung: Rung, target: string): Promise<unknown> {
  const options = [...(rung.imatrix ? ["--imatrix", matrix] : []), ...(rung.options ?? [])];
  return runTool(bin["llama-quantize"], [...options, model, target, rung.type, threads]);
}

async function measured(name: string, file: string): Promise<Step> {
  return { name, bytes: (await stat(file)).size, sha256: await sha256(file) };
}

async function divergence(file: string): Promise<NonNullable<Step["kld"]>> {
  const { stdout, stderr } = await runTool(bin["llama-perplexity"], [
    "-m",
    file,
    "-c",
    512,
    "-t",
    threads,
    "--kl-divergence-base",
    base,
    "--kl-divergence",
  ]);
  const said = stdout + stderr;
  const number = (pattern: RegExp) => {
    const value = Number(pattern.exec(said)?.[1]);
    if (!Number.isFinite(value))
      throw new Error(`llama-perplexity said no ${pattern.source}: ${said.slice(-400)}`);
    return value;
  };
  return {
    mean: number(/Mean\s+KLD:\s+(-?[\d.]+)/),
    p99: number(/99\.0%\s+KLD:\s+(-?[\d.]+)/),
    sameTop: number(/Same top p:\s+([\d.]+)/) / 100,
  };
}

/** A card beside each file, so that the evaluation and the product can run it. */
async function card(file: string, rung: Rung): Promise<void> {
  const from = model.replace(/\.gguf$/, ".card.json");
  const own = await readFile(from, "utf8").catch(() => undefined);
  if (own === undefined) return;
  const made = cardSchema.parse({ ...JSON.parse(own), hash: await sha256(file), quant: rung.name });
  await writeFile(file.replace(/\.gguf$/, ".card.json"), `${JSON.stringify(made, null, 2)}\n`);
  await copyFile(model.replace(/\.gguf$/, ".texts"), file.replace(/\.gguf$/, ".texts")).catch(() => {});
}

/** All rungs one after another in each round: what slows the machine slows them all. */
async function race(): Promise<void> {
  const speeds = new Map(steps.map(({ name }) => [name, { one: [] as number[], eight: [] as number[] }]));
  for (let round = 0; round < Number(values.rounds); round++)
    for (const { name } of steps)
      for (const [key, sequences] of [
        ["one", 1],
        ["eight", 8],
      ] as const) {
        const { tokensPerS } = await peerRound(bin["llama-batched-bench"], files.get(name) ?? model, {
          prompt: 45,
          tokens: 60,
          sequences,
          threads,
        });
        speeds.get(name)?.[key].push(tokensPerS);
      }
  const f16 = speeds.get("f16");
  for (const step of steps) {
    const own = speeds.get(step.name);
    if (!own || !f16 || own.one.length === 0) continue;
    const ratio = (key: "one" | "eight") =>
      median(own[key].map((speed, i) => speed / (f16[key][i] ?? Number.NaN)));
    step.speed = {
      one: median(own.one),
      eight: median(own.eight),
      ratioOne: ratio("one"),
      ratioEight: ratio("eight"),
    };
  }
}
