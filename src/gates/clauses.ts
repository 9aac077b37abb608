/**
 * Grammar between words that don't stand beside each other, as far as small models get it wrong: the dative of
 * "zuhören", number in relative and main clauses, a count beside a singular, the pronoun for the product, adjectives
 * written like nouns. Every check knows a few patterns and says nothing about the rest.
 */
import type { Finding, GateContext } from "./gates.ts";
import { type LexiconIndex, lexiconIndex, type NounForm } from "./nouns.ts";
import { numberWord, words } from "./read.ts";

type Check = (text: string, ctx: GateContext, index: LexiconIndex) => Finding | undefined;

export function clauseFinding(text: string, ctx: GateContext): Finding | undefined {
  const index = lexiconIndex(ctx.brand);
  for (const check of checks) {
    const finding = check(text, ctx, index);
    if (finding) return finding;
  }
  return undefined;
}

function found(text: string, start: number, end: number): Finding {
  return { found: text.slice(start, end), at: [{ start, end }] };
}

const only = (forms: readonly NounForm[], number: "sg" | "pl"): boolean =>
  forms.length > 0 && forms.every((form) => form.number === number);

const masculine = "(?:d|k?ein|mein|dein|sein|ihr|unser|eur|dies|jed|jen)en";
const unclear = "(?:das|die|k?eine?|meine?|deine?|seine?|ihre?|unsere?|eure?|diese[s]?)";
const preposition =
  /(?<!\p{L})(?:auf|in|an|unter|neben|hinter|vor|über|zwischen|für|ohne|durch|gegen|um|bis)[ \u00a0]$/iu;

/** "du hörst den Regen zu": zuhören, zusehen and zuschauen take a dative. */
const listening: Check = (text, _, index) => {
  const split =
    /(?<!\p{L})(?:hör|sieh|seh|schau|guck)(e|st|t|en|)((?:[ \u00a0][\p{L}’-]+){1,6}?)[ \u00a0]zu(?=[ \u00a0](?:und|oder|wie)(?!\p{L})|[.,;:?…“\n]|$)/giu;
  const joined =
    /(?<!\p{L})((?:\p{L}+[ \u00a0]){1,5})(?:zuhör|zuzuhör|zusieh|zuseh|zuzuseh|zuschau|zuzuschau)(e|st|t|en|)(?!\p{L})/giu;
  for (const [pattern, between, ending] of [
    [split, 2, 1],
    [joined, 1, 2],
  ] as const)
    for (const match of text.matchAll(pattern)) {
      const inside = match[between] ?? "";
      // "du hörst das Radio zu" has its subject; "abends hört die Katze zu" may have it there.
      const subject =
        match[ending] === "st" ||
        /(?<!\p{L})(?:du|ihr|wir|er|man)[ \u00a0]$/iu.test(text.slice(0, match.index));
      const object = new RegExp(
        `(?<!\\p{L})(?:${masculine}|${subject ? unclear : "(?!)"})[ \\u00a0](?:\\p{Ll}+e[ns]?[ \\u00a0])?(\\p{Lu}[\\p{L}-]*)`,
        "gu",
      );
      for (const noun of inside.matchAll(object)) {
        if (times.test(noun[1] ?? "")) continue;
        if (preposition.test(inside.slice(0, noun.index))) continue;
        const forms = index.noun(noun[1] ?? "");
        const dative = /^\p{L}*en /iu.test(noun[0])
          ? (forms.length === 0 && /[ns]$/u.test(noun[1] ?? "")) ||
            forms.some((form) => form.number === "pl" && form.cases.includes("dat"))
          : false;
        if (!dative) return found(text, match.index, match.index + match[0].length);
      }
    }
  return undefined;
};

/** "eine Weile zu", "Die meiste Zeit sitzen": how long, not who. */
const times =
  /(?:Weile|Zeit|Stunde|Minute|Nacht|Woche|Tag|Abend|Morgen|Jahr|Monat|Wochenende|Sommer|Winter|Seite)$/u;

/** Verbs without an object: the noun before them is their subject. */
const still =
  "liegt|steht|hängt|sitzt|wartet|kommt|bleibt|schläft|dampft|brennt|leuchtet|passt|fällt|riecht|läuft|geht|trocknet|kostet|ist";
const many = "liegen|stehen|hängen|sitzen|warten|kommen|bleiben|schlafen|sind|passen|leuchten";

