/** Intervals by resampling briefs: the drafts of one brief are no independent evidence. Deterministic. */
import { mean } from "../stats.ts";
import { mulberry } from "../voice-data.ts";

export interface Interval {
  mean: number;
  /** 95%, percentile method (Efron and Tibshirani 1993, ch. 13). */
  low: number;
  high: number;
  /** Briefs. */
  n: number;
}

const rounds = 2000;

/** Mean over briefs of the mean of each brief's values. Briefs without values are left out. */
export function interval(groups: readonly (readonly number[])[], seed = 1): Interval {
  const means = groups.filter((values) => values.length > 0).map(mean);
  if (means.length === 0) return { mean: Number.NaN, low: Number.NaN, high: Number.NaN, n: 0 };
  const random = mulberry(seed);
  const drawn = Array.from({ length: rounds }, () => {
    let sum = 0;
    for (let i = 0; i < means.length; i++) sum += means[Math.floor(random() * means.length)] ?? 0;
    return sum / means.length;
  }).sort((a, b) => a - b);
  const at = (share: number) => drawn[Math.min(rounds - 1, Math.floor(share * rounds))] ?? Number.NaN;
  return { mean: mean(means), low: at(0.025), high: at(0.975), n: means.length };
}

/** Of the difference between two systems on the same briefs, in the same order: second minus first. */
export const paired = (
  first: readonly (readonly number[])[],
  second: readonly (readonly number[])[],
): Interval =>
  interval(
    first.map((values, i) => {
      const others = second[i] ?? [];
      return values.length > 0 && others.length > 0 ? [mean(others) - mean(values)] : [];
    }),
  );
