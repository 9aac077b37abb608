/** The texts that the voice score is fitted and tested on, and how they are split. */
import { readFileSync } from "node:fs";
import { z } from "zod";
import { type Channel, channels, parseBrief } from "#src/brief.ts";
import { HyggeError } from "#src/errors.ts";
import { typeset } from "#src/typography.ts";

const pairRow = z.object({
  channel: z.enum(channels),
  brief: z.string(),
  response: z.string(),
  draft: z.string().optional(),
});
const textRow = z.object({ channel: z.enum(channels), brief: z.string(), text: z.string() });

export interface Pair {
  channel: Channel;
  task: string;
  text: string;
}

export interface Example {
  source: "brand" | "base" | "shop";
  part: "fit" | "calibrate" | "unseen";
  channel: Channel;
  name?: string;
  task: string;
  /** Typeset; base texts cut to the lengths of the brand's. */
  text: string;
  /** A base text that repeats most of a brand text that its prompt showed. */
  copied: boolean;
}

function lines(path: string): string[] {
  return readFileSync(new URL(`../../${path}`, import.meta.url), "utf8")
    .split("\n")
    .filter(Boolean);
}

/** First writings only: revisions repeat most of another text. */
export function trainingPairs(): Pair[] {
  return lines("training/data/plain.jsonl")
    .map((line) => pairRow.parse(JSON.parse(line)))
    .filter((row) => row.draft === undefined)
    .map((row) => ({ channel: row.channel, task: row.brief, text: row.response }));
}

/** A few training briefs are ones that the product would ask about; they count as nameless. */
function nameIn(brief: string, channel: Channel): string | undefined {
  try {
    return parseBrief(brief, { channel }).name;
  } catch (error) {
    if (error instanceof HyggeError) return undefined;
    throw error;
  }
}

/** Every brand text, revisions too, for the word triples that the brand has said. */
export function referenceTexts(): { text: string; name?: string }[] {
  return lines("training/data/plain.jsonl").map((line) => {
    const row = pairRow.parse(JSON.parse(line));
    const name = nameIn(row.brief, row.channel);
    return { text: typeset(row.response), ...(name === undefined ? {} : { name }) };
  });
}

/** Six pairs a channel that the base model is shown; the fit and its test leave them out. */
export function shotPool(pairs: Pair[]): Record<Channel, Pair[]> {
  const pick = (channel: Channel): Pair[] => {
    const own = pairs.filter((pair) => pair.channel === channel);
    return Array.from({ length: 6 }, (_, i) => own[Math.floor(((i + 0.5) * own.length) / 6)]).filter(
      (pair): pair is Pair => pair !== undefined,
    );
  };
  return Object.fromEntries(channels.map((channel) => [channel, pick(channel)])) as Record<Channel, Pair[]>;
}

/** All texts, split by product name: half to fit, a sixth to calibrate, a third unseen. Deterministic. */
export function examples(): Example[] {
  const pairs = trainingPairs();
  const shots = shotPool(pairs);
  const shown = Object.values(shots).flat();
  const brandTexts = pairs.filter((pair) => !shown.includes(pair));
  const example = (source: Example["source"], row: Pair): Example => {
    const name = nameIn(row.task, row.channel);
    // A brief without a name is split by its own words.
    const key = hash((name ?? row.task).toLowerCase()) % 6;
    return {
      source,
      part: key < 3 ? "fit" : key === 3 ? "calibrate" : "unseen",
      channel: row.channel,
      ...(name === undefined ? {} : { name }),
      task: row.task,
      text: typeset(row.text),
      copied: false,
    };
  };
  const texts = (path: string): Pair[] =>
    lines(path)
      .map((line) => textRow.parse(JSON.parse(line)))
      .map((row) => ({ channel: row.channel, task: row.brief, text: row.text }));

  const random = mulberry(7);
  const lengths = (channel: Channel): number[] =>
    brandTexts.filter((pair) => pair.channel === channel).map((pair) => pair.text.length);
  const pool = Object.fromEntries(channels.map((channel) => [channel, lengths(channel)])) as Record<
    Channel,
    number[]
  >;
  const base = texts("test/fixtures/base-texts.jsonl").map((row): Example => {
    const own = pool[row.channel];
    const cut = cutTo(row.text, own[Math.floor(random() * own.length)] ?? 200);
    return {
      ...example("base", { ...row, text: cut }),
      copied: shots[row.channel].some((shot) => overlap(cut, shot.text) > 0.5),
    };
  });
  return [
    ...brandTexts.map((row) => example("brand", row)),
    ...base,
    ...texts("test/fixtures/shop-copy.jsonl").map((row) => example("shop", row)),
  ];
}

/** The text up to its last sentence or line end within about `length`; a text without one is cut at a word. */
function cutTo(text: string, length: number): string {
  if (text.length <= length) return text;
  const ends = [...text.matchAll(/[.!?]["“”]?(?=\s|$)|\n/g)].map((match) => match.index + match[0].length);
  const near = ends.filter((end) => end <= length * 1.1 && end >= length * 0.4).at(-1);
  return text.slice(0, near ?? (text.lastIndexOf(" ", length) || length)).trim();
}

/** Share of a text's word trigrams that the other has. */
function overlap(text: string, other: string): number {
  const grams = (s: string): string[] => {
    const list = s.toLowerCase().match(/\p{L}+/gu) ?? [];
    return list.slice(2).map((word, i) => `${list[i]} ${list[i + 1]} ${word}`);
  };
  const own = grams(text);
  const theirs = new Set(grams(other));
  return own.length === 0 ? 0 : own.filter((gram) => theirs.has(gram)).length / own.length;
}

/** Probability that a positive scores above a negative, ties half. NaN for an empty side. */
export function auc(positives: number[], negatives: number[]): number {
  let above = 0;
  for (const p of positives) for (const n of negatives) above += p > n ? 1 : p === n ? 0.5 : 0;
  return above / (positives.length * negatives.length);
}

/** Uniform numbers in [0, 1) from a seed. */
export function mulberry(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return (h ^ (h >>> 13)) >>> 0;
}
