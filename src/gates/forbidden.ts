/** Words the brand never says, inflected and in compounds; emojis, hashtags, exclamation marks, superlatives. */
import type { Brand, Forbidden } from "#src/brand.ts";
import type { Finding, GateContext } from "./gates.ts";
import { lexiconIndex } from "./nouns.ts";
import { fold } from "./read.ts";

export interface ForbiddenAt {
  start: number;
  end: number;
  found: string;
  rule: string;
  suggestions: string[];
}

export function forbiddenGate(text: string, ctx: GateContext): Finding | undefined {
  const at = findForbidden(text, ctx.brand);
  if (at.length === 0) return undefined;
  return {
    found: [...new Set(at.map((hit) => hit.found))].join(", "),
    at: at.map(({ start, end }) => ({ start, end })),
  };
}

/** Every forbidden place in reading order, with the brand's replacements. */
export function findForbidden(text: string, brand: Brand): ForbiddenAt[] {
  const hits: ForbiddenAt[] = [];
  const plain = folded(text);
  for (const { pattern, entry, needle } of patterns(brand)) {
    if (!plain.includes(needle)) continue;
    for (const match of plain.matchAll(pattern)) {
      // "Am besten fragst du vorher" praises nothing.
      if (/\bam\s+$/iu.test(text.slice(0, match.index)) && match[0].endsWith("sten")) continue;
      const end = match.index + match[0].length;
      hits.push({
        start: match.index,
        end,
        found: text.slice(match.index, end),
        rule: entry.word,
        suggestions: entry.replacements,
      });
    }
  }
  for (const { pattern, rule, suggestions } of general)
    for (const match of text.matchAll(pattern)) {
      const end = match.index + match[0].length;
      hits.push({ start: match.index, end, found: match[0], rule, suggestions });
    }
  hits.push(...superlatives(text, brand));
  hits.sort((a, b) => a.start - b.start || b.end - a.end);
  // One place, one finding: "Traumsofa" is not also "Traum".
  return hits.filter((hit, index) => !hits.slice(0, index).some((other) => other.end > hit.start));
}

/** What no brand here says; the marks are the channel's noise, the superlatives promises nobody can keep. */
const general: readonly { pattern: RegExp; rule: string; suggestions: string[] }[] = [
  { pattern: /[!¡]+/gu, rule: "!", suggestions: ["."] },
  { pattern: /(?<![\p{L}\p{N}&])#\p{L}[\p{L}\p{N}_]*/gu, rule: "#", suggestions: [""] },
  {
    pattern:
      /(?:\p{Extended_Pictographic}|\p{Regional_Indicator})(?:\p{Emoji_Modifier}|\ufe0f|\u200d|\p{Extended_Pictographic})*|[:;]-?[)D(](?!\p{L})/gu,
    rule: "emoji",
    suggestions: [""],
  },
];

/** "der bequemste Sessel": a superlative said of a product. In scenes ("die schönsten Spielsachen") it is free. */
function superlatives(text: string, brand: Brand): ForbiddenAt[] {
  const index = lexiconIndex(brand);
  const hits: ForbiddenAt[] = [];
  for (const match of text.matchAll(/\b(\p{Ll}{3,}st)(?:e[nrsm]?)\s+(\p{Lu}\p{L}+)/gu)) {
    const adjective = match[1] ?? "";
    if (!index.product(match[2] ?? "") || !claims.has(fold(adjective).replace(/e?st$/u, ""))) continue;
    hits.push({
      start: match.index,
      end: match.index + match[0].length,
      found: match[0],
      rule: "-ste",
      suggestions: [],
    });
  }
  return hits;
}
const claims = new Set(
  "be schon bequem gemutlich weich edel elegant hochwertig modern stilvoll toll perfekt gunstig exklusiv robust starkst praktisch".split(
    " ",
  ),
);

/** Lower case and umlauts as vowels, the same length, so that offsets hold (ß stays). */
function folded(text: string): string {
  return text.toLowerCase().replaceAll("ä", "a").replaceAll("ö", "o").replaceAll("ü", "u");
}

const cache = new WeakMap<Brand, { pattern: RegExp; entry: Forbidden; needle: string }[]>();
function patterns(brand: Brand) {
  let known = cache.get(brand);
  if (!known) {
    known = brand.forbidden.map((entry) => ({ pattern: toPattern(entry), entry, needle: needle(entry) }));
    cache.set(brand, known);
  }
  return known;
}

const letter = "[\\p{L}\\p{M}]";
const ending =
  "(?:e|en|er|es|em|ern|s|n|st|t|te|ten|test|ter|tes|tem|ste|sten|ster|stes|stem|ere|eren|erer|eres|erem)?";

function toPattern(entry: Forbidden): RegExp {
  const parts = entry.word.normalize("NFC").split(/\s*(?:…|\.\.\.)\s*/u);
  const body = parts
    .map((part) =>
      part.split(/\s+/u).map((word) => wordPattern(word, entry, parts.length > 1 || part.includes(" "))),
    )
    .map((words) => words.join("\\s+"))
    .join("[^.?\\n]{1,80}?");
  return new RegExp(`(?<!${letter})${body}(?!${letter})`, "gu");
}

/** What every match holds: looked for first, since it is much quicker than the pattern. */
function needle(entry: Forbidden): string {
  const first = folded(entry.word.normalize("NFC")).split(/[\s…]+|\.\.\./u)[0] ?? "";
  return entry.exact || first.length <= 4 ? first : first.replace(/(?:en|e)$/u, "");
}

function wordPattern(word: string, entry: Forbidden, phrase: boolean): string {
  const lower = folded(word).replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  if (entry.exact || !/^\p{L}/u.test(lower)) return lower;
  const stem = lower.length > 4 ? lower.replace(/(?:en|e)$/u, "") : lower;
  if (phrase) return lower.length > 3 ? `${stem}${ending}` : lower;
  const noun = word !== word.toLowerCase();
  // A noun's compounds ("Traumsofa", "Wohntraum") and derived words ("traumhaft") are meant too; a short adjective's
  // ("beste") would hit "Besteck" and "bestellen".
  if (noun) return `(?:${letter}*${stem}${ending}|${stem}${letter}*)`;
  if (fold(word).length >= 7) return `(?:${letter}*${stem}${ending}|${stem}${letter}*)`;
  return `(?:aller)?${stem}${ending}`;
}
