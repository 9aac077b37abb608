/** How fast the embedded model drafts: the real port, the real process, briefs as the product words them. */
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { ModelProcess } from "../llama.ts";

const products = [
  "Sofa Ekeby, Leinen, sandfarben, 899 €",
  "Lampe Ljus, Messing, 49 €",
  "Esstisch Skogen, Eiche, 140 × 80 cm, 549 €",
  "Regal Stilla, Kiefer, fünf Böden, 129 €",
  "Teppich Mossa, Wolle, moosgrün, 240 €",
  "Sessel Vila, Cord, rostrot, 399 €",
  "Bett Natt, Buche, 160 × 200 cm, 799 €",
  "Decke Varm, Alpaka, grau, 89 €",
];

export interface ModelRound {
  firstTextMs: number;
  draftMs: number;
  tokens: number;
  /** Of the longest candidate: steps that were taken. */
  steps: number;
}

/** One draft of a long text; `full` cuts all candidates off at that many tokens, before most of them end. */
export async function modelRound(model: ModelProcess, round: number, full?: number): Promise<ModelRound> {
  const product = products[round % products.length];
  const started = performance.now();
  let firstTextMs = Number.NaN;
  const candidates = await model.write({
    prompt: {
      kind: "labels",
      text: `Auftrag: ${product}\nKanal: produkttext\nTon: warm\nLänge: lang\nText:\n`,
    },
    seeds: Array.from({ length: model.card.candidates }, (_, i) => 1000 * round + i),
    sampling: model.card.sampling,
    maxTokens: full ?? model.card.maxTokens,
    onText: () => {
      if (Number.isNaN(firstTextMs)) firstTextMs = performance.now() - started;
    },
  });
  const draftMs = performance.now() - started;
  const counts = candidates.map((candidate) => candidate.tokens);
  return { firstTextMs, draftMs, tokens: counts.reduce((a, b) => a + b, 0), steps: Math.max(...counts) };
}

export interface Footprint {
  /** Bytes now and at most, where the system tells. */
  rss?: number;
  peak?: number;
  /** CPU time of the process over a while without work, as a share of one core. */
  idle?: number;
}

/** Linux tells it in /proc; elsewhere only what the process says of itself. */
export async function footprint(model: ModelProcess, idleMs = 5000): Promise<Footprint> {
  const { rss } = model.health();
  const pid = model.pid();
  if (process.platform !== "linux" || pid === undefined) return { ...(rss === undefined ? {} : { rss }) };
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  const kb = (key: string) => Number(new RegExp(`^${key}:\\s+(\\d+) kB`, "m").exec(status)?.[1]) * 1024;
  const ticks = async () => {
    const stat = await readFile(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return Number(fields[11]) + Number(fields[12]);
  };
  const before = await ticks();
  await sleep(idleMs);
  // A tick is 10 ms (USER_HZ).
  return { rss: kb("VmRSS"), peak: kb("VmHWM"), idle: ((await ticks()) - before) / (idleMs / 10) };
}
