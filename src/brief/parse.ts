import { type Brand, loadBrand } from "#src/brand.ts";
import { HyggeError } from "#src/errors.ts";
import { lexiconIndex } from "#src/gates/nouns.ts";
import { findContradiction } from "./contradictions.ts";
import { germanize, languageOf } from "./english.ts";
import { readFacts, readReplyFacts, type Segment, type Statement } from "./facts.ts";
import { inertLines, unlabelled, withoutOrders } from "./inert.ts";
import { type Brief, type Channel, channels, type Fact, lengths, tones } from "./kinds.ts";
import { capitalized, type Lexeme, lexemes } from "./lexemes.ts";
import { findNaming, spelledName } from "./naming.ts";
import { normalizeNumbers } from "./numbers.ts";
import { channelOf, lengthOf, type Options, takeOptions, toneOf } from "./options.ts";

/** UTF-16 units that a brief may have. */
export const briefLimit = 2000;

let shipped: Brand | undefined;
function shippedBrand(): Brand {
  shipped ??= loadBrand("hygge");
  return shipped;
}

/**
 * Reads a brief as people type it. Options that are given win over those in the text; a reading depends on its
 * arguments alone, so a stored text reads the same again.
 * @throws HyggeError brief_empty, brief_too_long {length, limit}, brief_no_words, brief_contradiction {first,
 * second}, channel_unknown, tone_unknown, length_unknown {value, allowed}
 */
export function parseBrief(
  raw: string,
  options: { channel?: string | undefined; tone?: string | undefined; length?: string | undefined } = {},
  brand: Brand = shippedBrand(),
): Brief {
  const given = {
    channel: oneOf("channel_unknown", channels, options.channel),
    tone: oneOf("tone_unknown", tones, options.tone),
    length: oneOf("length_unknown", lengths, options.length),
  };
  const text = raw
    .replace(/\p{Surrogate}/gu, "\ufffd")
    .normalize("NFC")
    .trim();
  if (text.length > briefLimit)
    throw new HyggeError("brief_too_long", { length: text.length, limit: briefLimit });
  if (text.replace(/[\s\p{Default_Ignorable_Code_Point}]/gu, "") === "") throw new HyggeError("brief_empty");

  const lines = inertLines(text).map((line) => withoutOrders(calm(line)));
  if (!/\p{L}{2}/u.test(lines.join(" "))) throw new HyggeError("brief_no_words");

  const index = lexiconIndex(brand);
  const language = languageOf(lines.join(" "), index);
  const german = lines.map((line) => normalizeNumbers(germanize(line, language, index)));
  const reply = isReply(german.join(" ")) || (given.channel === "antwort" && /[?:]/u.test(text));
  const read = reply ? readReply(german, brand) : readProduct(german, brand, given.channel);
  if (!/\p{L}{2}/u.test(read.task)) throw new HyggeError("brief_no_words");

  const channel = given.channel ?? read.options.channels[0]?.channel ?? brand.defaults.channel;
  const brief: Brief = {
    text,
    task: read.task,
    channel,
    tone: given.tone ?? read.options.tone ?? brand.defaults.tone,
    length: given.length ?? read.options.length ?? brand.channels[channel].defaultLength,
    given: {
      channel: given.channel !== undefined || read.options.channels.length > 0,
      tone: given.tone !== undefined || read.options.tone !== undefined,
      length: given.length !== undefined || read.options.length !== undefined,
    },
    ...(read.product === undefined ? {} : { product: read.product }),
    ...(read.name === undefined ? {} : { name: read.name }),
    facts: read.facts,
    ...(read.wish === undefined ? {} : { wish: read.wish }),
    language,
  };
  // A name alone asks for all that the brand knows of it.
  return brief.task === brief.name ? fillFromProducts(brief, brand) : brief;
}

/**
 * What the brand knows of the product that a brief names and the brief doesn't say: added to facts and task. A brief
 * of an unknown product comes back as it is.
 */
