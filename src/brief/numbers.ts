/** Prices and measures as people type them, in one notation: "79€", "79,-", "EUR 79" are "79 €", "140x200" is "140 x 200 cm". */
import { numberWord } from "#src/gates/read.ts";

const amount =
  "\\d{1,3}(?:[.'’\\u00a0\\u202f]\\d{3})+(?:,\\d{1,2})?|\\d{1,3}(?:,\\d{3})+(?:\\.\\d{1,2})?|\\d+(?:[.,]\\d{1,2})?";
const currency = "(?:€|EUR(?![\\p{L}])|Euros?(?![\\p{L}]))";
const dash = "[,.](?:--?|[–—])";

const after = new RegExp(
  `(?<![\\d.,])(${amount})(?:${dash})?\\s*${currency}(?:\\s*(?:€|EUR(?!\\p{L})))?`,
  "giu",
);
const spaced = new RegExp(`(?<![\\dx×*]\\s*)(?<![.,])(\\d)\\s(\\d{3})(?=(?:,\\d{2})?\\s*${currency})`, "giu");
const before = new RegExp(
  `(?<!\\d(?:[,.](?:--?|[–—]))?\\s*)${currency}\\s*(${amount})(?![\\d])(?:${dash})?`,
  "giu",
);
const dashed = new RegExp(`(?<![\\d.,])(${amount})${dash}(?![\\d\\p{L}])`, "gu");
const units =
  "cm|mm|dm|km|m|kg|g|mg|ml|cl|dl|l|Liter|Meter|Zentimeter|Kilo|Gramm|Watt|W|Volt|V|Lumen|lm|Grad|°C|°|%|Prozent|Stunden|Std|h|Minuten|min|Zoll|kWh|mAh|Jahre?n?|Tagen?|Wochen?";
const named = new RegExp(
  `(?<!\\p{L})(Preis|Price|Kostet|Kosten|Costs?|UVP|VK)(\\s*:?\\s*(?:(?:nur|ab|von|ist|is|beträgt|jetzt|now|from)\\s+)?)(${amount})(?![\\d.,]*\\d)(?!\\s*(?:€|x\\s*\\d|×|(?:${units})(?!\\p{L})))`,
  "giu",
);
const spelled = /(?<!\p{L})(\p{L}{3,40})\s+Euros?(?!\p{L})/giu;

/** All prices as "79 €", all measures as "140 x 200 cm" and "1,40 m"; nothing else changes. */
export function normalizeNumbers(text: string): string {
  return (
    text
      .replace(spaced, "$1.$2")
      .replace(after, (_, digits: string) => euros(digits))
      .replace(before, (_, digits: string) => euros(digits))
      .replace(dashed, (_, digits: string) => euros(digits))
      .replace(
        named,
        (_, word: string, between: string, digits: string) => `${word}${between}${euros(digits)}`,
      )
      .replace(/(?<![\d.,])(\d[\d.]*(?:,\d{1,2})?)(?=\s+(?:statt|anstatt)\s+\d[\d.,]*\s*€)/giu, euros)
      .replace(spelled, (whole, word: string) => {
        const value = numberWord(word);
        return value === undefined ? whole : `${value} €`;
      })
      // "…, Leinen, 79.90": two cents and nothing after them are a price.
      .replace(
        /(?<=(?:^|[\s,;])\s*)(\d{1,5}[.,]\d{2})(?=\s*(?:[,;]\s|$))/gu,
        (found, digits: string, at: number, all: string) =>
          / €|x\s*$/u.test(all.slice(Math.max(0, at - 3), at)) || /\d €/u.test(all) ? found : euros(digits),
      )
      .replace(/(?<=\d)\s*[x×*]\s*(?=\d)/gu, " x ")
      .replace(new RegExp(`(?<=\\d)\\s?(${units})(?![\\p{L}\\d])`, "gu"), (_, unit: string) =>
        unit === "%" || unit === "°" ? `${unit === "%" ? " " : ""}${unit}` : ` ${unit}`,
      )
      // Furniture is measured in centimetres.
      .replace(
        /(?<![\d.,]|\d x )(\d{2,3} x \d{2,3}(?: x \d{2,3})?)(?! x|[\d.,]*\d)(?!\s*(?:cm|mm|m|Zoll|Stück|Zentimeter|Meter)(?!\p{L}))/gu,
        "$1 cm",
      )
  );
}

