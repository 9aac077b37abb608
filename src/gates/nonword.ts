/**
 * Words that are no German words: "Esimer", "gruer". Known is what stands in words.txt (from our own reference texts
 * and a list written for this, see models/lab/words.ts), in the brief or the brand's lexicon, what is inflected or
 * derived from those, and what is put together from them.
 */
import type { Brand } from "#src/brand.ts";
import { distance, nearName } from "./facts.ts";
import type { Finding, GateContext } from "./gates.ts";
import { lexiconIndex } from "./nouns.ts";
import { fold, numberWord, words } from "./read.ts";
import { said } from "./said.ts";
import { endings, shipped } from "./vocabulary.ts";

export function nonwordGate(text: string, ctx: GateContext): Finding | undefined {
  const vocabulary = shipped();
  const index = lexiconIndex(ctx.brand);
  const own = ownWords(ctx);
  // A misspelt name is the name gate's.
  const misspelt = ctx.brief.name ? nearName(text, ctx.brief.name) : undefined;
  // "ein Sitzer-Sofa": the number before it was lost.
  const halved = /(?<![\p{L}\p{N}-])(?:Sitzer|er-Set|Türer)(?:-\p{L}+)?/u.exec(text);
  if (halved)
    return { found: halved[0], at: [{ start: halved.index, end: halved.index + halved[0].length }] };
  for (const word of words(text)) {
    if (word.text === misspelt?.text) continue;
    for (const part of word.text.split(/[-’'‑]/u)) {
      if (part.length < 3 || part === part.toUpperCase()) continue;
      if (decapitalized(part, ctx)) return { found: part, at: [{ start: word.start, end: word.end }] };
      if (misspelling(part, ctx)) return { found: part, at: [{ start: word.start, end: word.end }] };
      if (own.some((known) => near(part.toLowerCase(), known))) continue;
      if (vocabulary.has(part) || numberWord(part) !== undefined) continue;
      if (index.noun(part).length > 0 || index.material(part) || index.colour(part)) continue;
      if (brandWords(ctx.brand).has(part.toLowerCase())) continue;
      return { found: part, at: [{ start: word.start, end: word.end }] };
    }
  }
  return undefined;
}

/** "Stelampe" for the brief's "Stehlampe", though both may be put together of known words. */
function misspelling(part: string, { brief }: GateContext): boolean {
  const lower = part.toLowerCase();
  const product = brief.product?.toLowerCase() ?? "";
  if (part === lower || lower.length < 8 || product.length < 8) return false;
  return distance(product, lower) === 1 && !near(lower, product) && !near(product, lower);
}

/** "altbaunische Fächer" for the brief's "Altbaunische": a noun is no adjective. */
function decapitalized(part: string, ctx: GateContext): boolean {
  if (part !== part.toLowerCase() || part.length < 9 || shipped().lists(part)) return false;
  const stem = part.replace(/(?:e[nrsm]?|n)$/u, "");
  return words(ctx.brief.text).some(
    (word) =>
      /^\p{Lu}\p{Ll}+$/u.test(word.text) &&
      word.start > 0 &&
      !/(?:bar|farben|ig|lich|iert|fest|los|rund|weiß)(?:e[nrsm]?)?$/u.test(word.lower) &&
      word.lower.replace(/(?:e[nrsm]?|n)$/u, "") === stem,
  );
}

const brandCache = new WeakMap<Brand, ReadonlySet<string>>();
function brandWords(brand: Brand): ReadonlySet<string> {
  let known = brandCache.get(brand);
  if (!known) {
    const texts = [
      brand.name,
      ...brand.products.map((product) => `${product.name} ${product.facts.join(" ")}`),
    ];
    known = new Set(words(texts.join(" ")).map((word) => word.lower));
    brandCache.set(brand, known);
  }
  return known;
}

/** The words that the person used: right by definition, also in the earlier version of a revision. */
function ownWords(ctx: GateContext): string[] {
  const source = [said(ctx), ctx.brief.name ?? "", ctx.revision?.draft ?? ""].join(" ");
  return [...new Set(words(source).flatMap((word) => word.lower.split("-")))].filter(
    (word) => word.length >= 3,
  );
}

/** The same word in another form, or the word in a compound: brief "Wolle", text "Wolldecke". */
function near(word: string, known: string): boolean {
  if (word === known) return true;
  if (word.length >= 4 && (known.startsWith(word) || known.endsWith(word))) return true;
  const stem = known.replace(/(?:e[nrsm]?|n|s)$/u, "");
  if (stem.length >= 3 && word.startsWith(stem) && endings.has(word.slice(stem.length))) return true;
  return /[äöü]/u.test(known) && fold(word) === fold(known);
}
