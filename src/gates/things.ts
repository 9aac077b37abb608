/** Materials and colours said of the product are the brief's; in scenes they are free. */
import type { Finding, GateContext } from "./gates.ts";
import { type LexiconIndex, lexiconIndex, type Material, mayStandFor } from "./nouns.ts";
import { fold, numberWord, sentences, type Word, words } from "./read.ts";
import { said } from "./said.ts";

export function materialGate(text: string, ctx: GateContext): Finding | undefined {
  const index = lexiconIndex(ctx.brand);
  const allowed = mentionedMaterials(allowedText(ctx), index);
  const allowedWords = allowedText(ctx).toLowerCase();
  for (const { all, product } of productSentences(text, ctx, index))
    for (const [position, word] of all.entries()) {
      const mention = index.material(word.text);
      if (!mention || allowedWords.includes(mention.material.word.toLowerCase().slice(0, -1))) continue;
      if (allowedWords.includes(firstPart(word.lower, mention.material))) continue;
      if (allowed.some((material) => mayStandFor(mention.material, material))) continue;
      if (!ofProduct(text, all, position, mention, product, index, ctx)) continue;
      return { found: word.text, at: [{ start: word.start, end: word.end }] };
    }
  return noMaterial(text, ctx, index);
}

/** "aus grauem Stauraum", "aus weißer Lasiert", "aus Baum": what the product can't be made of. */
function noMaterial(text: string, ctx: GateContext, index: LexiconIndex): Finding | undefined {
  const source = said(ctx);
  for (const match of text.matchAll(madeOf)) {
    const word = match[1] ?? "";
    const lower = word.toLowerCase();
    const before = words(text.slice(0, match.index)).at(-1);
    if (!before || index.material(word) || stuff.test(lower) || /^(?:kleinen|vielen|allen)$/u.test(lower))
      continue;
    const owner: Word = { ...before, text: before.text };
    if (
      (!copulas.has(owner.lower) || /^(?:er|sie|es)$/u.test(owner.lower)) &&
      !isProductNoun(owner, index, ctx) &&
      !owner.lower.startsWith((ctx.brief.name ?? "\n").toLowerCase())
    )
      continue;
    const own = source.includes(word);
    const attribute =
      /(?:raum|funktion|melder|platz|höhe|breite|länge|deckel|ung|iert|bar|streift|steppt|polstert)$/u.test(
        lower,
      );
    const thing = !own && index.noun(word).length > 0;
    if (!attribute && !thing) continue;
    const start = match.index + match[0].length - word.length;
    return { found: `aus … ${word}`, at: [{ start, end: start + word.length }] };
  }
  return undefined;
}
/** "aus", adjectives, a noun; no article, so no place or source. */
const madeOf =
  /(?<!\p{L})aus[ \u00a0](?:(?!vier[ \u00a0]|(?:d|ein|kein|dein|mein|sein|ihr|unser|eur|dies|jed|all|beid|zweit)(?:e[nrm]?|er)[ \u00a0])\p{Ll}+e[nrm],?[ \u00a0](?:und[ \u00a0])?)*(\p{Lu}[\p{L}-]+)/gu;
const stuff =
  /(?:gewebe|geflecht|faser|stoff|holz|mischung|fell|papier|platte|textil|ton|wachs|stein|guss|glas|stahl|metall|leder|garn|draht|keks|sand|eis|netz|beton|schweden|italien|lack)$/u;

export function colourGate(text: string, ctx: GateContext): Finding | undefined {
  const index = lexiconIndex(ctx.brand);
  const allowed = allowedText(ctx).toLowerCase();
  const known = new Set(words(allowed).flatMap((word) => index.colour(word.lower) ?? []));
  for (const { all, product } of productSentences(text, ctx, index))
    for (const [position, word] of all.entries()) {
      const colour = index.colour(word.text);
      if (!colour) continue;
      const half = !known.has(colour) && halves(colour, known, text.toLowerCase());
      if (!half && sameColour(colour, known, allowed)) continue;
      if (!colours(text, all, position, product, index, ctx)) continue;
      return { found: word.text, at: [{ start: word.start, end: word.end }] };
    }
  return undefined;
}

function allowedText(ctx: GateContext): string {
  return [said(ctx), ctx.revision?.draft ?? ""].join("\n");
}

