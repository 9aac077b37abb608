/** Which words of a brief are the product and its name. */
import type { Brand } from "#src/brand.ts";
import { capitalized, type Lexeme } from "./lexemes.ts";

export interface Naming {
  product?: Lexeme;
  /** The name's words, one or two. */
  name: Lexeme[];
}

const stops = new Set(
  `der die das den dem des ein eine einen einem einer eines und oder aber für fürs mit ohne aus von vom bei beim auf über unter im in am an zum zur
   ins als bis pro je ab nur neu neue neuer neues unser unsere unserem mein meine dein euer eure ihr wir ich du man es er sie ist sind hat haben kann passt
   bitte thema preis name stück set euro eur danke hallo hej serie paar kunde kundin frage kommentar fakt text januar februar märz april mai juni juli august september oktober
   november dezember montag dienstag mittwoch donnerstag freitag samstag sonntag cm kg ml nr ca z b inkl usw etc liter grad watt hygge ikea inklusive samt dabei`.split(
    /\s+/,
  ),
);
const letters =
  /[åøæ]|(?:näs|vik|by|hult|lund|rud|torp|hed|arp|fors|bo|sta|ryd|skog|dal|berg|mo|ö|å|holm|vall|myra|lid|äng|mark|sund|hem|ås)$/u;

export function findNaming(words: Lexeme[], text: string, brand: Brand, explicit?: string): Naming {
  const named = explicit === undefined ? undefined : wordsOf(explicit, words);
  const name =
    named ??
    knownProduct(words, brand) ??
    said(words, text) ??
    bestName(words, text) ??
    besideProduct(words, text) ??
    [];
  const [thing, ...rest] = name;
  // "Pantoffeln Ullarp": two unknown words at the beginning are a thing and its name.
  const both = named === undefined && rest.length > 0 && thing !== undefined && words.indexOf(thing) === 0;
  if (both && !words.some((word) => word.product !== undefined && !word.part))
    return { product: thing, name: rest };
  return { name, ...productOf(words, name, text) };
}

function wordsOf(explicit: string, words: Lexeme[]): Lexeme[] | undefined {
  const wanted = explicit.toLowerCase().split(/\s+/);
  for (let at = 0; at < words.length; at++)
    if (wanted.every((word, offset) => words[at + offset]?.lower === word))
      return words.slice(at, at + wanted.length);
  return undefined;
}

function knownProduct(words: Lexeme[], brand: Brand): Lexeme[] | undefined {
  for (const { name } of brand.products) {
    const found = wordsOf(name, words);
    if (found) return found;
  }
  return undefined;
}

