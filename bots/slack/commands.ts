/** `/hygge …`, and the same words in a direct message. */
import { createHash } from "node:crypto";
import type { BriefInput } from "#src/hygge.ts";
import type { Actor } from "#src/may.ts";
import type { BriefView } from "#src/views.ts";
import { dashboard, help, mine, status } from "./home.ts";
import type { Metadata } from "./ids.ts";
import { texts } from "./messages.ts";
import type { Command, Shortcut } from "./payloads.ts";
import { teamOf } from "./payloads.ts";
import { newThread, threadAt } from "./place.ts";
import { type Answer, line, type Room, respond, sentence, whisper } from "./room.ts";
import { plain } from "./text.ts";
import { briefView } from "./views.ts";

/** Words that ask for something else than a text. */
const asks: Record<string, (room: Room, actor: Actor) => Promise<Answer>> = {
  hilfe: async (_, actor) => help(actor.locale),
  help: async (_, actor) => help(actor.locale),
  "?": async (_, actor) => help(actor.locale),
  status,
  meine: mine,
  mine,
  dashboard,
};

/** What a word asks for, if it is one of those. */
export function askedFor(text: string) {
  const word = text.trim().toLowerCase();
  return Object.hasOwn(asks, word) ? asks[word] : undefined;
}

/** A key of a thread that begins with our message: the same for what Slack sends twice. */
const keyOf = (id: string) => createHash("sha256").update(id).digest("base64url").slice(0, 16);

/**
 * Answers a command. The answer comes back, to be given with the acknowledgement; a brief that was taken has none:
 * its message appears in the channel.
 */
export async function onCommand(room: Room, command: Command): Promise<Answer | undefined> {
  const { team_id: team, user_id: user, channel_id: channel } = command;
  const actor = await room.people.actor(team, user, command.user_name);
  try {
    const text = plain(command.text, (id) => room.people.name(team, id)).trim();
    const ask = askedFor(text);
    if (ask) return await ask(room, actor);
    const thread = newThread(team, channel, keyOf(command.trigger_id));
    if (text === "") {
      await openBrief(room, actor, command.trigger_id, {
        thread,
        ...(command.response_url ? { respond: command.response_url } : {}),
      });
      return undefined;
    }
    const brief = await takeBrief(room, actor, { text, thread, idempotencyKey: command.trigger_id });
    if (command.response_url) room.rememberResponse(brief.id, command.response_url);
    return undefined;
  } catch (error) {
    return line(sentence(room, actor.locale, error));
  }
}

/** Takes a brief whose texts are delivered to `thread`. @throws HyggeError */
export function takeBrief(
  room: Room,
  actor: Actor,
  input: Omit<BriefInput, "surface" | "announce"> & { thread: string },
): Promise<BriefView> {
  return room.hygge.request(actor, { ...input, surface: "slack", announce: true });
}

/** Opens the form for a brief; at once, as Slack lets us only for three seconds. @throws SlackFault */
export async function openBrief(
  room: Room,
  actor: Actor,
  trigger: string,
  metadata: Metadata & { thread: string },
  text?: string,
): Promise<void> {
  const t = texts(actor.locale);
  const [, channel = "", where = ""] = metadata.thread.split("/");
  const goesTo = !where.startsWith("+") ? t.goesToThread : /^[UWD]/.test(channel) ? t.goesToDm : t.goesToHere;
  const view = briefView(actor.locale, room.brands, room.defaultBrand, metadata, {
    goesTo,
    ...(text ? { text } : {}),
  });
  await room.client.call((web) => web.views.open({ trigger_id: trigger, view }));
}

/** The message shortcut takes the message as a brief, the global one begins with an empty form. */
export async function onShortcut(room: Room, shortcut: Shortcut): Promise<void> {
  const team = teamOf(shortcut);
  const user = shortcut.user.id;
  const actor = await room.people.actor(team, user, shortcut.user.username ?? shortcut.user.name);
  const { message, channel } = shortcut;
  try {
    await openBrief(
      room,
      actor,
      shortcut.trigger_id,
      {
        thread:
          message && channel
            ? threadAt(team, channel.id, message.thread_ts ?? message.ts)
            : newThread(team, user, keyOf(shortcut.trigger_id)),
        ...(shortcut.response_url ? { respond: shortcut.response_url } : {}),
      },
      message && plain(message.text, (id) => room.people.name(team, id)),
    );
  } catch (error) {
    const answer = line(sentence(room, actor.locale, error));
    if (!(await respond(room, shortcut.response_url, answer)) && channel)
      await whisper(room, { channel: channel.id, user }, answer);
  }
}
