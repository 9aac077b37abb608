/**
 * Where a brief's drafts go, as its `thread` in the store: "<server>/<channel>/<message>" is the thread on the message
 * that shows the request, "<server>/<channel>/<message>/here" the channel itself. Direct messages have no server; briefs
 * of early versions don't name it either. src/manage/links.ts reads this, too.
 */
import type { REST } from "discord.js";
import { codes, isCode, threadOf, threadOn } from "./rest.ts";

export interface Place {
  /** The server: links to messages need it. Absent in direct messages. */
  guildId?: string | undefined;
  channelId: string;
  /** The message that shows the request and how it stands. */
  messageId: string;
  here: boolean;
}

export const writePlace = ({ guildId, channelId, messageId, here }: Place): string =>
  `${guildId === undefined ? "" : `${guildId}/`}${channelId}/${messageId}${here ? "/here" : ""}`;

export function readPlace(thread: string): Place | undefined {
  const [, guildId, channelId, messageId, here] = /^(?:(\d+)\/)?(\d+)\/(\d+)(\/here)?$/.exec(thread) ?? [];
  return channelId === undefined || messageId === undefined
    ? undefined
    : { ...(guildId === undefined ? {} : { guildId }), channelId, messageId, here: here !== undefined };
}

export type Places = ReturnType<typeof createPlaces>;

/** Remembers which thread belongs to a message; Discord itself knows it after a restart. */
export function createPlaces(rest: REST, remembered = 2_000) {
  const threads = new Map<string, string>();

  function remember(messageId: string, threadId: string): string {
    threads.delete(messageId);
    threads.set(messageId, threadId);
    for (const oldest of threads.keys()) {
      if (threads.size <= remembered) break;
      threads.delete(oldest);
    }
    return threadId;
  }

  return {
    /** The channel to post to: the request's thread, which is started where it has none. `name` is for that. */
    async channel({ channelId, messageId, here }: Place, name: string): Promise<string> {
      if (here) return channelId;
      const known = threads.get(messageId);
      if (known !== undefined) return known;
      try {
        const threadId =
          (await threadOf(rest, channelId, messageId)) ?? (await threadOn(rest, channelId, messageId, name));
        return remember(messageId, threadId);
      } catch (error) {
        // The request was deleted; its thread lives on under the same id.
        if (isCode(error, codes.unknownMessage)) return messageId;
        throw error;
      }
    },
  };
}
