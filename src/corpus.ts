/**
 * The training texts, for near-copy checks. Built at start from the JSONL files themselves (4,197 rows: about 0.1 s,
 * 1 MB kept), so there is no second artefact that could go stale; a deployment ships `training/data/*.jsonl`.
 */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";

export interface Corpus {
  /** Texts in it. */
  readonly size: number;
  /**
   * The training text that shares most with `text`: `ratio` is the share (0..1) of the text's words that stand in runs
   * of eight that the training text has too, numbers counted as equal; shorter texts count when equal as a whole.
   * `id` is "<file>:<line>", absent at ratio 0. `except` leaves rows out (evaluation on training rows).
   */
  nearCopy(text: string, except?: ReadonlySet<string>): { ratio: number; id?: string };
}

/** Words in a run. Two texts that share eight words in a row seldom do so by chance. */
const run = 8;

const row = z.object({ response: z.string() });

/** Reads JSONL files with a `response` on each line. Throws with file and line on a malformed one. */
export async function openCorpus(files: readonly string[]): Promise<Corpus> {
  const texts: { id: string; text: string }[] = [];
  for (const file of files) {
    const lines = (await readFile(file, "utf8")).split("\n");
    const name = path.basename(file, ".jsonl");
    for (const [index, line] of lines.entries()) {
      if (line.trim() === "") continue;
      try {
        texts.push({ id: `${name}:${index + 1}`, text: row.parse(JSON.parse(line)).response });
      } catch (cause) {
        throw new Error(`${file}:${index + 1}: not a row with a response`, { cause });
      }
    }
  }
  return corpusOf(texts);
}

/** The same over texts in memory. At most 65,535 of them. */
export function corpusOf(texts: readonly { id: string; text: string }[]): Corpus {
  const ids = texts.map((entry) => entry.id);
  // Each entry is hash * 2^16 + row, exact in a double; sorted, so that a lookup is a binary search.
  const entries: number[] = [];
  for (const [index, entry] of texts.entries())
    for (const hash of runHashes(tokens(entry.text))) entries.push(hash * 65_536 + index);
  const sorted = Float64Array.from(entries).sort();

  const rowsOf = (hash: number): number[] => {
    let low = 0;
    let high = sorted.length;
    const from = hash * 65_536;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((sorted[middle] ?? 0) < from) low = middle + 1;
      else high = middle;
    }
    const rows: number[] = [];
    for (let i = low; i < sorted.length && (sorted[i] ?? 0) < from + 65_536; i++)
      rows.push((sorted[i] ?? 0) - from);
    return rows;
  };

  return {
    size: texts.length,
    nearCopy(text, except) {
      const own = tokens(text);
      const width = Math.min(run, own.length);
      const covered = new Map<number, { until: number; count: number }>();
      for (const [at, hash] of runHashes(own).entries())
        for (const index of rowsOf(hash)) {
          if (except?.has(ids[index] ?? "")) continue;
          const state = covered.get(index) ?? { until: 0, count: 0 };
          state.count += at + width - Math.max(at, state.until);
          state.until = at + width;
          covered.set(index, state);
        }
      let best: { ratio: number; id?: string } = { ratio: 0 };
      for (const [index, { count }] of covered) {
        const ratio = count / own.length;
        const id = ids[index];
        if (ratio > best.ratio && id !== undefined) best = { ratio, id };
      }
      return best;
    },
  };
}

/** One number for each word, 0 for a number in digits: a copy with another price is a copy. */
function tokens(text: string): number[] {
  const found: number[] = [];
  for (const match of text
    .normalize("NFC")
    .toLowerCase()
    .matchAll(/\d[\d.,]*|\p{L}+/gu)) {
    const token = match[0];
    if (token.charCodeAt(0) < 58) {
      found.push(0);
      continue;
    }
    let hash = 0x811c9dc5;
    for (let i = 0; i < token.length; i++) hash = Math.imul(hash ^ token.charCodeAt(i), 0x01000193);
    found.push(hash >>> 0);
  }
  return found;
}

function runHashes(list: readonly number[]): number[] {
  if (list.length === 0) return [];
  const width = Math.min(run, list.length);
  const hashes: number[] = [];
  for (let at = 0; at + width <= list.length; at++) {
    // The width is part of it: a text of five words equals a whole text of five words, never a part.
    let hash = width;
    for (let i = at; i < at + width; i++) hash = Math.imul(hash ^ (list[i] ?? 0), 0x85ebca6b) ^ (hash >>> 13);
    hashes.push(hash >>> 0);
  }
  return hashes;
}
