/** Counted parts of the product: "drei Türen" where the brief says two. Scenes ("zwölf Freunde") are free. */
import type { Finding, GateContext } from "./gates.ts";
import { lexiconIndex } from "./nouns.ts";
import { fold, numbers, numberWord, type Word, words } from "./read.ts";
import { said } from "./said.ts";

/** Parts that products are counted by; those of one line may stand for each other. */
const partGroups: readonly (readonly string[])[] = [
  ["tür"],
  ["sitz", "platz", "sitzplatz", "sitzer"],
  ["schublade", "schubfach", "auszug", "lade"],
  ["haken"],
  ["fach", "boden", "ebene", "etage", "ablage", "brett", "einlegeboden"],
  ["klappe"],
  ["stufe", "sprosse", "tritt"],
  ["rolle", "rad"],
  ["bein", "fuß"],
  ["arm", "flamme", "lampe", "leuchte", "licht", "spot"],
  ["griff", "henkel"],
  ["korb", "box", "kasten", "bettkasten"],
  ["tasche"],
  ["teil", "stück"],
  ["schal", "vorhang"],
  ["bügel"],
];
const groupOf = new Map<string, number>();
for (const [group, parts] of partGroups.entries()) for (const part of parts) groupOf.set(stem(part), group);

/** Measured units: spelled out they must agree with the brief as digits must. */
const unitWords = new Set([
  "meter",
  "metern",
  "zentimeter",
  "zentimetern",
  "kilo",
  "kilogramm",
  "liter",
  "litern",
]);

interface Counted {
  count: number;
  noun: string;
  group: number | undefined;
  start: number;
  end: number;
}

export function countsGate(text: string, ctx: GateContext): Finding | undefined {
  const source = [said(ctx), ctx.revision?.draft ?? ""].join("\n");
  const known = counted(source);
  const amounts = new Set([
    ...numbers(source).map((number) => number.value),
    ...known.map(({ count }) => count),
  ]);
  for (const word of words(source)) {
    const value = numberWord(word.lower) ?? prefixed(word.lower)?.count;
    if (value !== undefined) amounts.add(value);
  }
  if (/\bpaar\b/iu.test(source)) amounts.add(2);
  const index = lexiconIndex(ctx.brand);
  const product = index.product(ctx.brief.product ?? "");

  const own = counted(text, true);
  for (const item of own) {
    const at = [{ start: item.start, end: item.end }];
    if (unitWords.has(item.noun)) {
      if (!/^\s+(?:lang|breit|hoch|tief|groß)/u.test(text.slice(item.end, item.end + 8))) continue;
      const inCm = item.noun.startsWith("meter") ? item.count * 100 : item.count;
      if (!amounts.has(item.count) && !amounts.has(inCm))
        return { found: text.slice(item.start, item.end), at };
      continue;
    }
    if (item.group === undefined) continue;
    const same = known.filter((other) => other.group === item.group);
    if (same.some((other) => other.count === item.count)) continue;
    if (isPartOf(item, same, own, text)) continue;
    if (same.length > 0)
      return {
        found: `${text.slice(item.start, item.end)} ≠ ${[...new Set(same.map((other) => other.count))].join(", ")}`,
        at,
      };
    // "Die Serie hat drei Teile" counts what the brief lists.
    if (item.group === groupOf.get(stem("teil"))) continue;
    if (!amounts.has(item.count) && saidOfProduct(text, item, ctx, product))
      return { found: text.slice(item.start, item.end), at };
  }
  return undefined;
}

/** "Vier Schubladen sind voll, die fünfte ist frei": some of all, where the text says all of them too. */
function isPartOf(item: Counted, known: readonly Counted[], own: readonly Counted[], text: string): boolean {
  return known.some(
    ({ count, group }) =>
      item.count < count &&
      (own.some((other) => other.group === group && other.count === count) ||
        new RegExp(`\\b${ordinals[count] ?? "\n"}`, "iu").test(text)),
  );
}
const ordinals = [
  "",
  "erste",
  "zweite",
  "dritte",
  "vierte",
  "fünfte",
  "sechste",
  "siebte",
  "achte",
  "neunte",
  "zehnte",
];

