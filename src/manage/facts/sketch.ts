/**
 * Sketches of texts: min-hash over word pairs, in bands. Texts that share four fifths of their pairs share a band with
 * a probability of 0.94, unrelated ones hardly ever, so near duplicates are found by equality.
 */
import { fold } from "./words.ts";

const bands = 4;
const rows = 3;
const salts = Array.from({ length: bands * rows }, (_, i) => Math.imul(i + 1, 0x9e3779b1) | 1);

/** int32, as many as there are bands; none for a text of fewer than six words. */
export function sketch(text: string): number[] {
  // A number is a number: the same text for another price is the same text.
  const words = (fold(text).match(/[\p{L}\p{N}]+/gu) ?? []).map((word) => (/\p{N}/u.test(word) ? "0" : word));
  if (words.length < 6) return [];
  const pairs = new Set<number>();
  for (let i = 1; i < words.length; i++) pairs.add(hashOf(`${words[i - 1]} ${words[i]}`));
  const least = salts.map((salt) => {
    let min = 0xffffffff;
    for (const pair of pairs) {
      const value = mix(pair ^ salt);
      if (value < min) min = value;
    }
    return min;
  });
  return Array.from({ length: bands }, (_, band) => {
    let value = band + 1;
    for (let row = 0; row < rows; row++) value = mix((value ^ (least[band * rows + row] ?? 0)) >>> 0);
    return value | 0;
  });
}

/** FNV-1a. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

function mix(x: number): number {
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
  return (x ^ (x >>> 15)) >>> 0;
}
