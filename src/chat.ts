import type { BriefStatus, DraftView } from "#src/views.ts";

/**
 * The chat port: one implementation for each surface (web, slack, discord). Posts what the delivery consumer
 * hands it, in the order of the thread; delivery is at least once, so `post` must be idempotent on `delivery.id`.
 */
export interface Chat {
  readonly surface: Surface;
  /** Resolves to the platform's reference of the message (Slack ts, Discord message id, web: the draft id). */
  post(delivery: Delivery): Promise<{ ref: string }>;
  /**
   * Redraws a posted message: something that it shows has changed (rated, picked, edited, decided, being
   * rewritten, another place in the queue). Called with what it should show now, in the order of the thread, again
   * after RetryLater; what a surface can't redraw it leaves as it is. Absent: messages are never redrawn.
   */
  update?(delivery: Delivery & { ref: string }): Promise<void>;
  close(): Promise<void>;
}

export const surfaces = ["web", "slack", "discord"] as const;
export type Surface = (typeof surfaces)[number];

export interface Delivery {
  id: string;
  /** Where it goes, as the surface names places: web: the brief id; Slack: team/channel/ts; Discord: server/channel/message. */
  thread: string;
  /** Position in its thread, from 1. */
  seq: number;
  /** "request": the message that tells that a brief was taken (BriefInput.announce), before all others. */
  kind: "request" | "drafts" | "failed" | "cancelled";
  briefId: string;
  generationId: string;
  /**
   * The drafts to post: one, or 2-4 variants. Empty for the other kinds. An edited draft has taken the place of
   * the one that was edited.
   */
  drafts: DraftView[];
  /** Error code and details for `failed`. */
  error?: { code: string; details: Record<string, string | number> };
  /** Locale of the person who asked. */
  locale: Locale;
  /** What was asked for and by whom, and how it stands. Always there when the deliverer calls. */
  request?: RequestState;
}

export interface RequestState {
  /** The brief as typed. */
  text: string;
  personId: string;
  personName: string;
  brand: string;
  /** Of the brief's newest generation. */
  status: BriefStatus;
  /** While queued: 1 is next. */
  position?: number;
  /** The draft that the newest generation revises, what was wished for and by whom. */
  revision?: { draftId: string; wish: string | null; personName: string };
  /** Drafts of this brief that people can see. */
  versions: number;
}

export const locales = ["de", "en"] as const;
export type Locale = (typeof locales)[number];

/** Thrown by `post` and `update` on a platform's 429: the thread is tried again after `seconds`, nothing overtakes it. */
export class RetryLater extends Error {
  override readonly name = "RetryLater";
  readonly seconds: number;
  constructor(seconds: number, cause?: unknown) {
    super(`retry after ${seconds} s`, { cause });
    this.seconds = seconds;
  }
}

/** Thrown by `post` where trying again can't help (the channel is gone, the bot may not write there): given up at once. */
export class Undeliverable extends Error {
  override readonly name = "Undeliverable";
  constructor(reason: string, cause?: unknown) {
    super(reason, { cause });
  }
}
