/** The brief's name, price and numbers: kept exactly, none invented. */
import type { Channel } from "#src/brief.ts";
import type { Finding, GateContext } from "./gates.ts";
import { wrongProduct } from "./product.ts";
import { type NumberAt, numbers, numberWord, words } from "./read.ts";
import { said, without } from "./said.ts";
import { shipped } from "./vocabulary.ts";

/** The product's name must be in the text, a genitive -s allowed, spelled as in the brief. */
export function nameGate(text: string, ctx: GateContext): Finding | undefined {
  const name = ctx.brief.name?.normalize("NFC");
  if (!name) return undefined;
  const found = nameSpans(text, name);
  const misspelt = name.includes(" ") ? undefined : nearName(text, name);
  if (misspelt) return { found: `${misspelt.text} ≠ ${name}`, at: [misspelt] };
  if (found.length > 0) return wrongProduct(text, ctx);
  if (without(ctx, /namen?\b|product name/)) return undefined;
  return { found: name };
}

/** Where a name stands in a text, case ignored, as a whole word or with the genitive's s or apostrophe. */
export function nameSpans(text: string, name: string): { start: number; end: number }[] {
  const spans: { start: number; end: number }[] = [];
  const lower = text.toLowerCase();
  const sought = name.toLowerCase();
  for (let at = lower.indexOf(sought); at >= 0; at = lower.indexOf(sought, at + 1)) {
    const genitive = /^(?:s|[’']s?)(?![\p{L}\p{N}])/u.exec(
      text.slice(at + sought.length, at + sought.length + 3),
    )?.[0];
    const end = at + sought.length + (genitive?.length ?? 0);
    if (!letter.test(text[at - 1] ?? " ") && !letter.test(text[end] ?? " ")) spans.push({ start: at, end });
  }
  return spans;
}
const letter = /[\p{L}\p{N}]/u;

/** A capitalized word that is nearly the name: "Tvahed" for "Tvåhed". */
export function nearName(text: string, name: string) {
  if (name.length < 5) return undefined;
  const lower = name.toLowerCase();
  return words(text).find((word) => {
    if (word.text[0] === word.lower[0] || Math.abs(word.text.length - name.length) > 2) return false;
    if (word.lower === lower || word.lower === `${lower}s`) return false;
    if (plain(word.lower) === plain(lower)) return true;
    // Short names have real words as neighbours ("Sanda", "Sand"), and long ones too ("Adventro", "Advent").
    const edits = name.length >= 8 ? 2 : 1;
    return word.lower[0] === lower[0] && distance(word.lower, lower) <= edits && !shipped().has(word.lower);
  });
}

function plain(word: string): string {
  return word.normalize("NFD").replace(/\p{M}/gu, "");
}

/** Edits between two words (insert, delete, replace, swap of neighbours). */
export function distance(a: string, b: string): number {
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min((above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (above[j - 1] ?? 0) + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, (before[j - 2] ?? 0) + 1);
      row.push(best);
    }
    before = above;
    above = row;
  }
  return above[b.length] ?? 0;
}

/** Channels whose reference texts always say a given price; a subject line, a poem or a reply need not. */
const priceChannels: ReadonlySet<Channel> = new Set(["instagram", "produkttext", "schild", "anzeige"]);

/** Prices in the text are the brief's, to the cent; a given price is said where the channel wants it. */
export function priceGate(text: string, ctx: GateContext): Finding | undefined {
  const allowed = numbers(said(ctx)).filter((number) => number.unit === "€");
  for (const fact of ctx.brief.facts)
    if (fact.kind === "price")
      for (const value of fact.numbers) allowed.push({ value: Number(value), unit: "€", start: 0, end: 0 });
  const values = new Set(allowed.map((number) => number.value));
  const expected = [...values].map(euro).join(" / ");
  const prices = [...numbers(text).filter((number) => number.unit === "€"), ...spelledPrices(text)];

  const wrong = prices.filter((price) => !values.has(price.value));
  if (wrong.length > 0)
    return { found: `${wrong.map((price) => euro(price.value)).join(", ")} ≠ ${expected || "–"}`, at: wrong };

  // "kostet 148 cm", "Er ist 179 €": what small models make of a price; no reference text says it so.
  const broken =
    /\bkoste(?:t|n) \d[\d.,×x ]*(?:cm|mm|m|kg|g|l)\b|(?<!Preis [^.?…\n]*)\b(?:ist|sind) \d[\d.,]*[ \u00a0]€/u.exec(
      text,
    );
  if (broken)
    return { found: broken[0], at: [{ start: broken.index, end: broken.index + broken[0].length }] };

  const measured = measuredPrice.exec(text) ?? pricedMeasure.exec(text);
  if (measured)
    return { found: measured[0], at: [{ start: measured.index, end: measured.index + measured[0].length }] };

  const offer = offerPattern.exec(text);
  if (offer && !new RegExp(offer[0].slice(0, 5), "iu").test(said(ctx)))
    return { found: offer[0], at: [{ start: offer.index, end: offer.index + offer[0].length }] };

  const unwanted = without(ctx, /preis|price/);
  if (unwanted && prices.length > 0 && ctx.revision && /preis|price/iu.test(ctx.revision.wish))
    return { found: prices.map((price) => euro(price.value)).join(", "), at: prices };
  if (unwanted || values.size === 0 || prices.length > 0) return undefined;
  return priceChannels.has(ctx.brief.channel) ? { found: expected } : undefined;
}

