/** The brand's lexicon as an index: which product noun, material or colour a word of a text is. */
import type { Brand, Gender, Lexicon } from "#src/brand.ts";
import { everydayNouns, everydayPlurals } from "./everyday-nouns.ts";
import { fold } from "./read.ts";
import { shipped } from "./vocabulary.ts";

/** What a form can be: number and the cases it can stand in. */
export interface NounForm {
  gender: Gender;
  /** "sg" in these cases, or "pl" in these cases. */
  number: "sg" | "pl";
  cases: readonly Case[];
}
export type Case = "nom" | "acc" | "dat" | "gen";

export type Material = Lexicon["materials"][number];

export interface LexiconIndex {
  /** Analyses of a noun by its form, compounds by their last part; empty for unknown nouns. */
  noun(word: string): readonly NounForm[];
  /** Whether the noun's plural is known, so that a singular form is surely one. */
  plural(word: string): boolean;
  /** The product noun that a word ends in: "Ecksofas" is "Sofa". */
  product(word: string): string | undefined;
  /** The material that a word is or begins with: "Eiche", "Eichenholz", "Lederbezug", "ledernen". */
  material(word: string): { material: Material; whole: boolean; head?: string } | undefined;
  /** The colour of an inflected or compound colour word: "dunkelgrüner" is "dunkelgrün". */
  colour(word: string): string | undefined;
}

/** Masculines in -el, -er, -en whose plural changes its vowel, or that have none. */
const changing = new Set(
  "Apfel Nagel Vogel Vater Bruder Boden Garten Ofen Laden Regen Rasen Hafen Hunger Donner Wasser Pfeffer".split(
    " ",
  ),
);

/** Everyday nouns that people count. */
const everydayCountable = new Set(
  "schublade jacke hemd socke schuh gast kind stift mütze karte stufe klappe ebene haken sitz tasse schraube ecke seite scheibe tomate kartoffel banane decke apfel brief hose".split(
    " ",
  ),
);

const cache = new WeakMap<Lexicon, LexiconIndex>();
export function lexiconIndex(brand: Brand): LexiconIndex {
  let index = cache.get(brand.lexicon);
  if (!index) {
    index = buildIndex(brand.lexicon);
    cache.set(brand.lexicon, index);
  }
  return index;
}

