/**
 * Drafts to be read one by one. `npm run eval:read -- DRAWN.jsonl --count 100 --sheet FILE` writes a sheet (brief and
 * text, nothing of the model); `npm run eval:blind -- A.jsonl B.jsonl --sheet FILE` one with pairs in shuffled order. Both
 * then ask for verdicts in the terminal, keep each in FILE.verdicts.jsonl at once, and go on where they stopped.
 * `--score` prints what the verdicts say. The key of a blind sheet lies in FILE.key.json: readers don't open it.
 */
import { appendFile, readFile, writeFile } from "node:fs/promises";
import readline from "node:readline/promises";
import { parseArgs } from "node:util";
import { z } from "zod";
import { readRows, setFiles } from "#src/dataset/rows.ts";
import { mulberry } from "../voice-data.ts";
import { readDrawn } from "./draw.ts";

export const verdicts = ["good", "grammar", "sense", "fact", "boring"] as const;
const verdict = z.object({
  n: z.number(),
  verdict: z.string(),
  note: z.string().optional(),
  reader: z.string().optional(),
});
export type Verdict = z.infer<typeof verdict>;
const item = z.object({
  n: z.number(),
  brief: z.string(),
  channel: z.string(),
  texts: z.array(z.string()).min(1).max(2),
});
export type Item = z.infer<typeof item>;

/** Wilson score interval, 95%. */
export function wilson(hits: number, n: number): { low: number; high: number } {
  if (n === 0) return { low: 0, high: 1 };
  const [p, z2] = [hits / n, 1.96 ** 2];
  const centre = (p + z2 / (2 * n)) / (1 + z2 / n);
  const half = (1.96 / (1 + z2 / n)) * Math.sqrt((p * (1 - p)) / n + z2 / (4 * n * n));
  return { low: centre - half, high: centre + half };
}

/** Posted drafts in random order; two files: pairs of the same brief and seed, sides shuffled, with the key to them. */
export function sheetOf(
  files: readonly { id: string; seed: number; text: string }[][],
  briefs: ReadonlyMap<string, { brief: string; channel: string }>,
  count: number,
  seed = 1,
): { items: Item[]; key: { n: number; id: string; seed: number; order: number[] }[] } {
  const [first = [], second] = files;
  const random = mulberry(seed);
  const order = first.map((entry) => ({ entry, at: random() })).sort((a, b) => a.at - b.at);
  const items: Item[] = [];
  const key: { n: number; id: string; seed: number; order: number[] }[] = [];
  for (const { entry } of order) {
    if (items.length >= count) break;
    const told = briefs.get(entry.id);
    const other = second?.find(({ id, seed }) => id === entry.id && seed === entry.seed);
    if (!told || (second && (!other || other.text === entry.text))) continue;
    const sides = other ? (random() < 0.5 ? [0, 1] : [1, 0]) : [0];
    const texts = sides.map((side) => (side === 0 ? entry.text : (other?.text ?? "")));
    const n = items.length + 1;
    items.push({ n, ...told, texts });
    key.push({ n, id: entry.id, seed: entry.seed, order: sides });
  }
  return { items, key };
}

const readJsonl = async <T>(file: string, schema: z.ZodType<T>): Promise<T[]> =>
  (await readFile(file, "utf8").catch(() => ""))
    .split("\n")
    .filter(Boolean)
    .map((line) => schema.parse(JSON.parse(line)));

