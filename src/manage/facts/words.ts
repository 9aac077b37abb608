/** Words as the search knows them: folded, so that "Stühle" meets "Stuhl" and "Größe" meets "Grösse". */

const longest = 40;

export const fold = (text: string) =>
  text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replaceAll("ß", "ss");

/** The different words and numbers of texts. */
export function wordsOf(...texts: (string | null)[]): string[] {
  const found = new Set<string>();
  for (const text of texts)
    for (const word of fold(text ?? "").match(/[\p{L}\p{N}]+/gu) ?? []) found.add(word.slice(0, longest));
  return [...found];
}

/** In nearly every text, so nobody looks for them. */
const everywhere = new Set(
  wordsOf(
    `der die das den dem des ein eine einen einem einer eines und oder aber auch im in an am auf aus bei mit nach von
    vom zu zum zur für über unter vor ist sind war hat haben wird werden kann es er sie du ihr wir ich dich dir sich
    so als wie wenn dann nur noch nicht kein keine`,
  ),
);

/** The words of a search, at most `limit`; single letters and function words say nothing beside others. */
export function termsOf(search: string, limit = 8): string[] {
  const words = wordsOf(search).filter((word) => word.length > 1 || /\p{N}/u.test(word));
  return words.filter((word) => !everywhere.has(word)).slice(0, limit);
}

/** What is left of a search word without its ending: "sofas" looks for "sofa", too. */
export function withoutEnding(term: string): string | undefined {
  const cut = term.replace(/(?:ern|en|er|em|es|e|n|s)$/u, "");
  return cut.length >= 4 && cut !== term ? cut : undefined;
}
