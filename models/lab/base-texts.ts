/**
 * What a base model without our voice answers to our briefs: the honest negatives of the voice score.
 * Run: node --import tsx models/lab/base-texts.ts <gemma-3-270m-q4_k_m.gguf> > test/fixtures/base-texts.jsonl
 * Two of three prompts show three brand pairs of the channel, drawn from a small fixed pool that the fit then
 * leaves out; the third describes the task in a sentence. Nothing is filtered but empty answers. The texts are Gemma outputs (Gemma Terms of Use).
 */
import { getLlama, type Token } from "node-llama-cpp";
import { z } from "zod";
import { channels } from "#src/brief.ts";
import { shotPool, trainingPairs } from "./voice-data.ts";

const perChannel = Number(process.argv[3] ?? 90);
const parallel = 8;
const maxTokens = 110;
/** The answer ends where the next example would begin. */
const end = /\n\s*\n|\n(?:Auftrag|Kanal|Text):/;

const path = z.string().parse(process.argv[2]);
const pairs = trainingPairs();
const shots = shotPool(pairs);
const pooled = new Set(Object.values(shots).flat());

const llama = await getLlama({ gpu: false, build: "never", logLevel: "error" as never });
const model = await llama.loadModel({ modelPath: path });
const context = await model.createContext({
  contextSize: 2048,
  sequences: parallel,
  threads: 1,
});

/** Spread evenly over the file: neighbours are often twins. */
const jobs = channels
  .flatMap((channel) => {
    const own = pairs.filter((pair) => pair.channel === channel && !pooled.has(pair));
    const step = own.length / Math.min(perChannel, own.length);
    return Array.from({ length: Math.min(perChannel, own.length) }, (_, i) => {
      const pair = own[Math.floor(i * step)];
      if (pair === undefined) throw new Error("no pair");
      const pool = shots[channel];
      return {
        pair,
        examples: [0, 1, 2].map((k) => pool[(i * 2 + k * 3) % pool.length]),
        seed: i + 1,
        shown: i % 3 < 2,
      };
    });
  })
  .sort((a, b) => a.seed - b.seed);

async function work(): Promise<void> {
  const sequence = context.getSequence();
  for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) {
    const { pair, examples, seed, shown } = job;
    const block = (p: { task: string; channel: string }): string =>
      `Auftrag: ${p.task}\nKanal: ${p.channel}\nText:\n`;
    const intro = `Ein deutsches Möbelhaus schreibt kurze Werbetexte. Ein Text für den Kanal ${pair.channel}:\n\n`;
    const prompt = !shown
      ? `${intro}${block(pair)}`
      : `${examples.map((e) => (e ? `${block(e)}${e.text}\n\n` : "")).join("")}${block(pair)}`;
    const tokens: Token[] = [...model.tokenize(prompt)];
    if (model.tokens.bos !== null) tokens.unshift(model.tokens.bos);
    const written: Token[] = [];
    let text = "";
    for await (const token of sequence.evaluate(tokens, { temperature: 0.7, topP: 0.95, minP: 0.05, seed })) {
      written.push(token);
      text = model.detokenize(written);
      if (end.test(text) || written.length >= maxTokens) break;
    }
    await sequence.clearHistory();
    text = (text.split(end)[0] ?? "").trim();
    if (text !== "")
      process.stdout.write(
        `${JSON.stringify({ channel: pair.channel, brief: pair.task, shots: shown ? 3 : 0, text })}\n`,
      );
  }
}

await Promise.all(Array.from({ length: parallel }, work));
await llama.dispose();
