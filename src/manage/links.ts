/** Where a posted draft can be seen in its chat, as far as its delivery tells. */
import type { Surface } from "#src/chat.ts";

/**
 * Address of a posted message; undefined where there is none (the web has no messages, a post may have failed).
 * `thread` and `ref` are the surfaces' own. Slack: `team/channel/ts` and `channel/ts`. Discord: `channel/message` and
 * `channel/message+message`; the first message is meant. Discord's own links name the server, which nobody stores:
 * without it they open direct messages, so a reference may begin with it.
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
    const [messages = "", channel = "", guild = "@me"] = ref.split("/").reverse();
    const message = messages.split("+")[0] ?? "";
    if (!/^\d+$/.test(channel) || !/^(?:@me|\d+)$/.test(guild) || !/^\d+$/.test(message)) return undefined;
    return `https://discord.com/channels/${guild}/${channel}/${message}`;
  }
  return undefined;
}