/** "heißt Klara-Lo", "Name Korgö", "namens Torv", "Sofa „Ekeby“". */
function said(words: Lexeme[], text: string): Lexeme[] | undefined {
  for (const [at, word] of words.entries()) {
    const next = words[at + 1];
    if (!next || next.product !== undefined || stops.has(next.lower)) continue;
    const gap = text.slice(word.end, next.start);
    if (/^(?:heißt|heisst|namens|genannt|named|called)$/u.test(word.lower) && /^[\s:„"“]*$/u.test(gap))
      return [next];
    if (/^(?:name|produktname|modell)$/u.test(word.lower) && /^[\s:„"“]+$/u.test(gap) && !next.known)
      return [next];
    if (/^\s*[„"“«»]$/u.test(gap) && /^["“”«»]/u.test(text.slice(next.end)) && word.product) return [next];
  }
  return undefined;
}

function bestName(words: Lexeme[], text: string): Lexeme[] | undefined {
  const first = words.findIndex((word) => word.product !== undefined && !word.part);
  let best: { word: Lexeme; at: number; score: number } | undefined;
  for (const [at, word] of words.entries()) {
    const score = nameScore(words, at, text, first);
    if (score >= 4 && (best === undefined || score > best.score)) best = { word, at, score };
  }
  if (!best) return undefined;
  const next = words[best.at + 1];
  const pair =
    next !== undefined &&
    best.word.capital &&
    next.capital &&
    !next.known &&
    !stops.has(next.lower) &&
    /^[ ]$/u.test(text.slice(best.word.end, next.start));
  return pair ? [best.word, next] : [best.word];
}

/** A German word as a name, when nothing better is there: "papierkorb kuli, …", "Klappstuhl Fall, Buche". */
function besideProduct(words: Lexeme[], text: string): Lexeme[] | undefined {
  const [thing, word, next] = words;
  if (!thing?.product || thing.part || !word || stops.has(word.lower)) return undefined;
  // A compound may be one: "Esstisch Långbord".
  if (
    word.part ||
    (word.product !== undefined && (word.product.toLowerCase() === word.lower || !word.capital))
  )
    return undefined;
  if (word.material !== undefined || word.colour !== undefined) return undefined;
  if (!word.capital && thing.capital) return undefined;
  if (
    !word.capital &&
    /(?:bar|ig|lich|isch|fest|los|t|en|rund|oval|klein|groß|lang|hoch|schmal|breit|natur)$/u.test(word.lower)
  )
    return undefined;
  const after = text.slice(word.end, next?.start ?? text.length);
  const ends = /^\s*(?:[,/]|\d|$)/u.test(after) || next?.material !== undefined || next?.colour !== undefined;
  return /^\s$/u.test(text.slice(thing.end, word.start)) && ends ? [word] : undefined;
}

function nameScore(words: Lexeme[], at: number, text: string, first: number): number {
  const word = words[at];
  if (!word || word.text.length < 2 || stops.has(word.lower)) return 0;
  const before = words[at - 1];
  const rather = word.guessed && before?.product !== undefined && !before.guessed && word.capital;
  if (rather && /^\s$/u.test(text.slice(before.end, word.start))) return 5;
  if (word.product !== undefined || word.material !== undefined || word.colour !== undefined) return 0;
  const after = words[at + 1];
  const gapBefore = before ? text.slice(before.end, word.start) : "";
  const gapAfter = after ? text.slice(word.end, after.start) : text.slice(word.end);
  // "2 Fächer", "5 l"
  if (/\d[\s.,]*$/u.test(text.slice(Math.max(0, word.start - 3), word.start))) return 0;
  let score = word.known ? 0 : 4;
  if (letters.test(word.lower)) score += 1;
  if (word.capital) score += 1;
  if (before?.product !== undefined && /^[\s:„"“]+$/u.test(gapBefore)) score += before.part ? 2 : 3;
  else if (before?.product !== undefined && /^,\s*$/u.test(gapBefore)) score += 1;
  if (after?.product !== undefined && /^[\s,:]+$/u.test(gapAfter)) score += 2;
  if (at === 0) score += 1;
  if (word.known) {
    // A German word is a name only right beside its product: "Bett Still", never "Garderobe Flur, für …".
    if (!word.capital || before?.product === undefined || before.part) return 0;
    if (!/^\s$/u.test(gapBefore) || !/^\s*(?:[,.;:!?)/]|$|\d)/u.test(gapAfter)) return 0;
    score += 1;
  }
  if (
    before &&
    /^(?:für|fürs|zum|zur|im|am|ins|beim|thema|unter|neben)$/u.test(before.lower) &&
    /^\s+$/u.test(gapBefore)
  )
    score -= 2;
  if (first >= 0 && Math.abs(at - first) > 4) score -= 1;
  if (
    !word.capital &&
    /(?:bar|ig|lich|isch|fest|en|et|te|er|es)$/u.test(word.lower) &&
    before?.product === undefined
  )
    score -= 2;
  return score;
}

function productOf(words: Lexeme[], name: Lexeme[], text: string): { product?: Lexeme } {
  const start = name[0] ? words.indexOf(name[0]) : -1;
  const end = start + name.length;
  const candidates = words
    .map((word, at) => ({ word, at }))
    .filter(({ word }) => word.product !== undefined && !name.includes(word))
    .filter(({ word }) => word.lower !== "uhr" || !/\d\s*$/u.test(text.slice(0, word.start)));
  const capitals = words.some((word, at) => at > 0 && word.capital && word.product !== undefined);
  const rank = ({ word, at }: { word: Lexeme; at: number }): number => {
    let score = word.part ? -3 : 0;
    if (capitals && !word.capital && at > 0) score -= 2;
    if (word.material !== undefined && word.material.toLowerCase() === word.lower) score -= 4;
    const beside = start >= 0 && (at === start - 1 || at === end);
    const gap =
      at < start ? text.slice(word.end, name[0]?.start) : text.slice(name.at(-1)?.end ?? 0, word.start);
    if (beside && /^[\s„"“]*$/u.test(gap)) score += 5;
    else if (beside && /^\s*[,:(]\s*$/u.test(gap)) score += 2;
    if (
      /(?:mit|und|für|zum|aus|im|am|ins|ohne|inkl|samt|neben|unter|vom|dem|den)$/iu.test(
        words[at - 1]?.lower ?? "",
      )
    )
      score -= 2;
    return score - at * 0.1;
  };
  const best = candidates.sort((a, b) => rank(b) - rank(a))[0];
  if (best && rank(best) > -4) return { product: best.word };
  // A thing that the lexicon doesn't know stands before its name.
  const before = words[start - 1];
  return start > 0 &&
    before !== undefined &&
    (before.capital || start === 1) &&
    before.material === undefined &&
    !stops.has(before.lower) &&
    /^\s+$/u.test(text.slice(before.end, name[0]?.start))
    ? { product: before }
    : {};
}

/** "EKEBY" and "torv" as a name is written: "Ekeby", "Torv". */
export function spelledName(name: Lexeme[]): string {
  return name
    .map(({ text }) =>
      text === text.toUpperCase() && text.length > 2
        ? text.toLowerCase().split("-").map(capitalized).join("-")
        : text.split("-").map(capitalized).join("-"),
    )
    .join(" ");
}
