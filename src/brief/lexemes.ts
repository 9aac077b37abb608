/** The words of a brief, each with what the brand's lexicon and the vocabulary know of it. */
import type { Brand } from "#src/brand.ts";
import { type LexiconIndex, lexiconIndex } from "#src/gates/nouns.ts";
import { numberWord } from "#src/gates/read.ts";
import { shipped } from "#src/gates/vocabulary.ts";

export interface Lexeme {
  text: string;
  lower: string;
  start: number;
  end: number;
  /** The lexicon's product noun: "Ecksofa" is "Sofa". */
  product?: string;
  /** Whether that is a guess from the word's end alone: "Långbord" is rather a name. */
  guessed: boolean;
  /** A noun that is mostly a part of a product: "Bezug", "Füße". */
  part: boolean;
  material?: string;
  colour?: string;
  /** A German word, or one that the brand knows. */
  known: boolean;
  capital: boolean;
}

/** Nouns of the lexicon that name parts and contents as often as products. */
const parts = new Set(
  `bezug bezüge gestell gestelle rahmen haken lehne polster kopfteil platte platten griff griffe tür türen fach fächer rolle rollen
   rad räder band bänder form knopf fuß füße boden böden bild bilder buch bücher wand wäsche licht lichter papier element modul set
   serie spiel pflanze pflanzen blume blumen ablage ablagen auflage stange stangen kissen decke kabel möbel topf glas gläser haus
   deckel schirm stern sterne fell puppe spielzeug schloss beutel tuch leiste hülle box rost unterlage kette glocke glocken teller tasse`.split(
    /\s+/,
  ),
);
const heads =
  /^(?:bezug|gestell|rahmen|fuß|füße|beine?|platte|schirm|griffe?|tisch|sitz|lehne|deckel|boden|böden|tür|türen|front|fronten|stoff|optik|furnier|polster|korpus|arm|ring|seil|kette|geflecht|sockel|kern|füllung|leiste|haken|rollen|kopfteil|farben|schublade|schubladen)$/u;
/** Compounds that begin with a material and are none of it. */
const misleading =
  /^(?:papierkorb|papierk|korkenz|eisenbahn|buch(?!en)|bücher|glasreinig|weinglas|papierroll|steinz|wachst|tonne)/u;

export function lexemes(text: string, brand: Brand): Lexeme[] {
  const index = lexiconIndex(brand);
  const tails = tailsOf(brand);
  return [...text.matchAll(/\p{L}[\p{L}\p{M}]*(?:[-’'](?=\p{L})[\p{L}\p{M}]+)*/gu)].map((match) => {
    const word = match[0];
    const lower = word.toLowerCase();
    const capital = /^\p{Lu}/u.test(word);
    const material = materialIn(word, index);
    const colour = colourIn(lower, brand, index);
    const product = productIn(lower, index, tails);
    return {
      text: word,
      lower,
      start: match.index,
      end: match.index + word.length,
      ...(product === undefined ? {} : { product }),
      guessed: product !== undefined && index.product(lower) === undefined,
      part: parts.has(lower),
      ...(material === undefined ? {} : { material }),
      ...(colour === undefined ? {} : { colour }),
      known:
        product !== undefined ||
        material !== undefined ||
        colour !== undefined ||
        numberWord(lower) !== undefined ||
        shipped().has(lower) ||
        (lower.includes("-") && lower.split("-").every((piece) => shipped().has(piece))),
      capital,
    };
  });
}

const cache = new WeakMap<Brand["lexicon"], ReadonlyMap<string, string>>();
function tailsOf({ lexicon }: Brand): ReadonlyMap<string, string> {
  let tails = cache.get(lexicon);
  if (!tails) {
    tails = new Map(
      lexicon.products.flatMap(({ word, plural }) =>
        [word, plural ?? word].map((form): [string, string] => [form.toLowerCase(), word]),
      ),
    );
    cache.set(lexicon, tails);
  }
  return tails;
}

/**
 * The product noun that a word is or ends in. Briefs are bolder with compounds than texts ("Relaxsessel",
 * "cord-pouf"), and typed without umlauts ("kuechenschuerze") or with ss ("Fussmatte").
 */
function productIn(
  lower: string,
  index: LexiconIndex,
  tails: ReadonlyMap<string, string>,
): string | undefined {
  const found = index.product(lower);
  if (found !== undefined) return found;
  for (let rest = 3; rest <= lower.length - 4; rest++) {
    const word = tails.get(lower.slice(rest));
    if (word !== undefined && !/^(?:ent|ver|zer|emp|miss|begl)$/u.test(lower.slice(0, rest))) return word;
  }
  const respelled = lower
    .replaceAll("ae", "ä")
    .replaceAll("oe", "ö")
    .replaceAll("ue", "ü")
    .replace(/^fuss/u, "fuß");
  return respelled === lower ? undefined : productIn(respelled, index, tails);
}

export const capitalized = (word: string) => word.slice(0, 1).toUpperCase() + word.slice(1);

/** "Leinen", "leinen", "Eichenholz", "eichener", and "Leder" of "Ledersofa". */
function materialIn(word: string, index: LexiconIndex): string | undefined {
  const lower = word.toLowerCase();
  const pieces = lower.split("-");
  const found = index.material(lower) ?? index.material(capitalized(lower));
  if (found?.whole) return found.material.word;
  if (misleading.test(lower)) return undefined;
  if (found) {
    const { head = "", material } = found;
    const joint = lower.slice(0, lower.length - head.length);
    const noun = material.word.toLowerCase();
    const joins = [noun, `${noun}n`, `${noun}en`, `${noun}s`, noun.replace(/le$/u, "l")];
    if (!joins.includes(joint.replace(/-$/u, ""))) return undefined;
    return heads.test(head) || head === "holz" || index.product(head) !== undefined
      ? material.word
      : undefined;
  }
  return pieces.length > 1 && pieces[0] !== undefined && pieces[0].length > 2
    ? materialIn(pieces[0], index)
    : undefined;
}

/** Colours, not the words that only end like one: "Abendbrot", "Wäsche" are none. */
function colourIn(lower: string, brand: Brand, index: LexiconIndex): string | undefined {
  const colour = index.colour(lower) ?? index.colour(lower.replace("ss", "ß"));
  if (colour !== undefined && !brand.lexicon.colours.includes(colour)) {
    // "Lillrot" and "Bäddrosa" are names, "zartrosa" is none.
    const shade = brand.lexicon.colours.find(
      (known) => colour.length > known.length && colour.endsWith(known),
    );
    const front = shade === undefined ? "" : colour.slice(0, -shade.length);
    if (shade !== undefined && !shipped().has(front) && !brand.lexicon.colours.includes(front))
      return undefined;
  }
  if (colour === undefined) {
    const [front, back] = lower.split("-");
    return front && back && colourIn(front, brand, index) && colourIn(back, brand, index) ? lower : undefined;
  }
  return /(?:brot|angebot|verbot|schrot)$/u.test(lower) ? undefined : colour;
}
