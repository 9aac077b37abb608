/** Discord's side of the chat port: needs the bot's token and REST, no gateway and no interaction. */
import { createHash } from "node:crypto";
import type { REST } from "discord.js";
import { type Chat, type Delivery, Undeliverable } from "#src/chat.ts";
import type { Logger } from "#src/log.ts";
import { beginPost, endPost } from "#src/store/posts.ts";
import type { Db } from "#src/store/schema.ts";
import {
  type Busy,
  cancelledPage,
  draftPages,
  emptyPage,
  failedPage,
  type Look,
  type Page,
  requestPage,
  userIdOf,
} from "./format.ts";
import { type Place, type Places, readPlace } from "./place.ts";
import { asChatError, codes, directChannel, edit, isCode, newest, send } from "./rest.ts";

export interface ChatDeps {
  rest: REST;
  db: Db;
  places: Places;
  channelLabel: Look["channelLabel"];
  log: Logger;
}

/** Where a thread can't be written to any more, the person who waits gets a direct message instead. */
const closed: number[] = [
  codes.unknownChannel,
  codes.missingAccess,
  codes.missingPermissions,
  codes.threadArchived,
  codes.threadLocked,
];
/** A place in the queue is shown anew after so long at the earliest: it is one of many messages of its channel. */
const positionMs = 5_000;

export function discordChat(deps: ChatDeps): Chat {
  const { rest, db, places, log } = deps;
  /** When a waiting request was last drawn. */
  const drawn = new Map<string, number>();

  /** Starts the request's thread; who sent the command has drawn its message already. */
  async function announce(delivery: Delivery, place: Place): Promise<{ ref: string }> {
    const channelId = await places.channel(place, delivery.request?.text ?? "");
    // Replies in the thread name the thread.
    await beginPost(db, "discord", `${delivery.id}/thread`, delivery.thread);
    await endPost(db, "discord", `${delivery.id}/thread`, channelId, "");
    return { ref: place.messageId };
  }

  async function deliver(delivery: Delivery, place: Place): Promise<{ ref: string }> {
    const who = waiting(delivery);
    const pages = pagesOf(delivery, deps, who);
    try {
      const channelId = await places.channel(place, delivery.request?.text ?? "");
      return { ref: await sendAll(deps, delivery, channelId, pages, who) };
    } catch (error) {
      if (who === undefined || !isCode(error, ...closed)) throw error;
      log.warn({ err: error, delivery: delivery.id }, "discord: thread is closed, sent as a direct message");
      const channelId = await directChannel(rest, who);
      return { ref: await sendAll(deps, delivery, channelId, pages, who) };
    }
  }

  async function redrawRequest({ request, ...delivery }: Delivery, place: Place): Promise<void> {
    if (!request) return;
    if (request.status === "queued") {
      if (Date.now() - (drawn.get(delivery.id) ?? 0) < positionMs) return;
      drawn.set(delivery.id, Date.now());
    } else drawn.delete(delivery.id);
    const { locale, error } = delivery;
    const brief = { ...request, id: delivery.briefId, ...(error ? { error } : {}) };
    await edit(rest, place.channelId, place.messageId, requestPage(brief, { ...deps, locale }));
  }

  return {
    surface: "discord",

    async post(delivery) {
      const place = readPlace(delivery.thread);
      if (!place) throw new Undeliverable(`not a place on Discord: ${delivery.thread}`);
      try {
        return await (delivery.kind === "request" ? announce : deliver)(delivery, place);
      } catch (error) {
        throw asChatError(error);
      }
    },

    async update(delivery) {
      try {
        if (delivery.kind === "request") {
          const place = readPlace(delivery.thread);
          if (place) await redrawRequest(delivery, place);
          return;
        }
        const pages = pagesOf(delivery, deps, waiting(delivery));
        const { channelId, messageIds } = readRef(delivery.ref);
        for (const [index, page] of pages.entries()) {
          // A text that was edited may need more messages than it had.
          const { id, isNew } = messageIds[index]
            ? { id: messageIds[index], isNew: false }
            : await sendOnce(deps, delivery, channelId, page, index, undefined);
          if (!isNew) await edit(rest, channelId, id, page);
        }
        for (const messageId of messageIds.slice(pages.length))
          await edit(rest, channelId, messageId, emptyPage);
      } catch (error) {
        const problem = asChatError(error);
        // Deleted, archived, or no longer ours to change: the draft itself was delivered.
        if (!(problem instanceof Undeliverable)) throw problem;
        log.debug({ err: error, delivery: delivery.id }, "discord: message not redrawn");
      }
    },

    async close() {},
  };
}

