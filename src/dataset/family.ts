/**
 * Rows that belong together: of one product name, of one brief, a revision and the text that it revises, a text that
 * names another row's product. They share words on purpose, and a split keeps them on one side.
 */
import { corpusOf } from "#src/corpus.ts";
import { shipped } from "#src/gates/vocabulary.ts";
import type { Read } from "./read.ts";

export interface Family {
  /** Name or brief of the first row of it: stays when rows are added behind. */
  key: string;
  rows: readonly Read[];
  ids: ReadonlySet<string>;
}

/** Share of a text in eight-word runs of another from which the two are kept together. */
const nearCopy = 0.5;

/** The family of every row, by id. With `copies` also near copies of each other are kin. */
export function families(rows: readonly Read[], { copies = false } = {}): Map<string, Family> {
  const parent = rows.map((_, index) => index);
  const root = (index: number): number => {
    let at = index;
    while (parent[at] !== at) {
      parent[at] = parent[parent[at] ?? at] ?? at;
      at = parent[at] ?? at;
    }
    return at;
  };
  // The earlier row stays the root: its name is the family's key.
  const join = (one: number, other: number) => {
    const [a, b] = [root(one), root(other)];
    parent[Math.max(a, b)] = Math.min(a, b);
  };

  const first = new Map<string, number>();
  const meet = (key: string, index: number) => {
    const known = first.get(key);
    if (known === undefined) first.set(key, index);
    else join(known, index);
  };
  for (const [index, row] of rows.entries()) {
    if (row.read?.name) meet(`name ${row.read.name}`, index);
    meet(`brief ${plain(row.brief)}`, index);
    meet(`text ${plain(row.response)}`, index);
    if (row.draft !== undefined) meet(`text ${plain(row.draft)}`, index);
  }
  for (const [index, row] of rows.entries()) {
    // "Advent im Laden, …" after "Midsommar im Laden, …": twins without a name stand one behind the other.
    const before = rows[index - 1];
    if (before && !(row.read?.name && before.read?.name) && alike(row.brief, before.brief))
      join(index - 1, index);
  }
  for (const [index, row] of rows.entries())
    for (const word of new Set(`${row.brief}\n${row.response}`.match(/\p{Lu}[\p{L}\p{M}]+/gu))) {
      // A name that is a German word is a name only beside its product.
      const named = [word, word.replace(/s$/, "")].find((name) => first.has(`name ${name}`));
      if (named && !shipped().has(named)) meet(`name ${named}`, index);
    }
  if (copies) {
    const corpus = corpusOf(rows.map((row, index) => ({ id: String(index), text: row.response })));
    for (const [index, row] of rows.entries()) {
      const seen = new Set([String(index)]);
      for (;;) {
        const { ratio, id } = corpus.nearCopy(row.response, seen);
        if (id === undefined || ratio < nearCopy) break;
        seen.add(id);
        join(index, Number(id));
      }
    }
  }

  const members = new Map<number, Read[]>();
  for (const [index, row] of rows.entries()) {
    const list = members.get(root(index));
    if (list) list.push(row);
    else members.set(root(index), [row]);
  }
  const found = new Map<string, Family>();
  for (const list of members.values()) {
    const [head] = list;
    const family = {
      key: head?.read?.name?.toLowerCase() ?? plain(head?.brief ?? ""),
      rows: list,
      ids: new Set(list.map(({ id }) => id)),
    };
    for (const { id } of list) found.set(id, family);
  }
  return found;
}

/** Whether two briefs share most of their words. */
function alike(one: string, other: string): boolean {
  const [a, b] = [one, other].map((text) => new Set(plain(text).split(" ")));
  if (!a || !b) return false;
  const shared = [...a].filter((word) => b.has(word)).length;
  return shared / (a.size + b.size - shared) >= 0.5;
}

const plain = (text: string) =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\d]+/gu, " ")
    .trim();
