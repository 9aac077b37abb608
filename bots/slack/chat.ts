/** Slack's side of the chat port: deliveries become messages, each once, and are redrawn when they change. */
import { createHash } from "node:crypto";
import { type Chat, type Delivery, RetryLater, Undeliverable } from "#src/chat.ts";
import type { Logger } from "#src/log.ts";
import { beginPost, dropPost, endPost, firstPost, getPost } from "#src/store/posts.ts";
import type { Db } from "#src/store/schema.ts";
import { paragraph, words } from "./blocks.ts";
import { type Client, posting, reading, SlackFault, updating, updatingSpare } from "./client.ts";
import { type Message, messagesOf } from "./format.ts";
import { texts } from "./messages.ts";
import { channelName, readRef, readThread, userOf, writeRef } from "./place.ts";

export interface SlackChat extends Chat {
  /** Posts a message of our own into a brief's thread, once for each `key`. */
  say(thread: string, key: string, message: Message): Promise<void>;
}

export interface ChatDeps {
  db: Db;
  client: Client;
  log: Logger;
  /** Tells a person what became of their request; false: they can't be told this way (any more). */
  tell?: (delivery: Delivery, problem: "place" | "archived") => Promise<boolean>;
}

export function slackChat({ db, client, log, tell }: ChatDeps): SlackChat {
  /** Sends one message of a thread, unless it is there already. */
  async function send(thread: string, key: string, message: Message): Promise<string> {
    const { before } = await beginPost(db, "slack", key, thread);
    if (before?.ref) return before.ref;
    const { team, ...place } = readThread(thread);
    const at = await whereNow(thread, place);
    if (before) {
      const there = await lookFor(team, at, key);
      if (there) {
        await endPost(db, "slack", key, there, digestOf(message));
        return there;
      }
    }
    try {
      const sent = await client.inTurn(posting(team, at.channel), (web) =>
        web.chat.postMessage({
          channel: at.channel,
          ...(at.ts ? { thread_ts: at.ts } : {}),
          ...content(message, key),
          metadata: { event_type: "hygge_post", event_payload: { key } },
          unfurl_links: false,
          unfurl_media: false,
        }),
      );
      const ref = writeRef(sent.channel ?? at.channel, sent.ts ?? "");
      await endPost(db, "slack", key, ref, digestOf(message));
      return ref;
    } catch (error) {
      // Only a call without an answer leaves it open whether the message is there.
      if (error instanceof RetryLater || (error instanceof SlackFault && error.kind !== "unknown"))
        if (!before) await dropPost(db, "slack", key);
      throw error;
    }
  }

  /** Where a thread goes on: below the message that it began with, wherever our first message really went. */
  async function whereNow(
    thread: string,
    place: { channel: string; ts?: string },
  ): Promise<{ channel: string; ts?: string }> {
    const first = await firstPost(db, "slack", thread);
    if (!first?.ref) return place;
    const root = readRef(first.ref);
    return place.ts && root.channel === place.channel ? place : root;
  }

  /** Looks for a message that may have been sent by a process that died before it knew. */
  async function lookFor(
    team: string,
    at: { channel: string; ts?: string },
    key: string,
  ): Promise<string | undefined> {
    const seen = await client
      .inTurn(reading(team), (web) =>
        at.ts
          ? web.conversations.replies({
              channel: at.channel,
              ts: at.ts,
              limit: 200,
              include_all_metadata: true,
            })
          : web.conversations.history({ channel: at.channel, limit: 100, include_all_metadata: true }),
      )
      .catch((error: unknown) => {
        // Without the history scopes, or in a person's channel that we have no id of: better twice than never.
        if (error instanceof SlackFault && error.kind !== "unknown" && error.kind !== "revoked")
          return undefined;
        throw error;
      });
    const ours = seen?.messages?.find(
      (m) =>
        (m.metadata?.event_payload as { key?: unknown } | undefined)?.key === key ||
        m.blocks?.[0]?.block_id === key,
    );
    if (seen === undefined)
      log.warn({ key }, "slack: can't look whether a message was sent; sending it again");
    return ours?.ts ? writeRef(at.channel, ours.ts) : undefined;
  }

  async function post(delivery: Delivery): Promise<{ ref: string }> {
    const refs: string[] = [];
    for (const [i, message] of messagesOf(delivery).entries())
      refs.push(await send(delivery.thread, keyOf(delivery, i), message));
    return { ref: refs[0] ?? "" };
  }

  /** Where the bot may not write, the person gets it as a direct message. */
  async function postDirectly(delivery: Delivery, fault: SlackFault): Promise<{ ref: string }> {
    const user = userOf(delivery.request?.personId ?? "");
    const { team, channel } = readThread(delivery.thread);
    if (!user || channel === user) throw new Undeliverable(`Slack: ${fault.error}`, fault);
    const archived = fault.error.includes("archived");
    const told = delivery.kind === "request" && (await tell?.(delivery, archived ? "archived" : "place"));
    const t = texts(delivery.locale);
    const note = archived ? t.archived(channelName(channel)) : t.elsewhere(channelName(channel));
    const refs: string[] = [];
    for (const [i, message] of messagesOf(delivery).entries()) {
      const blocks = told || i > 0 ? message.blocks : [noteBlock(note, channel), ...message.blocks];
      refs.push(await sendTo(user, team, delivery.thread, keyOf(delivery, i), { ...message, blocks }));
    }
    return { ref: refs[0] ?? "" };
  }

  async function sendTo(
    user: string,
    team: string,
    thread: string,
    key: string,
    message: Message,
  ): Promise<string> {
    const { before } = await beginPost(db, "slack", key, thread);
    if (before?.ref) return before.ref;
    const sent = await client.inTurn(posting(team, user), (web) =>
      web.chat.postMessage({
        channel: user,
        ...content(message, key),
        metadata: { event_type: "hygge_post", event_payload: { key } },
        unfurl_links: false,
        unfurl_media: false,
      }),
    );
    const ref = writeRef(sent.channel ?? user, sent.ts ?? "");
    await endPost(db, "slack", key, ref, digestOf(message));
    return ref;
  }

  return {
    surface: "slack",
    async post(delivery) {
      try {
        return await post(delivery);
      } catch (error) {
        if (!(error instanceof SlackFault)) throw error;
        if (error.kind === "revoked") throw new RetryLater(client.revokedPauseSeconds, error);
        if (error.kind !== "place") throw error;
        try {
          return await postDirectly(delivery, error);
        } catch (second) {
          if (second instanceof SlackFault && second.kind === "place")
            throw new Undeliverable(`Slack: ${second.error}`, second);
          throw second;
        }
      }
    },

    async update(delivery) {
      const { team } = readThread(delivery.thread);
      const { status } = delivery.request ?? {};
      // A place in the queue that isn't drawn is drawn at its next change; the end is always drawn.
      const spare = delivery.kind === "request" && status === "queued";
      for (const [i, message] of messagesOf(delivery).entries()) {
        const key = keyOf(delivery, i);
        const row = await getPost(db, "slack", key);
        if (!row?.ref) {
          await send(delivery.thread, key, message);
          continue;
        }
        const digest = digestOf(message);
        if (row.digest === digest) continue;
        const { channel, ts } = readRef(row.ref);
        try {
          await client.inTurn(
            spare ? updatingSpare(team) : updating(team),
            (web) => web.chat.update({ channel, ts, ...content(message, key) }),
            spare ? 0 : undefined,
          );
        } catch (error) {
          if (spare && error instanceof RetryLater) return;
          // After a burst many wait for the same allowance: they come back spread out.
          if (error instanceof RetryLater)
            throw new RetryLater(Math.max(error.seconds, 5 + Math.random() * 10));
          if (error instanceof SlackFault && error.kind === "revoked")
            throw new RetryLater(client.revokedPauseSeconds, error);
          if (!(error instanceof SlackFault) || (error.kind !== "gone" && error.kind !== "place"))
            throw error;
          log.info({ key, error: error.error }, "slack: a message can't be redrawn any more");
          return;
        }
        await endPost(db, "slack", key, row.ref, digest);
      }
    },

    async say(thread, key, message) {
      await send(thread, key, message);
    },

    close: async () => {},
  };
}

const keyOf = (delivery: Delivery, part: number) => (part === 0 ? delivery.id : `${delivery.id}/${part + 1}`);

/** Slack keeps the first block's id, which tells our messages apart even where metadata isn't returned. */
const content = ({ text, blocks }: Message, key: string) => ({
  text,
  blocks: blocks.map((block, i) => (i === 0 ? { ...block, block_id: key } : block)),
});

const digestOf = (message: Message): string =>
  createHash("sha256").update(JSON.stringify(message)).digest("base64url").slice(0, 22);

/** "In #channel I may not write": the channel's name is filled in by Slack. */
function noteBlock(note: string, channel: string) {
  const [before = "", after = ""] = note.split(channelName(channel));
  return paragraph(words(before || " "), { type: "channel", channel_id: channel }, words(after || " "));
}
