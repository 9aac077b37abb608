/** Draws a model's drafts for briefs of the split, and keeps every candidate raw: what is read later is what was drawn. */
import { appendFile, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import pino from "pino";
import { z } from "zod";
import { openModel } from "#models/open.ts";
import { openTexts } from "#models/texts.ts";
import { parseBrief } from "#src/brief.ts";
import { writeDraft } from "#src/draft.ts";
import { brand } from "../dataset/product.ts";
import type { SplitRow } from "../dataset/split.ts";

const candidate = z.object({
  text: z.string(),
  /** Gates that failed. */
  failed: z.array(z.string()),
  stop: z.enum(["end", "length", "abort"]),
  tokens: z.number(),
  round: z.number(),
  index: z.number(),
});

const drawnSchema = z.object({
  /** Row of the data set. */
  id: z.string(),
  seed: z.number(),
  /** First the one that would be posted. */
  candidates: z.array(candidate).min(1),
  ms: z.number(),
});
export type Drawn = z.infer<typeof drawnSchema>;

export interface DrawOptions {
  /** A GGUF with its card; absent: the embedded model. */
  model?: string;
  rows: readonly SplitRow[];
  seeds: number;
  /** JSONL; what stands in it already is not drawn again. */
  file: string;
  onProgress?: (done: number, all: number) => void;
}

export async function readDrawn(file: string): Promise<Drawn[]> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "";
    throw error;
  });
  // The last line may be cut off by a kill: it is drawn again.
  const lines = text.split("\n");
  return lines.flatMap((line, i) => {
    if (line === "") return [];
    try {
      return [drawnSchema.parse(JSON.parse(line))];
    } catch (cause) {
      if (i === lines.length - 1) return [];
      throw new Error(`${file}:${i + 1}: not a drawn draft; delete the line and run again`, { cause });
    }
  });
}

/** Best of the card's candidates, as the product writes it, `seeds` times a brief. Resumable. */
export async function draw(options: DrawOptions): Promise<Drawn[]> {
  const { rows, seeds, file } = options;
  const done = await readDrawn(file);
  const has = new Set(done.map(({ id, seed }) => `${id} ${seed}`));
  const todo = rows.flatMap((row) =>
    Array.from({ length: seeds }, (_, seed) => ({ row, seed })).filter(
      ({ seed }) => !has.has(`${row.id} ${seed}`),
    ),
  );
  if (todo.length === 0) return done;
  await mkdir(path.dirname(file), { recursive: true });
  const dataDir = await mkdtemp(path.join(os.tmpdir(), "hygge-eval-"));
  const from = { dataDir, ...(options.model === undefined ? {} : { model: options.model }) };
  const model = await openModel({ ...from, log: pino({ level: "warn" }) });
  try {
    const corpus = await openTexts(from);
    for (const [i, { row, seed }] of todo.entries()) {
      const brief = parseBrief(row.brief, { channel: row.channel, tone: row.tone }, brand);
      const revision =
        row.draft === undefined ? {} : { revision: { draft: row.draft, wish: row.wish ?? "" } };
      const job = { brief, ...revision, variants: 1, recent: row.draft === undefined ? [] : [row.draft] };
      const written = await writeDraft(model, brand, { ...job, seed: seed * 7919 + 17 }, { corpus });
      const [winner] = written.drafts;
      const others = written.candidates.filter((one) => one !== winner);
      const entry: Drawn = {
        id: row.id,
        seed,
        candidates: [...(winner ? [winner] : []), ...others].map(
          ({ text, gates, stop, tokens, round, index }) => {
            const failed = gates.filter((gate) => !gate.ok).map((gate) => gate.id);
            return { text, failed, stop, tokens, round, index };
          },
        ),
        ms: written.timings.totalMs,
      };
      await appendFile(file, `${JSON.stringify(entry)}\n`);
      done.push(entry);
      options.onProgress?.(i + 1, todo.length);
    }
  } finally {
    await model.close();
    await rm(dataDir, { recursive: true, force: true });
  }
  return done;
}