function buildIndex(lexicon: Lexicon): LexiconIndex {
  const forms = new Map<string, NounForm[]>();
  const productOf = new Map<string, string>();
  for (const { word, gender, plural } of lexicon.products) {
    addNoun(forms, word, gender, plural);
    for (const form of nounForms(word, gender, plural)) productOf.set(form.lower, word);
  }
  for (const { word, gender } of lexicon.materials)
    forms.set(word.toLowerCase(), [...(forms.get(word.toLowerCase()) ?? []), singular(gender)]);
  // The brand's own nouns come first: what it says of "Schirm" holds.
  for (const gender of ["m", "f", "n"] as const)
    for (const word of everydayNouns[gender].split(/\s+/u)) {
      if (forms.has(word.toLowerCase())) continue;
      const same = gender !== "f" && /(?:el|er|en)$/u.test(word) && !changing.has(word);
      addNoun(forms, word, gender, same ? word : undefined);
      // "Kartons" is a genitive or a plural.
      if (gender !== "f") addPlural(forms, `${word}s`);
    }
  for (const word of everydayPlurals.split(/\s+/u)) addPlural(forms, word);
  for (const [word, gender, plural] of exceptions) addNoun(forms, word, gender, plural || undefined);
  const longest = Math.max(0, ...[...forms.keys()].map((form) => form.length));

  /** The longest form of `known` that the word is or ends in, with at least three letters before it. */
  const tail = (
    lower: string,
    known: ReadonlyMap<string, unknown>,
    joins: (word: string, at: number) => boolean,
  ): string | undefined => {
    for (let length = Math.min(longest, lower.length); length >= 3; length--) {
      const rest = lower.length - length;
      if (rest !== 0 && rest < 3) continue;
      const end = lower.slice(rest);
      if (known.has(end) && (rest === 0 || joins(lower, rest))) return end;
    }
    return undefined;
  };
  const nouns = new Set(lexicon.products.map(({ word }) => word.toLowerCase()));
  /** "Ecksofa" though "Eck" is no word; but no "Eisen" in "Pflegehinweisen", no "Stern" in "Knistern". */
  const joinsNoun = (lower: string, at: number): boolean => {
    if (!joinsAny(lower, at)) return false;
    const front = lower.slice(0, at).replace(/-$/u, "");
    if (shipped().has(front) || (/[sn]$/u.test(front) && shipped().has(front.slice(0, -1)))) return true;
    return (
      nouns.has(lower.slice(at)) && lower.length - at >= 4 && !(lower.endsWith("n") && shipped().has(lower))
    );
  };

  const materials = new Map<string, Material>();
  for (const material of lexicon.materials)
    for (const form of materialForms(material)) if (!materials.has(form)) materials.set(form, material);
  const adjectives = new Map<string, Material>();
  for (const material of lexicon.materials)
    for (const adjective of material.adjectives ?? [])
      for (const ending of ["", "e", "en", "er", "es", "em"])
        adjectives.set(`${adjective.toLowerCase()}${ending}`, material);
  const materialStems = lexicon.materials
    .map((material) => ({ material, stem: material.word.toLowerCase().replace(/e$/u, "") }))
    .filter(({ stem }) => stem.length >= 3)
    .sort((a, b) => b.stem.length - a.stem.length);
  const colours = lexicon.colours
    .flatMap((colour) => [colour.toLowerCase(), colour.toLowerCase().replaceAll("ß", "ss")])
    .sort((a, b) => b.length - a.length);
  const colourSet = new Set(colours);

  return remembering({
    noun(word) {
      const end = tail(word.toLowerCase(), forms, joinsNoun);
      return end === undefined ? bySuffix(word.toLowerCase()) : (forms.get(end) ?? []);
    },
    plural(word) {
      const end = tail(word.toLowerCase(), forms, joinsNoun);
      const known = lexicon.products.find((product) => product.word.toLowerCase() === end);
      return known?.plural !== undefined || (end !== undefined && everydayCountable.has(end));
    },
    product(word) {
      const end = tail(word.toLowerCase(), productOf, joinsAny);
      return end === undefined ? undefined : productOf.get(end);
    },
    material(word) {
      const lower = word.toLowerCase();
      if (word === lower) {
        const adjective = adjectives.get(lower);
        return adjective ? { material: adjective, whole: true } : undefined;
      }
      const whole = materials.get(lower);
      if (whole) return { material: whole, whole: true };
      for (const { material, stem } of materialStems) {
        if (lower.startsWith(stem)) {
          // "Leder-sofa", "Eiche-n-holz", "Samt-sofa": the joining letters may be the head's own.
          const rest = lower.slice(stem.length);
          const head = productOf.has(rest) ? rest : rest.replace(/^(?:en|n|e|s|-)/u, "");
          if (head.length >= 3) return { material, whole: false, head };
        }
        const full = material.word.toLowerCase();
        const front = lower.slice(0, -full.length);
        // "Vergleiche" is no "Eiche".
        if (lower.endsWith(full) && front.length >= 3 && shipped().has(front))
          return { material, whole: true };
      }
      return undefined;
    },
    colour(word) {
      const lower = word.toLowerCase();
      if (colourSet.has(lower)) return lower;
      const stem = lower.replace(/(?:e[nrsm]?)$/u, "");
      if (colourSet.has(stem)) return stem;
      if (word !== lower) return undefined;
      // "dunkles" and "dunkel", "teuer" and "teure": the e before l and r drops out.
      const known = colours.find(
        (colour) => stem.length > colour.length + 2 && stem.endsWith(colour) && colour.length >= 3,
      );
      return known ? stem : undefined;
    },
  });
}

/** Texts about one product use the same words again and again. */
function remembering(index: LexiconIndex): LexiconIndex {
  const remember = <T>(look: (word: string) => T) => {
    const known = new Map<string, T>();
    return (word: string): T => {
      if (known.has(word)) return known.get(word) as T;
      if (known.size > 20_000) known.clear();
      const found = look(word);
      known.set(word, found);
      return found;
    };
  };
  return {
    noun: remember(index.noun),
    plural: remember(index.plural),
    product: remember(index.product),
    material: remember(index.material),
    colour: remember(index.colour),
  };
}