async function ask(sheet: string, items: readonly Item[], given: readonly Verdict[]): Promise<void> {
  const done = new Set(given.map(({ n }) => n));
  const terminal = readline.createInterface({ input: process.stdin, output: process.stdout });
  try {
    for (const { n, brief, channel, texts } of items.filter(({ n }) => !done.has(n))) {
      console.log(`\n${n} of ${items.length} · ${channel}\n${brief}\n`);
      texts.forEach((text, i) => {
        console.log(texts.length > 1 ? `[${"ab"[i]}]\n${text}\n` : `${text}\n`);
      });
      const choices = texts.length > 1 ? ["a", "b", "tie"] : [...verdicts];
      let answer = "";
      while (!choices.includes(answer)) {
        const said = (
          await terminal.question(`${choices.join(" / ")} (or the first letter; q ends): `)
        ).trim();
        if (said === "q") return;
        answer = choices.find((choice) => choice === said || (said !== "" && choice.startsWith(said))) ?? "";
      }
      const note = (await terminal.question("note: ")).trim();
      await appendFile(
        `${sheet}.verdicts.jsonl`,
        `${JSON.stringify({ n, verdict: answer, ...(note ? { note } : {}) })}\n`,
      );
    }
  } finally {
    terminal.close();
  }
}

/** What the verdicts say, as lines for people. */
export function score(
  items: readonly Item[],
  given: readonly Verdict[],
  key: readonly { n: number; order: number[] }[],
): string[] {
  const blind = (items[0]?.texts.length ?? 1) > 1;
  const last = new Map(given.map((entry) => [entry.n, entry]));
  const read = items.flatMap(({ n }) => last.get(n) ?? []);
  const share = (label: string, hits: number, of: number) => {
    const { low, high } = wilson(hits, of);
    return `${label}: ${hits} of ${of}, ${((100 * hits) / Math.max(1, of)).toFixed(1)}% (${(100 * low).toFixed(1)}-${(100 * high).toFixed(1)})`;
  };
  if (!blind)
    return [...verdicts].map((name) =>
      share(name, read.filter((entry) => entry.verdict === name).length, read.length),
    );
  const wins = [0, 0];
  for (const { n, verdict } of read) {
    const order = key.find((entry) => entry.n === n)?.order;
    const side = order?.[verdict === "a" ? 0 : 1];
    if (verdict !== "tie" && side !== undefined) wins[side] = (wins[side] ?? 0) + 1;
  }
  const [a = 0, b = 0] = wins;
  return [
    `ties: ${read.length - a - b} of ${read.length}`,
    share("first file preferred, of those decided", a, a + b),
    share("second file preferred, of those decided", b, a + b),
  ];
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: {
      sheet: { type: "string" },
      count: { type: "string", default: "100" },
      score: { type: "boolean", default: false },
      seed: { type: "string", default: "1" },
      "only-write": { type: "boolean", default: false },
    },
    allowPositionals: true,
  });
  if (values.sheet === undefined)
    throw new Error(
      "usage: npm run eval:read -- DRAWN.jsonl --sheet FILE, or eval:blind -- A.jsonl B.jsonl --sheet FILE",
    );
  const { sheet } = values;
  let items = await readJsonl(`${sheet}.jsonl`, item);
  if (items.length === 0) {
    if (positionals.length === 0)
      throw new Error(`${sheet}.jsonl is not there; name the drawn drafts (npm run eval writes them)`);
    const files = await Promise.all(
      positionals.map(async (file) =>
        (await readDrawn(file)).map(({ id, seed, candidates }) => ({
          id,
          seed,
          text: candidates[0]?.text ?? "",
        })),
      ),
    );
    const briefs = new Map(
      readRows(setFiles()).rows.map(({ id, brief, channel }) => [id, { brief, channel }]),
    );
    const made = sheetOf(files, briefs, Number(values.count), Number(values.seed));
    items = made.items;
    await writeFile(`${sheet}.jsonl`, items.map((entry) => `${JSON.stringify(entry)}\n`).join(""));
    await writeFile(`${sheet}.key.json`, `${JSON.stringify(made.key)}\n`);
  }
  if (!values.score && !values["only-write"])
    await ask(sheet, items, await readJsonl(`${sheet}.verdicts.jsonl`, verdict));
  const key = z
    .array(z.object({ n: z.number(), order: z.array(z.number()) }))
    .parse(JSON.parse(await readFile(`${sheet}.key.json`, "utf8")));
  for (const line of score(items, await readJsonl(`${sheet}.verdicts.jsonl`, verdict), key))
    console.log(line);
}

if (process.argv[1] === import.meta.filename)
  main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
