/**
 * The use cases, one place for every surface: the page, the CLI and the chats call these and nothing deeper.
 * Each asks `may` and validates its input; errors are HyggeError.
 */
import type { Channel, Length, Tone } from "#src/brief.ts";
import type { Surface } from "#src/chat.ts";
import type { Actor } from "#src/may.ts";
import type { BriefEvent, BriefView, CandidateView, DraftView, Lint } from "#src/views.ts";

export interface Hygge {
  /** Stores the brief and queues its first generation. The same `idempotencyKey` returns the same brief. */
  request(actor: Actor, input: BriefInput): Promise<BriefView>;
  /** A new version of a draft: rewritten, or as `wish` says. Queued like a brief. */
  revise(actor: Actor, draftId: string, input: RevisionInput): Promise<BriefView>;
  cancel(actor: Actor, briefId: string): Promise<BriefView>;
  edit(actor: Actor, draftId: string, text: string): Promise<DraftView>;
  rate(actor: Actor, draftId: string, rating: RatingInput | null): Promise<DraftView>;
  pick(actor: Actor, draftId: string): Promise<BriefView>;
  decide(actor: Actor, draftId: string, decision: Decision, note?: string): Promise<DraftView>;

  brief(actor: Actor, briefId: string): Promise<BriefView>;
  candidates(actor: Actor, draftId: string): Promise<CandidateView[]>;
  /** The actor's own briefs, newest first. `before` is the createdAt of the last one seen. */
  mine(actor: Actor, query: { search?: string; before?: string; limit?: number }): Promise<BriefView[]>;
  /** Current state first, then live; ends when the newest generation has ended and its drafts are posted. */
  events(actor: Actor, briefId: string, signal: AbortSignal): AsyncIterable<BriefEvent>;
  lint(
    actor: Actor,
    input: { text: string; channel?: Channel; brand?: string; briefId?: string },
  ): Promise<Lint>;
}

export interface BriefInput {
  text: string;
  channel?: Channel;
  tone?: Tone;
  length?: Length;
  brand?: string;
  /** 1-4 drafts side by side. */
  variants?: number;
  /** Fill what the brief leaves out from the brand's product list; a name alone does that by itself. */
  fill?: boolean;
  surface: Surface;
  /** Where to deliver; for web the brief's own id is used. */
  thread?: string;
  /** Post a message for the request itself, before its drafts (Delivery.kind "request"). */
  announce?: boolean;
  idempotencyKey?: string;
}

export interface RevisionInput {
  /** "kürzer", "länger", "wärmer", or free text; absent: write anew. */
  wish?: string;
  channel?: Channel;
  tone?: Tone;
  length?: Length;
  variants?: number;
  idempotencyKey?: string;
}

export interface RatingInput {
  value: "up" | "down";
  reasons?: RatingReason[];
  comment?: string;
}

export const ratingReasons = [
  "facts",
  "tone",
  "grammar",
  "sense",
  "length",
  "boring",
  "repetition",
  "other",
] as const;
export type RatingReason = (typeof ratingReasons)[number];

export type Decision = "request" | "withdraw" | "approve" | "reject";

/** What the use cases need of the queue; implemented by queue/ on BullMQ (PGlite, PostgreSQL, Redis). */
export interface DraftQueue {
  /** Adds the to-do "write this generation". Lower `tag` goes first; equal tags in order of arrival. Idempotent while open. */
  enqueue(generationId: string, tag: number): Promise<void>;
  /** Best effort: takes a waiting to-do out. The store's status decides anyway. */
  remove(generationId: string): Promise<void>;
  /** Adds the to-do "drain this thread". */
  deliver(surface: Surface, thread: string): Promise<void>;
  /** Live events of all generations, in every process; returns the unsubscribe. */
  subscribe(listener: (event: QueueEvent) => void): () => void;
}

export type QueueEvent =
  | { type: "started"; generationId: string }
  | { type: "progress"; generationId: string; candidates: number; texts: Record<number, string> }
  /** A thread was drained, a generation ended or changed: look at the store. */
  | { type: "changed"; generationId?: string; surface?: Surface; thread?: string };
