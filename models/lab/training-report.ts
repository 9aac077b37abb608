/**
 * Runs side by side: `npm run training:report [-- --out FILE.html] [RUN…]`. Reads training/log/*.jsonl (training/track.py),
 * prints a table and writes a page with the curves and the sample drafts of each run. Lines that a kill cut off are left out.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";

const log = path.join(import.meta.dirname, "../../training/log");

const line = z.looseObject({
  event: z.enum(["config", "step", "dev", "eval", "done", "failed"]),
  time: z.string(),
});
const stepLine = z.object({
  "train/step": z.number(),
  "train/epoch": z.number(),
  "train/loss": z.number(),
  seconds: z.number(),
});
const devLine = z.object({
  "train/epoch": z.number(),
  "dev/loss": z.number(),
  samples: z.array(z.object({ prompt: z.string(), draft: z.string() })).default([]),
});

interface Run {
  name: string;
  config: Record<string, unknown>;
  steps: z.infer<typeof stepLine>[];
  dev: z.infer<typeof devLine>[];
  figures: Record<string, number>;
  state: "done" | "failed" | "unfinished";
  why?: string;
}

export function readRun(name: string, text: string): Run {
  const run: Run = { name, config: {}, steps: [], dev: [], figures: {}, state: "unfinished" };
  for (const raw of text.split("\n")) {
    let entry: z.infer<typeof line>;
    try {
      entry = line.parse(JSON.parse(raw));
    } catch {
      continue;
    }
    const { event, time: _, ...rest } = entry;
    if (event === "config") run.config = rest;
    if (event === "step") {
      const step = stepLine.parse(rest);
      // A run that went on from a checkpoint repeats the steps after it.
      run.steps = [...run.steps.filter((earlier) => earlier["train/step"] < step["train/step"]), step];
    }
    if (event === "dev") {
      const dev = devLine.parse(rest);
      run.dev = [...run.dev.filter((earlier) => earlier["train/epoch"] < dev["train/epoch"]), dev];
    }
    if (event === "eval")
      for (const [key, value] of Object.entries(rest))
        if (typeof value === "number") run.figures[key] = value;
    if (event === "done" || event === "failed") {
      run.state = event;
      if (typeof rest.why === "string") run.why = rest.why;
    }
  }
  return run;
}

const best = (run: Run) => Math.min(...run.dev.map((dev) => dev["dev/loss"]));
const minutes = (run: Run) => (run.steps.at(-1)?.seconds ?? 0) / 60;
/** Settings that not all runs share: what a run changes. */
function changes(runs: readonly Run[]): string[] {
  const keys = new Set(runs.flatMap(({ config }) => Object.keys(config)));
  const quiet = new Set(["resumed", "steps", "parameters", "rows"]);
  return [...keys].filter(
    (key) => !quiet.has(key) && new Set(runs.map(({ config }) => JSON.stringify(config[key]))).size > 1,
  );
}

const html = (text: string) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
const colours = [
  "#2f6f5e",
  "#c98f3c",
  "#8a4f7d",
  "#3d6fa8",
  "#a84b3d",
  "#6b7d2f",
  "#4b4b4b",
  "#b05c8c",
  "#2f8f9f",
  "#8f6f4f",
];
const colour = (i: number) => colours[i % colours.length] ?? "#000";

function curves(runs: readonly Run[]): string {
  const [width, height, left, bottom] = [960, 420, 50, 40];
  const points = runs.map((run) => ({
    train: run.steps.map((step) => [step["train/epoch"], step["train/loss"]] as const),
    dev: run.dev.map((dev) => [dev["train/epoch"], dev["dev/loss"]] as const),
  }));
  const all = points.flatMap(({ train, dev }) => [...train, ...dev]);
  if (all.length === 0) return "<p>No steps yet.</p>";
  const most = Math.max(...all.map(([epoch]) => epoch), 0.1);
  const [low, high] = [
    Math.min(...all.map(([, loss]) => loss)),
    Math.min(6, Math.max(...all.map(([, loss]) => loss))),
  ];
  const x = (epoch: number) => left + (epoch / most) * (width - left - 20);
  const y = (loss: number) =>
    height - bottom - ((Math.min(loss, high) - low) / Math.max(0.01, high - low)) * (height - bottom - 20);
  const drawn = points.map(({ train, dev }, i) => {
    const path = (of: readonly (readonly [number, number])[]) =>
      of.map(([a, b]) => `${x(a).toFixed(1)},${y(b).toFixed(1)}`).join(" ");
    const dots = dev.map(
      ([a, b]) =>
        `<circle cx="${x(a)}" cy="${y(b)}" r="5" fill="${colour(i)}"><title>${html(runs[i]?.name ?? "")}: dev ${b.toFixed(3)}</title></circle>`,
    );
    return `<polyline points="${path(train)}" fill="none" stroke="${colour(i)}" stroke-opacity=".45"/><polyline points="${path(dev)}" fill="none" stroke="${colour(i)}" stroke-width="2"/>${dots.join("")}`;
  });
  const ticks = Array.from({ length: 6 }, (_, i) => low + ((high - low) * i) / 5).map(
    (loss) =>
      `<text x="${left - 6}" y="${y(loss) + 4}" text-anchor="end">${loss.toFixed(2)}</text><line x1="${left}" x2="${width - 20}" y1="${y(loss)}" y2="${y(loss)}" stroke="#eee"/>`,
  );
  const epochs = Array.from({ length: 6 }, (_, i) => (most * i) / 5).map(
    (epoch) => `<text x="${x(epoch)}" y="${height - 14}" text-anchor="middle">${epoch.toFixed(1)}</text>`,
  );
  return `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="Losses by epoch">${ticks.join("")}${epochs.join("")}${drawn.join("")}</svg>`;
}

