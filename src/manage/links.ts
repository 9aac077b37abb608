/** Where a posted draft can be seen in its chat, as far as its delivery tells. */
import type { Surface } from "#src/chat.ts";

/**
 * Address of a posted message; undefined where there is none (the web has no messages, a post may have failed).
 * Threads are the surfaces' own: Slack `team/channel/ts`, Discord `guild/channel` or `channel`.
 */
export function messageLink(surface: Surface, thread: string, ref: string | null): string | undefined {
  if (ref === null) return undefined;
  const parts = thread.split("/");
  if (surface === "slack") {
    const [team = "", channel = "", root] = parts;
    const ts = ref.split("/").at(-1) ?? "";
    if (!/^[A-Z0-9]+$/.test(team) || !/^[A-Z0-9]+$/.test(channel) || !/^\d+\.\d+$/.test(ts)) return undefined;
    const inThread =
      root && root !== ts && /^\d+\.\d+$/.test(root) ? `?thread_ts=${root}&cid=${channel}` : "";
    // Slack's general domain leads to the workspace's own.
    return `https://slack.com/archives/${channel}/p${ts.replace(".", "")}${inThread}`;
  }
  if (surface === "discord") {
    const channel = parts.at(-1) ?? "";
    const guild = parts.length > 1 ? (parts[0] ?? "") : "@me";
    const message = ref.split("/").at(-1) ?? "";
    if (!/^\d+$/.test(channel) || !/^(?:@me|\d+)$/.test(guild) || !/^\d+$/.test(message)) return undefined;
    return `https://discord.com/channels/${guild}/${channel}/${message}`;
  }
  return undefined;
}

/** Path of a draft's page on the dashboard, for those who are logged in. */
export const draftPath = (draftId: string) => `/manage#/draft/${encodeURIComponent(draftId)}`;
