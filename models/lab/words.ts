/**
 * Writes src/gates/words.txt, the vocabulary of the non-word gate: `npx tsx models/lab/words.ts`.
 * Sources, both our own: the reference texts in training/data and everyday.txt beside this file. Product names
 * stay out: they come with the brief.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { words } from "#src/gates/read.ts";

interface Row {
  brief: string;
  response: string;
  draft?: string;
  wish?: string;
}

const rows = ["plain", "rich"].flatMap((name) =>
  readFileSync(new URL(`../../training/data/${name}.jsonl`, import.meta.url), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Row),
);

const everyday = readFileSync(new URL("everyday.txt", import.meta.url), "utf8")
  .split("\n")
  .filter((line) => !line.startsWith("#"))
  .flatMap((line) => line.split(/\s+/u))
  .filter(Boolean);

/** Words of the texts that also stand in texts whose brief does not give them: names never do. */
const used = new Map<string, { rows: number; free: boolean }>();
for (const row of rows) {
  const given = new Set(words(`${row.brief} ${row.wish ?? ""}`).map((word) => word.lower));
  const isGiven = (word: string) =>
    [...given].some((own) => own.length >= 3 && (word === own || word === `${own}s` || own.includes(word)));
  for (const word of new Set(words(row.response).flatMap((found) => found.lower.split("-")))) {
    const entry = used.get(word) ?? { rows: 0, free: false };
    entry.rows++;
    entry.free ||= !isGiven(word);
    used.set(word, entry);
  }
}
const texts = [...used].filter(([word, { free }]) => free && word.length >= 3).map(([word]) => word);

const kept = [...new Set([...everyday.map((word) => word.toLowerCase()), ...texts])].sort((a, b) =>
  a.localeCompare(b, "de"),
);
const file = new URL("../../src/gates/words.txt", import.meta.url);
writeFileSync(file, `${kept.join("\n")}\n`);
console.error(`${kept.length} words`);
