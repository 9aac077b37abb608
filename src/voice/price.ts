import { sentences } from "./similar.ts";

const price = /\d[\d.,]*\s*(?:€|Euro)/u;

/** In which sentence a text names its price first; undefined: it names none, or is a single sentence. */
export function pricePlace(text: string): "start" | "middle" | "end" | undefined {
  const all = sentences(text);
  if (all.length < 2) return undefined;
  const at = all.findIndex((sentence) => price.test(sentence));
  if (at < 0) return undefined;
  return at === 0 ? "start" : at === all.length - 1 ? "end" : "middle";
}