/** "Durchmesser von 65 €", "65 € breit". */
const measuredPrice =
  /(?<!\p{L})(?:(?:\p{L}*durchmesser|\p{L}*höhe|\p{L}*breite|\p{L}*tiefe|\p{L}*länge|\p{L}*fläche|größe|gewicht)[ \u00a0](?:von|ist|beträgt)[ \u00a0]\d[\d.,]*[ \u00a0]?€|(?:misst|wiegt|fasst)[ \u00a0]\d[\d.,]*[ \u00a0]?€|\d[\d.,]*[ \u00a0]?€[ \u00a0](?:breit|hoch|lang|tief|groß|dick)(?!\p{L}| genug))/iu;
/** "für 148 cm zu haben", "Du bekommst es für 148 cm". */
const pricedMeasure =
  /(?<!\p{L})(?:(?:bekommst|bekommt|gibt es|kaufst|nimmst|hast)(?:[ \u00a0][\p{L}]+){0,4}[ \u00a0]für[ \u00a0]\d[\d.,×x \u00a0]*(?:cm|mm|kg|g|l|ml)(?!\p{L})(?![^.]*€)|für[ \u00a0]\d[\d.,×x \u00a0]*(?:cm|mm|kg|g|l|ml)[ \u00a0](?:zu haben|bekommst|gehört))/iu;

/** Offers are prices too: none is made that the brief doesn't make. */
const offerPattern =
  /\b(?:gratis|kostenlos\p{L}*|rabatt\p{L}*|reduziert\p{L}*|sonderpreis\p{L}*|sonderangebot\p{L}*|schnäppchen\p{L}*|zum halben preis|versandkostenfrei)/iu;

function spelledPrices(text: string): NumberAt[] {
  const found: NumberAt[] = [];
  for (const match of text.matchAll(/(?<!\p{L})(\p{Ll}{4,60})\s+(?:Euro|€)/gu)) {
    const value = numberWord(match[1] ?? "");
    // "tausend Euro" is a figure of speech in scenes.
    if (value !== undefined && match[1] !== "tausend" && match[1] !== "hundert")
      found.push({ value, unit: "€", start: match.index, end: match.index + match[0].length });
  }
  return found;
}

const euroFormat = new Intl.NumberFormat("de-DE", { maximumFractionDigits: 2 });
function euro(value: number): string {
  const cents = Number.isInteger(value) ? 0 : 2;
  return `${euroFormat.format(value).replace(/,(\d)$/, cents ? ",$10" : ",$1")} €`;
}

/** Every number in digits is the brief's (or the earlier version's), with its unit and its side. */
export function digitsGate(text: string, ctx: GateContext): Finding | undefined {
  const source = [said(ctx), ctx.revision?.draft ?? ""].join("\n");
  const known = withUnits(numbers(source));
  for (const fact of ctx.brief.facts)
    for (const value of fact.numbers) known.push({ value: Number(value), unit: "", start: 0, end: 0 });
  for (const word of words(source)) {
    const value = numberWord(word.lower);
    if (value !== undefined) known.push({ value, unit: "", start: 0, end: 0 });
  }

  const wrong = withUnits(numbers(text)).filter((number) => {
    if (number.unit === "€") return false; // the price gate's
    const same = known.filter((candidate) => sameAmount(candidate, number));
    if (same.length === 0) return true;
    return (
      sides.has(number.unit) &&
      !same.some((candidate) => !sides.has(candidate.unit) || candidate.unit === number.unit)
    );
  });
  if (wrong.length === 0) return undefined;
  const shown = wrong.map((number) => text.slice(number.start, number.end + unitLength(text, number)));
  return { found: shown.join(", "), at: wrong };
}

const measureUnits = new Set([
  "cm",
  "m",
  "mm",
  "kg",
  "g",
  "l",
  "ml",
  "%",
  "w",
  "watt",
  "lumen",
  "grad",
  "stunden",
]);
const sides = new Set(["€", ...measureUnits]);

/** Numbers of one list share the unit at its end: "140 x 200 cm", "12, 18 und 24 cm", "48 bis 58 cm". */
function withUnits(list: NumberAt[]): NumberAt[] {
  const joining = new Set(["x", "×", "und", "bis", "oder", "mal", ""]);
  return list.map((number, index) => {
    const next = list[index + 1];
    if (!next || !joining.has(number.unit) || next.start - number.end > 8) return number;
    let last = index + 1;
    while (
      list[last + 1] &&
      joining.has(list[last]?.unit ?? "") &&
      (list[last + 1]?.start ?? 0) - (list[last]?.end ?? 0) <= 8
    )
      last++;
    const unit = list[last]?.unit ?? "";
    return measureUnits.has(unit) ? { ...number, unit } : number;
  });
}

function sameAmount(known: NumberAt, number: NumberAt): boolean {
  if (known.value === number.value) return true;
  const length = lengths.get(known.unit);
  const other = lengths.get(number.unit);
  return (
    length !== undefined &&
    other !== undefined &&
    Math.abs(known.value * length - number.value * other) < 1e-6
  );
}
const lengths = new Map([
  ["mm", 1],
  ["cm", 10],
  ["m", 1000],
]);

function unitLength(text: string, number: NumberAt): number {
  return /^[\s\u00a0-]*[\p{L}%]*/u.exec(text.slice(number.end, number.end + 16))?.[0].length ?? 0;
}
