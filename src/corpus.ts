/**
 * Texts that a model has read, for near-copy checks: from JSONL (the data set, evaluation), or packed as hashes, as it
 * lies beside a model. The data set goes on changing; what a model has read does not.
 */
import { createHash } from "node:crypto";
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

export interface Text {
  id: string;
  text: string;
}

const row = z.object({ id: z.string().optional(), response: z.string() });

/** Reads JSONL files with a `response` on each line. Throws with file and line on a malformed one. */
export async function openCorpus(files: readonly string[]): Promise<Corpus> {
  return corpusOf(await readTexts(files));
}

/** The texts of JSONL files: a row's own `id`, or "<file>:<line>". Throws with file and line on a malformed row. */
export async function readTexts(files: readonly string[]): Promise<Text[]> {
  const texts: Text[] = [];
  for (const file of files) {
    const lines = (await readFile(file, "utf8")).split("\n");
    const name = path.basename(file, ".jsonl");
    for (const [index, line] of lines.entries()) {
      if (line.trim() === "") continue;
      try {
        const { id, response } = row.parse(JSON.parse(line));
        texts.push({ id: id ?? `${name}:${index + 1}`, text: response });
      } catch (cause) {
        throw new Error(`${file}:${index + 1}: not a row with a response`, { cause });
      }
    }
  }
  return texts;
}

/** The same over texts in memory. At most 65,535 of them. */
export function corpusOf(texts: readonly Text[]): Corpus {
  return lookUp(
    texts.map(({ id }) => id),
    entriesOf(texts),
  );
}

/** Each entry is hash * 2^16 + row, exact in a double; sorted, so that a lookup is a binary search. */
function entriesOf(texts: readonly Text[]): Float64Array {
  const entries: number[] = [];
  for (const [index, entry] of texts.entries())
    for (const hash of runHashes(tokens(entry.text))) entries.push(hash * 65_536 + index);
  return Float64Array.from(entries).sort();
}

/** The first line of a packed corpus; hashes (uint32) and their rows (uint16) follow, little-endian, by hash. */
const header = z.strictObject({
  format: z.literal("hygge-texts-1"),
  /** sha256 of the model that has read the texts, hex. */
  model: z.string(),
  entries: z.int().min(0),
  /** sha256 of what follows the line, hex: a cut or mixed-up file is no corpus. */
  hash: z.string(),
  ids: z.array(z.string()).max(65_535),
});

/** A corpus as one file of hashes: no text can be read from it. */
export function packCorpus(texts: readonly Text[], model: string): Buffer {
  const entries = entriesOf(texts);
  const body = Buffer.alloc(entries.length * 6);
  for (const [at, entry] of entries.entries()) {
    body.writeUInt32LE(Math.floor(entry / 65_536), at * 4);
    body.writeUInt16LE(entry % 65_536, entries.length * 4 + at * 2);
  }
  const head: z.infer<typeof header> = {
    format: "hygge-texts-1",
    model,
    entries: entries.length,
    hash: createHash("sha256").update(body).digest("hex"),
    ids: texts.map(({ id }) => id),
  };
  return Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), body]);
}

/** Throws where the bytes are no whole packed corpus. */
export function unpackCorpus(bytes: Buffer): Corpus & { model: string } {
  const end = bytes.indexOf(10);
  const { entries, hash, ids, model } = header.parse(JSON.parse(bytes.toString("utf8", 0, end)));
  const body = bytes.subarray(end + 1);
  if (createHash("sha256").update(body).digest("hex") !== hash) throw new Error("cut off or changed");
  const sorted = new Float64Array(entries);
  for (let at = 0; at < entries; at++)
    sorted[at] = body.readUInt32LE(at * 4) * 65_536 + body.readUInt16LE(entries * 4 + at * 2);
  return { ...lookUp(ids, sorted), model };
}

function lookUp(ids: readonly string[], sorted: Float64Array): Corpus {
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
    size: ids.length,
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
