/**
 * Whether a text sounds like the brand, judged apart from the ranker: naive Bayes on whole words and word pairs (the
 * ranker: logistic regression on characters), learnt from rows and base-model texts that the ranker's fit leaves out.
 */
import { auc, type Example, examples } from "../voice-data.ts";

export interface StyleJudge {
  /** Log odds a word pair of "the brand wrote this", above 0 for brand. */
  score(text: string, name?: string): number;
  /** On names that were held out, five-fold. */
  heldOut: { accuracy: number; auc: number; brand: number; other: number };
}

const featuresOf = (text: string, name?: string): string[] => {
  const words = (text.toLowerCase().match(/\p{L}+|\d[\d.,]*|[.,:;?!–]/gu) ?? []).map((word) =>
    word === name?.toLowerCase() ? "<name>" : /^\d/.test(word) ? "<zahl>" : word,
  );
  return [...words, ...words.slice(1).map((word, i) => `${words[i]} ${word}`)];
};

type Text = Pick<Example, "text" | "name" | "source">;

function learn(texts: readonly Text[]): (text: string, name?: string) => number {
  const counts = { brand: new Map<string, number>(), other: new Map<string, number>() };
  const totals = { brand: 0, other: 0 };
  for (const { text, name, source } of texts) {
    const side = source === "brand" ? "brand" : "other";
    for (const feature of featuresOf(text, name)) {
      counts[side].set(feature, (counts[side].get(feature) ?? 0) + 1);
      totals[side]++;
    }
  }
  const vocabulary = new Set([...counts.brand.keys(), ...counts.other.keys()]).size;
  const weight = (side: "brand" | "other", feature: string) =>
    Math.log(((counts[side].get(feature) ?? 0) + 0.5) / (totals[side] + 0.5 * vocabulary));
  return (text, name) => {
    const features = featuresOf(text, name);
    const sum = features.reduce((total, f) => total + weight("brand", f) - weight("other", f), 0);
    return sum / Math.max(1, features.length);
  };
}

/** `brand`: brand texts that the ranker was not fitted on. Deterministic. */
export function createStyleJudge(brand: readonly { text: string; name?: string }[]): StyleJudge {
  const all: Text[] = [
    ...brand.map((row) => ({ ...row, source: "brand" as const })),
    ...examples().filter(({ source, part, copied }) => source !== "brand" && part !== "fit" && !copied),
  ];
  const fold = (i: number) => i % 5;
  const held = [0, 1, 2, 3, 4].flatMap((out) => {
    const score = learn(all.filter((_, i) => fold(i) !== out));
    return all
      .filter((_, i) => fold(i) === out)
      .map(({ text, name, source }) => ({ brand: source === "brand", score: score(text, name) }));
  });
  const scores = (side: boolean) => held.filter((row) => row.brand === side).map(({ score }) => score);
  const share = (side: boolean) => scores(side).filter((s) => s > 0 === side).length / scores(side).length;
  return {
    score: learn(all),
    heldOut: {
      accuracy: (share(true) + share(false)) / 2,
      auc: auc(scores(true), scores(false)),
      brand: scores(true).length,
      other: scores(false).length,
    },
  };
}
