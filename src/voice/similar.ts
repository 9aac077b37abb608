/** How alike two texts are beyond the facts that both must have. */
import type { Brief } from "#src/brief.ts";
import { stem, words } from "./facts.ts";

function trigrams(text: string): Set<string> {
  const grams = new Set<string>();
  const padded = ` ${text} `;
  for (let i = 0; i + 3 <= padded.length; i++) grams.add(padded.slice(i, i + 3));
  return grams;
}

/** Lower-case words without the brief's own words and numbers. */
function beyondFacts(text: string, brief: Brief | undefined): string {
  const facts = new Set(
    brief === undefined
      ? []
      : words([brief.task, brief.product, brief.name, ...brief.facts.map((f) => f.text)].join(" ")).map(stem),
  );
  return words(text)
    .filter((word) => !facts.has(stem(word)))
    .join(" ")
    .toLowerCase();
}

/** 0..1: Jaccard index of the character trigrams after the words of the brief are taken out. Two unrelated German texts have about 0.15. */
export function similarity(a: string, b: string, brief?: Brief): number {
  const x = trigrams(beyondFacts(a, brief));
  const y = trigrams(beyondFacts(b, brief));
  let shared = 0;
  for (const gram of x) if (y.has(gram)) shared++;
  const union = x.size + y.size - shared;
  return union === 0 ? 1 : shared / union;
}

/** Sentences and lines, trimmed, without their final mark. */
export function sentences(text: string): string[] {
  return text
    .split(/(?<=[.!?…][“"”]?)\s+(?=[\p{Lu}\d„–])|\n+/u)
    .map((s) => s.trim())
    .filter((s) => s !== "");
}

/** Whether `shorter` is `longer` with nothing done but cutting: its beginning, or some of its sentences unchanged. */
export function isCut(shorter: string, longer: string): boolean {
  const bare = (s: string): string => words(s).join(" ").toLowerCase();
  if (bare(longer).startsWith(bare(shorter))) return true;
  const kept = new Set(sentences(longer).map(bare));
  return sentences(shorter).every((s) => kept.has(bare(s)));
}
