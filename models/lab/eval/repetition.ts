/** Repetition inside a text, as language-model papers count it, beside what the gates look at. */

export interface Repetition {
  /** 1 - distinct / all 4-grams of words (Welleck et al. 2020, arXiv 1908.04319). */
  rep4: number;
  /** Words of the longest run that comes twice. */
  longest: number;
}

export function repetition(text: string): Repetition {
  const words = text.toLowerCase().match(/[\p{L}\d]+/gu) ?? [];
  const grams = Array.from({ length: Math.max(0, words.length - 3) }, (_, i) =>
    words.slice(i, i + 4).join(" "),
  );
  let longest = 0;
  for (let a = 0; a < words.length; a++)
    for (let b = a + 1; b < words.length; b++) {
      let n = 0;
      while (b + n < words.length && a + n < b && words[a + n] === words[b + n]) n++;
      longest = Math.max(longest, n);
    }
  return { rep4: grams.length === 0 ? 0 : 1 - new Set(grams).size / grams.length, longest };
}