/** An invented count is the product's where it "hat", "mit", "bietet" so many, or stands beside its name. */
function saidOfProduct(text: string, item: Counted, ctx: GateContext, product: string | undefined): boolean {
  const before =
    text
      .slice(Math.max(0, item.start - 60), item.start)
      .split(/[.?\n]/u)
      .at(-1) ?? "";
  const naming = [ctx.brief.name, product].filter((name) => name !== undefined);
  return (
    naming.some((name) => before.toLowerCase().includes(name.toLowerCase())) &&
    /(?:\bhat|\bmit|\bhaben|\bbesitzt|\bbietet|\bin|,)\s*$/u.test(before)
  );
}

/** Number + noun pairs: "zwei Türen", "3 flache Schubladen", "4er-Set", "Dreisitzer", "2-Sitzer", "viertürig". */
function counted(text: string, proper = false): Counted[] {
  const list: Counted[] = [];
  const all = words(text);
  const add = (count: number, word: Word, start: number) => {
    const noun = word.lower.replace(/^-|-$/gu, "");
    list.push({ count, noun, group: partGroup(noun), start, end: word.end });
  };
  const digits = numbers(text);
  for (const number of digits) {
    const next = all.findIndex((word) => word.start >= number.end);
    const noun = nounFrom(text, all, next, number.end, proper);
    if (noun && Number.isInteger(number.value)) add(number.value, noun, number.start);
  }
  for (const [position, word] of all.entries()) {
    const value = numberWord(word.lower);
    if (value !== undefined) {
      const noun = nounFrom(text, all, position + 1, word.end, proper);
      if (noun) add(value, noun, word.start);
      continue;
    }
    const compound = numberStart.test(word.lower) ? prefixed(word.lower) : undefined;
    if (compound) list.push({ ...compound, start: word.start, end: word.end });
  }
  return list;
}

/** The noun that a number counts: next, or after adjectives in lower case. */
function nounFrom(
  text: string,
  all: readonly Word[],
  from: number,
  end: number,
  proper: boolean,
): Word | undefined {
  if (from < 0) return undefined;
  for (let at = from; at < Math.min(all.length, from + 3); at++) {
    const word = all[at];
    if (!word || !/^[\s\u00a0-]*$/u.test(text.slice(end, word.start))) return undefined;
    if (/^\p{Lu}/u.test(word.text) || unitWords.has(word.lower)) return word;
    // Briefs are typed in any case, texts are not: "zwei sitzen" is no part.
    if (!proper && partGroup(word.lower) !== undefined) return word;
    if (!/e[nr]?$/u.test(word.lower)) return undefined;
    end = word.end;
  }
  return undefined;
}

const numberStart = /^(?:zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|zwölf)/u;

/** "dreisitzer", "viertürig", "zweiflammige": the number and the part in one word. */
function prefixed(lower: string): { count: number; noun: string; group: number } | undefined {
  const match =
    /^(zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|zwölf)-?(sitz|tür|arm|flamm|teil|bein|stuf|fäch|etag)/u.exec(
      lower,
    );
  const count = numberWord(match?.[1] ?? "");
  const group = partGroup(match?.[2] ?? "");
  return count === undefined || group === undefined ? undefined : { count, noun: lower, group };
}

const groups = new Map<string, number | undefined>();
function partGroup(noun: string): number | undefined {
  if (groups.has(noun)) return groups.get(noun);
  if (groups.size > 5000) groups.clear();
  const group = findGroup(noun);
  groups.set(noun, group);
  return group;
}

function findGroup(noun: string): number | undefined {
  const own = stem(noun);
  const direct = groupOf.get(own);
  if (direct !== undefined) return direct;
  for (const [part, group] of groupOf)
    if (part.length >= 3 && own.endsWith(part) && own.length - part.length >= 3) return group;
  return undefined;
}

/** Singular and plural fold to one: "Türen" and "Tür", "Böden" and "Boden". */
function stem(noun: string): string {
  return fold(noun).replace(/(?:ern|er|en|n|e|s)$/u, "");
}
