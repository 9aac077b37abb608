/** German typography of what is handed out. */

/** Invisible characters that hide in copied and generated text: soft hyphen, zero width, direction marks. */
const invisible = /[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]/g;
const blank = /[ \t\u00a0\u2000-\u200a\u202f\u205f\u3000]+/g;
const unit =
  "€|Euro|EUR|%|°C|(?:mm|cm|dm|km|m)[²³]?|kg|g|ml|cl|dl|l|kWh|W|Watt|V|lm|Lumen|Grad|Liter|Meter|Kilo";
const nbsp = "\u00a0";
const beforeUnit = new RegExp(`(?<=\\d)\\s?(?=(?:${unit})(?![\\p{L}\\d]))`, "gu");

/**
 * Quotes, dashes, ellipsis, × and no-break spaces as German print has them; line breaks stay. Idempotent. Changes
 * signs only, never words or numbers.
 */
export function typeset(text: string): string {
  return text
    .normalize("NFC")
    .replace(/\r\n?|[\u2028\u2029\v\f]/g, "\n")
    .replace(invisible, "")
    .split("\n")
    .map(settle)
    .join("\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}

/** Heaps of stray quotes take a second reading: once they are nested marks, they are read as such. */
function settle(line: string): string {
  let before: string;
  let after = line;
  let rounds = 0;
  do {
    before = after;
    after = typesetLine(before);
  } while (after !== before && ++rounds < 5);
  return after;
}

function typesetLine(line: string): string {
  const signs = line
    .replace(blank, " ")
    .trim()
    .replace(/\.{3,}|…\.+/g, "…")
    .replace(/(?<=\S) (?:--?|[–—]) (?=\S)|(?<=\p{L})(?:--|—)(?=\p{L})/gu, " – ")
    .replace(/ +(?=[,.;:?!](?:\s|$))/g, "")
    .replace(/(?<=\d) ?[x×*] ?(?=\d)/g, `${nbsp}×${nbsp}`)
    .replace(beforeUnit, nbsp)
    .replace(/\b(z|d|u) ?\. ?(B|h|a)\./g, `$1.${nbsp}$2.`);
  return quotes(apostrophes(signs))
    .replace(/([„‚]) +(?=\S)/g, "$1")
    .replace(/(?<=\S) +(?=[“‘](?:[\s.,;:?!)]|$))/g, "");
}

/** 'so' becomes ‚so‘; any other single mark that touches a letter is an apostrophe: "geht's", "Hans' Sofa". */
function apostrophes(line: string): string {
  return line
    .replace(/(?<=\p{L})['‘`´](?=\p{L})/gu, "’")
    .replace(/(?<=^|[\s(„“"–])['‘‚‹›](?=\S)((?:[^'’‘‚‹›]|’(?=\p{L}))+?)(?<=\S)['’‘‹›](?![\p{L}\d])/gu, "‚$1‘")
    .replace(/(?<=\p{L})['`´](?!\p{L})|(?<![\p{L}\d])['`´](?=\p{L})/gu, "’");
}

/** Opening or closing by what stands around the mark, whatever mark it is; a pair within a pair becomes ‚ ‘. */
function quotes(line: string): string {
  let depth = 0;
  let out = "";
  for (const [at, mark] of [...line].entries()) {
    if (!/["„“”«»]/u.test(mark)) {
      out += mark;
      continue;
    }
    const before = out.at(-1) ?? " ";
    const after = [...line][at + 1] ?? " ";
    // 24" is a measure.
    if (mark === '"' && /\d/.test(before) && depth === 0) {
      out += mark;
      continue;
    }
    const free = /[\s(„‚–/]/u.test(before);
    const opens = mark === "„" || (free && (/\S/u.test(after) || depth === 0));
    if (opens) {
      out += depth === 0 ? "„" : "‚";
      depth++;
    } else {
      out += depth > 1 ? "‘" : "“";
      depth = Math.max(0, depth - 1);
    }
  }
  return out;
}

/** The same text for every way to typeset it: for comparing, never for showing. */
export function plain(text: string): string {
  return text
    .normalize("NFC")
    .replace(invisible, "")
    .replace(/["„“”«»]/g, '"')
    .replace(/['‚‘’‹›`´]/g, "'")
    .replace(/[‐‑–—]/g, "-")
    .replaceAll("…", "...")
    .replace(/(?<=\d)\s*[x×*]\s*(?=\d)/g, " x ")
    .replace(beforeUnit, " ")
    .replace(/\s+/g, " ")
    .trim();
}
