/** German words as far as they are known: a list, what is inflected or derived from it, what is put together of it. */
import { readFileSync } from "node:fs";
import { fold } from "./read.ts";

export interface Vocabulary {
  /** Whether the word is known, or follows from known ones by inflection, derivation or composition. */
  has(word: string): boolean;
  /** Whether the word itself stands in the list. */
  lists(word: string): boolean;
}

let list: Vocabulary | undefined;
/** The vocabulary of words.txt. */
export function shipped(): Vocabulary {
  list ??= vocabularyOf(
    readFileSync(new URL("words.txt", import.meta.url), "utf8")
      .split("\n")
      .filter(Boolean),
  );
  return list;
}

/** Endings of inflected words. */
export const endings = new Set(
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
      // "aufste", "undst": prepositions and conjunctions have no forms.
      if (noFirstPart.has(stem) || uninflected.has(stem) || !conjugates(stem, ending)) continue;
      if (whole.has(stem) || (stem.length >= 4 && stems.has(stem))) return true;
      // "Bäume" of "Baum", "wärmer" of "warm"; a lost umlaut ("Tur") stays wrong.
      const plain = fold(stem);
      if (plain !== stem && (whole.has(plain) || (plain.length >= 4 && stems.has(plain)))) return true;
    }
    return stems.has(word) && word.length >= 4;
  };

  /** Verb endings want another form of the verb: no "sandt", no "Füllt" of "Füll". "vierte", never "vierste". */
  const conjugates = (stem: string, ending: string): boolean => {
    if (/^(?:drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf)$/u.test(stem))
      return !ending.startsWith("s");
    if (!/^(?:t|te|ten|test|tet)$/u.test(ending)) return true;
    return [...verbal].some((other) => whole.has(`${stem}${other}`)) || whole.has(`ge${stem}t`);
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
    if (noFirstPart.has(front) || (front.endsWith("em") && whole.has(front.slice(0, -2)))) return false;
    if (whole.has(front) || (front.length >= 4 && stems.has(front))) return true;
    return (
      front.endsWith("s") &&
      front.length >= 5 &&
      (whole.has(front.slice(0, -1)) || stems.has(front.slice(0, -1)))
    );
  };

  /** Longer ones are no words, and taking them apart would take long. */
  const longest = 40;
  const memory = new Map<string, boolean>();
  return {
    lists: (word) => whole.has(word.toLowerCase()),
    has(word) {
      const lower = word.toLowerCase();
      if (lower.length > longest) return false;
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

const verbal = ["e", "en", "n", "st", "t", "te", "ten", "et", "end", "ung"];

/** Words without forms. */
const uninflected = new Set(
  "auf aus bei mit nach von vor für durch über unter neben hinter zwischen gegen ohne zum zur beim vom seit bis hin her los ab dass weil doch auch schon hier dort mal als wenn aufs ans ins fürs ums durchs übers unters zur im am".split(
    " ",
  ),
);

/** Words that begin no compound. */
const noFirstPart = new Set(
  "bin bist ist sind hat hast habe war wird dann denn wenn aber der die das den dem des ein und oder nur noch sehr mir dir ihr wir sie uns was wer wie ell".split(
    " ",
  ),
);

/** Whether an ending can follow a stem: no "kostett", "Sofae", "Sessell". */
function joins(stem: string, ending: string): boolean {
  const last = stem.at(-1) ?? "";
  if (ending === "t" || ending === "tet") return last !== "t" && !/[aoiuäöü]/u.test(last);
  if (ending === "s") return !/[sßxz]/u.test(last);
  if (ending === "n") return /[elr]/u.test(last);
  if (ending.startsWith("e") && stem.endsWith("eln")) return false;
  if (ending.startsWith("e")) return !/[aoäöüe]/u.test(last);
  return true;
}
