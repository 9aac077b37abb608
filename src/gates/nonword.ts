/**
 * Words that are no German words: "Esimer", "gruer". Known is what stands in words.txt (from our own reference texts
 * and a list written for this, see models/lab/words.ts), in the brief or the brand's lexicon, what is inflected or
 * derived from those, and what is put together from them.
 */
import { readFileSync } from "node:fs";
import type { Brand } from "#src/brand.ts";
import { said } from "./facts.ts";
import type { Finding, GateContext } from "./gates.ts";
import { lexiconIndex } from "./nouns.ts";
import { fold, numberWord, words } from "./read.ts";

export function nonwordGate(text: string, ctx: GateContext): Finding | undefined {
  const vocabulary = shipped();
  const index = lexiconIndex(ctx.brand);
  const own = ownWords(ctx);
  for (const word of words(text)) {
    for (const part of word.text.split(/[-’'‑]/u)) {
      if (part.length < 3 || part === part.toUpperCase()) continue;
      if (own.some((known) => near(part.toLowerCase(), known))) continue;
      if (vocabulary.has(part) || numberWord(part) !== undefined) continue;
      if (index.noun(part).length > 0 || index.material(part) || index.colour(part)) continue;
      if (brandWords(ctx.brand).has(part.toLowerCase())) continue;
      return { found: part, at: [{ start: word.start, end: word.end }] };
    }
  }
  return undefined;
}

export interface Vocabulary {
  /** Whether the word is known, or follows from known ones by inflection, derivation or composition. */
  has(word: string): boolean;
}

let list: Vocabulary | undefined;
function shipped(): Vocabulary {
  list ??= vocabularyOf(
    readFileSync(new URL("words.txt", import.meta.url), "utf8")
      .split("\n")
      .filter(Boolean),
  );
  return list;
}

const brandCache = new WeakMap<Brand, ReadonlySet<string>>();
function brandWords(brand: Brand): ReadonlySet<string> {
  let known = brandCache.get(brand);
  if (!known) {
    const texts = [
      brand.name,
      ...brand.products.map((product) => `${product.name} ${product.facts.join(" ")}`),
    ];
    known = new Set(words(texts.join(" ")).map((word) => word.lower));
    brandCache.set(brand, known);
  }
  return known;
}

/** The words that the person used: right by definition, also in the earlier version of a revision. */
function ownWords(ctx: GateContext): string[] {
  const source = [said(ctx), ctx.brief.name ?? "", ctx.revision?.draft ?? ""].join(" ");
  return [...new Set(words(source).flatMap((word) => word.lower.split("-")))].filter(
    (word) => word.length >= 3,
  );
}

/** The same word in another form, or the word in a compound: brief "Wolle", text "Wolldecke". */
function near(word: string, known: string): boolean {
  if (word === known) return true;
  const stem = known.replace(/(?:e[nrsm]?|n|s)$/u, "");
  if (stem.length >= 3 && word.startsWith(stem) && endings.has(word.slice(stem.length))) return true;
  return fold(word) === fold(known) && /[äöü]/u.test(known);
}

const endings = new Set(
  " e en er es em n s t st te ten test tet et est end ende enden ender endes ern ere eren erem erer eres ste sten ster stes".split(
    " ",
  ),
);
/** Derivations that German forms freely. */
const derivations =
  "ung ungen chen lein in innen ig ige igen iger iges igem lich liche lichen licher liches lichem los lose losen loser loses losem bar bare baren barer bares heit keit farben farbene farbenen farbener farbenes farbenem lings weise mal mals".split(
    " ",
  );
const prefixes =
  "zurück zusammen weiter hinaus heraus herein hinein herum hinauf herauf herunter hinunter vorbei dazu daneben darauf davon durch unter hinter über aus auf ein bei fest her hin los mit nach vor weg ent ver zer miss ab an um be er ge un zu".split(
    " ",
  );

export function vocabularyOf(entries: Iterable<string>): Vocabulary {
  const whole = new Set<string>();
  for (const entry of entries) whole.add(entry.toLowerCase());
  // Stems, four letters at least: three of them ("gru" of "grün") would accept nearly anything.
  const stems = new Set<string>();
  for (const word of whole) {
    stems.add(word);
    for (const ending of endings)
      if (ending !== "" && word.endsWith(ending) && word.length - ending.length >= 4 && !word.endsWith("ee"))
        stems.add(word.slice(0, -ending.length));
  }

  const inflected = (word: string): boolean => {
    if (whole.has(word)) return true;
    for (let cut = 1; cut <= 6 && word.length - cut >= 3; cut++) {
      const ending = word.slice(-cut);
      const stem = word.slice(0, -cut);
      if (!endings.has(ending) && !derivations.includes(ending)) continue;
      if (!joins(stem, ending)) continue;
      if (whole.has(stem) || (stem.length >= 4 && stems.has(stem))) return true;
      // "Bäume" of "Baum", "wärmer" of "warm"; a lost umlaut ("Tur") stays wrong.
      const plain = fold(stem);
      if (plain !== stem && (whole.has(plain) || (plain.length >= 4 && stems.has(plain)))) return true;
    }
    return stems.has(word) && word.length >= 4;
  };

  const derived = (word: string): boolean => {
    if (inflected(word)) return true;
    for (const prefix of prefixes) {
      if (!word.startsWith(prefix)) continue;
      const rest = word.slice(prefix.length);
      if (rest.length < 3) continue;
      if (inflected(rest)) return true;
      for (const infix of ["ge", "zu"])
        if (rest.startsWith(infix) && rest.length >= 6 && inflected(rest.slice(2))) return true;
    }
    return false;
  };

  const composed = (word: string, depth: number): boolean => {
    if (derived(word)) return true;
    if (depth === 0) return false;
    for (let at = 3; at <= word.length - 3; at++) {
      const front = word.slice(0, at);
      if (firstPart(front) && composed(word.slice(at), depth - 1)) return true;
    }
    return false;
  };
  /** First parts of compounds: a word or stem, with the joining s. */
  const firstPart = (front: string): boolean => {
    if (whole.has(front) || (front.length >= 4 && stems.has(front))) return true;
    return (
      front.endsWith("s") &&
      front.length >= 5 &&
      (whole.has(front.slice(0, -1)) || stems.has(front.slice(0, -1)))
    );
  };

  const memory = new Map<string, boolean>();
  return {
    has(word) {
      const lower = word.toLowerCase();
      let known = memory.get(lower);
      if (known === undefined) {
        known = composed(lower, 2);
        if (memory.size > 20_000) memory.clear();
        memory.set(lower, known);
      }
      return known;
    },
  };
}

/** Whether an ending can follow a stem: no "kostett", "Sofae", "Sessell". */
function joins(stem: string, ending: string): boolean {
  const last = stem.at(-1) ?? "";
  if (ending === "t" || ending === "tet") return last !== "t" && !/[aoiuäöü]/u.test(last);
  if (ending === "s") return !/[sßxz]/u.test(last);
  if (ending === "n") return /[elr]/u.test(last);
  if (ending.startsWith("e")) return !/[aoäöüe]/u.test(last);
  return true;
}
