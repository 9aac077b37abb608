/**
 * What the style part of the voice score looks at: hashed character 3-5-grams within words, function words,
 * punctuation, and a few rules. The name is left out, digits are masked and the counts scaled to length one, so
 * neither the product, its price nor the text's length can tell the voice.
 */
import type { Brief } from "#src/brief.ts";
import { words } from "./facts.ts";
import { sentences } from "./similar.ts";

export const buckets = 1 << 15;

/** Index and value, index ascending; the rules lie behind the buckets. */
export interface Features {
  indices: Uint32Array;
  values: Float32Array;
}

export const ruleNames = [
  "address-du",
  "address-sie",
  "exclamation",
  "question",
  "colon",
  "comma",
  "emoji-hashtag",
  "sentence-mean",
  "sentence-spread",
  "sentence-long",
  "last-shorter",
  "word-length",
  "long-words",
  "capitals",
  "variety",
  "same-openings",
  "adjective-chains",
] as const;

const functionWords = new Set(
  `aber alle alles als also am an auch auf aus bei bis da damit dann das dass dein deine deinem deinen deiner dem den denn der des
  dich die dir doch dort du durch ein eine einem einen einer er erst es euch euer etwas für gern ganz hat hier ihm ihn ihr im immer
  in ist jede jeder jetzt kann kein keine man mehr mit nach neben nicht nichts noch nun nur ob oben oder ohne schon sehr sein sich
  sie sind so um und uns unser unter unsere vom von vor was weil wenn wer wie wir wird wo zu zum zur zwischen über`.split(
    /\s+/,
  ),
);

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return (h ^ (h >>> 15)) >>> 0;
}

/** Lower case, without the brief's name, every number as "0". */
function mask(text: string, name: string | undefined): string {
  const escaped = name?.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const nameless = escaped ? text.replace(new RegExp(escaped, "giu"), "") : text;
  return nameless
    .replace(/\d+(?:[.,]\d+)*/g, "0")
    .replace(/[\u00a0\u202f]/g, " ")
    .toLowerCase();
}

export function features(text: string, brief: Pick<Brief, "name">): Features {
  const counts = new Map<number, number>();
  const add = (feature: string): void => {
    const bucket = hash(feature) & (buckets - 1);
    counts.set(bucket, (counts.get(bucket) ?? 0) + 1);
  };
  const masked = mask(text, brief.name);
  const tokens = masked.match(/[\p{L}0]+|[^\s\p{L}0]/gu) ?? [];
  tokens.forEach((token, i) => {
    if (/^[\p{L}0]/u.test(token)) {
      const padded = ` ${token} `;
      for (let n = 3; n <= 5; n++) for (let k = 0; k + n <= padded.length; k++) add(padded.slice(k, k + n));
      if (functionWords.has(token)) add(`f:${token}`);
    } else add(`p:${token}`);
    const next = tokens[i + 1];
    // Pairs with a function word or a mark show the sentence's bones.
    if (next !== undefined && (functionWords.has(token) || functionWords.has(next) || token.length === 1))
      add(
        `b:${functionWords.has(token) || token.length === 1 ? token : "_"} ${functionWords.has(next) || next.length === 1 ? next : "_"}`,
      );
  });
  let norm = 0;
  const entries = [...counts]
    .map(([index, count]): [number, number] => [index, 1 + Math.log(count)])
    .sort((a, b) => a[0] - b[0]);
  for (const [, value] of entries) norm += value * value;
  const scale = norm === 0 ? 0 : 1 / Math.sqrt(norm);
  const rules = ruleValues(text);
  const indices = new Uint32Array(entries.length + rules.length);
  const values = new Float32Array(entries.length + rules.length);
  entries.forEach(([index, value], i) => {
    indices[i] = index;
    values[i] = value * scale;
  });
  rules.forEach((value, i) => {
    indices[entries.length + i] = buckets + i;
    // A tenth keeps the rules in proportion to the n-grams, whose values are about 0.05.
    values[entries.length + i] = value / 10;
  });
  return { indices, values };
}

/** In the order of `ruleNames`, each about 0..1. */
function ruleValues(text: string): number[] {
  const parts = sentences(text);
  const all = words(text);
  const n = Math.max(1, parts.length);
  const w = Math.max(1, all.length);
  const per = (pattern: RegExp, of: number): number => Math.min(1, (text.match(pattern)?.length ?? 0) / of);
  const lengths = parts.map((part) => words(part).length);
  const mean = lengths.reduce((a, b) => a + b, 0) / n;
  const spread = Math.sqrt(lengths.reduce((a, b) => a + (b - mean) ** 2, 0) / n);
  const openings = parts.map((part) => words(part)[0]?.toLowerCase() ?? "");
  const lower = all.map((word) => word.toLowerCase());
  return [
    per(/\b(?:du|dich|dir|dein\p{Ll}*|ihr|euch|eure\p{Ll}*)(?!\p{L})/giu, n),
    per(/(?<=\p{Ll},? )(?:Sie|Ihnen|Ihr\p{Ll}*)(?!\p{L})/gu, n),
    per(/!/g, n),
    per(/\?/g, n),
    per(/:/g, n),
    per(/,/g, 2 * n),
    per(/\p{Extended_Pictographic}|#\p{L}/gu, 1),
    Math.min(1, mean / 25),
    Math.min(1, spread / 10),
    lengths.filter((length) => length > 16).length / n,
    Math.min(1, (lengths.at(-1) ?? 0) / Math.max(1, mean) / 2),
    Math.min(1, all.reduce((a, word) => a + word.length, 0) / w / 10),
    all.filter((word) => word.length > 11).length / w,
    all.filter((word) => /^\p{Lu}/u.test(word)).length / w,
    new Set(lower).size / w,
    1 - new Set(openings).size / n,
    per(/\p{Ll}{3,}(?:e[nmrs]?), \p{Ll}{3,}(?:e[nmrs]?)(?= )/gu, n),
  ];
}
