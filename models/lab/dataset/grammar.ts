/** What a LanguageTool server says of the texts, filtered as the product does: names, brief and lexicon are right. */
import type { Read } from "#src/dataset/read.ts";
import type { Fault } from "#src/dataset/rows.ts";
import { createGrammar } from "#src/grammar.ts";
import { brand } from "./product.ts";

/** Texts that are asked at a time: a server uses a core for each. */
const lanes = 2;

/**
 * A hint for each place, in the order of the rows.
 * @throws Error where the server doesn't answer
 */
export async function grammarFaults(
  rows: readonly Read[],
  url: string,
  onRow: (done: number) => void = () => {},
): Promise<Fault[]> {
  const problems: unknown[] = [];
  const grammar = createGrammar({
    url,
    log: { warn: (fields: unknown) => void problems.push(fields) } as never,
    // Nobody waits for a single text here, and the first answer takes long.
    pace: { waitMs: 300_000, giveUpMs: 300_000, restMs: 0, quietMs: 0 },
  });
  const found: Fault[][] = [];
  const queue = [...rows.entries()];
  let done = 0;
  const lane = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const [index, row] = next;
      if (row.read === undefined) continue;
      const findings = await grammar.check(row.response, { brief: row.read, brand });
      if (problems.length > 0)
        throw new Error(`${url}: LanguageTool doesn't answer. Is it running? ${reasonOf(problems[0])}`);
      found[index] = findings.map(({ found, suggestions }) => ({
        file: row.file,
        line: row.line,
        kind: "grammar",
        what: `„${found}“`,
        fix: suggestions.length > 0 ? suggestions.slice(0, 3).join(" | ") : "look at it",
        hint: true,
      }));
      onRow(++done);
    }
  };
  try {
    await Promise.all(Array.from({ length: lanes }, lane));
  } finally {
    grammar.close();
  }
  return found.flat();
}

const reasonOf = (fields: unknown): string =>
  typeof fields === "object" && fields !== null && "err" in fields && fields.err instanceof Error
    ? fields.err.message
    : "";