export function fillFromProducts(brief: Brief, brand: Brand): Brief {
  const name = brief.name?.toLowerCase();
  const product = brand.products.find((known) => known.name.toLowerCase() === name);
  if (!product) return brief;
  const known = parseBrief(
    `${product.facts.join(", ")}, Name ${product.name}`,
    { channel: "produkttext" },
    brand,
  );
  const missing = known.facts.filter(
    (fact) =>
      fact.kind !== "name" &&
      !brief.facts.some(
        (own) =>
          own.text.toLowerCase() === fact.text.toLowerCase() ||
          (own.kind === fact.kind && !["other", "measure", "count"].includes(fact.kind)),
      ),
  );
  const thing = brief.product ?? known.product;
  const said = missing
    .filter((fact) => fact.kind !== "product")
    .map((fact) => fact.text.replaceAll(" × ", " x "));
  const head = brief.product === undefined && thing !== undefined ? `${thing} ${brief.task}` : brief.task;
  return {
    ...brief,
    task: [head, ...said].join(", "),
    ...(thing === undefined ? {} : { product: thing }),
    facts: sorted([...brief.facts, ...missing]),
  };
}

function oneOf<T extends string>(
  code: "channel_unknown" | "tone_unknown" | "length_unknown",
  allowed: readonly T[],
  value: string | undefined,
): T | undefined {
  if (value === undefined || value.trim() === "") return undefined;
  const found = allowed.find((known) => known === value.trim().toLowerCase());
  if (found === undefined)
    throw new HyggeError(code, {
      value: value.replace(/\s+/gu, " ").slice(0, 60),
      allowed: allowed.join(", "),
    });
  return found;
}

/** Shouted briefs are read in small letters; a heap of marks is one. */
function calm(line: string): string {
  const letters = line.replace(/[^\p{L}]/gu, "");
  const quiet = letters.length > 12 && letters === letters.toUpperCase() ? line.toLowerCase() : line;
  return quiet.replace(/([!?])[!?]+/gu, "$1");
}

const isReply = (text: string) =>
  /^\W*(?:(?:unsere? |eine? )?(?:kund(?:e|in)|kundenfrage|customer|interessent(?:in)?)(?!\p{L})[^:?!.]{0,40}?(?::|fragt|schreibt|will wissen|möchte wissen|beschwert|lobt|kommentiert|asks|writes)|(?:kommentar|frage|comment|question)(?!\p{L})[^:?!.]{0,30}:)|\((?:kommentar|frage)\)\W*$/iu.test(
    text,
  );

interface Reading {
  task: string;
  options: Options;
  facts: Fact[];
  product?: string;
  name?: string;
  wish?: string;
}

