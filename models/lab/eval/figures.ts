/** What drafts are worth, one figure for each thing that matters and none for all: with 95% intervals over briefs. */
import type { Corpus } from "#src/corpus.ts";
import type { SplitRow } from "../dataset/split.ts";
import { quantile } from "../stats.ts";
import { type Interval, interval } from "./bootstrap.ts";
import type { Drawn } from "./draw.ts";
import { createChecker } from "./facts.ts";
import { repetition } from "./repetition.ts";
import type { StyleJudge } from "./style.ts";

/** Channel limits in graphemes, from the voice guide; the gates have theirs from the brand. */
const limits: Record<SplitRow["channel"], readonly [number, number]> = {
  instagram: [120, 400],
  produkttext: [220, 550],
  newsletter: [1, 55],
  schild: [1, 90],
  gedicht: [1, 400],
  antwort: [1, 500],
  anzeige: [1, 140],
};
const graphemes = new Intl.Segmenter("de");

export const metrics = {
  gates: "passes every gate",
  ends: "ends by itself",
  name: "name kept",
  price: "price right",
  recall: "facts of the brief in the text",
  faithful: "no figure, material or colour invented",
  facts: "name, price and figures right, none invented",
  limits: "within the channel's length",
  style: "sounds like the brand",
  calm: "repetition below the references' 99th percentile",
  own: "at most half in runs of eight words of a training text",
} as const;
export type Metric = keyof typeof metrics;
export type Scores = Record<Metric, number[][]>;

export interface Context {
  /** The whole set, for what is a name. */
  set: readonly SplitRow[];
  rows: readonly SplitRow[];
  style: StyleJudge;
  corpus: Corpus;
}

/** 0 or 1 (recall: a share) for each draft, grouped by brief in the order of `rows`. `which` chooses the drafts. */
export function scores(drawn: readonly Drawn[], which: "first" | "posted", context: Context): Scores {
  const { rows, set, style, corpus } = context;
  const check = createChecker(set);
  const references = set.map((row) => repetition(row.response));
  const most = {
    rep4: quantile(
      references.map(({ rep4 }) => rep4),
      0.99,
    ),
    longest: quantile(
      references.map(({ longest }) => longest),
      0.99,
    ),
  };
  const byRow = new Map<string, Drawn[]>();
  for (const entry of drawn) byRow.set(entry.id, [...(byRow.get(entry.id) ?? []), entry]);
  const out = Object.fromEntries(Object.keys(metrics).map((key) => [key, []])) as unknown as Scores;
  for (const row of rows) {
    const own = Object.fromEntries(Object.keys(metrics).map((key) => [key, []])) as unknown as Record<
      Metric,
      number[]
    >;
    for (const entry of byRow.get(row.id) ?? []) {
      const raw = entry.candidates.find(({ round, index }) => round === 0 && index === 0);
      const chosen = which === "posted" ? entry.candidates[0] : raw;
      if (!chosen) continue;
      const { text } = chosen;
      const told = check(row, text);
      const repeats = repetition(text);
      const [min, max] = limits[row.channel];
      const size = [...graphemes.segment(text)].length;
      const put = (metric: Metric, value: number | boolean | undefined) => {
        if (value !== undefined) own[metric].push(Number(value));
      };
      put("gates", chosen.failed.length === 0);
      put("ends", chosen.stop === "end");
      put("name", told.name);
      put("price", told.price);
      put("recall", told.recall);
      put("faithful", told.invented.length === 0);
      put("facts", told.name !== false && told.price !== false && told.invented.length === 0);
      put("limits", size >= min && size <= max);
      put("style", style.score(text) > 0);
      put("calm", repeats.rep4 <= most.rep4 && repeats.longest <= most.longest);
      put("own", corpus.nearCopy(text).ratio <= 0.5);
    }
    for (const metric of Object.keys(metrics) as Metric[]) out[metric].push(own[metric]);
  }
  return out;
}

export const summary = (of: Scores): Record<Metric, Interval> =>
  Object.fromEntries(Object.entries(of).map(([metric, groups]) => [metric, interval(groups)])) as Record<
    Metric,
    Interval
  >;
