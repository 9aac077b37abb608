/** CSV as people have it: from Excel or Numbers, German or English, with or without a byte order mark. */
import { parse } from "csv-parse/sync";
import { byteOrderMark, spreadsheetRows, unescapedCell } from "#src/spreadsheet.ts";

export interface BriefRow {
  brief: string;
  channel: string;
  tone: string;
  length: string;
}

const names: Record<keyof BriefRow, RegExp> = {
  brief: /^(briefs?|auftrag|aufträge|text)$/,
  channel: /^(channel|kanal)$/,
  tone: /^(tone|ton)$/,
  length: /^(length|länge|laenge)$/,
};
const columns = Object.keys(names) as (keyof BriefRow)[];

/** Thrown for a file that can't be read as briefs; `line` counts from 1. */
export class CsvProblem extends Error {
  override readonly name = "CsvProblem";
  readonly kind: "header" | "broken" | "empty";
  readonly line: number;
  constructor(kind: CsvProblem["kind"], line: number, cause?: unknown) {
    super(`${kind} in line ${line}`, { cause });
    this.kind = kind;
    this.line = line;
  }
}

/** Rows of briefs in the order of the file. The first line names the columns; only `brief` must be there. */
export function readBriefs(file: Uint8Array): BriefRow[] {
  const text = decode(file);
  const head = text.slice(0, text.search(/\r|\n|$/));
  const separator = separatorOf(head);
  let records: string[][];
  try {
    records = parse(text, {
      // A single column needs none, and its briefs may be full of commas.
      delimiter: separator ?? "\u0000",
      skip_empty_lines: true,
      relax_column_count: true,
      trim: true,
    });
  } catch (error) {
    const line = typeof error === "object" && error !== null && "lines" in error ? Number(error.lines) : 0;
    throw new CsvProblem("broken", line, error);
  }
  const [header, ...rows] = records;
  if (!header) throw new CsvProblem("empty", 1);
  const at = Object.fromEntries(
    columns.map((column) => [column, header.findIndex((cell) => names[column].test(cell.toLowerCase()))]),
  ) as Record<keyof BriefRow, number>;
  if (at.brief < 0) throw new CsvProblem("header", 1);
  const briefs = rows
    .map((row) => ({
      brief: (row[at.brief] ?? "").replace(/\r\n?/g, "\n"),
      channel: row[at.channel] ?? "",
      tone: row[at.tone] ?? "",
      length: row[at.length] ?? "",
    }))
    .filter((row) => columns.some((column) => row[column] !== ""));
  if (briefs.length === 0) throw new CsvProblem("empty", 2);
  return briefs;
}

/** UTF-8 with or without mark, UTF-16 with one, else what German Excel calls CSV. */
function decode(file: Uint8Array): string {
  const [a, b] = file;
  if (a === 0xff && b === 0xfe) return new TextDecoder("utf-16le").decode(file);
  if (a === 0xfe && b === 0xff) return new TextDecoder("utf-16be").decode(file);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(file);
  } catch {
    return windows1252(file);
  }
}

// Node's own decoder reads windows-1252 as Latin-1 in some versions and loses the € at 0x80.
const windows = "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ";
const windows1252 = (file: Uint8Array) =>
  Buffer.from(file)
    .toString("latin1")
    .replace(/[\u0080-\u009f]/g, (sign) => windows.charAt(sign.charCodeAt(0) - 0x80));

/** Judged by the column names alone: briefs hold commas and semicolons. */
function separatorOf(head: string): string | undefined {
  const counts = [";", "\t", ","].map((sign) => [sign, head.split(sign).length - 1] as const);
  const [best] = counts.sort((x, y) => y[1] - x[1]);
  return best && best[1] > 0 ? best[0] : undefined;
}

export interface ResultRow extends BriefRow {
  text: string;
  score: string;
  failed_gates: string;
  error: string;
  brief_id: string;
  draft_id: string;
}

const resultColumns = [
  "brief",
  "channel",
  "tone",
  "length",
  "text",
  "score",
  "failed_gates",
  "error",
  "brief_id",
  "draft_id",
] as const satisfies (keyof ResultRow)[];

export const resultHeader = `${byteOrderMark}${spreadsheetRows([resultColumns])}`;

export const resultLine = (row: ResultRow): string =>
  spreadsheetRows([resultColumns.map((column) => row[column])]);

/** Rows of an earlier run; a last line that was cut off in the middle is left out. */
export function readResults(file: Uint8Array): ResultRow[] {
  const text = decode(file);
  // Lines inside a cell end without a carriage return.
  const whole = text.slice(0, text.lastIndexOf("\r\n") + 2);
  const records: string[][] = parse(whole, { relax_column_count: true, relax_quotes: true });
  const [header, ...rows] = records;
  if (!header || resultColumns.some((column, i) => header[i] !== column)) throw new CsvProblem("header", 1);
  return rows
    .filter((row) => row.length === resultColumns.length)
    .map(
      (row) =>
        Object.fromEntries(
          resultColumns.map((column, i) => [column, unescapedCell(row[i] ?? "")]),
        ) as unknown as ResultRow,
    );
}