function mentionedMaterials(text: string, index: LexiconIndex): Material[] {
  return words(text).flatMap(
    (word) => index.material(word.text)?.material ?? index.material(capital(word.text))?.material ?? [],
  );
}

/** What makes a compound of a material special: "Olivenholz" is "olive". */
function firstPart(lower: string, material: Material): string {
  for (const last of [material.word.toLowerCase(), "holz", "stoff"]) {
    const front = lower.slice(0, -last.length).replace(/(?:en|n|s|-)$/u, "");
    if (lower.endsWith(last) && front.length >= 3) return front;
  }
  return lower;
}

function capital(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}

interface ProductSentence {
  all: Word[];
  /** Whether the sentence names the product or its noun, as opposed to going on about "er", "sie", "es". */
  product: boolean;
}

/** Sentences that speak of the product: they name it, or begin with a pronoun for it. */
function productSentences(text: string, ctx: GateContext, index: LexiconIndex): ProductSentence[] {
  const name = ctx.brief.name?.toLowerCase();
  const noun = index.product(ctx.brief.product ?? "");
  const everything = words(text);
  const list: ProductSentence[] = [];
  for (const sentence of sentences(text)) {
    const all = everything.filter((word) => word.start >= sentence.start && word.end <= sentence.end);
    const lower = sentence.text.toLowerCase();
    const named =
      (name !== undefined && lower.includes(name)) ||
      all.some(
        (word) => (noun !== undefined && index.product(word.text) === noun) || isBriefThing(word, index, ctx),
      );
    const pronoun =
      /^(?:er|sie|es|beide|jede[rs]?|der bezug|das gestell|die beine|der fuß|der rahmen)\b/iu.test(lower);
    const priced = /€[^,€]{0,40} (?:aus|in) /u.test(lower);
    if (named || pronoun || priced) list.push({ all, product: named });
  }
  return list;
}

/** "aus grauem Leinen", "in Leder", "Samt, blau", "Eichentisch": said of the product rather than part of a scene. */
function ofProduct(
  text: string,
  all: readonly Word[],
  position: number,
  mention: { material: Material; whole: boolean; head?: string },
  named: boolean,
  index: LexiconIndex,
  ctx: GateContext,
): boolean {
  const word = all[position];
  if (!word) return false;
  // A compound is a statement only about the product's own noun: "Eichentisch", "Lederbezug".
  if (!mention.whole) {
    const head = index.product(capital(mention.head ?? ""));
    return (
      (head !== undefined && head === index.product(ctx.brief.product ?? "")) ||
      productParts.has(mention.head ?? "")
    );
  }
  if (word.text === word.lower) {
    const next = all[position + 1];
    return next !== undefined && isProductNoun(next, index, ctx);
  }
  // Back over adjectives and "und" to the preposition.
  let at = position - 1;
  while (
    at >= 0 &&
    /^(?:\p{Ll}+e[nrsm]|und|oder)$/u.test(all[at]?.text ?? "") &&
    !articles.has(all[at]?.lower ?? "")
  )
    at--;
  const before = all[at];
  if (!before) return named && position <= 2;
  if (before.lower === "aus" || before.lower === "in" || before.lower === "mit") {
    const owner = all[at - 1];
    const next = all[position + 1];
    // "mit Wolle" needs what is done with it; "aus dem Glas" and "in Wolle gewickelt" are scenes.
    if (before.lower === "mit" && !/^(?:bezogen|gepolstert|gefüllt)/u.test(next?.lower ?? "")) return false;
    if (before.lower === "in" && !named) return false;
    if (!owner) return named;
    if (text.slice(owner.end, before.start).includes("€")) return true;
    if (/^\p{Lu}/u.test(owner.text) && owner.start > (all[0]?.start ?? 0))
      return (
        owner.lower.startsWith((ctx.brief.name ?? "\n").toLowerCase()) || isBriefThing(owner, index, ctx)
      );
    return copulas.has(owner.lower);
  }
  // "Kivik, graues Leinen, 899 €"
  return (
    before.lower.startsWith((ctx.brief.name ?? "\n").toLowerCase()) &&
    /^,\s/u.test(text.slice(before.end, before.end + 2))
  );
}

