/** Where a posted draft can be seen in its chat, as far as its delivery tells. */
import type { Surface } from "#src/chat.ts";

/**
 * Address of a posted message; undefined where there is none (the web has no messages, a post may have failed).
 * `thread` and `ref` are the surfaces' own. Slack: `team/channel/ts` and `channel/ts`. Discord: `server/channel/message`,
 * and `channel/message+message` (the first is meant) or, of a request, `message`. Discord's links name the server; early
 * threads don't, and what is known to be in one then has no link: others open direct messages.
 */
export function messageLink(surface: Surface, thread: string, ref: string | null): string | undefined {
  if (ref === null) return undefined;
  if (surface === "slack") {
    const [, place = "", first = ""] = thread.split("/");
    const [ts = "", channel = place] = ref.split("/").reverse();
    if (!/^[A-Z0-9]+$/.test(channel) || !/^\d+\.\d+$/.test(ts)) return undefined;
    const inThread = first !== ts && /^\d+\.\d+$/.test(first) ? `?thread_ts=${first}&cid=${channel}` : "";
    // Slack's general domain leads to the workspace's own.
    return `https://slack.com/archives/${channel}/p${ts.replace(".", "")}${inThread}`;
  }
  if (surface === "discord") {
    const [, server, place = "", first, here] = /^(?:(\d+)\/)?(\d+)\/(\d+)(\/here)?$/.exec(thread) ?? [];
    const [messages = "", channel = place] = ref.split("/").reverse();
    const message = messages.split("+")[0] ?? "";
    if (!/^\d+$/.test(channel) || !/^\d+$/.test(message)) return undefined;
    // A thread has the id of the message that it hangs on. Elsewhere it came as a direct message, its thread being closed.
    const there = channel === place || channel === first;
    if (there && server === undefined && here === undefined) return undefined;
    return `https://discord.com/channels/${(there ? server : undefined) ?? "@me"}/${channel}/${message}`;
  }
  return undefined;
}
