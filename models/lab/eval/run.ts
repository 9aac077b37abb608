/**
 * Evaluates a model: `npm run eval -- [--model FILE.gguf] [--side dev|test] [--briefs 200] [--seeds 3] [--against FILE.gguf]`.
 * Drafts are drawn as the product draws them and kept in test/.artifacts/eval (or --out); an interrupted run goes on.
 * Choices are made on dev; test reports a model that is chosen already.
 */
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import { openTexts } from "#models/texts.ts";
import { parseBrief } from "#src/brief.ts";
import { readRows, setFiles } from "#src/dataset/rows.ts";
import { brand } from "../dataset/product.ts";
import { type SplitRow, split } from "../dataset/split.ts";
import { type Interval, paired } from "./bootstrap.ts";
import { type Drawn, draw } from "./draw.ts";
import { type Context, type Metric, metrics, type Scores, scores, summary } from "./figures.ts";
import { createStyleJudge } from "./style.ts";

const { values } = parseArgs({
  options: {
    model: { type: "string" },
    against: { type: "string" },
    side: { type: "string", default: "dev" },
    briefs: { type: "string", default: "200" },
    seeds: { type: "string", default: "3" },
    out: { type: "string", default: "test/.artifacts/eval" },
    revisions: { type: "boolean", default: false },
  },
});
const side = values.side === "test" ? "test" : "dev";

const { rows: all, faults } = readRows(setFiles());
if (faults.length > 0) throw new Error(`${faults.length} rows can't be read: npm run data:check`);
const sides = split(all);
const set: SplitRow[] = [...sides.train, ...sides.dev, ...sides.test];
const rows = pick(
  sides[side].filter(({ revision }) => revision === values.revisions),
  Number(values.briefs),
);

const corpus = await openTexts({ dataDir: "data" });
const style = createStyleJudge(
  sides.train
    .filter(({ source }) => source.startsWith("new/"))
    .map((row) => {
      const { name } = parseBrief(row.brief, { channel: row.channel }, brand);
      return { text: row.response, ...(name === undefined ? {} : { name }) };
    }),
);
const context: Context = { set, rows, style, corpus };

console.log(
  `${rows.length} ${side} briefs, ${values.seeds} seeds; style judge on held-out names: accuracy ${percent(style.heldOut.accuracy)}, AUC ${style.heldOut.auc.toFixed(3)} (${style.heldOut.brand} brand, ${style.heldOut.other} other)`,
);
const models = [values.model, ...(values.against === undefined ? [] : [values.against])];
const results: { name: string; drawn: Drawn[]; first: Scores; posted: Scores }[] = [];
for (const model of models) {
  const name = model === undefined ? "embedded" : path.basename(model, ".gguf");
  const file = path.join(values.out, `${name}.${side}${values.revisions ? ".revisions" : ""}.jsonl`);
  const drawn = await draw({
    ...(model === undefined ? {} : { model }),
    rows,
    seeds: Number(values.seeds),
    file,
    onProgress: (done, of) => {
      if (process.stderr.isTTY || done % 20 === 0)
        process.stderr.write(
          `${process.stderr.isTTY ? "\r" : ""}${name}: ${done} of ${of}${process.stderr.isTTY ? "" : "\n"}`,
        );
    },
  });
  const wanted = new Set(rows.map(({ id }) => id));
  const mine = drawn.filter(({ id, seed }) => wanted.has(id) && seed < Number(values.seeds));
  results.push({
    name,
    drawn: mine,
    first: scores(mine, "first", context),
    posted: scores(mine, "posted", context),
  });
  console.log(`\n${name} (drafts in ${file})`);
  print(summary(scores(mine, "first", context)), summary(scores(mine, "posted", context)));
}
const [a, b] = results;
if (a && b) {
  console.log(`\n${b.name} minus ${a.name}, posted, points with 95% interval`);
  for (const metric of Object.keys(metrics) as Metric[])
    console.log(`  ${metrics[metric].padEnd(56)} ${points(paired(a.posted[metric], b.posted[metric]))}`);
}
const report = results.map(({ name, first, posted }) => ({
  name,
  side,
  briefs: rows.length,
  seeds: Number(values.seeds),
  first: summary(first),
  posted: summary(posted),
}));
await writeFile(path.join(values.out, `report.${side}.json`), `${JSON.stringify(report, null, 2)}\n`);

function print(first: Record<Metric, Interval>, posted: Record<Metric, Interval>): void {
  console.log(`  ${"".padEnd(56)} ${"first candidate".padEnd(22)} posted`);
  for (const metric of Object.keys(metrics) as Metric[])
    console.log(
      `  ${metrics[metric].padEnd(56)} ${shown(first[metric]).padEnd(22)} ${shown(posted[metric])}`,
    );
}
function percent(share: number): string {
  return `${(100 * share).toFixed(1)}%`;
}
function shown({ mean, low, high }: Interval): string {
  return `${percent(mean)} (${(100 * low).toFixed(1)}-${(100 * high).toFixed(1)})`;
}
function points({ mean, low, high }: Interval): string {
  return `${(100 * mean).toFixed(2)} (${(100 * low).toFixed(2)} to ${(100 * high).toFixed(2)})`;
}
/** Evenly from the whole side, so that every part of the set is in it. */
function pick(from: readonly SplitRow[], count: number): SplitRow[] {
  return Array.from(
    { length: Math.min(count, from.length) },
    (_, i) => from[Math.floor((i * from.length) / Math.min(count, from.length))],
  ).filter((row) => row !== undefined);
}