/** "Entdecke" is no "Decke": a verb's prefix begins no compound. */
function joinsAny(word: string, at: number): boolean {
  return !/^(?:ent|ver|zer|ge|be|er|miss|emp)$/u.test(word.slice(0, at).replace(/-$/u, ""));
}

function addNoun(forms: Map<string, NounForm[]>, word: string, gender: Gender, plural: string | undefined) {
  for (const { lower, form } of nounForms(word, gender, plural)) {
    const list = forms.get(lower) ?? [];
    list.push(form);
    forms.set(lower, list);
  }
}

function addPlural(forms: Map<string, NounForm[]>, word: string) {
  for (const { lower, form } of nounForms("", "n", word)) {
    if (form.number !== "pl" || forms.get(lower)?.some((known) => known.number === "pl")) continue;
    forms.set(lower, [...(forms.get(lower) ?? []), form]);
  }
}

function singular(gender: Gender): NounForm {
  return {
    gender,
    number: "sg",
    cases: gender === "f" ? ["nom", "acc", "dat", "gen"] : ["nom", "acc", "dat"],
  };
}

function nounForms(word: string, gender: Gender, plural: string | undefined) {
  const lower = word.toLowerCase();
  const list: { lower: string; form: NounForm }[] = [];
  const add = (form: string, number: "sg" | "pl", cases: readonly Case[]) =>
    list.push({ lower: form, form: { gender, number, cases } });
  if (gender === "f") add(lower, "sg", ["nom", "acc", "dat", "gen"]);
  else {
    add(lower, "sg", ["nom", "acc", "dat"]);
    const genitives = /(?:s|ß|x|z|sch)$/u.test(lower) ? [`${lower}es`] : [`${lower}s`, `${lower}es`];
    if (/nis$/u.test(lower)) genitives.push(`${lower}ses`);
    for (const genitive of genitives) add(genitive, "sg", ["gen"]);
  }
  if (plural) {
    const many = plural.toLowerCase();
    if (/[ns]$/u.test(many)) add(many, "pl", ["nom", "acc", "dat", "gen"]);
    else {
      add(many, "pl", ["nom", "acc", "gen"]);
      add(`${many}n`, "pl", ["dat"]);
    }
  }
  return list;
}

function materialForms({ word }: Material): string[] {
  const lower = word.toLowerCase();
  return [lower, `${lower}s`, `${lower}n`];
}

/** Whether `told` may be said where the brief has `given`: the same, or kin of it ("Holz" for Eiche, not the reverse). */
export function mayStandFor(told: Material, given: Material): boolean {
  return told.word === given.word || (given.kin?.some((word) => fold(word) === fold(told.word)) ?? false);
}

/** "Schlaffunktion", "Lieferung", "Möglichkeit": feminine by their ending. */
function bySuffix(lower: string): readonly NounForm[] {
  if (!/\p{L}{3}(?:ung|heit|keit|schaft|tion|tät)$/u.test(lower) || /(?:sprung|schwung|dung)$/u.test(lower))
    return [];
  return [singular("f")];
}

/** Nouns that end like one of the lexicon and have another gender, or a second one. */
const exceptions: readonly (readonly [string, Gender, string])[] = [
  ["Dachs", "m", "Dachse"],
  ["Durchmesser", "m", "Durchmesser"],
  ["Aufwand", "m", ""],
  ["Kamerad", "m", ""],
  ["Verband", "m", "Verbände"],
  ["Service", "m", ""],
  ["Band", "m", "Bände"],
  ["Band", "f", "Bands"],
  ["Schild", "m", "Schilde"],
  ["Leiter", "m", "Leiter"],
  ["Poster", "m", "Poster"],
  ["Plaid", "m", "Plaids"],
  ["Teil", "m", "Teile"],
  ["Teil", "n", "Teile"],
  ["Meter", "m", "Meter"],
  ["Zentimeter", "m", "Zentimeter"],
];
