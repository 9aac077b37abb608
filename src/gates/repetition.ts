/** Repetition: small models fall into loops. */
import type { Finding } from "./gates.ts";
import { sentences, type Word, words } from "./read.ts";

/** Doubled words that German has: "die, die schon da sind", "tapp, tapp". */
const doubles = new Set(["die", "der", "das", "den", "sie", "ein", "ist", "hat", "liegt", "welches"]);

/**
 * A sentence twice, four words in the same order twice (the reference texts' 99th percentile is none at all), a word
 * doubled, or a word three times in a row.
 */
export function repetitionGate(text: string): Finding | undefined {
  const seen = new Set<string>();
  for (const sentence of sentences(text)) {
    const key = sentence.text
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, " ")
      .trim();
    if (seen.has(key) && key.includes(" ")) return { found: sentence.text, at: [sentence] };
    seen.add(key);
  }

  const all = words(text);
  for (let i = 1; i < all.length; i++) {
    const [before, here, after] = [all[i - 1], all[i], all[i + 1]];
    if (!before || !here || before.lower !== here.lower) continue;
    const gap = text.slice(before.end, here.start);
    const thrice = after?.lower === here.lower;
    if ((/^[ \u00a0]+$/u.test(gap) && !doubles.has(here.lower)) || (thrice && gap.length <= 2))
      return { found: text.slice(before.start, here.end), at: [{ start: before.start, end: here.end }] };
  }
  const listed =
    /(?<!\p{L})((?:(?:in|an|auf|aus|unter|neben)[ \u00a0])?(?:d(?:er|ie|as|en|em)|ein(?:e[nrm]?)?)[ \u00a0]\p{Lu}[\p{L}-]*)(?:,(?: dann)?| und| oder)[ \u00a0]\1(?!\p{L}| für )/u.exec(
      text,
    );
  // "einer schläft, und einer schläft", "komm vorbei und komm vorbei"
  const again = listed ?? /(?<!\p{L})(\p{L}+ \p{Ll}+)(?:, und| und|,) \1(?=[.,])/u.exec(text);
  if (again) return { found: again[0], at: [{ start: again.index, end: again.index + again[0].length }] };
  return repeatedRun(text, all);
}

function repeatedRun(text: string, all: readonly Word[]): Finding | undefined {
  const begins = new Set(sentences(text).map((sentence) => sentence.start));
  const first = new Map<string, number>();
  for (let i = 0; i + 3 < all.length; i++) {
    const key = runKey(all, i);
    const earlier = first.get(key);
    if (earlier === undefined) {
      first.set(key, i);
      continue;
    }
    // "Du drehst dich zum Tisch … Du drehst dich zum Fenster": two sentences may begin alike, for four words.
    const anaphora = begins.has(all[i]?.start ?? -1) && begins.has(all[earlier]?.start ?? -1);
    if (anaphora && runKey(all, i + 1) !== runKey(all, earlier + 1)) continue;
    const at = [earlier, i].map((from) => ({ start: all[from]?.start ?? 0, end: all[from + 3]?.end ?? 0 }));
    return { found: text.slice(at[1]?.start, at[1]?.end), at };
  }
  return undefined;
}

function runKey(all: readonly Word[], from: number): string {
  return all
    .slice(from, from + 4)
    .map((word) => word.lower)
    .join(" ");
}
