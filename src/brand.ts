import type { Channel, Length, Tone } from "#src/brief.ts";

/** A brand voice as data: brands/<id>.yaml, checked by zod on load and on every change. */
export interface Brand {
  id: string;
  name: string;
  /** How the brand speaks, for chat models' system prompt (German prose). */
  voice: string;
  /** How the reader is addressed. */
  address: "du" | "sie";
  defaults: { channel: Channel; tone: Tone };
  channels: Record<Channel, ChannelTemplate>;
  tones: Record<Tone, string>;
  forbidden: Forbidden[];
  lexicon: Lexicon;
  /** Pairs shown to chat models. */
  examples: { brief: string; channel: Channel; text: string }[];
  /** Known products that can fill a brief's gaps on request. */
  products: { name: string; facts: string[] }[];
}

export interface ChannelTemplate {
  label: { de: string; en: string };
  /** What the text looks like, for chat models ("2-4 Sätze"). */
  shape: string;
  /** Graphemes, hard limits. */
  min: number;
  max: number;
  /** Graphemes that separate kurz | mittel | lang. */
  thirds: [number, number];
  defaultLength: Length;
  /** Whether the text must end with a sentence's end. */
  sentence: boolean;
}

export interface Forbidden {
  /** Word or phrase; inflected forms and compounds are matched unless `exact`. */
  word: string;
  exact?: boolean;
  replacements: string[];
  why?: string;
}

/** Small word lists of what the brand sells, for agreement and invention checks. */
export interface Lexicon {
  /** Product nouns with gender; compounds take the last part's. */
  products: { word: string; gender: Gender; plural?: string }[];
  /** Materials: noun with gender, adjective stems ("eichen", "ledern"). */
  materials: { word: string; gender: Gender; adjectives?: string[]; kin?: string[] }[];
  /** Colour stems: "sandfarben", "grau". */
  colours: string[];
}
export type Gender = "m" | "f" | "n";