/** What a customer says stays word for word: only the channel at its end is no part of it. */
function readReply(lines: string[], brand: Brand): Reading {
  const options: Options = { channels: [{ channel: "antwort", said: "Antwort" }] };
  const task = oneLine(
    lines.join(" ").replace(/^\s*(?:bitte\s+)?(?:antworte?|reply)\s*(?:auf|an|to|:)\s*(?=\p{L}|[„"“])/iu, ""),
  );
  const words = lexemes(task, brand);
  const naming = findNaming(words, task, brand);
  return {
    task,
    options,
    ...labelledBy(naming),
    facts: collect(naming, readReplyFacts(task)),
  };
}

function readProduct(lines: string[], brand: Brand, given: Channel | undefined): Reading {
  const options: Options = { channels: [] };
  const labels: Labels = {};
  const pieces = lines.flatMap((line, at) => {
    const own = split(line);
    if (at > 0 && own[0]) own[0].before = ", ";
    return own;
  });
  const kept = takeLabels(pieces, labels, options)
    .map((piece, at, all) => ({
      ...piece,
      text: takeOptions(piece.text.replace(asked, "$1"), options, {
        first: at === 0,
        last: at === all.length - 1,
      }),
    }))
    .filter((piece) => /[\p{L}\d]/u.test(piece.text) && !talk.test(piece.text));
  const [first, second] = options.channels;
  if (first && second && given === undefined)
    throw new HyggeError("brief_contradiction", {
      first: brand.channels[first.channel].label.de,
      second: brand.channels[second.channel].label.de,
    });

  const plain = priced(join(kept));
  const all = lexemes(plain, brand);
  const naming = findNaming(all, plain, brand, labels.name);
  const task = recased(plain, all, naming);
  const taken = new Set([...naming.name, ...(naming.product ? [naming.product] : [])]);
  const segments = segmented(plain, all);
  const { statements, wishes } = readFacts(segments, taken);
  const contradiction = findContradiction(statements, segments, brand);
  if (contradiction) throw new HyggeError("brief_contradiction", contradiction);
  // "2-Sitzer Granvik": the count is half of the noun.
  const seats = Number(statements.find(({ of }) => of === "sitze")?.fact.numbers[0]);
  if (naming.product?.lower === "sitzer")
    naming.product.text = `${["Ein", "Zwei", "Drei", "Vier", "Fünf"][seats - 1] ?? ""}sitzer`;
  const wish = [...wishes, ...(labels.wish ? [labels.wish] : [])].join(", ");
  return {
    task,
    options,
    ...labelledBy(naming),
    facts: collect(naming, statements),
    ...(wish === "" ? {} : { wish }),
  };
}

/** "Kannst du was zum Sessel Höst schreiben?" is about the Sessel Höst. */
const asked =
  /^(?:kannst du|könnt ihr|könntest du|könntet ihr|können sie|can you|could you)\s+(?:\p{L}+\s+){0,3}?(?:zu[mr]?|über|fürs?)\s+(?:(?:de[nmr]|das|die|unser\p{Ll}*|eine?[nmr]?)\s+)?(.+?)\s+(?:schreiben|machen|texten|formulieren)[?.!\s]*$/iu;
/** What is said to whoever reads the brief. */
const talk =
  /^(?:(?:hej|hallo|hi|hey|moin|guten (?:tag|morgen)|danke|vielen dank|thanks|thank you|liebes team)[\s!.]*|(?:bitte\s+)?(?:(?:wir|ich) (?:brauch|bräucht|möcht|hätt)\p{L}*|(?:bitte )?(?:schreib|mach)\p{L}*)(?: (?:gern|gerne|bitte|was|etwas|mal|mir|uns|einen text|ein text|text))*)$/iu;

interface Piece {
  /** What stands before it in the line: ", ", ". ", ": ". */
  before: string;
  text: string;
}

const separators =
  /(\s*[;]\s*|(?<!\d),\s*|,(?![\d–-])(?!\s*\d+(?:, \d+)*\s(?:und|oder|bis)\s\d)\s*|:\s+|\s+[–|]\s+|\s+-\s+|(?<=[\p{L}\d€)])[.!?]\s+)/u;

function split(line: string): Piece[] {
  const parts = line.split(separators);
  const pieces: Piece[] = [];
  for (let at = 0; at < parts.length; at += 2)
    pieces.push({ before: at === 0 ? "" : (parts[at - 1] ?? ""), text: (parts[at] ?? "").trim() });
  return pieces;
}

function join(pieces: Piece[]): string {
  return oneLine(
    pieces
      .map((piece, at) => {
        if (at === 0) return piece.text;
        if (piece.before === " ") return ` ${piece.text}`;
        const sign = piece.before.trim();
        return `${sign === "–" || sign === "-" || sign === "|" ? ", " : sign === "" || sign === ";" ? ", " : `${sign} `}${piece.text}`;
      })
      .join(""),
  );
}

/** "sofa ekeby leinen 899": a bare number at the very end is the price, where there is none. */
function priced(line: string): string {
  if (line.includes("€")) return line;
  return line.replace(/(?<=(?:,|\p{L}{3})\s)(?!(?:19|20)\d\d$)(\d{2,4})$/u, (digits, _, at: number) =>
    notPriced.test(line.slice(0, at)) ? digits : `${digits} €`,
  );
}
const notPriced =
  /(?:kasse|nr|nummer|modell|typ|serie|für|bis|ab|um|am|ca|etwa|höhe|breite|länge|tiefe|größe|durchmesser|breit|hoch|tief|lang|seit|in|mit|je|pro|zone|stock|platz|tag|etage|raum)\s$/iu;

interface Labels {
  name?: string;
  wish?: string;
}

/** "Produkt: Sofa", "Preis: 899 €", "Kanal: Instagram": the label goes, what it says stays or is an option. */
function takeLabels(pieces: Piece[], labels: Labels, options: Options): Piece[] {
  const kept: Piece[] = [];
  for (let at = 0; at < pieces.length; at++) {
    const piece = pieces[at];
    const next = pieces[at + 1];
    if (!piece) continue;
    if (next?.before.trim() !== ":") {
      kept.push(piece);
      continue;
    }
    const label = piece.text.toLowerCase();
    const value = next.text;
    const drop = () => kept.push({ before: piece.before, text: value });
    if (/^(?:kanal|channel|format)$/u.test(label)) {
      const channel = channelOf(value);
      if (channel) options.channels.push({ channel, said: value });
      else drop();
    } else if (/^(?:ton|tonfall|tone|stil|style)$/u.test(label)) {
      const tone = toneOf(value);
      if (tone) options.tone ??= tone;
      else drop();
    } else if (/^(?:länge|umfang|textlänge|length)$/u.test(label) && lengthOf(value)) {
      options.length ??= lengthOf(value);
    } else if (/^(?:name|produktname|modell|name des produkts)$/u.test(label)) {
      labels.name = value.replace(/[„“"”]/gu, "").trim();
      // "Produkt: Sofa, Name: Ekeby" is "Sofa Ekeby".
      const together = /^(?:produkt|product|artikel|item|möbel)$/iu.test(pieces[at - 2]?.text ?? "");
      kept.push({ before: together ? " " : piece.before, text: labels.name });
    } else if (/^(?:wunsch|wish)$/u.test(label)) {
      labels.wish = value;
      drop();
    } else if (
      /^(?:produkt|product|artikel|item|möbel|material|materialien|farbe|colou?r|maße|größe|abmessungen|preis|price|bezug|auftrag|brief|text|details?|fakten|facts|angaben|info|beschreibung|länge)$/u.test(
        label,
      ) &&
      !(label === "bezug" && /\bgestell\b/iu.test(value))
    ) {
      drop();
    } else {
      kept.push(piece);
      continue;
    }
    at++;
  }
  return kept;
}

/** The segments of the whole line with their words, offsets within the segment. */
function segmented(line: string, all: Lexeme[]): Segment[] {
  const segments: Segment[] = [];
  let from = 0;
  for (const part of line.split(separators)) {
    const to = from + part.length;
    if (!separators.test(part) || /[\p{L}\d]/u.test(part)) {
      const start = from;
      const words = all.filter((word) => word.start >= start && word.end <= to);
      for (const word of words) {
        word.start -= start;
        word.end -= start;
      }
      segments.push({ text: part, words });
    }
    from = to;
  }
  return segments;
}

/** Product, name and materials as they are written in German, however they were typed. */
function recased(line: string, words: Lexeme[], naming: ReturnType<typeof findNaming>): string {
  let out = line;
  for (const word of [...words].reverse()) {
    const named = naming.name.includes(word);
    const noun =
      word === naming.product || word.material?.toLowerCase() === word.lower || isCounted(line, word);
    if (!named && !(noun && !word.capital)) continue;
    const spelled = named ? spelledName([word]) : capitalized(word.text);
    out = out.slice(0, word.start) + spelled + out.slice(word.end);
  }
  return oneLine(out);
}

const isCounted = (line: string, word: Lexeme) =>
  /^(?:sitze?|türen?|schubladen?|haken|böden|fächer|plätze|stück|ebenen|rollen|klappen|stufen|teile|personen|zonen|kissen|tassen)$/u.test(
    word.lower,
  ) && /\d\s*$/u.test(line.slice(0, word.start));

/** One line without a sign that a prompt could take for its own. */
function oneLine(text: string): string {
  return unlabelled(text)
    .replace(/\s+/gu, " ")
    .replace(/\s+([,.;:!?)])/gu, "$1")
    .replace(/\(\s*\)/gu, "")
    .replace(/[,;]\s*(?=[,;.])/gu, "")
    .replace(/^[\s,;:.–-]+|[\s,;:–-]+$/gu, "")
    .trim();
}

function labelledBy({ product, name }: ReturnType<typeof findNaming>): { product?: string; name?: string } {
  return {
    ...(product === undefined ? {} : { product: spelledProduct(product) }),
    ...(name.length === 0 ? {} : { name: spelledName(name) }),
  };
}

const spelledProduct = ({ text }: Lexeme) =>
  text === text.toUpperCase() && text.length > 3 ? capitalized(text.toLowerCase()) : capitalized(text);

function collect(naming: ReturnType<typeof findNaming>, statements: Statement[]): Fact[] {
  const { product, name } = labelledBy(naming);
  return sorted([
    ...(product === undefined ? [] : [{ kind: "product" as const, text: product, numbers: [] }]),
    ...(name === undefined ? [] : [{ kind: "name" as const, text: name, numbers: [] }]),
    ...statements.map(({ fact }) => fact),
  ]);
}

const order: readonly Fact["kind"][] = [
  "product",
  "name",
  "material",
  "colour",
  "measure",
  "count",
  "other",
  "price",
];
const sorted = (facts: Fact[]) => [...facts].sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
