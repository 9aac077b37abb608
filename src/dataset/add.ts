/** Approved copy of the product's store becomes rows of the data set. */
import { createHmac } from "node:crypto";
import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import path from "node:path";
import type { z } from "zod";
import type { Brand } from "#src/brand.ts";
import { corpusOf } from "#src/corpus.ts";
import type { Approved } from "#src/store/approved.ts";
import { rowFaults } from "./faults.ts";
import { type Read, readBriefs } from "./read.ts";
import { type Fault, idOf, type Row, readRows, rowSchema } from "./rows.ts";

export interface Added {
  added: number;
  /** Drafts that are in the set, or whose brief or text is. */
  known: number;
  /** Drafts with faults that the linter doesn't let pass. */
  refused: { draft: string; faults: Pick<Fault, "kind" | "what" | "fix">[] }[];
}

/** A row that can't be read stops it: what is added behind a broken row would be lost with it. */
export class BrokenSet extends Error {
  readonly faults: Fault[];
  constructor(faults: Fault[]) {
    super("the data set has rows that can't be read");
    this.faults = faults;
  }
}

/**
 * Adds to `file` (made if it isn't there) what isn't in `set` yet, one text a brief, and what the linter lets pass. The
 * file is written whole under another name first, so it is the old one or the new one, never a part. `secret` makes the
 * pseudonyms: the same person gets the same one as long as it stays.
 * @throws BrokenSet, NodeJS.ErrnoException (disk full, no rights)
 */
export async function addApproved(
  file: string,
  approved: AsyncIterable<Approved>,
  options: { brand: Brand; set: readonly string[]; secret: string },
): Promise<Added> {
  const { brand, set, secret } = options;
  const target = path.resolve(file);
  const old = await readFile(target).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return Buffer.alloc(0);
    throw error;
  });
  const others = set.filter((other) => path.resolve(other) !== target);
  const { rows, faults } = readRows([...others, ...(old.length > 0 ? [target] : [])]);
  if (faults.length > 0) throw new BrokenSet(faults);

  const ids = new Set(rows.map((row) => row.provenance?.draft));
  const briefs = new Set(rows.map(briefKey));
  const texts = new Set(rows.map((row) => textKey(row.response)));
  const fresh: Row[] = [];
  let known = 0;
  for await (const copy of approved) {
    const made = toRow(copy, secret);
    const line = rows.length + fresh.length + 1;
    const row: Row = { ...made, id: `${idOf(target)}:new${line}`, file: target, line };
    if (ids.has(copy.draftId) || briefs.has(briefKey(row)) || texts.has(textKey(row.response))) {
      known++;
      continue;
    }
    briefs.add(briefKey(row));
    texts.add(textKey(row.response));
    fresh.push(row);
  }

  const all = [...rows, ...fresh];
  const corpus = corpusOf(all.map(({ id, response }) => ({ id, text: response })));
  const good: Row[] = [];
  const refused: Added["refused"] = [];
  for (const read of readBriefs(fresh, brand)) {
    const family = kinOf(read, all);
    const hard = rowFaults(read, { brand, family, corpus }).filter(({ hint }) => !hint);
    if (hard.length === 0) good.push(read);
    else refused.push({ draft: read.provenance?.draft ?? "", faults: hard });
  }
  // The store gives the last decision first; a file that only grows has it last.
  if (good.length > 0) await append(target, old, good.reverse());
  return { added: good.length, known, refused };
}

/** Rows that may say the same: of the same product or the same brief. */
function kinOf(read: Read, all: readonly Row[]): ReadonlySet<string> {
  const name = read.read?.name;
  return new Set(
    all
      .filter(
        (row) =>
          row.id === read.id ||
          row.brief === read.brief ||
          (name !== undefined && `${row.brief}\n${row.response}`.includes(name)),
      )
      .map(({ id }) => id),
  );
}

const briefKey = ({ channel, tone, brief, draft, wish }: Omit<Row, "id" | "file" | "line">) =>
  JSON.stringify([channel, tone, brief.toLowerCase().replace(/\s+/g, " ").trim(), draft, wish]);
const textKey = (text: string) => text.toLowerCase().replace(/[^\p{L}\d]+/gu, " ");

function toRow(copy: Approved, secret: string): Omit<Row, "id" | "file" | "line"> {
  const times = /\d ?([x×]) ?\d/u.exec(copy.brief)?.[1] ?? "x";
  /** As the set is written: ordinary spaces, the brief's own × or x. */
  const signs = (text: string) =>
    text
      .normalize("NFC")
      .replace(/[\u00a0\u202f]/gu, " ")
      .replace(/(?<=\d) ?[x×] ?(?=\d)/gu, ` ${times} `);
  const { model } = copy;
  return rowSchema.parse({
    channel: copy.channel,
    brief: signs(copy.brief).replace(/\s*\n\s*/g, "\n"),
    tone: copy.tone,
    length: copy.length,
    ...(copy.revision ? { draft: signs(copy.revision.draft), wish: copy.revision.wish } : {}),
    response: signs(copy.text),
    provenance: {
      draft: copy.draftId,
      model: model ? `${model.name} ${model.version} ${model.quant} ${model.hash.slice(0, 12)}` : "none",
      by: pseudonym(copy.approvedBy, secret),
      at: copy.approvedAt,
      edited: copy.before !== null,
      ...(copy.before === null ? {} : { before: signs(copy.before) }),
    },
  });
}

/** Nobody without the data folder's secret can tell who it was; the store can, to take a person's rows out again. */
export const pseudonym = (personId: string, secret: string): string =>
  `person-${createHmac("sha256", secret).update(`data set ${personId}`).digest("hex").slice(0, 10)}`;

async function append(target: string, old: Buffer, rows: readonly Row[]): Promise<void> {
  const lines = rows.map((row) => `${JSON.stringify(rowSchema.parse(bare(row)))}\n`).join("");
  const part = `${target}.${process.pid}.part`;
  await mkdir(path.dirname(target), { recursive: true });
  try {
    const handle = await open(part, "w");
    try {
      await handle.writeFile(Buffer.concat([old, Buffer.from(lines)]));
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(part, target);
  } finally {
    await rm(part, { force: true });
  }
}

/** Without what reading added. */
function bare(row: Row): z.input<typeof rowSchema> {
  const { channel, brief, tone, length, draft, wish, response, refined, provenance } = row;
  return { channel, brief, tone, length, draft, wish, response, refined, provenance };
}
