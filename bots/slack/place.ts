/**
 * Where a brief's messages go, as its `thread` in the store: "T1/C1/1700.42" is the thread of that message,
 * "T1/C1/+<key>" one that begins with our first message. The channel may be a person's id: their direct messages.
 */
import { Undeliverable } from "#src/chat.ts";

export interface Place {
  team: string;
  channel: string;
  /** The thread's first message, where it isn't ours. */
  ts?: string;
}

export const newThread = (team: string, channel: string, key: string): string => `${team}/${channel}/+${key}`;
export const threadAt = (team: string, channel: string, ts: string): string => `${team}/${channel}/${ts}`;

export function readThread(thread: string): Place {
  const [, team, channel, ts] = /^([A-Z0-9]+)\/([A-Z0-9]+)\/(?:(\d+\.\d+)|\+.+)$/.exec(thread) ?? [];
  if (team === undefined || channel === undefined) throw new Undeliverable(`${thread} is no place in Slack`);
  return { team, channel, ...(ts ? { ts } : {}) };
}

/** A message's reference in the store: "C1/1700.42". */
export const writeRef = (channel: string, ts: string): string => `${channel}/${ts}`;

export function readRef(ref: string): { channel: string; ts: string } {
  const [channel = "", ts = ""] = ref.split("/");
  return { channel, ts };
}

/** A person's id in the store, and back; undefined for people of other surfaces. */
export const personId = (team: string, user: string): string => `slack:${team}/${user}`;
export const userOf = (id: string): string | undefined => /^slack:[^/]+\/([A-Z0-9]+)$/.exec(id)?.[1];

/** A channel as messages name it: mentions of it become its name in Slack. */
export const channelName = (channel: string): string => `<#${channel}>`;