/** "1.299,00" is "1.299 €", "79.9" is "79,90 €". */
function euros(digits: string): string {
  const value = priceValue(digits);
  const [whole = "0", cents] = value.split(".");
  const grouped = /\d[.,'’\u00a0\u202f]\d{3}/u.test(digits)
    ? whole.replace(/\B(?=(?:\d{3})+$)/g, ".")
    : whole;
  return `${grouped}${cents ? `,${cents}` : ""} €`;
}

/** A price in digits, decimal point, two cents or none: "1.299,00" is "1299", "79,9" is "79.90". */
export function priceValue(digits: string): string {
  const plain = digits.replace(/[\s\u00a0\u202f'’]/gu, "");
  const german = /^\d{1,3}(?:\.\d{3})+(?:,\d{1,2})?$/.test(plain);
  const english = /^\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?$/.test(plain);
  const point = german
    ? plain.replaceAll(".", "").replace(",", ".")
    : english
      ? plain.replaceAll(",", "")
      : plain.replace(",", ".");
  const [whole = "0", cents = ""] = point.split(".");
  return /^0*$/.test(cents) ? whole : `${whole}.${cents.padEnd(2, "0")}`;
}

/** The numbers in a text, decimal point, no grouping: "1.299 €" is "1299", "0,5 l" is "0.5", "24,90 €" "24.90". */
export function numbersIn(text: string): string[] {
  return [...text.matchAll(/\d{1,3}(?:\.\d{3})+(?!\d)(?:,\d+)?|\d+(?:[.,]\d+)?/gu)].map(([digits]) =>
    /^\d{1,3}(?:\.\d{3})+(?:,\d+)?$/.test(digits)
      ? digits.replaceAll(".", "").replace(",", ".")
      : digits.replace(",", "."),
  );
}

const dimension =
  "breit|hoch|tief|lang|dick|groß|stark|weit|Breite|Höhe|Tiefe|Länge|Durchmesser|Umfang|im Durchmesser|Sitzhöhe|Sitztiefe|Liegefläche|Brenndauer";
const number = "\\d{1,3}(?:\\.\\d{3})+(?:,\\d+)?|\\d+(?:[.,]\\d+)?";

export const pricePattern = new RegExp(
  `(?:(?<!\\p{L})(?:preis|price|kostet|kosten|costs?|uvp|vk)\\s*:?\\s+)?(?<![\\d.,])(${number}) €`,
  "giu",
);
/** "140 x 200 cm", "Sitzhöhe 42 cm", "35 cm hoch", "bis 120 kg", "180 breit", "12, 18 und 24 cm". */
export const measurePattern = new RegExp(
  `(?:(?<!\\p{L})(?:(\\p{L}[\\p{L}-]*(?:höhe|breite|tiefe|länge|fläche|messer|teil|weite|dauer)|Höhe|Breite|Tiefe|Länge|Größe|Maße?|Durchmesser)\\s*:?\\s+)|(?<!\\p{L})((?:belastbar )?bis(?: zu)?|trägt bis|ca\\.?|etwa|von|je)\\s+)?(?<![\\d.,])((?:${number})(?: x (?:${number})){0,3}(?:(?:, | und | oder | bis | auf |\\s?[-–/]\\s?)(?:${number})(?: x (?:${number})){0,2})*)\\s?(?:(${units})(?![\\p{L}\\d])(?:\\s+(${dimension})(?!\\p{L}))?|\\s(${dimension})(?!\\p{L}))`,
  "giu",
);
