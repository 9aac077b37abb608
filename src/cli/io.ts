import type { Writable } from "node:stream";
import type { Locale } from "#src/chat.ts";
import type { texts } from "./text.ts";

/** What a command has of the world. */
export interface Io {
  out: Writable;
  err: Writable & { columns?: number };
  /** Whether `err` is a terminal, so that lines can be redrawn. */
  tty: boolean;
  env: NodeJS.ProcessEnv;
  locale: Locale;
  text: ReturnType<typeof texts>;
  /** Aborted by Ctrl-C, SIGTERM, or a reader of stdout that went away. */
  signal: AbortSignal;
}

/** `--locale`, else what the system says; German or English. */
export function localeOf(argv: readonly string[], env: NodeJS.ProcessEnv): Locale {
  const at = argv.findIndex((word) => word === "--locale" || word.startsWith("--locale="));
  const asked = argv[at]?.split("=")[1] ?? (at < 0 ? undefined : argv[at + 1]);
  const system = env.LC_ALL || env.LC_MESSAGES || env.LANG || Intl.DateTimeFormat().resolvedOptions().locale;
  return /^de\b|^de_/i.test(asked ?? system) ? "de" : "en";
}

/** Resolves when the text is handed on, so that a big answer isn't cut off by the end of the process. */
export function print(stream: Writable, text: string): Promise<void> {
  return new Promise((resolve) => {
    // A reader that went away is no error: `hygge mine | head -1`.
    if (stream.destroyed) resolve();
    else stream.write(text, () => resolve());
  });
}

const clearLine = "\r\u001b[2K";

/** Lines at the foot of a terminal that are drawn over each other; nothing anywhere else. */
export function footer(io: Io) {
  let height = 0;
  const wipe = () => `${clearLine}${`\u001b[1A${clearLine}`.repeat(Math.max(0, height - 1))}`;
  return {
    draw(lines: string[]) {
      if (!io.tty) return;
      const width = (io.err.columns ?? 80) - 1;
      io.err.write(`${wipe()}${lines.map((line) => dim(cut(line, width))).join("\n")}`);
      height = lines.length;
    },
    clear() {
      if (!io.tty || height === 0) return;
      io.err.write(wipe());
      height = 0;
    },
  };
}

const dim = (text: string) => `\u001b[2m${text}\u001b[22m`;

/** At most `width` columns of one line. Copy is Latin script: a grapheme is a column, an emoji two. */
function cut(text: string, width: number): string {
  let columns = 0;
  let result = "";
  for (const { segment } of new Intl.Segmenter("de", { granularity: "grapheme" }).segment(printable(text))) {
    columns += /\p{Extended_Pictographic}/u.test(segment) ? 2 : 1;
    if (columns > width) return result;
    result += segment;
  }
  return result;
}

/** One line without control characters: what a model or a person wrote must not steer the terminal. */
export const printable = (text: string) => text.replace(/\p{Cc}+/gu, " ");

/** Likewise, but line breaks and tabs stay. */
export const printableLines = (text: string) => text.replace(/[^\P{Cc}\n\t]+/gu, "");

/** "[█████·····] 12/50 24 %  noch 1:20 min" */
export function progressLine(
  io: Io,
  done: number,
  total: number,
  startedMs: number,
  /** Whether the numbers mean something to people, or only their share. */
  numbers = true,
): string {
  const share = total === 0 ? 1 : done / total;
  const filled = Math.round(share * 20);
  const bar = `[${"█".repeat(filled)}${"·".repeat(20 - filled)}]`;
  const percent = Math.floor(share * 100);
  const left = done === 0 ? undefined : ((performance.now() - startedMs) / done) * (total - done);
  const eta = left === undefined || done === total ? "" : `  ${io.text.left(duration(left))}`;
  return `${bar} ${numbers ? `${done}/${total} ` : ""}${percent} %${eta}`;
}

function duration(ms: number): string {
  const s = Math.max(1, Math.round(ms / 1000));
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")} min`;
  return `${Math.floor(s / 3600)}:${String(Math.floor((s % 3600) / 60)).padStart(2, "0")} h`;
}
