import type { DraftView } from "#src/views.ts";

/**
 * The chat port: one implementation for each surface (web, slack, discord). Posts what the delivery consumer
 * hands it, in the order of the thread; delivery is at least once, so `post` must be idempotent on `delivery.id`.
 */
export interface Chat {
  readonly surface: Surface;
  /** Resolves to the platform's reference of the message (Slack ts, Discord message id, web: the draft id). */
  post(delivery: Delivery): Promise<{ ref: string }>;
  /** Redraws a posted message after its state changed (rated, approved, withdrawn). */
  update?(delivery: Delivery & { ref: string }): Promise<void>;
  close(): Promise<void>;
}

export const surfaces = ["web", "slack", "discord"] as const;
export type Surface = (typeof surfaces)[number];

export interface Delivery {
  id: string;
  /** Where it goes, as the surface names places: web: the brief id; Slack: team/channel/ts; Discord: channel id. */
  thread: string;
  /** Position in its thread, from 1. */
  seq: number;
  kind: "drafts" | "failed" | "cancelled";
  briefId: string;
  generationId: string;
  /** The drafts to post: one, or 2-4 variants. Empty for failed and cancelled. */
  drafts: DraftView[];
  /** Error code and details for `failed`. */
  error?: { code: string; details: Record<string, string | number> };
  /** Locale of the person who asked. */
  locale: Locale;
}

export const locales = ["de", "en"] as const;
export type Locale = (typeof locales)[number];

/** Thrown by `post` on a platform's 429: the thread is tried again after `seconds`, nothing overtakes it. */
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
