/** The checkable statements of a brief, segment by segment. */
import { numberWord } from "#src/gates/read.ts";
import type { Fact } from "./kinds.ts";
import type { Lexeme } from "./lexemes.ts";
import { measurePattern, numbersIn, pricePattern, priceValue } from "./numbers.ts";

/** A fact with where it was said: `bare` when its segment says nothing else. */
export interface Statement {
  fact: Fact;
  segment: number;
  bare: boolean;
  /** What a count counts, what a measure measures; lower case. */
  of?: string;
}

export interface Segment {
  text: string;
  words: Lexeme[];
}

export interface Read {
  statements: Statement[];
  wishes: string[];
}

const countWords = "zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf|zwanzig|dreißig";
const inOneWord = new RegExp(
  `(?<![\\p{L}\\d])(\\d{1,2}|${countWords}|ein)[- ]?(sitz|tür|teil|arm|flamm|bein|stuf)(?:er|ig(?:e[rsnm]?)?)(?:n|s)?(?!\\p{L})`,
  "giu",
);
const partNouns: Record<string, string> = {
  sitz: "Sitze",
  tür: "Türen",
  teil: "Teile",
  arm: "Arme",
  flamm: "Flammen",
  bein: "Beine",
  stuf: "Stufen",
};
const ofSet = new RegExp(
  `(?<![\\p{L}\\d])(?:(\\d{1,3})[- ]?er|(${countWords})er)[- ]?(set|pack|satz|packung)(?!\\p{L})`,
  "giu",
);
const anyCase = countWords.replace(/(?<=^|\|)\p{L}/gu, (first) => `[${first}${first.toUpperCase()}]`);
const counted = new RegExp(
  `(?<![\\p{L}\\d.,-])(\\d{1,4}|${anyCase})(?:\\s?x\\s|[\\s-])\\s?((?:\\p{Ll}{2,}e[nrs]?\\s(?=\\p{Lu}))?\\p{L}{2,}[\\p{L}-]*)`,
  "gu",
);
const stops =
  /^(?:der|die|das|den|dem|ein|eine|einen|einem|einer|und|oder|mit|aus|in|im|am|an|auf|von|vom|bei|beim|zum|zur|zu|für|fürs|nur|neu|neue|neuer|neues|je|pro|ab|statt|jetzt|ca|etwa|bitte|auch|noch|sehr|ist|sind|hat|es|preis|kostet|euro|zusammen|stück|das paar|was|über|thema|name|heißt|namens|material|farbe|maße|hej|hallo|danke|so|ja)$/iu;
const wishStart =
  /^(?:thema|für|fürs|zum|zur|im|am|beim|bitte|was|etwas|über|wenn|reim|gereimt|ohne reim|ohne preis|mit reim|keine?|nicht|nach|vor|nie|erste[rsn]?|letzte[rsn]?|endlich|unter|neben|überm|lustig|frage)(?!\p{L})/iu;
const feature =
  /^(?:mit|inkl\.?|inklusive|ohne|samt|aus|in|auf|zum aufhängen|bezug|gestell|rahmen)(?!\p{L})/iu;

/** Reads the segments of a brief about a product. `taken` are the words of product and name. */
export function readFacts(segments: Segment[], taken: ReadonlySet<Lexeme>): Read {
  const statements: Statement[] = [];
  const wishes: string[] = [];
  for (const [at, segment] of segments.entries()) {
    const { found, rest } = readNumbers(segment.text);
    const words = segment.words.filter((word) => !taken.has(word) && rest[word.start] !== " ");
    for (const word of words) {
      if (word.material !== undefined)
        found.push({ fact: { kind: "material", text: word.material, numbers: [] } });
      else if (word.colour !== undefined)
        found.push({ fact: { kind: "colour", text: word.colour, numbers: [] } });
    }
    // "Ledersofa" says leather.
    for (const word of taken)
      if (
        segment.words.includes(word) &&
        word.material !== undefined &&
        word.material.toLowerCase() !== word.lower
      )
        found.push({ fact: { kind: "material", text: word.material, numbers: [] } });
    const left = remainder(rest, segment.words, taken);
    const bare = left === "" && !segment.words.some((word) => taken.has(word));
    for (const item of found) statements.push({ ...item, segment: at, bare: bare && found.length === 1 });
    if (left === "" || (found.some(({ fact }) => fact.kind === "material") && onlyParts.test(left))) continue;
    const theme = /^[\p{Lu}]/u.test(left) && at > 0 && !words.some((word) => word.part) && found.length === 0;
    const wish =
      (wishStart.test(left) && !/\d/.test(left)) ||
      (!feature.test(left) && !/\d/.test(left) && theme && !isFeature(left));
    if (wish) wishes.push(left);
    else if (words.length > 0 || /\d/.test(left))
      statements.push({
        fact: { kind: "other", text: left, numbers: numbersIn(left) },
        segment: at,
        bare: found.length === 0,
      });
  }
  return { statements: distinct(statements), wishes };
}

