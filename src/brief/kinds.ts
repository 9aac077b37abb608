export const channels = [
  "instagram",
  "produkttext",
  "newsletter",
  "schild",
  "gedicht",
  "antwort",
  "anzeige",
] as const;
export type Channel = (typeof channels)[number];
export const tones = ["warm", "heiter", "ruhig", "sachlich"] as const;
export type Tone = (typeof tones)[number];
export const lengths = ["kurz", "mittel", "lang"] as const;
export type Length = (typeof lengths)[number];

/** One checkable statement of a brief. */
export interface Fact {
  kind: "product" | "name" | "material" | "colour" | "measure" | "count" | "price" | "other";
  /** Normalized German form: "899 €", "140 × 200 cm", "Leinen", "3 Sitze". */
  text: string;
  /** The numbers in it, decimal point, no grouping: ["140", "200"], ["24.90"]. */
  numbers: string[];
}

/** A brief as read from what a person typed. */
export interface Brief {
  /** What the person typed, NFC, trimmed. Stored and shown; never sent to the model as it is. */
  text: string;
  /** What the model reads after "Auftrag:": one line, normalized, channel words and unsafe characters removed. */
  task: string;
  channel: Channel;
  tone: Tone;
  length: Length;
  /** The options that were read from the text or given, as opposed to defaults. */
  given: { channel: boolean; tone: boolean; length: boolean };
  product?: string;
  name?: string;
  facts: Fact[];
  /** Free wish in the brief ("zum Herbst", "was mit Lesen"). */
  wish?: string;
  /** Language that the brief was written in; the copy is German in any case. */
  language: "de" | "en";
}
