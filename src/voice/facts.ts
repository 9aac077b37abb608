/** Which facts of a brief a German text has: inflected, in compounds, as digits or number words. */
import type { Brand } from "#src/brand.ts";
import type { Brief, Channel, Fact } from "#src/brief.ts";
import type { GateId, GateResult } from "#src/views.ts";

const numberWords: Record<string, readonly string[]> = {
  "1": ["ein", "eine", "einen", "einem", "einer", "eines", "eins"],
  "2": ["zwei", "beide", "beiden", "zweier", "zweiten", "zweite"],
  "3": ["drei", "dreier", "dritte", "dritten"],
  "4": ["vier", "vierte", "vierten"],
  "5": ["fünf"],
  "6": ["sechs"],
  "7": ["sieben"],
  "8": ["acht"],
  "9": ["neun"],
  "10": ["zehn"],
  "11": ["elf"],
  "12": ["zwölf"],
};

const fillers = new Set(
  "aus mit und für der die das den dem des ein eine einen einem einer von vom zum zur im in am an auf bis als oder ist".split(
    " ",
  ),
);

/** Lower case, umlauts folded, so that "Stühle" meets "Stuhl". */
function fold(word: string): string {
  return word
    .toLowerCase()
    .normalize("NFD")
    .replace(/\u0308/g, "")
    .normalize("NFC")
    .replace(/ß/g, "ss");
}

/** Strips the endings of German inflection; never below three letters. */
export function stem(word: string): string {
  const folded = fold(word);
  const cut = folded.replace(/(?:ern|en|er|em|es|e|n|s)$/, "");
  return cut.length >= 3 ? cut : folded;
}

export function words(text: string): string[] {
  return text.match(/\p{L}+(?:['’]\p{L}+)?/gu) ?? [];
}

/** Numbers as in Fact.numbers: "1.099" is 1099, "24,90" is 24.90. */
export function numbers(text: string): string[] {
  return (text.match(/\d+(?:[.,]\d+)*/g) ?? []).map((n) =>
    n.replace(/\.(?=\d{3}(?:\D|$))/g, "").replace(",", "."),
  );
}

function sameNumber(a: string, b: string): boolean {
  return a === b || Number(a) === Number(b);
}

interface Read {
  stems: string[];
  lower: Set<string>;
  numbers: string[];
  text: string;
}

function read(text: string): Read {
  const all = words(text);
  return {
    stems: all.map(stem),
    lower: new Set(all.map((word) => word.toLowerCase())),
    numbers: numbers(text),
    text,
  };
}

function hasNumber(number: string, text: Read): boolean {
  return (
    text.numbers.some((n) => sameNumber(n, number)) ||
    (numberWords[number]?.some((word) => text.lower.has(word)) ?? false)
  );
}

/** The same word inflected, or one that holds the other as a part: "Leinensofa", "cremefarben", "Sofa" for "Schlafsofa". */
function hasWord(word: string, text: Read, kin: readonly string[] = []): boolean {
  return [word, ...kin].some((form) => {
    const wanted = stem(form);
    return text.stems.some(
      (have) =>
        have === wanted ||
        (wanted.length >= 4 && have.includes(wanted)) ||
        (have.length >= 4 && wanted.endsWith(have)),
    );
  });
}

function hasName(name: string, text: string): boolean {
  const escaped = fold(name)
    .replace(/[.*+?^${}()|[\]\\]/g, "\\$&")
    .replace(/\s+/g, "\\s+");
  return new RegExp(`(?<!\\p{L})${escaped}(?:s|’|')?(?!\\p{L})`, "u").test(fold(text));
}

function kinOf(word: string, brand: Brand | undefined): string[] {
  const wanted = stem(word);
  return (brand?.lexicon.materials ?? [])
    .filter((m) => stem(m.word) === wanted)
    .flatMap((m) => [...(m.adjectives ?? []), ...(m.kin ?? [])]);
}

function has(fact: Fact, text: Read, brand: Brand | undefined): boolean {
  if (fact.kind === "name") return hasName(fact.text, text.text);
  const numbersFound = fact.numbers.every((number) => hasNumber(number, text));
  if (fact.kind === "price")
    return numbersFound && (fact.numbers.length > 0 || /€|Euro|gratis|umsonst/i.test(text.text));
  if (fact.kind === "measure" || fact.kind === "count") return numbersFound;
  const content = words(fact.text).filter((word) => word.length > 2 && !fillers.has(word.toLowerCase()));
  if (content.length === 0) return numbersFound;
  const found = content.filter((word) => hasWord(word, text, kinOf(word, brand))).length;
  const needed = fact.kind === "other" ? Math.ceil(content.length / 2) : content.length;
  return numbersFound && found >= needed;
}

/** All checkable statements of a brief, product and name among them, each once. */
function statements(brief: Brief): Fact[] {
  const facts = [...brief.facts];
  const add = (kind: Fact["kind"], text: string | undefined): void => {
    if (text !== undefined && !facts.some((fact) => fact.kind === kind))
      facts.unshift({ kind, text, numbers: [] });
  };
  add("name", brief.name);
  add("product", brief.product);
  return facts;
}

/** The checklist beside a draft. With the brand, its words for a material count too ("eichen" for Eiche). */
export function factCheck(
  text: string,
  brief: Brief,
  brand?: Brand,
): { text: string; kind: Fact["kind"]; found: boolean }[] {
  const got = read(text);
  return statements(brief).map((fact) => ({
    text: fact.text,
    kind: fact.kind,
    found: has(fact, got, brand),
  }));
}

/** How much each kind of fact counts where a text of the channel has room for all of them. */
const weight: Record<Fact["kind"], number> = {
  name: 3,
  price: 3,
  product: 2,
  material: 2,
  colour: 2,
  measure: 1.5,
  count: 1.5,
  other: 0.5,
};

/** A subject line, a poem and an answer need the name; whatever else they say is a bonus. */
const nameAlone: ReadonlySet<Channel> = new Set(["newsletter", "gedicht", "antwort"]);
const inventing: ReadonlySet<GateId> = new Set(["price", "digits", "counts", "material", "colour"]);

/**
 * 0..1: weighted recall of the brief's facts, less a quarter for each kind of invention that the gates found.
 * A fact that the wish excludes ("ohne Preis") is not missed.
 */
export function adherence(
  text: string,
  about: { brief: Brief; brand?: Brand | undefined; gates: readonly GateResult[]; wish?: string },
): number {
  const { brief, brand, gates } = about;
  const unwanted = /ohne preis|kein(?:en)? preis/i.test(about.wish ?? "");
  let total = 0;
  let found = 0;
  for (const fact of factCheck(text, brief, brand)) {
    if (unwanted && fact.kind === "price") continue;
    const w = nameAlone.has(brief.channel) && fact.kind !== "name" ? 0.15 : weight[fact.kind];
    total += w;
    if (fact.found) found += w;
  }
  const invented = gates.filter((gate) => !gate.ok && inventing.has(gate.id)).length;
  return Math.max(0, (total === 0 ? 1 : found / total) - invented * 0.25);
}
