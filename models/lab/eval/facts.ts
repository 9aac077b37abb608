/**
 * Whether a draft keeps to its brief. Shares no code with the gates, which the drafts were picked by: names, prices,
 * figures, materials and colours are found by what the whole data set says of a word, and by lists of its own.
 */
import { mean } from "../stats.ts";

/** What the checker needs of a row of the set. */
export interface Told {
  brief: string;
  response: string;
  draft?: string;
  wish?: string;
}

export interface Adherence {
  /** Absent where the brief has none that its reference text uses. */
  name?: boolean;
  price?: boolean;
  /** Share of the brief's figures, materials and colours in the reference text that the draft has too. */
  recall?: number;
  /** Figures, materials and colours that neither the brief nor its reference text has. */
  invented: string[];
}

const wordsOf = (text: string): string[] => text.match(/[\p{L}\p{M}]{2,}/gu) ?? [];
const figuresOf = (text: string): string[] =>
  (text.match(/\d+(?:[.,]\d+)*/g) ?? []).map((figure) =>
    figure.replace(/\.(?=\d{3}(?:\D|$))/g, "").replace(/,(?:00|0)$/, ""),
  );
const pricesOf = (text: string): string[] =>
  [...text.matchAll(/(\d+(?:[.,]\d+)*)(?:,-|\s*(?:€|Euro|EUR))|(?:€|EUR)\s*(\d+(?:[.,]\d+)*)/giu)].flatMap(
    (match) => figuresOf(match[1] ?? match[2] ?? ""),
  );

/** Stems, so that "eichenem" and "dunkelgrauer" count. */
const materials =
  `eich buch(?!t|h|st) kiefer birk esch(?!w) nussb ahorn fichte akazi teak bambus rattan weide(?!nk) kork leinen baumwoll
  woll(?!t|en|e?st) samt(?!st|ag) cord leder seide filz jute sisal hanf stahl eisen messing kupfer alumini zink glas(?!t) keramik porzellan
  steingut steinzeug marmor beton terrakotta papier plastik kunststoff email(?!s) silikon acryl polyester mikrofaser stroh`.split(
    /\s+/,
  );
const colours =
  `weiß schwarz grau rot(?!ier) blau grün gelb orange rosa lila violett braun beige creme(?!spei) senf salbei petrol türkis natur(?!ge)`.split(
    /\s+/,
  );
/** A material begins its word ("eichenem"), a colour may stand anywhere in it ("dunkelgrau"). */
const kinds = [
  ...materials.map((stem) => new RegExp(`^${stem}`, "iu")),
  ...colours.map((stem) => new RegExp(`^\\p{L}*?${stem}`, "iu")),
];
const kindOf = (word: string): number | undefined => {
  const at = kinds.findIndex((kind) => kind.test(word));
  return at < 0 ? undefined : at;
};
const kindsOf = (text: string): Set<number> => new Set(wordsOf(text).flatMap((word) => kindOf(word) ?? []));

/** Knows from the whole set which words are names: those that no text has unless its brief has them. */
export function createChecker(set: readonly Told[]): (row: Told, text: string) => Adherence {
  const free = new Set<string>();
  for (const row of set) {
    const given = ` ${row.brief} ${row.wish ?? ""} ${row.draft ?? ""}`.toLowerCase();
    for (const word of wordsOf(row.response.toLowerCase())) if (!given.includes(word)) free.add(word);
  }
  const namesOf = (row: Told): string[] => {
    const response = new Set(wordsOf(row.response));
    const brief = new Set(wordsOf(row.brief.toLowerCase()));
    return [...response].filter(
      (word) =>
        /^\p{Lu}/u.test(word) &&
        kindOf(word) === undefined &&
        word.length > 2 &&
        brief.has(word.toLowerCase()) &&
        !free.has(word.toLowerCase()),
    );
  };

  return (row, text) => {
    const source = `${row.brief}\n${row.wish ?? ""}`;
    const lower = text.toLowerCase();
    // German nouns can be rare enough to look like a name: one of the candidates in the text is enough.
    const names = namesOf(row);
    const wantedPrices = pricesOf(row.brief).filter((price) => pricesOf(row.response).includes(price));
    const prices = pricesOf(text);
    const allowed = new Set([...figuresOf(source), ...figuresOf(row.response)]);
    const allowedKinds = new Set([...kindsOf(source), ...kindsOf(row.response)]);
    const wanted = [
      ...figuresOf(row.brief)
        .filter((figure) => figuresOf(row.response).includes(figure))
        .map((figure) => figuresOf(text).includes(figure)),
      ...[...kindsOf(row.brief)]
        .filter((kind) => kindsOf(row.response).has(kind))
        .map((kind) => kindsOf(text).has(kind)),
    ].map(Number);
    const invented = [
      ...figuresOf(text).filter((figure) => !allowed.has(figure)),
      ...[...kindsOf(text)]
        .filter((kind) => !allowedKinds.has(kind))
        .map((kind) => [...materials, ...colours][kind] ?? ""),
    ];
    return {
      ...(names.length > 0 ? { name: names.some((name) => lower.includes(name.toLowerCase())) } : {}),
      ...(wantedPrices.length > 0
        ? {
            price:
              wantedPrices.every((price) => prices.includes(price)) &&
              prices.every(
                (price) => pricesOf(source).includes(price) || pricesOf(row.response).includes(price),
              ),
          }
        : {}),
      ...(wanted.length > 0 ? { recall: mean(wanted) } : {}),
      invented,
    };
  };
}