/** "die Nachbarin, die lange bleiben", "die Gäste, die lange bleibt". */
const relative: Check = (text, _, index) => {
  const pattern =
    /(?<!\p{L})((?:die|eine|deine|eure|keine|diese|alle|viele)[ \u00a0](?:\p{Ll}+e[n]?[ \u00a0])?(\p{Lu}[\p{L}-]*)), die ((?:\p{Ll}+ )*?)(\p{Ll}+)(?=[.,;:?…“\n]|$)/giu;
  for (const match of text.matchAll(pattern)) {
    const before = text.slice(0, match.index);
    if (preposition.test(before) || /(?:und|oder|,|aus|von|mit|bei|zu)[ \u00a0]$/iu.test(before)) continue;
    const [, , noun = "", between = "", verb = ""] = match;
    // The subject may be another: "die Frage, die alle stellen".
    if (
      /(?<!\p{L})(?:wir|sie|ihr|du|ich|er|es|man|alle|viele|beide|manche|andere|einige|wenige|die|das|der|keiner|niemand|jemand|jeder|einer|nichts|etwas|zwei|drei)(?!\p{L})/u.test(
        between,
      )
    )
      continue;
    const forms = index.noun(noun);
    const plural =
      /^(?:sind|haben|waren|liegen|stehen|hängen|sitzen|warten|kommen|bleiben|schlafen|passen|leuchten|singen|wohnen|lachen|gehen|fehlen|wollen|können|müssen|brauchen|mögen)$/u;
    const single = new RegExp(
      `^(?:${still}|hat|will|kann|muss|soll|mag|darf|war|braucht|fehlt|singt|wohnt|lacht)$`,
      "u",
    );
    if ((only(forms, "sg") && plural.test(verb)) || (only(forms, "pl") && single.test(verb)))
      return found(text, match.index, match.index + match[0].length);
  }
  return undefined;
};

/** "die Füße dampft", "Die Katze liegen", "unten stehen die Schokolade." */
const subjects: Check = (text, _, index) => {
  const plural = new RegExp(
    `(?<=^|[.?:…“,]\\s|\\n|\\sund\\s)(?:die|deine|eure|alle|viele|beide)\\s(?:\\p{Ll}+en\\s)?(\\p{Lu}[\\p{L}-]*)\\s(?:${still})(?!\\p{L})`,
    "giu",
  );
  for (const match of text.matchAll(plural))
    if (only(index.noun(match[1] ?? ""), "pl"))
      return found(text, match.index, match.index + match[0].length);
  const single = new RegExp(
    `(?<=^|[.?…“]\\s|\\n)(?:Der|Die|Das|Ein|Eine|Deine?)\\s(?:\\p{Ll}+e[rs]?\\s)?(\\p{Lu}[\\p{L}-]*)\\s(?:${many})(?!\\p{L})`,
    "gu",
  );
  for (const match of text.matchAll(single))
    if (!times.test(match[1] ?? "") && only(index.noun(match[1] ?? ""), "sg"))
      return found(text, match.index, match.index + match[0].length);
  const behind = new RegExp(
    `(?<!\\p{L})(?:oben|unten|dort|hier|daneben|darin|darauf|davor|dahinter|darunter|drinnen|draußen)\\s(?:${many})\\s(?:der|die|das|eine?|deine?)\\s(\\p{Lu}[\\p{L}-]*)(?=[.?…;\\n]|$)`,
    "giu",
  );
  for (const match of text.matchAll(behind))
    if (!times.test(match[1] ?? "") && only(index.noun(match[1] ?? ""), "sg"))
      return found(text, match.index, match.index + match[0].length);
  return undefined;
};

/** Nouns that stand in the singular after a number: "drei Paar Schuhe", "vier Glas Milch". */
const measures =
  /(?:stück|paar|mal|glas|grad|kilo|pfund|prozent|uhr|meter|liter|euro|cent|dutzend|blatt|fuß|schluck|mann|zoll|bund|kaffee|tee|bier|wein|wasser|band|set|watt|karton|sack)$/u;

/** "vier Kommode Pilhem", "vier Wand". */
const counts: Check = (text, _, index) => {
  const all = words(text);
  for (const [position, word] of all.entries()) {
    const next = all[position + 1];
    const number = numberWord(word.lower);
    if (number === undefined || number < 2 || !next || !/^\p{Lu}\p{Ll}/u.test(next.text)) continue;
    if (!/^[ \u00a0]$/u.test(text.slice(word.end, next.start)) || measures.test(next.lower)) continue;
    // "um vier Kaffee", "Nummer drei Sessel"
    if (
      /^(?:um|ab|bis|nach|vor|seit|gegen|halb|kurz|nummer|seite|hundert|tausend)$/u.test(
        all[position - 1]?.lower ?? "",
      )
    )
      continue;
    if (only(index.noun(next.text), "sg") && index.plural(next.text))
      return found(text, word.start, next.end);
  }
  return undefined;
};

