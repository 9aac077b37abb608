/**
 * Splits the data set into train, dev and test and writes each row with the very prompt that the product would ask
 * the model with: `npm run data:split -- --out DIR [files…]`. Families (family.ts) stay on one side. The side comes
 * from a hash of the family's key, so rows that are added behind move no others.
 */
import { createHash } from "node:crypto";
import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import type { Brief, Channel, Length, Tone } from "#src/brief.ts";
import { families } from "#src/dataset/family.ts";
import { type Read, readBriefs } from "#src/dataset/read.ts";
import { type Row, readRows, setFiles, told } from "#src/dataset/rows.ts";
import { countGraphemes } from "#src/gates/read.ts";
import { buildPrompt } from "#src/prompt.ts";
import { typeset } from "#src/typography.ts";
import { lengthFor, readWish, revisedLength } from "#src/voice/wish.ts";
import { brand } from "./product.ts";
import { twins } from "./set.ts";

export const sides = ["train", "dev", "test"] as const;
export type Side = (typeof sides)[number];

/** A row as training and evaluation read it. */
export interface SplitRow {
  /** "plain:12" */
  id: string;
  channel: Channel;
  tone: Tone;
  /** Which third of the channel's lengths the text has. */
  length: Length;
  brief: string;
  draft?: string;
  wish?: string;
  response: string;
  /** What the product sends; the model process adds BOS before it. */
  prompt: string;
  /** What the model should write; EOS follows. */
  completion: string;
  /** File under training/data without its ending. */
  source: string;
  revision: boolean;
  /** Another row of the same product name comes before it. */
  twin: boolean;
  /** As people type in a hurry, or hardly a fact in it. */
  messy: boolean;
  refined: number;
}

/** Shares of the families. Messy and sparse briefs are few and the test should have many: a third of it. */
const shares = {
  neat: { test: 0.05, dev: 0.07 },
  messy: { test: 0.13, dev: 0.09 },
};

/** Every row that the product would take, on its side, in the order of the set. */
export function split(rows: readonly Row[]): Record<Side, SplitRow[]> {
  const read = readBriefs(rows, brand);
  const kin = families(read, { copies: true });
  const second = new Set(twins(read).map(({ id }) => id));
  const out: Record<Side, SplitRow[]> = { train: [], dev: [], test: [] };
  for (const row of read) {
    const family = kin.get(row.id);
    const [head] = family?.rows ?? [];
    if (!row.read || !family || !head) continue;
    out[sideOf(family.key, isMessy(head))].push(toSplitRow(row, row.read, second.has(row.id)));
  }
  return out;
}

function sideOf(key: string, messy: boolean): Side {
  const at = createHash("sha256").update(key).digest().readUInt32BE(0) / 2 ** 32;
  const { test, dev } = shares[messy ? "messy" : "neat"];
  return at < test ? "test" : at < test + dev ? "dev" : "train";
}

/** Typed in a hurry (small letters, no commas, shorthand that the product had to read), or at most one fact. */
export function isMessy({ brief, read, channel }: Read): boolean {
  if (!read) return false;
  const letters = brief.replace(/[^\p{L}]/gu, "");
  const flat = letters === letters.toLowerCase() || letters === letters.toUpperCase();
  const reread = read.task.replace(/ ?[x×] ?/g, "x") !== brief.replace(/ ?[x×] ?/g, "x");
  const facts = read.facts.filter(({ kind }) => kind !== "product" && kind !== "name").length;
  return flat || reread || (channel !== "antwort" && facts <= 1 && !brief.includes(","));
}

function toSplitRow(row: Read, read: Brief, twin: boolean): SplitRow {
  const { thirds } = brand.channels[row.channel];
  const length = lengthFor(countGraphemes(row.response), thirds);
  return {
    id: row.id,
    channel: row.channel,
    tone: read.tone,
    length,
    brief: row.brief,
    ...(row.draft === undefined ? {} : { draft: row.draft, wish: row.wish ?? "" }),
    response: row.response,
    prompt: promptOf(row, { ...read, length }),
    completion: completionOf(row.response),
    source: row.id.slice(0, row.id.lastIndexOf(":")),
    revision: row.draft !== undefined,
    twin,
    messy: isMessy(row),
    refined: row.refined ?? 0,
  };
}

