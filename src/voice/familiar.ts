/**
 * How much of a text the brand has said before: the share of its word triples that occur in the reference texts,
 * kept as a Bloom filter. A small model's nonsense ("hörst den Regen zu") is made of unheard triples; of all the
 * cheap measures tried this one agreed best with a reader about the same brief's candidates (LOG.md).
 */

export interface Familiar {
  bits: Uint8Array;
  /** Hash functions. */
  hashes: number;
}

/** Word triples with the edges marked, numbers equal, the name equal to any other name. */
function triples(text: string, name: string | undefined): string[] {
  const own = new Set((name ?? "").toLowerCase().split(/\s+/));
  const tokens = [
    "<",
    ...(text.toLowerCase().match(/\p{L}+|\d+(?:[.,]\d+)*|[^\p{L}\d\s]/gu) ?? []).map((token) =>
      /\d/.test(token) ? "0" : own.has(token) ? "_" : token,
    ),
    ">",
  ];
  return tokens.slice(2).map((token, i) => `${tokens[i]} ${tokens[i + 1]} ${token}`);
}

function* positions(triple: string, familiar: Familiar): Generator<number> {
  let a = 0x811c9dc5;
  let b = 0x9e3779b9;
  for (let i = 0; i < triple.length; i++) {
    a = Math.imul(a ^ triple.charCodeAt(i), 0x01000193);
    b = Math.imul(b ^ triple.charCodeAt(i), 0x85ebca6b) ^ (b >>> 13);
  }
  for (let k = 0; k < familiar.hashes; k++)
    yield (((a ^ (a >>> 15)) + Math.imul(k, b | 1)) >>> 0) % (familiar.bits.length * 8);
}

export function learn(familiar: Familiar, text: string, name: string | undefined): void {
  for (const triple of triples(text, name))
    for (const at of positions(triple, familiar))
      familiar.bits[at >>> 3] = (familiar.bits[at >>> 3] ?? 0) | (1 << (at & 7));
}

/** `share` 0..1 of the text's triples, and how many are unheard. */
export function heard(
  familiar: Familiar,
  text: string,
  name: string | undefined,
): { share: number; unheard: number } {
  const all = triples(text, name);
  const known = all.filter((triple) => {
    for (const at of positions(triple, familiar))
      if (((familiar.bits[at >>> 3] ?? 0) & (1 << (at & 7))) === 0) return false;
    return true;
  }).length;
  return { share: all.length === 0 ? 0 : known / all.length, unheard: all.length - known };
}
