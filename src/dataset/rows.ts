/** The data set's rows as they lie in training/data: read strictly, each fault with file and line. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { channels, lengths, tones } from "#src/brief.ts";
import { gateIds } from "#src/views.ts";

export const dataDir = path.join(import.meta.dirname, "../../training/data");

const text = z.string().min(1);

export const rowSchema = z
  .strictObject({
    channel: z.enum(channels),
    brief: text,
    tone: z.enum(tones).optional(),
    /** Only where somebody asked for it; else the length of the text says it. */
    length: z.enum(lengths).optional(),
    /** A revision: the text that was there, and what was wished. */
    draft: text.optional(),
    wish: text.optional(),
    response: text,
    /** How many times a person went over the text after it was written. */
    refined: z.int().min(0).optional(),
    /** Gates that object to the text though it is right: somebody has looked. */
    allow: z.array(z.enum(gateIds)).optional(),
    /** Where a text comes from that was not written for the set (`hygge dataset add`). */
    provenance: z
      .strictObject({
        /** Id in the store. */
        draft: text,
        /** Name, version, quantization and beginning of the sha256 of the model that wrote it or what was edited. */
        model: text,
        /** Who approved it, as a pseudonym. */
        by: text,
        at: z.iso.datetime(),
        edited: z.boolean(),
        /** An edited text: what the model had written. */
        before: text.optional(),
      })
      .optional(),
  })
  .refine((row) => (row.draft === undefined) === (row.wish === undefined), {
    error: "draft and wish go together: a revision has both",
  });

export interface Row extends z.infer<typeof rowSchema> {
  /** "plain:12", "new/a:3": file under training/data without its ending, and line. */
  id: string;
  /** As given on the command line, or relative to the working folder. */
  file: string;
  line: number;
}

export interface Fault {
  file: string;
  line: number;
  kind: string;
  what: string;
  fix: string;
  /** A hint doesn't fail the check. */
  hint?: boolean;
}

/** One line for people. */
export const told = ({ file, line, kind, what, fix, hint }: Fault) =>
  `${file}:${line} ${kind}${hint ? "?" : ""}: ${what} (${fix})`;

/** Every file of the set: plain.jsonl, rich.jsonl, approved.jsonl where there is one, new/*.jsonl. */
export function setFiles(dir: string = dataDir): string[] {
  const inside = (folder: string) => {
    try {
      return readdirSync(folder)
        .filter((name) => name.endsWith(".jsonl"))
        .sort()
        .map((name) => path.join(folder, name));
    } catch {
      return [];
    }
  };
  // The first row of a family gives it its side, so files that were there first come first.
  const order = (file: string) => ["plain.jsonl", "rich.jsonl"].indexOf(path.basename(file));
  const own = inside(dir).sort((a, b) => (order(a) < 0 ? 9 : order(a)) - (order(b) < 0 ? 9 : order(b)));
  return [...own, ...inside(path.join(dir, "new"))];
}

/**
 * Reads JSONL files. What can't be read as a row is a fault and no row; every line is looked at. `rich` has no tones,
 * every other row needs one.
 */
export function readRows(files: readonly string[]): { rows: Row[]; faults: Fault[] } {
  const rows: Row[] = [];
  const faults: Fault[] = [];
  for (const path_ of files) {
    const file = shown(path_);
    const fault = (line: number, kind: string, what: string, fix: string) =>
      faults.push({ file, line, kind, what, fix });
    let bytes: Buffer;
    try {
      bytes = readFileSync(path_);
    } catch (error) {
      fault(1, "file", `can't be read (${(error as NodeJS.ErrnoException).code})`, "check path and rights");
      continue;
    }
    const name = idOf(path_);
    if (bytes.length > 0 && bytes.at(-1) !== 10)
      fault(
        lineAt(bytes, bytes.length),
        "encoding",
        "the last line has no line break",
        "end the file with a line break: a cut file looks like this",
      );
    const seen = linesOf(bytes);
    for (const [index, raw] of seen.entries()) {
      const line = index + 1;
      const source = decode(raw);
      if (source === undefined) {
        fault(line, "encoding", "not UTF-8", "save the file as UTF-8");
        continue;
      }
      if (source.startsWith("\ufeff")) {
        fault(line, "encoding", "begins with a byte order mark", "save the file as UTF-8 without BOM");
        continue;
      }
      if (source.trim() === "") {
        fault(line, "json", "empty line", "remove it: one object a line");
        continue;
      }
      let value: unknown;
      try {
        value = JSON.parse(source);
      } catch (error) {
        fault(line, "json", (error as Error).message, "write one JSON object on this line");
        continue;
      }
      const parsed = rowSchema.safeParse(value);
      if (!parsed.success) {
        const [issue] = parsed.error.issues;
        fault(
          line,
          "schema",
          `${issue?.path.join(".") || "row"}: ${issue?.message}`,
          "see training/data/README.md for the fields",
        );
        continue;
      }
      if (parsed.data.tone === undefined && name !== "rich")
        fault(line, "schema", "tone is missing", `add one of ${tones.join(", ")}`);
      rows.push({ ...parsed.data, id: `${name}:${line}`, file, line });
    }
  }
  return { rows, faults };
}

/** A file as the ids of its rows call it. */
export function idOf(file: string): string {
  const inside = path.relative(dataDir, path.resolve(file));
  const short = inside.startsWith("..") ? path.basename(file) : inside;
  return short.replace(/\.jsonl$/, "");
}

function shown(file: string): string {
  const near = path.relative(process.cwd(), path.resolve(file));
  return near.startsWith("..") ? file : near;
}

function linesOf(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  for (let from = 0; from < bytes.length; ) {
    const end = bytes.indexOf(10, from);
    lines.push(bytes.subarray(from, end < 0 ? bytes.length : end));
    from = end < 0 ? bytes.length : end + 1;
  }
  return lines;
}

function lineAt(bytes: Buffer, end: number): number {
  let line = 1;
  for (let at = 0; at < end; at++) if (bytes[at] === 10) line++;
  return line;
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
function decode(bytes: Buffer): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}