/** As src/draft.ts asks: a wish for another text is a new text, any other wish shows the draft as it was handed out. */
function promptOf(row: Row, brief: Brief): string {
  let prompt = buildPrompt({ prompt: "labels" }, brand, brief);
  if (row.draft !== undefined && row.wish !== undefined) {
    const wish = readWish(row.wish);
    const draft = typeset(row.draft);
    const { thirds } = brand.channels[row.channel];
    const revised = {
      ...brief,
      length: revisedLength(wish, draft, brief, thirds),
      tone: wish.tone ?? brief.tone,
    };
    prompt =
      wish.kind === "anew"
        ? buildPrompt({ prompt: "labels" }, brand, revised)
        : buildPrompt({ prompt: "labels" }, brand, revised, { draft, wish: row.wish });
  }
  if (prompt.kind !== "labels") throw new Error("the embedded model is asked with labels");
  return prompt.text;
}

/** Tasks write measures with x, so the model does; the product sets × when it hands the text out. */
const completionOf = (response: string) => response.replace(/(?<=\d) ?[x×] ?(?=\d)/g, " x ");

export const toJsonl = (rows: readonly object[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join("");

/** sha256 over the three files, hex, in the order train, dev, test. */
export function dataHash(out: Record<Side, readonly SplitRow[]>): string {
  const hash = createHash("sha256");
  for (const side of sides) hash.update(toJsonl(out[side]));
  return hash.digest("hex");
}

/** Everything is written under other names first: a full disk leaves what was there, never a half or a mixed set. */
function write(dir: string, files: Record<string, string>): void {
  mkdirSync(dir, { recursive: true });
  const parts = Object.entries(files).map(([name, text]) => {
    const target = path.join(dir, name);
    return { target, part: `${target}.${process.pid}.part`, text };
  });
  try {
    for (const { part, text } of parts) writeFileSync(part, text);
    for (const { part, target } of parts) renameSync(part, target);
  } finally {
    for (const { part } of parts) rmSync(part, { force: true });
  }
}

function main(): void {
  const { values, positionals } = parseArgs({
    options: { out: { type: "string" } },
    allowPositionals: true,
  });
  if (values.out === undefined) throw new Refused("usage: npm run data:split -- --out DIR [files…]");
  const { rows, faults } = readRows(positionals.length > 0 ? positionals : setFiles());
  if (faults.length > 0) throw new Refused(faults.map(told).join("\n"));
  const out = split(rows);
  try {
    const files = sides.map((side) => [`${side}.jsonl`, toJsonl(out[side])]);
    write(values.out, { ...Object.fromEntries(files), "hash.txt": `${dataHash(out)}\n` });
  } catch (error) {
    throw new Refused(
      `${values.out}: can't be written (${(error as NodeJS.ErrnoException).code}): check space and rights`,
    );
  }
  for (const side of sides) {
    const list = out[side];
    const count = (of: (row: SplitRow) => boolean) => list.filter(of).length;
    const by = (key: "channel" | "length") =>
      [...new Set(list.map((row) => row[key]))]
        .sort()
        .map((value) => `${value} ${count((row) => row[key] === value)}`)
        .join(", ");
    console.log(
      `${side.padEnd(5)} ${list.length} rows, ${new Set(list.map(({ brief }) => brief)).size} briefs: ` +
        `${count((row) => row.revision)} revisions, ${count((row) => row.twin)} twins, ` +
        `${count((row) => row.messy)} messy or sparse (${Math.round((100 * count((row) => row.messy)) / Math.max(1, list.length))}%)\n` +
        `      ${by("channel")}\n      ${by("length")}`,
    );
  }
  const left = rows.length - sides.reduce((sum, side) => sum + out[side].length, 0);
  if (left > 0) console.log(`${left} rows left out: the product would ask back about their briefs`);
  console.log(`data hash ${dataHash(out)}`);
}

/** What the command tells without a stack. */
class Refused extends Error {}

if (process.argv[1] === import.meta.filename)
  try {
    main();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
