/** What the text calls the product: "Ekeby ist ein Tisch" where the brief says Sessel. */
import { nameSpans } from "./facts.ts";
import type { Finding, GateContext } from "./gates.ts";
import { lexiconIndex } from "./nouns.ts";
import { sentences, type Word, words } from "./read.ts";
import { said } from "./said.ts";
import { productParts } from "./things.ts";

/** Nouns that may be said for each other. */
const kin: readonly (readonly string[])[] = [
  [
    "Sofa",
    "Couch",
    "Zweisitzer",
    "Dreisitzer",
    "Viersitzer",
    "Einsitzer",
    "Récamière",
    "Recamiere",
    "Ottomane",
    "Chaiselongue",
    "Daybed",
    "Liege",
    "Lounge",
    "Bett",
  ],
  ["Sessel", "Einsitzer", "Stuhl", "Hocker", "Schemel", "Pouf", "Puff", "Sitzsack", "Sitzkissen", "Bank"],
  [
    "Lampe",
    "Leuchte",
    "Licht",
    "Strahler",
    "Spot",
    "Laterne",
    "Nachtlicht",
    "Lichterkette",
    "Kette",
    "Girlande",
    "Kugel",
    "Stern",
    "Ampel",
    "Windlicht",
    "Teelicht",
    "Kerze",
    "Glühbirne",
    "Birne",
  ],
];
/** Said of anything. */
const general = new Set(
  "Möbel Begleiter Element Modul Teil Set Serie Spiel Spielzeug Haus Häuschen Form Nest Band Bild Platte Fach Schloss Schild Blume Pflanze Buch Stern Baum Garnitur Service Geschirr Rad Rolle Glocke Höhle Zelt Gefäß".split(
    " ",
  ),
);

export function wrongProduct(text: string, ctx: GateContext): Finding | undefined {
  const index = lexiconIndex(ctx.brand);
  const own = index.product(ctx.brief.product ?? "");
  const { name } = ctx.brief;
  if (!own || !name) return undefined;
  const all = words(text);
  const wanted = (ctx.brief.product ?? "").toLowerCase();
  const ground = [said(ctx), ctx.revision?.draft ?? ""].join(" ").toLowerCase();
  const begins = new Set(sentences(text).map(({ start }) => start));
  const spans = nameSpans(text, name);
  for (const [position, word] of all.entries()) {
    if (!/^\p{Lu}/u.test(word.text)) continue;
    const product = index.product(word.text);
    // "Eintritt" is no "Tritt".
    if (
      product &&
      product.length < word.text.length &&
      word.text.length - product.length < 4 &&
      !wanted.includes(word.lower)
    )
      continue;
    if (!product || productParts.has(product.toLowerCase()) || allowed(product, word, own, ground, ctx))
      continue;
    const role = calledSo(text, all, position, spans, begins);
    if (role)
      return { found: `${word.text} ≠ ${ctx.brief.product}`, at: [{ start: word.start, end: word.end }] };
  }
  return undefined;
}

function allowed(product: string, word: Word, own: string, ground: string, ctx: GateContext): boolean {
  const wanted = (ctx.brief.product ?? "").toLowerCase();
  const lower = product.toLowerCase();
  if (product === own || general.has(product)) return true;
  if (ground.includes(lower)) return !partOfWord(lower, wanted, own);
  if (own.toLowerCase().endsWith(lower) || lower.endsWith(own.toLowerCase())) return true;
  if (ground.includes(word.lower)) return true;
  return kin.some((group) => group.includes(product) && group.includes(own));
}

/** "Schreibtisch" for a Schreibtischstuhl: the front of the product's own noun is another thing. */
function partOfWord(lower: string, wanted: string, own: string): boolean {
  return wanted.startsWith(lower) && lower !== own.toLowerCase() && !own.toLowerCase().endsWith(lower);
}

/** Predicate ("Ekeby ist ein Tisch"), apposition ("der Tisch Ekeby") or what has the price ("Der Tisch kostet"). */
function calledSo(
  text: string,
  all: readonly Word[],
  position: number,
  spans: readonly { start: number; end: number }[],
  begins: ReadonlySet<number>,
): boolean {
  const word = all[position];
  if (!word) return false;
  const next = text.slice(word.end, word.end + 1) === " " ? word.end + 1 : -1;
  let at = position - 1;
  while (at >= 0 && /^\p{Ll}+e[nrsm]?$/u.test(all[at]?.text ?? "") && !articles.test(all[at]?.lower ?? ""))
    at--;
  const article = all[at];
  if (!article || !articles.test(article.lower) || /[.,;:]/u.test(text.slice(article.end, word.start)))
    return false;
  if (spans.some(({ start }) => start === next)) return true;
  if (/^ein/u.test(article.lower)) {
    const copula = all[at - 1];
    if (copula?.lower !== "ist" && copula?.lower !== "heißt") return false;
    return spans.some(({ end }) => end + 1 === copula.start);
  }
  return (
    begins.has(article.start) &&
    /^ kostet |^ gibt es für \d|^ bekommst du für \d/u.test(text.slice(word.end, word.end + 40)) &&
    /^(?:der|die|das|den|diese[rsn]?)$/u.test(article.lower)
  );
}
const articles = /^(?:d(?:er|ie|as|en|em)|ein(?:e[nrm]?)?|dein(?:e[nrm]?)?|diese[rsnm]?|unsere?|eure?)$/u;
