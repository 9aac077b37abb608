/** Reading a German text for the gates: words, numbers and sentences with UTF-16 offsets. */

export interface Span {
  start: number;
  end: number;
}
export interface Word extends Span {
  text: string;
  lower: string;
}
export interface NumberAt extends Span {
  value: number;
  /** What follows: "cm", "€", "Stück" …; lower case, "" for none. */
  unit: string;
}

const graphemeSegmenter = new Intl.Segmenter("de", { granularity: "grapheme" });

/** Length as a person counts it: an emoji with its modifiers is one. */
export function countGraphemes(text: string): number {
  // Plain German has one code unit a character, and asking the segmenter takes fifty times as long.
  if (/^[\n\x20-\u024f\u2010-\u2027\u20ac]*$/.test(text)) return text.length;
  let count = 0;
  for (const _ of graphemeSegmenter.segment(text)) count++;
  return count;
}

/** Words, hyphenated ones whole ("3er-Set" gives "er-Set": digits belong to the numbers). */
export function words(text: string): Word[] {
  const found: Word[] = [];
  for (const match of text.matchAll(/\p{L}[\p{L}\p{M}]*(?:[-’'‑]\p{L}[\p{L}\p{M}]*)*-?/gu)) {
    const word = match[0];
    found.push({ text: word, lower: word.toLowerCase(), start: match.index, end: match.index + word.length });
  }
  return found;
}

const numberPattern =
  /(?<![\d.,])(?:\d{1,3}(?:[.\u00a0\u202f’']\d{3})+(?![\d])(?:,\d+)?|\d+(?:[.,]\d+)?)(?:[.,][-–])?/g;

/** Numbers in digits: "1.099 €" is 1099, "24,90" and "24.90" are 24.9, "0,5 l" is 0.5. */
export function numbers(text: string): NumberAt[] {
  const found: NumberAt[] = [];
  for (const match of text.matchAll(numberPattern)) {
    const end = match.index + match[0].length;
    const unit = /^[\s\u00a0\u202f-]*(€|%|[\p{L}²°"″]+)/u.exec(text.slice(end, end + 20))?.[1] ?? "";
    const before = /(?:€|\bEUR|\bEuro)\s*$/iu.test(text.slice(Math.max(0, match.index - 6), match.index));
    const dash = /[.,][-–]$/.test(match[0]);
    found.push({
      value: parseNumber(match[0].replace(/[.,][-–]$/, "")),
      unit: before || dash ? "€" : normalUnit(unit),
      start: match.index,
      end: match.index + match[0].length,
    });
  }
  return found;
}

function parseNumber(digits: string): number {
  const plain = digits.replace(/[.\u00a0\u202f’'](?=\d{3}(?:\D|$))/g, "");
  return Number(plain.replace(",", "."));
}

function normalUnit(unit: string): string {
  const lower = unit.toLowerCase();
  if (lower === "euro" || lower === "eur") return "€";
  return unitNames.get(lower) ?? lower;
}
const unitNames = new Map([
  ["zentimeter", "cm"],
  ["zentimetern", "cm"],
  ["meter", "m"],
  ["metern", "m"],
  ["millimeter", "mm"],
  ["liter", "l"],
  ["litern", "l"],
  ["kilo", "kg"],
  ["kilogramm", "kg"],
  ["gramm", "g"],
  ["prozent", "%"],
]);

const small = [
  "null",
  "ein",
  "zwei",
  "drei",
  "vier",
  "fünf",
  "sechs",
  "sieben",
  "acht",
  "neun",
  "zehn",
  "elf",
];
const units = new Map<string, number>(small.map((word, value) => [word, value]));
for (const [word, value] of [
  ["zwölf", 12],
  ["sechzehn", 16],
  ["siebzehn", 17],
  ["zwo", 2],
  ["eins", 1],
] as const)
  units.set(word, value);
for (const value of [3, 4, 5, 8, 9]) units.set(`${small[value]}zehn`, 10 + value);
const tens = new Map([
  ["zwanzig", 20],
  ["dreißig", 30],
  ["vierzig", 40],
  ["fünfzig", 50],
  ["sechzig", 60],
  ["siebzig", 70],
  ["achtzig", 80],
  ["neunzig", 90],
]);

/** "zwölf" is 12, "einundzwanzig" 21, "zweihundert" 200; undefined for anything else ("ein" too: an article). */
export function numberWord(word: string): number | undefined {
  const lower = word.toLowerCase().replace(/^zweier$|^dreier$/, (form) => form.slice(0, -2));
  if (lower === "ein" || lower === "eins" || lower === "null") return undefined;
  return below1000000(lower);
}

function below1000000(word: string): number | undefined {
  const thousand = word.indexOf("tausend");
  if (thousand < 0) return below1000(word);
  const front = word.slice(0, thousand);
  const back = word.slice(thousand + 7);
  const high = front === "" ? 1 : below1000(front);
  const low = back === "" ? 0 : below1000(back);
  return high === undefined || low === undefined ? undefined : high * 1000 + low;
}

function below1000(word: string): number | undefined {
  const hundred = word.indexOf("hundert");
  if (hundred < 0) return below100(word);
  const front = word.slice(0, hundred);
  const back = word.slice(hundred + 7);
  const high = front === "" ? 1 : units.get(front);
  const low = back === "" ? 0 : below100(back);
  return high === undefined || low === undefined ? undefined : high * 100 + low;
}

function below100(word: string): number | undefined {
  const simple = units.get(word) ?? tens.get(word);
  if (simple !== undefined) return simple;
  const [one, ten, ...rest] = word.split("und");
  if (one === undefined || ten === undefined || rest.length > 0) return undefined;
  const unit = units.get(one);
  const decade = tens.get(ten);
  return unit === undefined || decade === undefined || unit > 9 ? undefined : decade + unit;
}

/** Sentences and lines; a decimal point or "z. B." does not end one. */
export function sentences(text: string): (Span & { text: string })[] {
  const found: (Span & { text: string })[] = [];
  for (const match of text.matchAll(/[^\n]*?(?:[.?!…]+["“”»)]*(?=\s|$)|$|(?=\n))/gmu)) {
    const trimmed = match[0].trim();
    if (trimmed === "") continue;
    const start = match.index + match[0].indexOf(trimmed);
    found.push({ text: trimmed, start, end: start + trimmed.length });
  }
  return found;
}

/** Lower case, umlauts as their vowels: "Träume" and "Traum" share a beginning. */
export function fold(word: string): string {
  return word
    .toLowerCase()
    .replaceAll("ä", "a")
    .replaceAll("ö", "o")
    .replaceAll("ü", "u")
    .replaceAll("ß", "ss");
}
