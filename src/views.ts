/** What surfaces see: plain JSON, the HTTP API's shapes. Times are ISO 8601 in UTC. */
import type { Brief, Channel, Length, Tone } from "#src/brief.ts";

export type BriefStatus = "queued" | "writing" | "done" | "failed" | "cancelled";

export interface ErrorView {
  code: string;
  details: Record<string, string | number>;
}

export interface BriefView {
  id: string;
  /** Status of the newest generation. */
  status: BriefStatus;
  /** 1 = next; absent unless queued. */
  position?: number;
  text: string;
  channel: Channel;
  tone: Tone;
  length: Length;
  brand: string;
  facts: Brief["facts"];
  personId: string;
  personName: string;
  createdAt: string;
  error?: ErrorView;
  /** The newest generation's id: what `cancel` cancels and the live events are about. */
  generationId: string;
  /** Posted drafts by version, oldest first. */
  drafts: DraftView[];
}

export type DraftState = "draft" | "requested" | "approved" | "rejected";

export interface DraftView {
  id: string;
  briefId: string;
  generationId: string | null;
  /** 1, 2, … within the brief. */
  version: number;
  kind: "generated" | "edited";
  /** The draft that this one revises. */
  parentId: string | null;
  /** What was asked for in a revision: "kürzer". */
  wish: string | null;
  text: string;
  channel: Channel;
  tone: Tone;
  length: Length;
  gates: GateResult[];
  score: VoiceScore;
  /** Each fact of the brief and whether the text has it. */
  facts: { text: string; kind: string; found: boolean }[];
  model: { name: string; version: string; hash: string; quant: string } | null;
  state: DraftState;
  /** Who decided, when, and why, for approved and rejected. */
  decision: { personId: string; personName: string; at: string; note: string | null } | null;
  ratings: { up: number; down: number; mine: RatingView | null };
  /** Set where this draft is one of several variants. */
  picked: boolean | null;
  personId: string;
  personName: string;
  createdAt: string;
  postedAt: string | null;
}

export interface RatingView {
  value: "up" | "down";
  reasons: string[];
  comment: string | null;
}

/** One hard check of a text. Failed gates are named to the user by `id` through messages.ts. */
export interface GateResult {
  id: GateId;
  ok: boolean;
  /** What was found, for people: "1.099 € statt 899 €". */
  found?: string;
  /** Where in the text, UTF-16 offsets, for highlighting. */
  at?: { start: number; end: number }[];
}

export const gateIds = [
  "name",
  "price",
  "digits",
  "counts",
  "material",
  "colour",
  "agreement",
  "nonword",
  "limit",
  "forbidden",
  "repetition",
  "ending",
  "copy",
  "markup",
  "address",
] as const;
export type GateId = (typeof gateIds)[number];

export interface VoiceScore {
  /** 0-100, the traffic light: < 50 red, < 75 yellow, else green. */
  total: number;
  /** Parts, each 0..1, reported apart. */
  style: number;
  adherence: number;
  fluency: number;
}

export interface CandidateView {
  index: number;
  /** Reroll round, from 0. */
  round: number;
  text: string;
  gates: GateResult[];
  score: VoiceScore;
  seed: number;
  tokens: number;
  stop: "end" | "length" | "abort";
  ms: number;
  draftId: string | null;
}

/** Live events of a brief, in order; `text` is the text so far, so a dropped event loses nothing. */
export type BriefEvent =
  | { type: "queued"; generationId: string; position: number }
  | { type: "started"; generationId: string; candidates: number }
  | { type: "token"; generationId: string; candidate: number; candidates: number; text: string }
  | { type: "draft"; generationId: string; draft: DraftView }
  | { type: "failed"; generationId: string; error: ErrorView }
  | { type: "cancelled"; generationId: string };

export interface Lint {
  score: VoiceScore;
  light: "red" | "yellow" | "green";
  gates: GateResult[];
  /** Forbidden words and the like, with replacements to click. */
  findings: { start: number; end: number; found: string; rule: string; suggestions: string[] }[];
  /** Graphemes used and allowed. */
  graphemes: { count: number; min: number; max: number };
}
