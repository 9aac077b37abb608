/** The writer on the embedded model, whose sliding window (512 tokens) is what reusing a prompt may trip over. */
import path from "node:path";
import { getLlama, type Llama, LlamaLogLevel, type LlamaModel } from "node-llama-cpp";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Tokenizer } from "#models/prompt.ts";
import { governor } from "#models/threads.ts";
import { openWriter } from "#models/writer.ts";

let llama: Llama;
let model: LlamaModel;
beforeAll(async () => {
  llama = await getLlama({ gpu: false, build: "never", skipDownload: true, logLevel: LlamaLogLevel.error });
  const modelPath = path.join(import.meta.dirname, "../../models/hygge-v0-Q4_0.gguf");
  model = await llama.loadModel({ modelPath });
});
afterAll(() => llama.dispose());

const brief = (product: string) => `Auftrag: ${product}\nKanal: schild\nTon: warm\nLänge: kurz\nText:\n`;
const pair = `${brief("Lampe Ljus, Messing, 49 €")}Ljus macht Abend. Messing, 49 €.\n\n`;

const head = () =>
  [model.tokens.bos, ...model.tokenize(pair.repeat(18), false)] as ReturnType<Tokenizer>["tokens"];

/** A writer that keeps the head, and how many chunks of prompt it evaluated for the last job. */
async function open() {
  const context = await model.createContext({ sequences: 3, contextSize: 2048, batchSize: 128, threads: 1 });
  const shared = head();
  const tokenize: Tokenizer = (prompt) => ({
    tokens: [...shared, ...model.tokenize(prompt.kind === "labels" ? prompt.text : "", false)],
    shared: shared.length,
    stops: [],
  });
  const writer = openWriter({ model, context, tokenize, governor: governor(1), keepsHead: true });
  return async (product: string) => {
    const texts = ["", ""];
    let chunks = 0;
    const prompt = { kind: "labels" as const, text: brief(product) };
    const sampling = { temperature: 0.5, topP: 0.95, minP: 0.05 };
    await writer.write(
      { id: 1, prompt, seeds: [5, 6], sampling, maxTokens: 24 },
      {
        aborted: () => false,
        progress: () => chunks++,
        step: (added) => {
          for (const [index, text] of added) texts[index] += text;
        },
      },
    );
    return { texts, chunks };
  };
}

test("a head longer than the window is evaluated once, and no job leaves a trace in the next", {
  timeout: 120_000,
}, async () => {
  expect(head().length).toBeGreaterThan(600);
  const write = await open();
  const first = await write("Sofa Ekeby, Leinen, 899 €");
  expect(first.chunks).toBeGreaterThan(5);
  const second = await write("Decke Varm, Alpaka, 89 €");
  expect(second.chunks).toBe(1);
  expect(second.texts).not.toEqual(first.texts);

  const fresh = await open();
  expect((await fresh("Decke Varm, Alpaka, 89 €")).texts).toEqual(second.texts);
});
