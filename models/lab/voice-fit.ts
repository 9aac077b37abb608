/**
 * Fits the style part of the voice score and writes brands/hygge.voice.json. Takes half a minute, deterministic.
 * Run: node --import tsx models/lab/voice-fit.ts
 * Brand texts against base-model answers to the same briefs (cut to the brand's lengths) and generic shop copy.
 * Names are split in three: to fit, to calibrate, and unseen ones for the figures that it prints.
 */
import { writeFileSync } from "node:fs";
import { type Channel, channels } from "#src/brief.ts";
import { type Familiar, learn } from "#src/voice/familiar.ts";
import { buckets, type Features, features, ruleNames } from "#src/voice/features.ts";
import { logit, parseStyle, type StyleModel, sigmoid } from "#src/voice/style.ts";
import { auc, type Example, examples, mulberry, referenceTexts } from "./voice-data.ts";

const epochs = 30;
const l2 = 2e-6;
const rate = 0.5;

interface Row extends Example {
  of: Features;
  weight: number;
}

const all = examples();
const rows = all.map((example): Row => ({ ...example, of: features(example.text, example), weight: 1 }));
const fit = rows.filter((row) => row.part === "fit");

// Brand and not-brand weigh the same in every channel, so a channel says nothing by itself.
for (const channel of channels)
  for (const brand of [true, false]) {
    const group = fit.filter((row) => row.channel === channel && (row.source === "brand") === brand);
    const total = group.reduce((sum, row) => sum + (row.source === "shop" ? 2 : 1), 0);
    for (const row of group) row.weight = (200 * (row.source === "shop" ? 2 : 1)) / total;
  }

const size = buckets + ruleNames.length;
const weights = new Float64Array(size);
const squares = new Float64Array(size).fill(1e-2);
let bias = 0;
const random = mulberry(1);
for (let epoch = 0; epoch < epochs; epoch++) {
  const order = fit.map((row) => ({ row, key: random() })).sort((a, b) => a.key - b.key);
  for (const { row } of order) {
    let sum = bias;
    for (let i = 0; i < row.of.indices.length; i++)
      sum += (weights[row.of.indices[i] ?? 0] ?? 0) * (row.of.values[i] ?? 0);
    const gradient = (sigmoid(sum) - (row.source === "brand" ? 1 : 0)) * row.weight;
    bias -= 0.02 * gradient;
    for (let i = 0; i < row.of.indices.length; i++) {
      const at = row.of.indices[i] ?? 0;
      const g = gradient * (row.of.values[i] ?? 0) + l2 * (weights[at] ?? 0);
      squares[at] = (squares[at] ?? 0) + g * g;
      weights[at] = (weights[at] ?? 0) - (rate * g) / Math.sqrt(squares[at] ?? 1);
    }
  }
}

const largest = weights.reduce((most, w) => Math.max(most, Math.abs(w)), 0);
const raw: Omit<StyleModel, "heard"> = {
  step: largest / 127,
  bias,
  channels: Object.fromEntries(channels.map((channel) => [channel, 0])) as Record<Channel, number>,
  weights: Int8Array.from(weights, (w) => Math.round((w / largest) * 127)),
};

// Platt's two parameters and one offset a channel, on names the weights have not seen.
const held = rows.filter((row) => row.part === "calibrate" && row.source !== "shop");
let scale = 1;
let shift = 0;
const offsets = { ...raw.channels };
const weightOf = new Map<Row, number>();
for (const channel of channels)
  for (const brand of [true, false]) {
    const group = held.filter((row) => row.channel === channel && (row.source === "brand") === brand);
    for (const row of group) weightOf.set(row, 1 / group.length);
  }
for (let step = 0; step < 4000; step++) {
  let gScale = 0;
  let gShift = 0;
  const gOffset = Object.fromEntries(channels.map((channel) => [channel, 0])) as Record<Channel, number>;
  for (const row of held) {
    const x = logit(raw, row.of, row.channel);
    const error =
      (sigmoid(scale * x + shift + offsets[row.channel]) - (row.source === "brand" ? 1 : 0)) *
      (weightOf.get(row) ?? 0);
    gScale += error * x;
    gShift += error;
    gOffset[row.channel] += error;
  }
  scale -= 0.02 * gScale;
  shift -= 0.02 * gShift;
  for (const channel of channels) offsets[channel] -= 0.02 * (gOffset[channel] + 0.2 * offsets[channel]);
}

// 700,000 bits for about 150,000 triples: one in nine unknown ones passes for known, enough for a ranking.
const heard: Familiar = { bits: new Uint8Array(87_500), hashes: 3 };
for (const row of referenceTexts()) learn(heard, row.text, row.name);

const json = `${JSON.stringify(
  {
    note: "Logistic regression of the voice score, fitted by models/lab/voice-fit.ts. Ours, MIT.",
    buckets,
    rules: ruleNames,
    step: Number((raw.step * scale).toPrecision(6)),
    bias: Number((raw.bias * scale + shift).toPrecision(6)),
    channels: Object.fromEntries(
      channels.map((channel) => [channel, Number(offsets[channel].toPrecision(4))]),
    ),
    weights: Buffer.from(raw.weights.buffer).toString("base64"),
    heard: { hashes: heard.hashes, bits: Buffer.from(heard.bits).toString("base64") },
  },
  null,
  2,
)}\n`;
writeFileSync("brands/hygge.voice.json", json);
const model = parseStyle(json);

const score = (row: Row): number => logit(model, row.of, row.channel);
const unseen = rows.filter((row) => row.part === "unseen");
const of = (source: Example["source"], channel?: Channel): Row[] =>
  unseen.filter((row) => row.source === source && (channel === undefined || row.channel === channel));
const line = (label: string, by: (row: Row) => number, channel?: Channel): void => {
  const brand = of("brand", channel).map(by);
  const own = of("base", channel).filter((row) => !row.copied);
  console.log(
    [
      label.padEnd(18),
      `base ${auc(brand, of("base", channel).map(by)).toFixed(3)} (n=${of("base", channel).length})`,
      `base without copied examples ${auc(brand, own.map(by)).toFixed(3)} (n=${own.length})`,
      `shop ${auc(brand, of("shop", channel).map(by)).toFixed(3)} (n=${of("shop", channel).length})`,
      `brand n=${brand.length}`,
    ].join("  "),
  );
};
console.log(`fit on ${fit.length} texts; ${Math.round(json.length / 1024)} KB; AUC on unseen names:`);
line("all", score);
for (const channel of channels) line(channel, score, channel);
console.log("what simpler things reach:");
line("length alone", (row) => row.text.length);
line("sentence mean", (row) => row.of.values.at(ruleNames.indexOf("sentence-mean") - ruleNames.length) ?? 0);
line("marks alone", (row) => -(row.text.match(/[^\p{L}\p{N}\s]/gu)?.length ?? 0) / row.text.length);
const share = (source: Example["source"], test: (p: number) => boolean): string => {
  const p = of(source).map((row) => sigmoid(score(row)));
  return `${Math.round((100 * p.filter(test).length) / p.length)} %`;
};
console.log(
  `style >= .75: brand ${share("brand", (p) => p >= 0.75)}, base ${share("base", (p) => p >= 0.75)}, shop ${share("shop", (p) => p >= 0.75)};`,
  `style < .25: brand ${share("brand", (p) => p < 0.25)}, base ${share("base", (p) => p < 0.25)}, shop ${share("shop", (p) => p < 0.25)}`,
);
