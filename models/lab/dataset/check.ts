/**
 * The linter of the data set: `npm run data:check -- [files…]`. Without files it checks the whole set; with files it
 * tells what is wrong with their rows, compared with the whole set too. One line a fault, "file:line kind: what
 * (fix)", hints marked with a question mark, then figures; `--plots FILE` draws them as a page, `--grammar URL`
 * asks a LanguageTool server of every text, too. Exit 1 where there is a
 * fault that is no hint.
 */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { corpusOf } from "#src/corpus.ts";
import { families } from "#src/dataset/family.ts";
import { rowFaults } from "#src/dataset/faults.ts";
import { type Read, readBriefs } from "#src/dataset/read.ts";
import { type Fault, readRows, setFiles, told } from "#src/dataset/rows.ts";
import { figures } from "./figures.ts";
import { grammarFaults } from "./grammar.ts";
import { plots } from "./plots.ts";
import { brand } from "./product.ts";
import { setFaults, twinShare, twins } from "./set.ts";

/** Faults in the order of files and lines; with `only`, those of these files, which are compared with the set. */
export function check(
  files: readonly string[],
  only?: readonly string[],
  /** Which rows are asked of the gates, which take most of the time. */
  gated: (row: Read) => boolean = () => true,
): { faults: Fault[]; rows: Read[]; all: Read[] } {
  const chosen = only && new Set(only.map((file) => path.resolve(file)));
  const more =
    only?.filter((file) => !files.some((other) => path.resolve(other) === path.resolve(file))) ?? [];
  const { rows, faults } = readRows([...files, ...more]);
  const all = readBriefs(rows, brand);
  const corpus = corpusOf(all.map(({ id, response }) => ({ id, text: response })));
  const kin = families(all);
  const family = (row: Read) => kin.get(row.id)?.ids ?? new Set([row.id]);
  const isChosen = ({ file }: { file: string }) => chosen === undefined || chosen.has(path.resolve(file));
  const own = chosen ? all.filter(isChosen) : all;
  const found = [...faults, ...setFaults(all, family)].filter(isChosen);
  for (const row of own)
    for (const fault of rowFaults(row, { brand, family: family(row), corpus, gates: gated(row) }))
      found.push({ file: row.file, line: row.line, ...fault });
  const share = twins(all).length / Math.max(1, all.length);
  if (share > twinShare && chosen === undefined)
    found.push({
      file: "the set",
      line: 0,
      kind: "twins",
      what: `${(share * 100).toFixed(1)}% of the rows`,
      fix: "at most 15%: drop some",
    });
  const order = [...new Set(all.map(({ file }) => file))];
  found.sort((a, b) => order.indexOf(a.file) - order.indexOf(b.file) || a.line - b.line);
  return { faults: found, rows: own, all };
}

if (process.argv[1] === import.meta.filename) {
  const { values, positionals } = parseArgs({
    options: { plots: { type: "string" }, grammar: { type: "string" } },
    allowPositionals: true,
  });
  const { faults, rows } = check(setFiles(), positionals.length > 0 ? positionals : undefined);
  if (values.grammar !== undefined)
    try {
      faults.push(
        ...(await grammarFaults(rows, values.grammar, (done) => {
          if (process.stderr.isTTY) process.stderr.write(`\rgrammar ${done}/${rows.length}`);
        })),
      );
    } catch (error) {
      console.error((error as Error).message);
      process.exit(1);
    }
  const hard = faults.filter((fault) => !fault.hint);
  const kinds = new Map<string, number>();
  for (const { kind, hint } of faults) {
    const key = hint ? `${kind}?` : kind;
    kinds.set(key, (kinds.get(key) ?? 0) + 1);
  }
  const summary = [...kinds].sort((a, b) => b[1] - a[1]).map(([kind, count]) => `${kind} ${count}`);
  // A reader that has seen enough: `| head`.
  process.stdout.on("error", () => process.exit());
  process.stdout.write(
    [
      ...faults.map(told),
      "",
      figures(rows),
      "",
      `${hard.length} faults, ${faults.length - hard.length} hints: ${summary.join(", ")}`,
      "",
    ].join("\n"),
  );
  if (values.plots !== undefined)
    try {
      writeFileSync(values.plots, plots(rows));
    } catch (error) {
      console.error(`${values.plots}: can't be written (${(error as NodeJS.ErrnoException).code})`);
      process.exit(1);
    }
  process.exitCode = hard.length > 0 ? 1 : 0;
}
