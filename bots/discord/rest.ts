/** Discord's REST as we use it: by the bot's token, so that neither a gateway nor an interaction is needed. */
import { createHash } from "node:crypto";
import {
  type APIChannel,
  type APIMessage,
  DiscordAPIError,
  HTTPError,
  RateLimitError,
  type REST,
  type RESTOptions,
  Routes,
} from "discord.js";
import { RetryLater, Undeliverable } from "#src/chat.ts";
import type { Page } from "./format.ts";
import { limits } from "./limits.ts";
import { clip } from "./text.ts";

/** Waits longer than this go back to the thread's own row, so that nothing waits in memory alone. */
const patienceMs = 2_000;

/** For the client and for raw calls alike: one set of rate limit buckets. */
export function restOptions(apiUrl: string | undefined): Partial<RESTOptions> {
  return {
    version: "10",
    ...(apiUrl === undefined ? {} : { api: apiUrl }),
    timeout: 15_000,
    retries: 2,
    rejectOnRateLimit: ({ route, timeToReset, retryAfter }) =>
      route.startsWith("/channels/") && Math.max(timeToReset, retryAfter) > patienceMs,
  };
}

/** Codes that we know what to do about. https://discord.com/developers/docs/topics/opcodes-and-status-codes */
export const codes = {
  unknownChannel: 10003,
  unknownMessage: 10008,
  unknownInteraction: 10062,
  alreadyAnswered: 40060,
  missingAccess: 50001,
  cannotDm: 50007,
  missingPermissions: 50013,
  invalidToken: 50027,
  notInChannelType: 50024,
  threadArchived: 50083,
  threadExists: 160004,
  threadLocked: 160005,
  tooManyThreads: 160006,
} as const;

export const codeOf = (error: unknown): number | undefined =>
  error instanceof DiscordAPIError ? Number(error.code) : undefined;
export const isCode = (error: unknown, ...wanted: number[]): boolean => {
  const code = codeOf(error);
  return code !== undefined && wanted.includes(code);
};
const statusOf = (error: unknown): number | undefined =>
  error instanceof DiscordAPIError || error instanceof HTTPError ? error.status : undefined;

export const isUnauthorized = (error: unknown): boolean =>
  statusOf(error) === 401 && !isCode(error, codes.invalidToken);

/**
 * A refusal in the terms of the chat port: later, never, or (anything else) worth another try. 401 and 403 must not
 * be tried again: Discord bans addresses that do.
 */
export function asChatError(error: unknown): unknown {
  if (error instanceof RateLimitError) return new RetryLater(secondsOf(error), error);
  // The bot was stopped or its token changed: not the message's fault, and nothing to hammer on.
  if (isUnauthorized(error)) return new RetryLater(300, error);
  const status = statusOf(error);
  if (status !== undefined && status >= 400 && status < 500) return new Undeliverable(String(error));
  return error;
}

/** The library adds up to 100 ms of its own to what Discord says, and waits itself where half a second is missing. */
const secondsOf = ({ retryAfter, timeToReset }: RateLimitError): number =>
  Math.max(1, Math.round(Math.max(retryAfter, timeToReset) / 1000));

/** Notifies these people, and nobody else whatever the text says. */
const onlyTo = (users: readonly string[] = [], roles: readonly string[] = []) => ({
  allowed_mentions: {
    parse: [],
    ...(users.length > 0 ? { users } : {}),
    ...(roles.length > 0 ? { roles } : {}),
  },
});

/** Sends a message; the same `nonce` twice within minutes is one message. */
export async function send(
  rest: REST,
  channelId: string,
  page: Page,
  nonce: string,
  notify: { users?: string[]; roles?: string[] } = {},
): Promise<APIMessage> {
  const body = {
    ...page,
    ...onlyTo(notify.users, notify.roles),
    nonce: createHash("sha256").update(nonce).digest("hex").slice(0, limits.nonce),
    enforce_nonce: true,
  };
  return (await rest.post(Routes.channelMessages(channelId), { body })) as APIMessage;
}

export async function edit(rest: REST, channelId: string, messageId: string, page: Page): Promise<void> {
  await rest.patch(Routes.channelMessage(channelId, messageId), { body: { ...page, ...onlyTo() } });
}

/** The newest messages of a channel; none where its history can't be read. */
export async function newest(rest: REST, channelId: string, limit = 50): Promise<APIMessage[]> {
  try {
    const query = new URLSearchParams({ limit: String(limit) });
    return (await rest.get(Routes.channelMessages(channelId), { query })) as APIMessage[];
  } catch (error) {
    if (isCode(error, codes.missingAccess, codes.missingPermissions)) return [];
    throw error;
  }
}

/** Starts the thread of a message, or finds the one that it has. */
export async function threadOn(
  rest: REST,
  channelId: string,
  messageId: string,
  name: string,
): Promise<string> {
  try {
    const thread = (await rest.post(Routes.threads(channelId, messageId), {
      body: { name: threadName(name), auto_archive_duration: 1440 },
    })) as APIChannel;
    return thread.id;
  } catch (error) {
    if (!isCode(error, codes.threadExists)) throw error;
    return (await threadOf(rest, channelId, messageId)) ?? messageId;
  }
}

/** The thread that a message has. Its id is the message's, but Discord says so itself. */
export async function threadOf(
  rest: REST,
  channelId: string,
  messageId: string,
): Promise<string | undefined> {
  const message = (await rest.get(Routes.channelMessage(channelId, messageId))) as APIMessage;
  return message.thread?.id;
}

/** A thread that only `userId` (and those who manage threads) can see. */
export async function privateThread(
  rest: REST,
  channelId: string,
  name: string,
  userId: string,
): Promise<string> {
  const thread = (await rest.post(Routes.threads(channelId), {
    body: { name: threadName(name), type: 12, invitable: true, auto_archive_duration: 1440 },
  })) as APIChannel;
  await rest.put(Routes.threadMembers(thread.id, userId));
  return thread.id;
}

export async function directChannel(rest: REST, userId: string): Promise<string> {
  const channel = (await rest.post(Routes.userChannels(), { body: { recipient_id: userId } })) as APIChannel;
  return channel.id;
}

const threadName = (name: string) => clip(name.replace(/\s+/g, " ").trim(), limits.threadName) || "Hygge";