/** The Discord id of who asked for it: for these drafts, or else for the brief. */
function waiting({ drafts, request }: Delivery): string | undefined {
  const written = drafts.find((draft) => draft.kind === "generated");
  return userIdOf(written?.personId ?? request?.personId ?? "");
}

/** "<channel>/<message>+<message>": a long text takes several messages. */
const writeRef = (channelId: string, messageIds: string[]) => `${channelId}/${messageIds.join("+")}`;
const readRef = (ref: string) => {
  const [channelId = "", ids = ""] = ref.split("/");
  return { channelId, messageIds: ids.split("+") };
};

function pagesOf(
  delivery: Delivery,
  { channelLabel }: Pick<ChatDeps, "channelLabel">,
  who: string | undefined,
): Page[] {
  const { locale, kind } = delivery;
  const pages =
    kind === "drafts"
      ? draftPages(delivery.drafts, { locale, channelLabel, who, busy: busyOf(delivery) })
      : kind === "failed"
        ? [failedPage(delivery.error ?? { code: "internal", details: {} }, locale, who)]
        : [cancelledPage(locale)];
  return pages.map((page, index) => marked(page, delivery.id, index));
}

function busyOf({
  request,
  briefId,
}: Delivery): { briefId: string; draftId: string; state: Busy } | undefined {
  if (!request?.revision || (request.status !== "queued" && request.status !== "writing")) return undefined;
  const { draftId } = request.revision;
  const state: Busy =
    request.status === "queued"
      ? { status: "queued", position: request.position ?? 1 }
      : { status: "writing" };
  return { briefId, draftId, state };
}

async function sendAll(
  deps: ChatDeps,
  delivery: Delivery,
  channelId: string,
  pages: Page[],
  who: string | undefined,
): Promise<string> {
  const messageIds: string[] = [];
  for (const [index, page] of pages.entries())
    messageIds.push((await sendOnce(deps, delivery, channelId, page, index, who)).id);
  return writeRef(channelId, messageIds);
}

/**
 * Sends a message unless it is there. Where an earlier try left no reference, nobody knows whether it arrived, and
 * Discord remembers a nonce for minutes only: then the channel itself is asked.
 */
async function sendOnce(
  { rest, db }: ChatDeps,
  delivery: Delivery,
  channelId: string,
  page: Page,
  index: number,
  who: string | undefined,
): Promise<{ id: string; isNew: boolean }> {
  const key = index === 0 ? delivery.id : `${delivery.id}/${index + 1}`;
  const { before } = await beginPost(db, "discord", key, delivery.thread);
  if (before?.ref) return { id: before.ref, isNew: false };
  const mark = markOf(delivery.id, index);
  const earlier = before
    ? (await newest(rest, channelId)).find((message) => message.components?.[0]?.id === mark)
    : undefined;
  const users = index === 0 && who !== undefined ? [who] : [];
  const { id } = earlier ?? (await send(rest, channelId, page, `${channelId} ${key}`, { users }));
  await endPost(db, "discord", key, id, "");
  return { id, isNew: earlier === undefined };
}

/** Components may carry a number of ours, which Discord keeps: it tells what a message was posted for. */
export const markOf = (deliveryId: string, index: number): number =>
  createHash("sha256").update(`${deliveryId} ${index}`).digest().readUInt32BE(0) & 0x7fff_ffff || 1;

function marked(page: Page, deliveryId: string, index: number): Page {
  const [first, ...rest] = page.components;
  return first === undefined
    ? page
    : { ...page, components: [{ ...first, id: markOf(deliveryId, index) }, ...rest] };
}
