/** What is wrong with a row by itself: signs, shape, facts, by the product's own gates. */
import type { Brand } from "#src/brand.ts";
import type { Corpus } from "#src/corpus.ts";
import { checkGates } from "#src/gates/gates.ts";
import { sentences } from "#src/gates/read.ts";
import { typeset } from "#src/typography.ts";
import type { GateId } from "#src/views.ts";
import type { Read } from "./read.ts";
import type { Fault } from "./rows.ts";

type Found = Pick<Fault, "kind" | "what" | "fix" | "hint">;

/** Sentences a channel takes; a poem's and an ad's shape are lines, which the gates count. */
const sentenceLimits: Partial<Record<Read["channel"], [number, number]>> = {
  instagram: [2, 4],
  produkttext: [3, 5],
  schild: [1, 2],
  antwort: [1, 3],
};

const fixes: Record<GateId, string> = {
  name: "write the brief's name",
  price: "write the brief's price in digits",
  digits: "use the brief's numbers only",
  counts: "use the brief's counts",
  material: "use the brief's material, or correct its inflection",
  colour: "use the brief's colour",
  agreement: "correct gender, case or number",
  nonword: "correct the spelling",
  limit: "see the channel's length and shape in training/data/README.md",
  forbidden: "say it without the word",
  repetition: "say it once",
  ending: "end with a whole sentence, close quotes",
  copy: "write it anew: it repeats another product's text",
  markup: "plain text only",
  address: "the brand says du",
};

/**
 * Gates that read language guess at times: on texts read one by one about one row in a hundred is right though they
 * object, so what they find is a hint to look at.
 */
const guesses: ReadonlySet<GateId> = new Set([
  "counts",
  "material",
  "colour",
  "agreement",
  "nonword",
  "name",
]);

export function rowFaults(
  row: Read,
  {
    brand,
    family,
    corpus,
    gates = true,
  }: { brand: Brand; family: ReadonlySet<string>; corpus: Corpus; gates?: boolean },
): Found[] {
  const found: Found[] = [];
  for (const key of ["brief", "response", "draft", "wish"] as const) {
    const text = row[key];
    if (text !== undefined) found.push(...signs(key, text));
  }
  for (const key of ["response", "draft"] as const) {
    const text = row[key];
    if (text !== undefined) found.push(...typography(key, text, row.brief));
  }
  const { read } = row;
  if (!read) {
    found.push({
      kind: "brief",
      what: `the product would ask back (${row.refused})`,
      fix: "write a brief that it takes",
      hint: true,
    });
    return found;
  }
  const others: Corpus = { size: corpus.size, nearCopy: (text) => corpus.nearCopy(text, family) };
  const revision = row.draft === undefined ? {} : { revision: { draft: row.draft, wish: row.wish ?? "" } };
  const context = { brief: read, brand, corpus: others, ...revision };
  for (const gate of gates ? checkGates(row.response, context) : []) {
    if (gate.ok || row.allow?.includes(gate.id)) continue;
    found.push({
      kind: gate.id,
      what: gate.found ?? "",
      fix: fixes[gate.id],
      ...(guesses.has(gate.id) ? { hint: true } : {}),
    });
  }
  const limits = sentenceLimits[row.channel];
  const count = sentences(row.response).length;
  if (limits && row.draft === undefined && (count < limits[0] || count > limits[1]))
    found.push({
      kind: "shape",
      what: `${count} sentences`,
      fix: `${row.channel} takes ${limits[0]} to ${limits[1]}`,
      hint: true,
    });
  return found;
}

function signs(key: string, text: string): Found[] {
  const found: Found[] = [];
  const add = (what: string, fix: string) => found.push({ kind: "encoding", what: `${key}: ${what}`, fix });
  if (text !== text.normalize("NFC")) add("not in NFC", "write ä, å as one character each");
  const control = /[\p{Cc}\p{Co}\p{Cs}\p{Cf}\ufffd\u2028\u2029]/u.exec(text.replaceAll("\n", ""));
  if (control) add(`U+${hex(control[0])}`, "remove the invisible character");
  const blank = /[\u00a0\u2000-\u200a\u202f\u205f\u3000]/u.exec(text);
  if (blank) add(`U+${hex(blank[0])}`, "write an ordinary space: the product sets no-break ones");
  if (/^\s|\s$|[ \t]\n|\n[ \t]/.test(text)) add("space at the beginning or end", "trim it");
  if (key !== "brief" && / {2}/.test(text)) add("two spaces in a row", "write one");
  return found;
}

const hex = (character: string) =>
  (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");

/** Signs as the product sets them, but for what it does itself on the way out: no-break spaces and ×. */
function typography(key: string, text: string, brief: string): Found[] {
  const found: Found[] = [];
  const wanted = typeset(text).replaceAll("\u00a0", " ");
  const times = (value: string) => value.replace(/(?<=\d) ?[x×] ?(?=\d)/g, " x ");
  if (times(wanted) !== times(text))
    found.push({
      kind: "typography",
      what: `${key}: ${difference(times(text), times(wanted))}`,
      fix: "see the second form",
    });
  const sign = /\d ?([x×]) ?\d/.exec(text)?.[1];
  const asked = /\d ?([x×]) ?\d/.exec(brief)?.[1];
  if (sign && asked && sign !== asked)
    found.push({
      kind: "typography",
      what: `${key}: ${sign} where the brief has ${asked}`,
      fix: `write ${asked}`,
      hint: true,
    });
  if (sign && /\d[x×]|[x×]\d/.test(text))
    found.push({ kind: "typography", what: `${key}: ${sign} without spaces`, fix: "write 140 x 200 cm" });
  return found;
}

function difference(text: string, wanted: string): string {
  let at = 0;
  while (text[at] === wanted[at] && at < text.length) at++;
  const cut = (value: string) => value.slice(Math.max(0, at - 8), at + 8).replaceAll("\n", "↵");
  return `„${cut(text)}“ → „${cut(wanted)}“`;
}
