/** Which thing a row is about. */
import { type Brand, loadBrand } from "#src/brand.ts";
import type { Read } from "#src/dataset/read.ts";
import { lexiconIndex } from "#src/gates/nouns.ts";

/** The brand that the set is written for. */
export const brand: Brand = loadBrand("hygge");

/** Nouns for the same thing: a name may have any of them. */
const same: readonly (readonly string[])[] = [
  ["sofa", "couch", "zweisitzer", "dreisitzer", "viersitzer", "einsitzer"],
  ["lampe", "leuchte", "licht", "strahler", "spot"],
  ["hocker", "schemel", "pouf", "puff"],
  ["topf", "kübel", "gefäß"],
  ["becher", "tasse"],
  ["decke", "plaid"],
  ["teppich", "läufer", "vorleger"],
  ["box", "kiste", "kasten"],
];

/** The product's head noun ("sofa" of an Ecksofa), one for all synonyms; undefined where the brief names none. */
export function kindOf({ read }: Read): string | undefined {
  if (read?.product === undefined) return undefined;
  const whole = read.product.toLowerCase();
  const product = (lexiconIndex(brand).product(read.product) ?? whole).toLowerCase();
  return same.find((group) => group.some((noun) => product.endsWith(noun)))?.[0] ?? headOf(product);
}

const heads = brand.lexicon.products.map(({ word }) => word.toLowerCase());
/** The shortest product noun that the word ends in: "tisch" of Esstisch, so that twins of one kind meet. */
function headOf(product: string): string {
  return heads.filter((head) => product.endsWith(head)).sort((a, b) => a.length - b.length)[0] ?? product;
}