/** "Der Sessel … Es kostet 349 €": the pronoun that is sold must be of a gender that some product noun has. */
const pronouns: Check = (text, ctx, index) => {
  const own = index.product(ctx.brief.product ?? "");
  if (!own) return undefined;
  const sold = [
    own,
    ctx.brief.product ?? "",
    ...words(text).flatMap((word) =>
      /^\p{Lu}/u.test(word.text) && index.product(word.text) ? [word.text] : [],
    ),
  ];
  const forms = sold.flatMap((word) => index.noun(word));
  const pattern =
    /(?<!\p{L})(?:(Er|Sie|Es|er|sie|es) (?:kostet(?: \p{L}+){0,2} \d[\d.,]*(?:[ \u00a0]€)?|(?:misst|wiegt|fasst|ist) \d[\d.,]*(?:[ \u00a0]c?m)?|ist aus (?:\p{Ll}+ )?\p{Lu}\p{L}*|hat (?:zwei|drei|vier|fünf|sechs|sieben|acht|zehn) (?:Fächer|Türen|Schubladen|Sitze|Haken|Böden|Rollen|Klappen|Stufen|Plätze))(?!\p{L})|(?:bekommst du|bekommt ihr|[Dd]u bekommst|[Ii]hr bekommt|[Gg]ibt es|kaufst du|nimmst du|[Dd]u nimmst|hast du) (ihn|sie|es) (?:schon |jetzt |nun )?(?:für|um) \d[\d.,]*(?:[ \u00a0]€)?)/gu;
  for (const match of text.matchAll(pattern)) {
    const pronoun = (match[1] ?? match[2] ?? "").toLowerCase();
    const gender = pronoun === "es" ? "n" : pronoun === "sie" ? "f" : "m";
    if (
      forms.some(
        (form) =>
          (form.number === "sg" && form.gender === gender) || (pronoun === "sie" && form.number === "pl"),
      )
    )
      continue;
    return found(text, match.index, match.index + match[0].length);
  }
  return undefined;
};

const common =
  /^(?:klein|groß|neu|alt|weich|warm|rund|lang|hoch|breit|schmal|hell|dunkl|schön|leicht|fest|still|schlicht|gestreift|gepolstert|gesteppt|lackiert|lasiert|geölt|gewebt|gestrickt|faltbar|stapelbar|klappbar|höhenverstellbar|ausziehbar|drehbar)e[nrsm]?$/u;

/** "ein Sandfarbenes Sofa": between an article and a noun an adjective is written small. */
const capitals: Check = (text, ctx, index) => {
  const all = words(text);
  const names = new Set((ctx.brief.name ?? "").toLowerCase().split(/\s+/u));
  for (const [position, word] of all.entries()) {
    const before = all[position - 1];
    const next = all[position + 1];
    if (!before || !next || !/^\p{Lu}[\p{Ll}-]+e[nrsm]?$/u.test(word.text) || names.has(word.lower)) continue;
    if (!/^\p{Ll}/u.test(before.text) || !/^\p{Lu}/u.test(next.text) || names.has(next.lower)) continue;
    if (
      !/^[ \u00a0]$/u.test(text.slice(before.end, word.start)) ||
      !/^[ \u00a0]$/u.test(text.slice(word.end, next.start))
    )
      continue;
    const adjective =
      common.test(word.lower) ||
      index.colour(word.lower) !== undefined ||
      index.material(word.lower) !== undefined;
    if (
      adjective &&
      (index.noun(word.text).length === 0 || index.colour(word.lower)) &&
      (index.noun(next.text).length > 0 || index.material(next.text))
    )
      return found(text, before.start, next.end);
  }
  return undefined;
};

/** "in den Flur stehen", "Du stellst ihn auf dem Tisch." */
const places: Check = (text, _, index) => {
  const inside = "(?:in|auf|an|unter|neben|vor|hinter)";
  const rest = "(?:steht|stehst|stehen|liegt|liegst|liegen|sitzt|sitzen)";
  for (const pattern of [
    new RegExp(`(?<!\\p{L})${inside}\\s(?:den|einen|deinen)\\s(\\p{Lu}[\\p{L}-]*)\\s${rest}(?!\\p{L})`, "gu"),
    new RegExp(
      `(?<!\\p{L})${rest}\\s(?:\\p{Ll}+\\s)?${inside}\\s(?:den|einen|das)\\s(\\p{Lu}[\\p{L}-]*)(?=[.,?…\\n]|$)`,
      "gu",
    ),
    new RegExp(
      `(?<!\\p{L})(?:stellst|stell|stellt)\\s(?:du\\s)?(?:ihn|sie|es)\\s${inside}\\s(?:dem|einem|deinem)\\s(\\p{Lu}[\\p{L}-]*)(?=[.,?…\\n]|$|\\sund\\s)`,
      "giu",
    ),
  ])
    for (const match of text.matchAll(pattern))
      if (only(index.noun(match[1] ?? ""), "sg"))
        return found(text, match.index, match.index + match[0].length);
  return undefined;
};

/** Idioms that small models mix up. */
const mixed: Check = (text) => {
  const match =
    /(?<!\p{L})(?:es gibt es(?= (?:für|in|aus))|in (?:die|den|das) (?:erste|zweite|dritte|vierte|letzte)n? (?:liegt|liegen|steht|stehen|ist|sind)|komm(?:st|t|en)?(?: \p{Ll}+)? zu Hause(?! an)|a[mn] (?:der )?Homeoffice|am Flur|\d+ (?:Fächer|Türen|Schubladen|Sitze|Haken|Rollen) (?:groß|hoch|breit|lang)|(?:in|auf|an|aus|mit|von|für|bei|unter|neben|vor) (?:der|die|das|den|dem)(?=[.?…]))(?!\p{L})/iu.exec(
      text,
    );
  return match ? found(text, match.index, match.index + match[0].length) : undefined;
};

const checks: readonly Check[] = [listening, relative, subjects, counts, pronouns, capitals, places, mixed];
