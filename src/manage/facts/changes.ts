/** What an edit did, in parts that can recur: a word replaced, a phrase deleted, the price moved. */
import { diffArrays } from "diff";
import { stem, words } from "#src/voice/facts.ts";
import { pricePlace } from "#src/voice/price.ts";

export interface Change {
  kind: "replace" | "delete" | "price";
  /** As it stood in the text; for price the place that it left. */
  pattern: string;
  /** What stands there now; for price the place that it came to: start, middle or end. */
  replacement: string;
}

/** Longer runs are rewriting, which no rule can say. */
const longest = { pattern: 4, replacement: 4, deleted: 6 };

const tokens = (text: string) => text.match(/[\p{L}\p{N}]+(?:[-'’.,][\p{L}\p{N}]+)*|[^\s\p{L}\p{N}]/gu) ?? [];
const isWord = (token: string) => /^[\p{L}\p{N}]/u.test(token);

/** Function words alone are style of the one sentence. */
const small = new Set(
  "und oder der die das den dem des ein eine einen einem einer in im an am auf mit von vom zu zum zur für ist sind es er sie du dich dir so auch".split(
    " ",
  ),
);

export function changesOf(before: string, after: string): Change[] {
  const found: Change[] = [];
  const parts = diffArrays(tokens(before), tokens(after));
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i];
    if (!part?.removed) continue;
    const next = parts[i + 1];
    const gone = part.value.filter(isWord);
    const came = next?.added ? next.value.filter(isWord) : [];
    if (gone.length === 0 || gone.every((word) => small.has(word.toLowerCase()))) continue;
    // Numbers change with the product, not with the voice.
    if ([...gone, ...came].some((word) => /\p{N}/u.test(word))) continue;
    const pattern = gone.join(" ");
    if (came.length === 0) {
      if (gone.length <= longest.deleted) found.push({ kind: "delete", pattern, replacement: "" });
    } else if (gone.length <= longest.pattern && came.length <= longest.replacement)
      found.push({ kind: "replace", pattern, replacement: came.join(" ") });
  }
  const from = pricePlace(before);
  const to = pricePlace(after);
  // Also where it stayed: what is left alone speaks against a rule.
  if (from && to) found.push({ kind: "price", pattern: from, replacement: to });
  return found;
}

export const stemsOf = (text: string) => words(text).map(stem).join(" ");

/** Share of characters that are different, 0..1: the Levenshtein distance over the longer text's length. */
export function distance(before: string, after: string): number {
  const a = [...before];
  const b = [...after];
  const longer = Math.max(a.length, b.length);
  if (longer === 0) return 0;
  let row = Uint16Array.from({ length: b.length + 1 }, (_, i) => i);
  let next = new Uint16Array(b.length + 1);
  for (let i = 1; i <= a.length; i++) {
    next[0] = i;
    const sign = a[i - 1];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (sign === b[j - 1] ? 0 : 1);
      next[j] = Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1);
    }
    [row, next] = [next, row];
  }
  return (row[b.length] ?? 0) / longer;
}