/** A reply's brief: the numbers that it mentions, and what stands after "Fakt:". */
export function readReplyFacts(text: string): Statement[] {
  const [question = "", ...known] = text.split(/(?<!\p{L})fakt(?:en)?\s*:\s*/iu);
  const statements = [question, ...known].flatMap((part, at) =>
    readNumbers(part).found.map((item) => ({ ...item, segment: at, bare: false })),
  );
  for (const fact of known)
    statements.push({
      fact: { kind: "other", text: tidy(fact), numbers: numbersIn(fact) },
      segment: 1,
      bare: false,
    });
  const said = new Set(statements.flatMap(({ fact }) => fact.numbers));
  for (const number of numbersIn(question))
    if (!said.has(number))
      statements.push({ fact: { kind: "other", text: number, numbers: [number] }, segment: 0, bare: false });
  return distinct(statements);
}

/** "Gestell Eiche": the part needs no line of its own. */
const onlyParts =
  /^(?:gestell|bezug|rahmen|sitz|lehne|deckel|platte|beine?|füße|fuß|griffe?|kopfteil|polster|schirm|boden|korpus|fronten?|futter)$/iu;

type Found = Pick<Statement, "fact" | "of">;

/** Prices, measures and counts; `rest` is the text with blanks in their places. */
function readNumbers(text: string): { found: Found[]; rest: string } {
  const found: Found[] = [];
  let rest = text;
  const take = (pattern: RegExp, read: (match: RegExpExecArray) => Found | undefined) => {
    for (const match of [...rest.matchAll(pattern)]) {
      const item = read(match as RegExpExecArray);
      if (!item) continue;
      found.push(item);
      rest =
        rest.slice(0, match.index) + " ".repeat(match[0].length) + rest.slice(match.index + match[0].length);
    }
  };
  take(pricePattern, ([, digits = ""]) => ({
    fact: { kind: "price", text: `${digits} €`, numbers: [priceValue(digits)] },
  }));
  take(inOneWord, ([, count = "", part = ""]) => {
    const value = count === "ein" ? 1 : (numberWord(count.toLowerCase()) ?? Number(count));
    const noun = partNouns[part.toLowerCase()] ?? part;
    return {
      fact: { kind: "count", text: `${value} ${noun}`, numbers: [String(value)] },
      of: noun.toLowerCase(),
    };
  });
  take(ofSet, ([, digits, word, kind = "Set"]) => {
    const value = digits ?? String(numberWord(word?.toLowerCase() ?? "") ?? "");
    const noun = kind.slice(0, 1).toUpperCase() + kind.slice(1).toLowerCase();
    return { fact: { kind: "count", text: `${value}er-${noun}`, numbers: [value] }, of: noun.toLowerCase() };
  });
  take(measurePattern, (match) => {
    const [whole, what, , values = "", unit = "", after, alone] = match;
    return {
      fact: {
        kind: "measure",
        text: tidy(whole).replace(/(?<=\d) x (?=\d)/g, " × "),
        numbers: numbersIn(values),
      },
      of: (what ?? after ?? alone ?? unit).toLowerCase(),
    };
  });
  take(counted, ([, count = "", noun = ""]) => {
    if (/^(?:x|uhr|nr)$/iu.test(noun) || (stops.test(noun) && !/^stück$/iu.test(noun))) return undefined;
    const value = numberWord(count.toLowerCase()) ?? Number(count);
    const words = noun.split(" ");
    const last = words.at(-1) ?? noun;
    return {
      fact: {
        kind: "count",
        text: `${value} ${[...words.slice(0, -1), last.slice(0, 1).toUpperCase() + last.slice(1)].join(" ")}`,
        numbers: [String(value)],
      },
      of: noun.toLowerCase(),
    };
  });
  return { found, rest };
}

/** What a segment says beyond its facts, product and name. */
function remainder(rest: string, words: Lexeme[], taken: ReadonlySet<Lexeme>): string {
  let left = rest;
  for (const word of words)
    if (taken.has(word) || word.material !== undefined || word.colour !== undefined)
      left = left.slice(0, word.start) + " ".repeat(word.end - word.start) + left.slice(word.end);
  const text = tidy(left);
  const content = text
    .split(/[\s,/&+()„“"]+/u)
    .filter((piece) => /[\p{L}\d]/u.test(piece) && !stops.test(piece));
  return content.length === 0 ? "" : text.replace(/^(?:aus|in)\s+(?=\p{Ll}+$)/u, "");
}

/** "klappbar", "Bezug abnehmbar", "geölt": said of the thing rather than of its day. */
function isFeature(text: string): boolean {
  return /\p{Ll}(?:bar|fest|geeignet|gepolstert|lackiert|geölt|gestrickt|gewebt|dicht|los|förmig|teilig|mitwachsend)$|(?:dabei|inklusive|möglich)$/u.test(
    text,
  );
}

const tidy = (text: string) =>
  text
    .replace(/\s+/gu, " ")
    .replace(/^[\s,.;:!?()&+/„“"–-]+|[\s,.;:!(&+/„“"–-]+$/gu, "")
    .trim();

function distinct(statements: Statement[]): Statement[] {
  return statements.filter(
    ({ fact }, at) =>
      !statements
        .slice(0, at)
        .some(
          (other) =>
            other.fact.kind === fact.kind && other.fact.text.toLowerCase() === fact.text.toLowerCase(),
        ),
  );
}
