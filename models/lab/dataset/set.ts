/** What is wrong between rows: duplicates, names of two products, openings, closings and frames used too often. */

import type { Read } from "#src/dataset/read.ts";
import type { Fault } from "#src/dataset/rows.ts";
import { lexiconIndex } from "#src/gates/nouns.ts";
import { brand, kindOf } from "./product.ts";

/** Share of the rows that one opening, closing or frame may have. */
export const frameShare = 0.005;
export const twinShare = 0.15;

export interface Use {
  phrase: string;
  rows: Read[];
}

/** First or last five words, small letters, numbers as they are. */
const edge = (text: string, end: "opening" | "closing"): string => {
  const words = text.toLowerCase().match(/\p{L}+|\d+(?:[.,]\d+)*/gu) ?? [];
  return (end === "opening" ? words.slice(0, 5) : words.slice(-5)).join(" ");
};

/** Openings or closings with the rows that have them, most used first; texts under six words have none. */
export function edges(rows: readonly Read[], end: "opening" | "closing"): Use[] {
  const uses = new Map<string, Read[]>();
  for (const row of rows) {
    if ((row.response.match(/\p{L}+|\d+/gu)?.length ?? 0) < 6) continue;
    const phrase = edge(row.response, end);
    uses.set(phrase, [...(uses.get(phrase) ?? []), row]);
  }
  return ranked(uses);
}

/** A price and a measure are one word each, whatever signs they have. */
const tokens =
  /\d[\d.,]*(?: ?[x×] ?\d[\d.,]*)* (?:€|cm|m|l|kg|g|ml|mm|Liter|Watt|Meter)(?!\p{L})|\p{L}+|\d+(?:[.,]\d+)*/gu;

const framesOf = new WeakMap<readonly Read[], Use[]>();

/** Runs of five words with numbers, measures, prices, names, materials and colours masked, with the rows that have them. */
export function frames(rows: readonly Read[]): Use[] {
  let found = framesOf.get(rows);
  if (!found) {
    found = findFrames(rows);
    framesOf.set(rows, found);
  }
  return found;
}

function findFrames(rows: readonly Read[]): Use[] {
  const index = lexiconIndex(brand);
  const names = new Set(rows.flatMap(({ read }) => (read?.name ?? "").split(" ")).filter(Boolean));
  const masked = new Map<string, string>();
  const mask = (word: string): string => {
    let known = masked.get(word);
    if (known === undefined) {
      known = maskOf(word);
      masked.set(word, known);
    }
    return known;
  };
  const maskOf = (word: string): string => {
    if (/€$/.test(word)) return "PREIS";
    if (/^\d.*\p{L}$/u.test(word)) return "MASS";
    if (/^\d/.test(word)) return "#";
    if (names.has(word) || names.has(word.replace(/s$/, ""))) return "NAME";
    if (index.material(word)?.whole) return "MATERIAL";
    if (index.colour(word) !== undefined) return "FARBE";
    return word.toLowerCase();
  };
  const uses = new Map<string, Read[]>();
  for (const row of rows) {
    const words = (row.response.match(tokens) ?? []).map(mask);
    const own = new Set<string>();
    for (let at = 0; at + 5 <= words.length; at++) own.add(words.slice(at, at + 5).join(" "));
    for (const phrase of own) {
      const list = uses.get(phrase);
      if (list) list.push(row);
      else uses.set(phrase, [row]);
    }
  }
  return ranked(uses);
}

function ranked(uses: Map<string, Read[]>): Use[] {
  return [...uses]
    .filter(([, rows]) => rows.length > 1)
    .map(([phrase, rows]) => ({ phrase, rows }))
    .sort((a, b) => b.rows.length - a.rows.length || a.phrase.localeCompare(b.phrase, "de"));
}

/** The product kinds that each name has, where there are two or more. */
export function doubleNames(rows: readonly Read[]): { name: string; kinds: Map<string, Read[]> }[] {
  const names = new Map<string, Map<string, Read[]>>();
  for (const row of rows) {
    const kind = kindOf(row);
    const name = row.read?.name;
    // A reply's brief says little of the product.
    if (!name || !kind || row.channel === "antwort") continue;
    const kinds = names.get(name) ?? new Map<string, Read[]>();
    kinds.set(kind, [...(kinds.get(kind) ?? []), row]);
    names.set(name, kinds);
  }
  return [...names].filter(([, kinds]) => kinds.size > 1).map(([name, kinds]) => ({ name, kinds }));
}

/** Rows that come after another one of the same name, revisions aside. */
export function twins(rows: readonly Read[]): Read[] {
  const seen = new Set<string>();
  return rows.filter((row) => {
    const name = row.read?.name;
    if (!name || row.draft !== undefined) return false;
    if (seen.has(name)) return true;
    seen.add(name);
    return false;
  });
}

/** `all` is the whole set; faults are told of the rows in it, wherever the other use stands. */
export function setFaults(all: readonly Read[], family: (row: Read) => ReadonlySet<string>): Fault[] {
  const faults: Fault[] = [];
  const fault = (row: Read, kind: string, what: string, fix: string, hint?: true) =>
    faults.push({ file: row.file, line: row.line, kind, what, fix, ...(hint ? { hint } : {}) });

  const briefs = new Map<string, Read>();
  const texts = new Map<string, Read>();
  for (const row of all) {
    const key = [
      row.channel,
      row.tone,
      row.brief.toLowerCase().replace(/\s+/g, " "),
      row.draft,
      row.wish,
    ].join("|");
    const before = briefs.get(key);
    if (before) fault(row, "duplicate", `brief of ${before.id}`, "keep one of the two");
    else briefs.set(key, row);
    const text = row.response.toLowerCase().replace(/[^\p{L}\d]+/gu, " ");
    const twin = texts.get(text);
    if (twin) fault(row, "duplicate", `text of ${twin.id}`, "keep one, or write another");
    else texts.set(text, row);
  }

  for (const { name, kinds } of doubleNames(all)) {
    const list = [...kinds].sort((a, b) => b[1].length - a[1].length);
    const [main, ...rest] = list;
    for (const [kind, rows] of rest)
      for (const row of rows)
        fault(
          row,
          "double-name",
          `${name} is a ${kind} here and a ${main?.[0]} in ${main?.[1][0]?.id}`,
          "give this product another name",
          true,
        );
  }

  for (const end of ["opening", "closing"] as const)
    for (const { phrase, rows } of edges(all, end)) {
      const often = rows.length > all.length * frameShare;
      for (const row of rows) {
        const others = rows.filter((other) => other !== row && !family(row).has(other.id));
        const first = others[0];
        if (often)
          fault(row, end, `„${phrase}“ in ${rows.length} rows`, "write another: at most 0.5% of the rows");
        else if (first && rows.indexOf(row) > rows.indexOf(first))
          fault(
            row,
            end,
            `„${phrase}“ also in ${others
              .map(({ id }) => id)
              .slice(0, 3)
              .join(", ")}`,
            "write another",
            true,
          );
      }
    }

  // Frames overlap: a row is told of the most used one in it.
  const told = new Set<Read>();
  for (const { phrase, rows } of frames(all)) {
    if (rows.length <= all.length * frameShare) break;
    for (const row of rows.filter((row) => !told.has(row)))
      fault(
        row,
        "frame",
        `„${phrase}“ in ${rows.length} rows`,
        "say it another way: at most 0.5% of the rows",
      );
    for (const row of rows) told.add(row);
  }
  return faults;
}