const articles = new Set(
  "der die das den dem des ein eine einen einem einer eines dein deine deinen deinem deiner".split(" "),
);
const copulas = new Set(
  "ist sind besteht bestehen gemacht gefertigt genäht gewebt gestrickt kommt bezug er sie es".split(" "),
);
export const productParts = new Set(
  "bezug gestell rahmen platte bein beine fuß füße sitz lehne griff griffe front fronten".split(" "),
);

function isProductNoun(word: Word, index: LexiconIndex, ctx: GateContext): boolean {
  const noun = index.product(word.text);
  if (noun !== undefined && noun === index.product(ctx.brief.product ?? "")) return true;
  const own = ctx.brief.product?.toLowerCase();
  if (own && word.text.length >= 4 && (own.endsWith(word.lower) || word.lower.endsWith(own))) return true;
  return productParts.has(word.lower);
}

function isBriefThing(word: Word, index: LexiconIndex, ctx: GateContext): boolean {
  if (isProductNoun(word, index, ctx)) return true;
  // Things that the brief speaks of are the product's: "Ring Birke", "Leinenschirm".
  return (
    /^\p{Lu}/u.test(word.text) &&
    word.text.length >= 4 &&
    ctx.brief.text.toLowerCase().includes(word.lower.replace(/(?:en|e|s)$/u, ""))
  );
}

/** "der rote Sessel", "aus rotem Samt", "Kivik ist rot", "in Rot", "Kivik, rot": the product's colour. */
function colours(
  text: string,
  all: readonly Word[],
  position: number,
  named: boolean,
  index: LexiconIndex,
  ctx: GateContext,
): boolean {
  const word = all[position];
  if (!word) return false;
  const next = all[position + 1];
  const before = all[position - 1];
  const name = (ctx.brief.name ?? "\n").toLowerCase();
  const gap = next ? text.slice(word.end, next.start) : "";
  // "fünf braune Stühle", "die alten grünen Sessel": others than the one that is sold.
  if (
    before &&
    (numberWord(before.lower) !== undefined || /^(?:alt|ander|viel|all)e[nrs]?$/u.test(before.lower))
  )
    return false;
  if (next && /^\s+$/u.test(gap) && /^\p{Lu}/u.test(next.text)) {
    if (isProductNoun(next, index, ctx) || next.lower.startsWith(name)) return true;
    const material = index.material(next.text);
    return (
      material !== undefined &&
      ofProduct(text, all, position + 1, { ...material, whole: true }, named, index, ctx)
    );
  }
  if (before && copulas.has(before.lower)) {
    const subject = all[position - 2];
    return (
      subject !== undefined &&
      (subject.lower.startsWith(name) || isProductNoun(subject, index, ctx) || position === 2)
    );
  }
  if (before?.lower === "in" && /^\p{Lu}/u.test(word.text)) {
    const owner = all[position - 2];
    return owner === undefined ? named : owner.lower.startsWith(name) || isBriefThing(owner, index, ctx);
  }
  // "Kivik, rot, 899 €"; further on in a sentence an apposition may be anything's.
  return (
    position <= 2 &&
    before?.lower.startsWith(name) === true &&
    /^,\s/u.test(text.slice(before.end, before.end + 2))
  );
}

/** Lighter words for the same colour pass: "Grün" for "dunkelgrün", "sandfarben" for "Sand"; darker claims don't. */
function sameColour(colour: string, known: ReadonlySet<string>, allowed: string): boolean {
  if (known.has(colour)) return true;
  if ([...known].some((other) => fold(other) === fold(colour))) return true;
  for (const other of known) if (other.endsWith(colour)) return true;
  const root = colour
    .replaceAll("ss", "ß")
    .replace(/(?:farben|farbig|rot|grün|blau|gelb|grau|braun|weiß)$/u, "");
  return allowed.includes(colour) || (root.length >= 3 && !shades.has(root) && allowed.includes(root));
}

/** "blau" is half of "blau-weiß", "grau" of "graublau", unless the text says the other half too. */
function halves(colour: string, known: ReadonlySet<string>, text: string): boolean {
  return [...known].some((other) => {
    const rest = other.startsWith(colour) ? other.slice(colour.length).replace(/^-/u, "") : "";
    return /^(?:weiß|schwarz|grau|blau|grün|rot|gelb|braun|rosa|beige)$/u.test(rest) && !text.includes(rest);
  });
}
const shades = new Set(["dunkel", "hell", "tief", "zart", "blass", "kräftig", "pastell"]);
