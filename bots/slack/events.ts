/** Events: mentions, direct messages, replies in our threads, the App Home. */
import type { Actor } from "#src/may.ts";
import { briefIn } from "#src/store/posts.ts";
import { SlackFault } from "./client.ts";
import { askedFor, takeBrief } from "./commands.ts";
import { help, homeView } from "./home.ts";
import { texts } from "./messages.ts";
import type { MessageEvent } from "./payloads.ts";
import { threadAt, writeRef } from "./place.ts";
import { type Answer, line, type Room, sentence, small, whisper } from "./room.ts";
import { mentioned, plain, without } from "./text.ts";

/** Whether a message is for us: a mention, a direct message, or a plain reply in a thread that may be ours. */
export function concernsUs(event: MessageEvent, botUser: string): boolean {
  const { subtype, bot_id, user, thread_ts, ts } = event;
  if (user === undefined || user === botUser || bot_id !== undefined) return false;
  if (subtype !== undefined && subtype !== "thread_broadcast" && subtype !== "file_share") return false;
  if (event.type === "app_mention" || event.channel_type === "im") return true;
  // People talking to each other in our thread, or to us by a mention, which comes as an event of its own.
  return thread_ts !== undefined && thread_ts !== ts && mentioned(event.text).length === 0;
}

/** @throws what Slack should send again for: the database is away */
export async function onMessage(room: Room, team: string, event: MessageEvent): Promise<void> {
  const { channel, user = "", ts, thread_ts } = event;
  const direct = event.channel_type === "im";
  const addressed = direct || event.type === "app_mention";
  const text = plain(without(event.text, room.botUser), (id) => room.people.name(team, id));
  const root = thread_ts ?? ts;
  const found = thread_ts
    ? await briefIn(room.db, "slack", threadAt(team, channel, thread_ts), writeRef(channel, thread_ts))
    : undefined;
  // A reply in a thread that isn't ours, or one without a word: "👍".
  if (!addressed && (!found || !/\p{L}/u.test(text))) return;
  const actor = await room.people.actor(team, user);
  const answer = (reply: Answer) => whisper(room, { channel, user, ts: root }, reply);
  try {
    const ask = askedFor(text);
    if (ask) await answer(await ask(room, actor));
    else if (text === "") await answer(help(actor.locale));
    else if (found) await refine(room, actor, found.briefId, text, `${channel}/${ts}`, answer);
    else
      await takeBrief(room, actor, {
        text,
        thread: threadAt(team, channel, root),
        idempotencyKey: `${team}/${channel}/${ts}`,
      });
  } catch (error) {
    await answer(line(sentence(room, actor.locale, error)));
  }
}

/** Has a brief's last draft rewritten as somebody says in its thread. */
async function refine(
  room: Room,
  actor: Actor,
  briefId: string,
  wish: string,
  key: string,
  answer: (reply: Answer) => Promise<void>,
): Promise<void> {
  const t = texts(actor.locale);
  const { drafts } = await room.hygge.brief(actor, briefId);
  // Of variants the one that was picked; else what came last.
  const last = drafts.at(-1);
  const draft = drafts.findLast((d) => d.generationId === last?.generationId && d.picked) ?? last;
  if (!draft) return answer(line(t.noDraftHere));
  await room.hygge.revise(actor, draft.id, { wish, idempotencyKey: key });
  await answer(small(t.underway(wish)));
}

export async function onHomeOpened(room: Room, team: string, user: string): Promise<void> {
  const actor = await room.people.actor(team, user);
  const view = await homeView(room, actor);
  await room.client
    .call((web) => web.views.publish({ user_id: user, view }))
    .catch((err: unknown) => {
      if (!(err instanceof SlackFault)) throw err;
      room.log.warn({ err }, "slack: App Home not shown");
    });
}
