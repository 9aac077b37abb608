/** What the handlers of commands, clicks and events work with, and how they answer. */
import type { Brands } from "#src/brand.ts";
import { type Locale, RetryLater } from "#src/chat.ts";
import { HyggeError } from "#src/errors.ts";
import type { Hygge } from "#src/hygge.ts";
import type { Logger } from "#src/log.ts";
import type { Target } from "#src/manage/login.ts";
import type { Actor } from "#src/may.ts";
import { message } from "#src/messages.ts";
import type { Db } from "#src/store/schema.ts";
import type { Week } from "#src/store/week.ts";
import { type Block, context, paragraph, words } from "./blocks.ts";
import type { SlackChat } from "./chat.ts";
import { type Client, SlackFault } from "./client.ts";
import { texts } from "./messages.ts";
import type { People } from "./people.ts";
import { inert } from "./text.ts";

export interface Room {
  hygge: Hygge;
  db: Db;
  client: Client;
  chat: SlackChat;
  people: People;
  brands: Brands;
  /** Id of the brand of a brief that names none. */
  defaultBrand: string;
  log: Logger;
  /** Briefs being written and waiting, of everybody. */
  counts(): Promise<{ waiting: number; active: number }>;
  /** The team's figures since Monday. */
  week(): Promise<Week>;
  /** Where a person sees ratings and figures, or one draft; undefined: no address is known. */
  dashboardLink(actor: Actor, target?: Target): Promise<string | undefined>;
  /** Our own user, as people mention it. */
  botUser: string;
  /** Whether plain replies in threads reach us. */
  history: boolean;
  /** Remembers where to tell somebody that a place is closed to us, for as long as Slack lets us. */
  rememberResponse(briefId: string, url: string): void;
  /** Slack says that the app was removed. */
  revoked(reason: string): void;
}

export interface Answer {
  text: string;
  blocks?: Block[];
}

/** Something to read, for one person. */
export const line = (text: string): Answer => ({ text: inert(text), blocks: [paragraph(words(text))] });
export const small = (text: string): Answer => ({ text: inert(text), blocks: [context(text)] });

const respondTimeoutMs = 5_000;

/** Answers by a response_url, to the person alone; a thread's answer belongs in the thread. */
export async function respond(
  room: Pick<Room, "log">,
  url: string | undefined,
  answer: Answer,
  threadTs?: string,
): Promise<boolean> {
  if (!url) return false;
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        response_type: "ephemeral",
        replace_original: false,
        ...(threadTs ? { thread_ts: threadTs } : {}),
        ...answer,
      }),
      signal: AbortSignal.timeout(respondTimeoutMs),
    });
    if (!response.ok) room.log.info({ status: response.status }, "slack: answer not taken");
    return response.ok;
  } catch (err) {
    room.log.warn({ err }, "slack: answer not sent");
    return false;
  }
}

/** Tells one person something where there is no response_url: in the channel, or in their direct messages. */
export async function whisper(
  room: Room,
  to: { channel: string; user: string; ts?: string | undefined },
  answer: Answer,
): Promise<void> {
  const where = { channel: to.channel, ...(to.ts ? { thread_ts: to.ts } : {}), ...answer };
  await room.client
    .call((web) =>
      to.channel.startsWith("D")
        ? web.chat.postMessage(where)
        : web.chat.postEphemeral({ ...where, user: to.user }),
    )
    .catch((err: unknown) => room.log.warn({ err }, "slack: answer not sent"));
}

/** What went wrong, for the person. What they can't know about is logged. */
export function sentence(room: Pick<Room, "log">, locale: Locale, error: unknown): string {
  const t = texts(locale);
  if (error instanceof HyggeError) {
    if (error.code === "internal") room.log.error({ err: error }, "slack: internal error");
    if (error.code === "not_found") return t.draftGone;
    if (error.code === "already_final") return t.decidedAlready;
    if (error.code === "not_allowed") {
      const { role, needed } = error.details;
      const name = (of: unknown) => t.roles[of as keyof typeof t.roles] ?? String(of);
      return t.notAllowed(name(role), name(needed));
    }
    return message(locale, error.code, error.details);
  }
  if (error instanceof RetryLater) return t.slackLimit(Math.ceil(error.seconds));
  if (error instanceof SlackFault) {
    room.log.warn({ err: error }, "slack: call refused");
    if (error.kind === "scope") return t.missingScope(error.needed ?? error.error);
    if (error.kind === "trigger") return t.expired;
    return t.slackDown;
  }
  room.log.error({ err: error }, "slack: unexpected error");
  return message(locale, "internal");
}
