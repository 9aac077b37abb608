/** Exports as downloads: written as they are read, so that a big one costs no memory. */
import { Readable } from "node:stream";
import { HyggeError } from "#src/errors.ts";
import type { Example, ExportReport, TrainingKind } from "#src/manage/export.ts";

const parts = ["train", "eval", "sources", "all"] as const;
/** One side's lines, the sidecar, or (for the command line, in one pass) both: `{line, source}`, last `{report}`. */
export type Part = (typeof parts)[number];

export function partOf(value: string | undefined): Part {
  const part = parts.find((known) => known === (value ?? "train"));
  if (part === undefined)
    throw new HyggeError("input_invalid", { field: "part", problem: `one of ${parts.join(", ")}` });
  return part;
}

export const csvDownload = (pieces: AsyncIterable<string>) =>
  download(pieces, "text/csv; charset=utf-8; header=present", `hygge-${today()}.csv`);

export function jsonlDownload(
  kind: TrainingKind,
  part: Part,
  from: { examples: AsyncIterable<Example>; report: ExportReport },
): Response {
  return download(
    lines(part, from),
    "application/jsonl; charset=utf-8",
    `hygge-${kind}-${today()}.${part}.jsonl`,
  );
}

async function* lines(
  part: Part,
  { examples, report }: { examples: AsyncIterable<Example>; report: ExportReport },
): AsyncGenerator<string> {
  for await (const { side, line, source } of examples) {
    if (part === "all") yield `{"line":${line},"source":${JSON.stringify(source)}}\n`;
    else if (part === "sources") yield `${JSON.stringify(source)}\n`;
    else if (part === side) yield `${line}\n`;
  }
  if (part === "all") yield `${JSON.stringify({ report })}\n`;
}

function download(pieces: AsyncIterable<string>, type: string, name: string): Response {
  const stream = Readable.from(pieces);
  // Node's and the web's types of the same stream.
  return new Response(Readable.toWeb(stream) as ReadableStream, {
    headers: {
      "Content-Type": type,
      "Content-Disposition": `attachment; filename="${name}"`,
      "Cache-Control": "no-store",
    },
  });
}

const today = () => new Date().toISOString().slice(0, 10);
