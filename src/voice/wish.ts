/** What a person asks of a revision, and whether a text grants it. */
import type { Brief, Length, Tone } from "#src/brief.ts";
import { countGraphemes } from "#src/gates/read.ts";
import { stem, words } from "./facts.ts";
import { isCut, sentences, similarity } from "./similar.ts";

export interface Wish {
  kind: "anew" | "shorter" | "longer" | "other";
  tone?: Tone;
  /** Content words that the text should or (after "ohne") must not have, as stems. */
  want: string[];
  avoid: string[];
  priceFirst: boolean;
  question: boolean;
}

const tones: [RegExp, Tone][] = [
  [/wärmer|herzlicher|warmer|warm\b/i, "warm"],
  [/lustiger|witziger|heiter|fröhlicher|funn(?:y|ier)/i, "heiter"],
  [/ruhiger|ruhig\b|calmer/i, "ruhig"],
  [/sachlich|nüchtern|factual/i, "sachlich"],
];

const talk = new Set(
  `bitte thema erwähne erwähnen nenn nenne nennen mehr weniger mach mache etwas anderer anderen anderes einstieg schluss anfang ende
  text sagen über noch auch soll sollte eine einen einem ohne kein keine keinen nicht statt mention about please with without the
  neu schreiben anders einfacher adjektive frage preis kürzer länger für familie`
    .replace(" familie", "")
    .split(/\s+/),
);

const content = (text: string): string[] =>
  words(text)
    .filter((word) => word.length > 2 && !talk.has(word.toLowerCase()))
    .map(stem);

export function readWish(wish: string): Wish {
  const text = wish.trim();
  const without = [
    ...text.matchAll(
      /\b(?:ohne|kein(?:e[nr]?)?|nicht|without|no)\s+(?:de[nrm]\s+|das\s+|die\s+|the\s+)?(\p{L}+)/giu,
    ),
  ].map((match) => match[1] ?? "");
  const avoid = without.filter((word) => !/preis|price/i.test(word)).map(stem);
  const tone = tones.find(([pattern]) => pattern.test(text))?.[1];
  const kind = /kürz|knapp|short/i.test(text)
    ? "shorter"
    : /läng(?:er|re)|ausführlich|mehr text|longer/i.test(text)
      ? "longer"
      : /^(?:bitte )?(?:neu|anders|noch ?mal|nochmal|rewrite)?(?: schreiben| bitte)?[.!]?$/i.test(text)
        ? "anew"
        : "other";
  return {
    kind,
    ...(tone === undefined ? {} : { tone }),
    want:
      kind === "other"
        ? content(text).filter((s) => !avoid.includes(s) && !tones.some(([p]) => p.test(s)))
        : [],
    avoid,
    priceFirst: /preis (?:am anfang|zuerst|vorne?)|price first/i.test(text),
    question: /frage|question/i.test(text),
  };
}

const leaveOut =
  /\b(?:ohne|kein(?:e[nmr]?)?|without|no)\s+(?:de[nrm]\s+|das\s+|die\s+|the\s+|any\s+)?(\p{L}{3,})/giu;

/**
 * Of what was asked of earlier versions, oldest first, that which still holds for the next one: what should be left
 * out stays out ("ohne Preis", then "kürzer"), until somebody asks for it again ("mit Preis").
 */
export function standingWishes(earlier: readonly string[], now: string): string[] {
  const standing = new Map<string, string>();
  const spokenOf = (wish: string) => {
    for (const word of words(wish).map(stem)) standing.delete(word);
  };
  for (const wish of earlier) {
    spokenOf(wish);
    for (const [said, what = ""] of wish.matchAll(leaveOut)) standing.set(stem(what), said);
  }
  spokenOf(now);
  return [...standing.values()];
}

/** Two texts are the same beyond their facts from here on. */
export const same = 0.5;
/** "Kürzer" is at most this share of the earlier text. */
export const shorterShare = 0.8;
export const longerShare = 1.15;

/**
 * `ok`: the wish's checkable part is granted. `degree` 0..1: how far, for ranking. `max` is the channel's limit in
 * graphemes: a text that is nearly at the limit already need only be longer at all.
 */
export function grants(
  text: string,
  about: { brief: Brief; wish: Wish; draft: string; recent: readonly string[]; max: number },
): { ok: boolean; degree: number } {
  const { brief, wish, draft, recent, max } = about;
  const ratio = countGraphemes(text) / Math.max(1, countGraphemes(draft));
  if (wish.kind === "anew") {
    const nearest = Math.max(...[draft, ...recent].map((other) => similarity(text, other, brief)));
    return { ok: nearest < same, degree: 1 - nearest };
  }
  if (wish.kind === "shorter") {
    const ok = ratio <= shorterShare && !isCut(text, draft);
    return { ok, degree: ok ? 1 : Math.max(0, 1 - ratio) };
  }
  if (wish.kind === "longer") {
    const ok = ratio >= longerShare || (ratio > 1 && countGraphemes(draft) * longerShare > max);
    return { ok, degree: ok ? 1 : Math.min(1, ratio / longerShare) / 2 };
  }
  const stems = words(text).map(stem);
  const has = (wanted: string): boolean =>
    stems.some((s) => s === wanted || (wanted.length > 3 && s.includes(wanted)));
  const first = sentences(text)[0] ?? "";
  const checks = [
    !wish.avoid.some(has),
    !wish.priceFirst || /€|Euro/.test(first),
    !wish.question || /\?/.test(text),
    similarity(text, draft) < 0.95,
  ];
  const wanted = wish.want.length === 0 ? 1 : wish.want.filter(has).length / wish.want.length;
  return { ok: checks.every(Boolean), degree: wanted };
}

/** The length label for a text of so many graphemes. */
export function lengthFor(count: number, thirds: readonly [number, number]): Length {
  return count <= thirds[0] ? "kurz" : count <= thirds[1] ? "mittel" : "lang";
}

/** The length that a revision is asked to have. */
export function revisedLength(
  wish: Wish,
  draft: string,
  brief: Brief,
  thirds: readonly [number, number],
): Length {
  if (wish.kind === "shorter") return lengthFor(countGraphemes(draft) * 0.7, thirds);
  if (wish.kind === "longer") return "lang";
  return brief.length;
}
