/** Near copies: of a training text, of a recent draft, of the version that should have been rewritten. */
import { corpusOf } from "#src/corpus.ts";
import type { Finding, GateContext } from "./gates.ts";
import { sentences } from "./read.ts";

/**
 * Share of a text's words in eight-word runs of one other text above which it is a copy. References about different
 * products share at most 0.53 (measured over all pairs of the 4,197).
 */
const limit = 0.6;

export function copyGate(text: string, ctx: GateContext): Finding | undefined {
  const training = ctx.corpus?.nearCopy(text);
  if (training && training.ratio >= limit) return { found: `${training.id} ${percent(training.ratio)}` };

  const { revision, recent = [] } = ctx;
  if (revision) {
    const found = revisionCopy(text, revision);
    if (found) return found;
  }
  // A revision keeps what it was not asked to change, so versions close to the revised one are no copies.
  const others = recent.filter(
    (other) => !(revision && anew(revision.wish) === false && overlap(other, revision.draft) >= limit),
  );
  const near = corpusOf(others.map((other, index) => ({ id: String(index), text: other }))).nearCopy(text);
  if (near.ratio < limit) return undefined;
  return { found: `${percent(near.ratio)} „${shorten(others[Number(near.id)] ?? "")}“` };
}

function revisionCopy(text: string, { draft, wish }: { draft: string; wish: string }): Finding | undefined {
  if (key(text) === key(draft)) return { found: "100 %" };
  const shared = overlap(text, draft);
  if (anew(wish) && shared >= limit) return { found: percent(shared) };
  // "Kürzer" is a text of its own, not the old one's beginning.
  const own = sentences(text);
  if (/kürzer|knapper|shorter/iu.test(wish) && own.length > 0 && key(draft).startsWith(key(text)))
    return { found: `= 1–${own.length}` };
  return undefined;
}

/** Whether the wish asks for another text rather than for a change in this one. */
function anew(wish: string): boolean {
  return wish.trim() === "" || /\b(?:neu schreiben|nochmal|noch einmal|rewrite|again)\b/iu.test(wish);
}

function overlap(text: string, other: string): number {
  return corpusOf([{ id: "other", text: other }]).nearCopy(text).ratio;
}

/** The text without punctuation and case. */
function key(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}€]+/gu, " ")
    .trim();
}

function percent(ratio: number): string {
  return `${Math.round(ratio * 100)} %`;
}

function shorten(text: string): string {
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}
