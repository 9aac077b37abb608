/** `hygge draft --csv`: many briefs, one line of output each. */
import { open, readFile, rename, rm, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { HyggeError } from "#src/errors.ts";
import { message } from "#src/messages.ts";
import {
  type BriefRow,
  CsvProblem,
  type ResultRow,
  readBriefs,
  readResults,
  resultHeader,
  resultLine,
} from "./csv.ts";
import { type DraftOptions, newest, requestOptions, write } from "./draft.ts";
import { CliError, exits } from "./exit.ts";
import { type House, openHouse } from "./house.ts";
import { footer, type Io, print, progressLine } from "./io.ts";

export interface BatchOptions extends DraftOptions {
  csv: string;
  out?: string;
}

/** Briefs sent ahead: enough that the model never waits, few enough that little is lost on Ctrl-C. */
const inFlight = 4;

export async function batch(io: Io, options: BatchOptions): Promise<number> {
  if (options.json || options.variants !== undefined) throw new CliError(io.text.csvAlone, exits.usage);
  const defaults = requestOptions(options);
  const briefs = (await load(io, options.csv)).map((row) => ({
    ...row,
    channel: row.channel || (defaults.channel ?? ""),
    tone: row.tone || (defaults.tone ?? ""),
    length: row.length || (defaults.length ?? ""),
  }));
  const earlier = options.out === undefined ? [] : await resume(io, options.out);
  const todo = withoutDone(briefs, earlier);
  const skipped = briefs.length - todo.length;
  const output = await openOutput(io, options.out, earlier);
  const foot = footer(io);
  const started = performance.now();
  const counts = { written: 0, imperfect: 0, failed: 0 };
  const done = () => counts.written + counts.imperfect + counts.failed;
  const draw = () => foot.draw([progressLine(io, done(), todo.length, started)]);
  const house =
    todo.length === 0
      ? undefined
      : await openHouse({
          env: io.env,
          locale: io.locale,
          roles: ["web", "worker"],
          verbose: options.verbose ?? false,
        });
  const clock = setInterval(draw, 500);
  try {
    if (skipped > 0) await print(io.err, `${io.text.skipped(skipped)}\n`);
    let next = 0;
    const lane = async () => {
      for (let index = next++; house && index < todo.length; index = next++) {
        const row = todo[index];
        if (row === undefined) return;
        const result = await one(io, house, row, defaults.brand);
        if (result.error !== "") counts.failed++;
        else if (result.failed_gates !== "") counts.imperfect++;
        else counts.written++;
        await output.put(index, result);
        draw();
      }
    };
    // One that is cancelled or finds no server stops all, but each row that is written is kept.
    const lanes = await Promise.allSettled(Array.from({ length: inFlight }, lane));
    for (const ended of lanes) if (ended.status === "rejected") throw ended.reason;
  } finally {
    clearInterval(clock);
    foot.clear();
    await output.close();
    await house?.close();
  }
  await print(io.err, `${io.text.batchDone(counts.written, counts.imperfect, counts.failed, options.out)}\n`);
  if (counts.failed + counts.imperfect === 0) return exits.ok;
  return counts.failed === todo.length ? exits.failed : exits.imperfect;
}

async function load(io: Io, file: string): Promise<BriefRow[]> {
  const content = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    throw new CliError(io.text.unreadable(file, error.code ?? error.message), exits.usage, error);
  });
  try {
    return readBriefs(content);
  } catch (error) {
    if (error instanceof CsvProblem) throw new CliError(io.text.csv(file, error), exits.usage, error);
    throw error;
  }
}

/** Rows of an earlier run that have their draft; rows that failed are tried again. */
async function resume(io: Io, file: string): Promise<ResultRow[]> {
  const content = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw new CliError(io.text.unreadable(file, error.code ?? error.message), exits.usage, error);
  });
  if (content === undefined || content.length === 0) return [];
  try {
    return readResults(content).filter((row) => row.error === "");
  } catch (error) {
    throw new CliError(io.text.notOurs(file), exits.usage, error);
  }
}

/** The same row twice in the file is two drafts. */
function withoutDone(briefs: BriefRow[], earlier: ResultRow[]): BriefRow[] {
  const key = (row: BriefRow) => JSON.stringify([row.brief, row.channel, row.tone, row.length]);
  const have = new Map<string, number>();
  for (const row of earlier) have.set(key(row), (have.get(key(row)) ?? 0) + 1);
  return briefs.filter((row) => {
    const left = have.get(key(row)) ?? 0;
    have.set(key(row), left - 1);
    return left <= 0;
  });
}

async function one(io: Io, house: House, row: BriefRow, brand: string | undefined): Promise<ResultRow> {
  const empty = { text: "", score: "", failed_gates: "", error: "", brief_id: "", draft_id: "" };
  for (;;) {
    io.signal.throwIfAborted();
    try {
      const view = await write(io, house, {
        text: row.brief,
        ...(row.channel ? { channel: row.channel } : {}),
        ...(row.tone ? { tone: row.tone } : {}),
        ...(row.length ? { length: row.length } : {}),
        ...(brand ? { brand } : {}),
      });
      const [best] = newest(view);
      if (!best) throw new HyggeError("internal");
      return {
        ...row,
        text: best.text,
        score: String(Math.round(best.score.total)),
        failed_gates: best.gates.flatMap((gate) => (gate.ok ? [] : [gate.id])).join(" "),
        error: "",
        brief_id: best.briefId,
        draft_id: best.id,
      };
    } catch (error) {
      if (io.signal.aborted || !(error instanceof HyggeError)) throw error;
      if (error.code === "rate_limited") {
        await sleep(Number(error.details.seconds ?? 1) * 1000, undefined, { signal: io.signal });
        continue;
      }
      return { ...row, ...empty, error: message(io.locale, error.code, error.details) };
    }
  }
}

/** Lines in the order of the briefs; each is in the file once those before it are. */
async function openOutput(io: Io, file: string | undefined, earlier: ResultRow[]) {
  const head = resultHeader + earlier.map(resultLine).join("");
  let handle: Awaited<ReturnType<typeof open>> | undefined;
  if (file === undefined) await print(io.out, head);
  else {
    try {
      // Whole or not at all: the rows of an earlier run are worth minutes.
      await writeFile(`${file}.new`, head);
      await rename(`${file}.new`, file);
      handle = await open(file, "a");
    } catch (error) {
      await rm(`${file}.new`, { force: true });
      throw new CliError(
        io.text.unwritable(file, (error as NodeJS.ErrnoException).code ?? ""),
        exits.usage,
        error,
      );
    }
  }
  const held = new Map<number, ResultRow>();
  let next = 0;
  const put = (line: string) => (handle ? handle.appendFile(line) : print(io.out, line));
  let writing = Promise.resolve();
  const flush = (all: boolean) => {
    writing = writing.then(async () => {
      for (const index of [...held.keys()].sort((a, b) => a - b)) {
        if (!all && index !== next) return;
        const row = held.get(index);
        held.delete(index);
        if (row) await put(resultLine(row));
        next = index + 1;
      }
    });
    return writing;
  };
  return {
    put(index: number, row: ResultRow) {
      held.set(index, row);
      return flush(false);
    },
    async close() {
      await flush(true);
      await handle?.close();
    },
  };
}
