/** Statements of one brief that can't both be true of one thing. When in doubt they can. */
import type { Brand } from "#src/brand.ts";
import type { Segment, Statement } from "./facts.ts";
import { priceValue } from "./numbers.ts";

/** Words that explain two prices: an offer, a range, a set, a choice of sizes. */
const twoPrices =
  /(?<!\p{L})(?:statt|jetzt|früher|vorher|bisher|zuvor|reduziert\p{L}*|rabatt|ab|bis|je|jede[rs]?|pro|einzeln|zusammen|set|\d+er|paar|stück|größen?|serie|uvp|plus|zzgl|versand|lieferung|montage|aufbau|aktion|angebot|dann|klein\p{L}*|groß\p{L}*|und|mit|ohne|instead|was|now|from|each)(?!\p{L})/iu;
/** Materials of which a thing has one: of two the first is the cover's, the second the frame's, if they differ in kind. */
const kinds: readonly (readonly string[])[] = [
  [
    "Leinen",
    "Leder",
    "Samt",
    "Cord",
    "Wolle",
    "Baumwolle",
    "Bouclé",
    "Kunstleder",
    "Wildleder",
    "Velours",
    "Polyester",
    "Filz",
    "Seide",
    "Jute",
    "Sisal",
  ],
  [
    "Eiche",
    "Kiefer",
    "Birke",
    "Buche",
    "Esche",
    "Fichte",
    "Lärche",
    "Erle",
    "Nussbaum",
    "Ahorn",
    "Akazie",
    "Teak",
    "Eukalyptus",
    "Robinie",
    "Kirsche",
    "Walnuss",
  ],
  ["Porzellan", "Steingut", "Steinzeug", "Glas", "Emaille"],
];

export function findContradiction(
  statements: Statement[],
  segments: Segment[],
  brand: Brand,
): { first: string; second: string } | undefined {
  const text = segments.map((segment) => segment.text).join(", ");
  return (
    prices(statements, text) ??
    materials(statements, segments, brand) ??
    counts(statements) ??
    measures(statements)
  );
}

function prices(statements: Statement[], text: string) {
  const list = statements.filter(({ fact, bare }) => fact.kind === "price" && bare);
  const [first, ...more] = list;
  const other = more.find(({ fact }) => fact.numbers[0] !== first?.fact.numbers[0]);
  if (first && other && !twoPrices.test(text)) return pair(first, other);
  const choice = /(\d[\d.,]*) € (?:oder|or) (?:für )?(\d[\d.,]*) €/iu.exec(text);
  return choice?.[1] && choice[2] && priceValue(choice[1]) !== priceValue(choice[2])
    ? { first: `${choice[1]} €`, second: `${choice[2]} €` }
    : undefined;
}

function materials(statements: Statement[], segments: Segment[], brand: Brand) {
  const list = statements.filter(({ fact }) => fact.kind === "material");
  for (const group of kinds) {
    const own = list.filter(({ fact }) => group.includes(fact.text));
    for (const [at, one] of own.entries())
      for (const two of own.slice(at + 1)) {
        if (related(one.fact.text, two.fact.text, brand)) continue;
        if (one.segment !== two.segment && one.bare && two.bare) return pair(one, two);
        const between = one.segment === two.segment ? segments[one.segment]?.text : undefined;
        const choice = new RegExp(
          `${one.fact.text}\\p{L}*\\s+(?:oder|or)\\s+(?:\\p{Ll}+\\s+)?${two.fact.text}`,
          "iu",
        );
        if (between && choice.test(between)) return pair(one, two);
      }
  }
  return undefined;
}

function related(one: string, two: string, brand: Brand): boolean {
  const kin = (word: string) => brand.lexicon.materials.find((material) => material.word === word)?.kin ?? [];
  return one === two || kin(one).includes(two) || kin(two).includes(one);
}

function counts(statements: Statement[]) {
  const list = statements.filter(({ fact, of, bare }) => fact.kind === "count" && of !== undefined && bare);
  for (const [at, one] of list.entries()) {
    const other = list
      .slice(at + 1)
      .find(
        (two) =>
          singular(two.of ?? "") === singular(one.of ?? "") && two.fact.numbers[0] !== one.fact.numbers[0],
      );
    if (other) return pair(one, other);
  }
  return undefined;
}

/** "Sitz", "Sitze", "Sitzer", "Sitzplätze": what people sit on. */
const singular = (noun: string) => noun.replace(/^sitz.*$/u, "sitz").replace(/(?:en|er|e|n|s)$/u, "");

/** One side can't be two lengths: "120 cm breit, 140 cm breit". */
function measures(statements: Statement[]) {
  const sided = /^(?:breit|hoch|tief|breite|höhe|tiefe|sitzhöhe|durchmesser)$/u;
  const list = statements.filter(
    ({ fact, of, bare }) => fact.kind === "measure" && of && sided.test(of) && bare,
  );
  for (const [at, one] of list.entries()) {
    const other = list
      .slice(at + 1)
      .find((two) => two.of === one.of && two.fact.numbers.join() !== one.fact.numbers.join());
    if (other) return pair(one, other);
  }
  return undefined;
}

const pair = (one: Statement, two: Statement) => ({ first: one.fact.text, second: two.fact.text });
