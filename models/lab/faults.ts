/**
 * Writes test/fixtures/faults.jsonl: 300 reference texts, each with one seeded fault that a gate must catch.
 * `npx tsx models/lab/faults.ts` (same seed, same file). The rows are read by people: keep them plain.
 */
import { readFileSync, writeFileSync } from "node:fs";
import type { GateId } from "#src/views.ts";

export interface Fault {
  channel: string;
  brief: string;
  text: string;
  fault: string;
  /** The gates that may catch it; any of them counts. */
  expect: GateId[];
}
interface Row {
  channel: string;
  brief: string;
  response: string;
  draft?: string;
}

const seed = 20261125;
/** 24 kinds, 300 rows. */
const perKind = (kind: number) => (kind < 12 ? 13 : 12);

const rows: Row[] = readFileSync(new URL("../../training/data/plain.jsonl", import.meta.url), "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as Row)
  .filter((row) => row.draft === undefined);

let state = seed;
/** mulberry32: a number in [0, 1), the same sequence on every machine. */
function random(): number {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}
function pick<T>(list: readonly T[]): T {
  const item = list[Math.floor(random() * list.length)];
  if (item === undefined) throw new Error("nothing to pick from");
  return item;
}
function shuffled<T>(list: readonly T[]): T[] {
  return list
    .map((item) => ({ item, key: random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}

const prose = (row: Row) => row.channel === "instagram" || row.channel === "produkttext";
/** The product's name: the word that brief and text share and that no other family uses is found by its place. */
function nameOf(row: Row): string | undefined {
  const head = /^\p{Lu}\p{Ll}+ (\p{Lu}\p{Ll}{4,}), /u.exec(row.brief)?.[1];
  return head && row.response.includes(head) ? head : undefined;
}

const materials = [
  "Leinen",
  "Leder",
  "Samt",
  "Cord",
  "Wolle",
  "Baumwolle",
  "Eiche",
  "Buche",
  "Kiefer",
  "Birke",
  "Esche",
];
const textile = new Set(["Leinen", "Leder", "Samt", "Cord", "Wolle", "Baumwolle"]);
const gender: Record<string, string> = {
  Leinen: "n",
  Leder: "n",
  Samt: "m",
  Cord: "m",
  Wolle: "f",
  Baumwolle: "f",
  Eiche: "f",
  Buche: "f",
  Kiefer: "f",
  Birke: "f",
  Esche: "f",
};
const colours = ["grau", "blau", "grün", "gelb", "rot", "weiß", "schwarz", "braun"];
const counts = ["zwei", "drei", "vier", "fünf", "sechs"];
const genders: Record<string, string> = {
  Sofa: "n",
  Sessel: "m",
  Regal: "n",
  Teppich: "m",
  Lampe: "f",
  Bank: "f",
  Schrank: "m",
  Kommode: "f",
  Stuhl: "m",
  Tisch: "m",
  Decke: "f",
  Kissen: "n",
  Hocker: "m",
  Spiegel: "m",
  Vase: "f",
  Bett: "n",
  Garderobe: "f",
  Vitrine: "f",
  Truhe: "f",
};
const wrongArticle: Record<string, string> = { der: "das", die: "der", das: "der", ein: "eine", eine: "ein" };

type Maker = (row: Row) => Omit<Fault, "fault"> | undefined;
const made = (row: Row, text: string, expect: GateId[], brief = row.brief, channel = row.channel) =>
  text === row.response ? undefined : { channel, brief, text, expect };
const append = (row: Row, sentence: string, expect: GateId[]) =>
  prose(row) && row.response.length + sentence.length < (row.channel === "instagram" ? 395 : 540)
    ? made(row, `${row.response} ${sentence}`, expect)
    : undefined;
function replaceOnce(text: string, from: string | RegExp, to: string): string {
  return text.replace(from, to);
}

const makers: Record<string, Maker> = {
  "wrong price": (row) => {
    const price = /(\d+) €/.exec(row.response);
    if (!price?.[1] || !row.brief.includes(price[1])) return undefined;
    const other = String(Number(price[1]) + pick([10, 20, 50, 100, 200]));
    return row.brief.includes(other)
      ? undefined
      : made(row, row.response.replace(price[1], other), ["price"]);
  },
  "invented price": (row) => {
    if (!/€|euro/iu.test(row.brief))
      return append(row, `Das kostet nur ${pick([19, 49, 89, 129])} €.`, ["price"]);
    const brief = row.brief.replace(/,? ?\d[\d.,]* ?(?:€|Euro)/iu, "");
    return prose(row) && !/€|euro/iu.test(brief)
      ? (made(row, row.response, ["price"], brief) ?? {
          channel: row.channel,
          brief,
          text: row.response,
          expect: ["price"],
        })
      : undefined;
  },
  "wrong measure": (row) => {
    const measure = /(\d+)(?= cm)/.exec(row.response);
    if (!measure?.[1] || !row.brief.includes(measure[1])) return undefined;
    const other = String(Number(measure[1]) + pick([5, 7, 15, 25]));
    return row.brief.includes(other)
      ? undefined
      : made(row, replaceOnce(row.response, measure[1], other), ["digits"]);
  },
  "wrong count": (row) => {
    const match = new RegExp(
      `\\b(${counts.join("|")}) (Türen|Sitze|Schubladen|Haken|Fächer|Böden|Klappen|Ebenen|Plätze)`,
      "u",
    ).exec(row.response);
    if (!match?.[1] || !match[2] || !row.brief.includes(match[2])) return undefined;
    const other = pick(counts.filter((word) => word !== match[1]));
    return made(row, row.response.replace(match[0], `${other} ${match[2]}`), ["counts"]);
  },
  "invented material": (row) => {
    const found = materials.find(
      (word) =>
        new RegExp(`\\baus (?:\\p{Ll}+e[mr] )?${word}\\b`, "u").test(row.response) &&
        row.brief.includes(word),
    );
    if (!found) return undefined;
    const others = materials.filter(
      (word) =>
        word !== found &&
        textile.has(word) === textile.has(found) &&
        gender[word] === gender[found] &&
        !row.brief.includes(word) &&
        !(word.endsWith("olle") && found.endsWith("olle")),
    );
    return others.length === 0
      ? undefined
      : made(
          row,
          row.response.replace(new RegExp(`(?<=\\baus (?:\\p{Ll}+e[mr] )?)${found}\\b`, "u"), pick(others)),
          ["material"],
        );
  },
  "invented colour": (row) => {
    const found = colours.find(
      (word) =>
        new RegExp(
          `\\b${word}(?=e[mrns]? (?:${materials.join("|")}|${Object.keys(genders).join("|")})\\b)`,
          "u",
        ).test(row.response) && row.brief.includes(word),
    );
    if (!found) return undefined;
    const other = pick(colours.filter((word) => !row.brief.includes(word)));
    return made(row, row.response.replace(new RegExp(`\\b${found}(?=e[mrns]? \\p{Lu})`, "u"), other), [
      "colour",
    ]);
  },
  "wrong article": (row) => {
    const noun = Object.keys(genders).join("|");
    const match = new RegExp(
      `(?<=^|[.\\n] )(Der|Die|Das|Ein|Eine) (\\p{Lu}?\\p{Ll}*(?:${noun}|${noun.toLowerCase()}))\\b(?=[ ,])`,
      "u",
    ).exec(row.response);
    const article = match?.[1]?.toLowerCase();
    const wrong = article && wrongArticle[article];
    if (!match || !wrong) return undefined;
    return made(
      row,
      `${row.response.slice(0, match.index)}${wrong[0]?.toUpperCase()}${wrong.slice(1)} ${match[2]}${row.response.slice(match.index + match[0].length)}`,
      ["agreement"],
    );
  },
  "wrong adjective": (row) => {
    const match = new RegExp(`\\baus (\\p{Ll}+)(em|er) (${materials.join("|")})\\b`, "u").exec(row.response);
    if (!match) return undefined;
    return made(
      row,
      row.response.replace(match[0], `aus ${match[1]}${match[2] === "em" ? "er" : "em"} ${match[3]}`),
      ["agreement"],
    );
  },
  "missing name": (row) => {
    const name = nameOf(row);
    const noun = row.brief.split(" ")[0];
    if (!name || !noun || !prose(row)) return undefined;
    return made(row, row.response.replaceAll(name, noun), ["name"]);
  },
  "misspelt name": (row) => {
    const name = nameOf(row);
    if (!name || name.length < 6) return undefined;
    const at = 2 + Math.floor(random() * (name.length - 4));
    const wrong = pick([
      name.slice(0, at) + name.slice(at + 1),
      name.slice(0, at) + name[at + 1] + name[at] + name.slice(at + 2),
      `${name.slice(0, at)}${name[at]}${name.slice(at)}`,
    ]);
    return wrong === name ? undefined : made(row, row.response.replaceAll(name, wrong), ["name"]);
  },
  "repeated sentence": (row) => {
    const all = row.response.split(/(?<=\.) /u);
    if (!prose(row) || all.length < 3 || row.response.length > 320) return undefined;
    const again = pick(all.filter((sentence) => sentence.split(" ").length > 3));
    return made(row, `${row.response} ${again}`, ["repetition"]);
  },
  "repeated phrase": (row) => {
    const sentence = row.response
      .split(/(?<=\.) /u)
      .find((part) => part.split(" ").length >= 7 && !/[,:„]/u.test(part));
    if (!prose(row) || !sentence || row.response.length > 320) return undefined;
    const start = sentence.split(" ").slice(-6).join(" ").replace(".", "");
    return made(row, row.response.replace(sentence, `${sentence.replace(/\.$/u, "")} und ${start}.`), [
      "repetition",
    ]);
  },
  "cut off": (row) => {
    if (!prose(row)) return undefined;
    const text = row.response
      .split(" ")
      .slice(0, -1 - Math.floor(random() * 3))
      .join(" ");
    return /[.?]$/u.test(text) ? undefined : made(row, text, ["ending"]);
  },
  "forbidden word": (row) =>
    append(
      row,
      pick([
        "Ein Traumstück für euer Zuhause.",
        "So wird der Abend perfekt.",
        "Ein perfekter Begleiter.",
        "Deine Wohlfühloase wartet.",
        "Ein echtes Highlight.",
        "Ein einzigartiges Stück.",
        "Die beste Wahl für dich.",
        "Entdecke den Unterschied.",
        "Ein Eyecatcher im Flur.",
        "Traumhaft weich bis morgen.",
        "Ein einzigartiger Abend.",
        "Wohnträume werden wahr.",
        "Der ultimative Platz im Haus.",
      ]),
      ["forbidden"],
    ),
  exclamation: (row) =>
    prose(row) ? made(row, row.response.replace(/\.$/u, "!"), ["forbidden"]) : undefined,
  emoji: (row) => append(row, pick(["☕", "🛋️", "✨", "😊", "❤️"]), ["forbidden"]),
  hashtag: (row) =>
    append(row, pick(["#zuhause", "#hygge #wohnen", "#interior", "#schönerwohnen"]), ["forbidden", "markup"]),
  "too long": (row) => {
    if (row.channel !== "newsletter" && row.channel !== "schild") return undefined;
    const more = pick([
      "Und am Abend sitzt du dann noch lange am Fenster und schaust den Nachbarn beim Grillen zu",
      "Dazu trinkst du einen großen Kaffee und wartest, bis der Regen auf dem Balkon endlich aufhört",
    ]);
    return made(row, `${row.response.replace(/\.$/u, "")}. ${more}${row.channel === "schild" ? "." : ""}`, [
      "limit",
    ]);
  },
  "too short": (row) => {
    const first = row.response.split(/(?<=\.) /u).find((part) => part.includes(nameOf(row) ?? "\n"));
    if (row.channel !== "produkttext" || !first || first.length > 100) return undefined;
    return made(row, first, ["limit"]);
  },
  "near copy": (row) => {
    const name = nameOf(row);
    if (!name || !prose(row) || row.response.length < 160) return undefined;
    const other = pick(["Lunnevik", "Torrby", "Hasselö", "Mörkaby", "Sillinge"]);
    const text = row.response.replaceAll(name, other);
    return { channel: row.channel, brief: row.brief.replaceAll(name, other), text, expect: ["copy"] };
  },
  "label leak": (row) =>
    made(
      row,
      pick([
        `Text: ${row.response}`,
        `Auftrag: ${row.brief} ${row.response}`,
        `${row.response} Kanal: ${row.channel}`,
        `${row.response} <end_of_turn>`,
      ]),
      ["markup"],
    ),
  html: (row) =>
    made(
      row,
      pick([
        `<p>${row.response}</p>`,
        row.response.replace(/ (\p{Lu}\p{Ll}+)/u, " <b>$1</b>"),
        row.response.replace(/ (\p{Lu}\p{Ll}+)/u, " **$1**"),
        `${row.response} [mehr](https://hygge.example)`,
      ]),
      ["markup"],
    ),
  "Sie-address": (row) =>
    append(
      row,
      pick([
        "Hier können Sie lange sitzen.",
        "Wir freuen uns auf Ihren Besuch.",
        "Damit machen Sie es sich am Abend bequem.",
        "Das gönnen Sie sich am Sonntag.",
        "So kommt Ruhe in Ihre Wohnung.",
        "Wir helfen Ihnen beim Tragen.",
      ]),
      ["address"],
    ),
  "non-word": (row) => {
    const match = shuffled([
      ...row.response.matchAll(/(?<![\p{L}-])[\p{Lu}\p{Ll}]\p{Ll}{5,}(?![\p{L}-])/gu),
    ]).find((found) => !row.brief.toLowerCase().includes(found[0].toLowerCase().slice(0, 4)));
    if (!match) return undefined;
    const word = match[0];
    const at = 1 + Math.floor(random() * (word.length - 3));
    const wrong = pick([
      word.slice(0, at) + pick(["s", "r", "t", "l", "n"]) + word.slice(at),
      word.slice(0, at) + word[at + 1] + word[at] + word.slice(at + 2),
      word.slice(0, at) + word.slice(at + 1),
    ]);
    return wrong === word
      ? undefined
      : made(
          row,
          row.response.slice(0, match.index) + wrong + row.response.slice(match.index + word.length),
          ["nonword"],
        );
  },
};

const faults: Fault[] = [];
const used = new Set<string>();
for (const [kind, [fault, make]] of Object.entries(makers).entries()) {
  let count = 0;
  for (const row of shuffled(rows)) {
    if (count === perKind(kind)) break;
    if (used.has(row.response)) continue;
    const maked = make(row);
    if (!maked) continue;
    used.add(row.response);
    faults.push({
      channel: maked.channel,
      brief: maked.brief,
      text: maked.text,
      fault,
      expect: maked.expect,
    });
    count++;
  }
  if (count < perKind(kind)) console.error(`${fault}: only ${count} rows`);
}
const file = new URL("../../test/fixtures/faults.jsonl", import.meta.url);
writeFileSync(file, `${faults.map((fault) => JSON.stringify(fault)).join("\n")}\n`);
console.error(`${faults.length} faults in ${Object.keys(makers).length} kinds`);
