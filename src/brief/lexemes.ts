/** The words of a brief, each with what the brand's lexicon and the vocabulary know of it. */
import type { LexiconIndex } from "#src/gates/nouns.ts";
import { numberWord } from "#src/gates/read.ts";
import { shipped } from "#src/gates/vocabulary.ts";

export interface Lexeme {
  text: string;
  lower: string;
  start: number;
  end: number;
  /** The lexicon's product noun: "Ecksofa" is "Sofa". */
  product?: string;
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

export function lexemes(text: string, index: LexiconIndex): Lexeme[] {
  return [...text.matchAll(/\p{L}[\p{L}\p{M}]*(?:[-’'](?=\p{L})[\p{L}\p{M}]+)*/gu)].map((match) => {
    const word = match[0];
    const lower = word.toLowerCase();
    const capital = /^\p{Lu}/u.test(word);
    const material = materialIn(word, index);
    const colour = colourIn(lower, index);
    const product = /\p{L}{3}/u.test(lower) ? (index.product(lower) ?? umlauted(lower, index)) : undefined;
    return {
      text: word,
      lower,
      start: match.index,
      end: match.index + word.length,
      ...(product === undefined ? {} : { product }),
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

/** "kuechenschuerze" is typed where there are no umlauts. */
function umlauted(lower: string, index: LexiconIndex): string | undefined {
  if (!/ae|oe|ue/u.test(lower)) return undefined;
  return index.product(lower.replaceAll("ae", "ä").replaceAll("oe", "ö").replaceAll("ue", "ü"));
}

export const capitalized = (word: string) => word.slice(0, 1).toUpperCase() + word.slice(1);

/** "Leinen", "leinen", "Eichenholz", "eichener", and "Leder" of "Ledersofa". */
function materialIn(word: string, index: LexiconIndex): string | undefined {
  const lower = word.toLowerCase();
  if (misleading.test(lower)) return undefined;
  const pieces = lower.split("-");
  const found = index.material(lower) ?? index.material(capitalized(lower));
  if (found) {
    if (found.whole) return found.material.word;
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
function colourIn(lower: string, index: LexiconIndex): string | undefined {
  const colour = index.colour(lower) ?? index.colour(lower.replace("ss", "ß"));
  if (colour === undefined) {
    const [front, back] = lower.split("-");
    return front && back && colourIn(front, index) && colourIn(back, index) ? lower : undefined;
  }
  return /(?:brot|angebot|verbot|schrot)$/u.test(lower) ? undefined : colour;
}