export function page(runs: readonly Run[]): string {
  const keys = changes(runs);
  const rows = runs.map((run, i) => {
    const cells = [
      `<span style="color:${colour(i)}">●</span> ${html(run.name)}`,
      run.why ? `${run.state}: ${html(run.why)}` : run.state,
      String(run.config.rows ?? ""),
      run.steps.at(-1)?.["train/loss"].toFixed(3) ?? "",
      run.dev.length > 0 ? best(run).toFixed(3) : "",
      minutes(run).toFixed(0),
      ...keys.map((key) => html(JSON.stringify(run.config[key]) ?? "")),
      Object.entries(run.figures)
        .map(([key, value]) => `${html(key)} ${value.toFixed(3)}`)
        .join("<br>"),
    ];
    return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`;
  });
  const head = ["run", "state", "rows", "train loss", "best dev loss", "minutes", ...keys, "figures"].map(
    (cell) => `<th>${html(cell)}</th>`,
  );
  const prompts = [
    ...new Set(runs.flatMap((run) => run.dev.at(-1)?.samples.map(({ prompt }) => prompt) ?? [])),
  ];
  const samples = prompts.map((prompt) => {
    const drafts = runs.flatMap((run, i) => {
      const sample = run.dev.at(-1)?.samples.find((sample) => sample.prompt === prompt);
      return sample
        ? [
            `<p><b style="color:${colour(i)}">${html(run.name)}</b><br>${html(sample.draft).replaceAll("\n", "<br>")}</p>`,
          ]
        : [];
    });
    return `<section><h3>${html(prompt.replace(/\nText:\n$/, "")).replaceAll("\n", " · ")}</h3>${drafts.join("")}</section>`;
  });
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Training runs</title>
<style>body{font:15px/1.5 system-ui,sans-serif;max-width:1200px;margin:2rem auto;padding:0 1rem}table{border-collapse:collapse}td,th{border-bottom:1px solid #ddd;padding:.3rem .6rem;text-align:left;vertical-align:top}svg{width:100%}section{border-top:1px solid #ddd}h3{font-size:1rem}</style>
<h1>Training runs</h1><p>Thin: training loss; thick with dots: dev loss, after each epoch.</p>${curves(runs)}
<table><tr>${head.join("")}</tr>${rows.join("")}</table><h2>Greedy drafts after the last epoch</h2>${samples.join("")}</html>
`;
}

function main(): void {
  const { values, positionals } = parseArgs({
    options: { out: { type: "string", default: "test/.artifacts/training.html" } },
    allowPositionals: true,
  });
  const names = readdirSync(log)
    .filter((file) => file.endsWith(".jsonl"))
    .map((file) => path.basename(file, ".jsonl"));
  const unknown = positionals.find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw new Error(`no run ${unknown} in training/log; there are ${names.join(", ")}`);
  const runs = (positionals.length > 0 ? positionals : names).map((name) =>
    readRun(name, readFileSync(path.join(log, `${name}.jsonl`), "utf8")),
  );
  for (const run of runs)
    console.log(
      `${run.name.padEnd(28)} ${run.state.padEnd(10)} ${run.dev.length > 0 ? `best dev loss ${best(run).toFixed(3)}` : ""} ${minutes(run).toFixed(0)} min`,
    );
  writeFileSync(values.out, page(runs));
  console.log(values.out);
}

if (process.argv[1] === import.meta.filename) main();
