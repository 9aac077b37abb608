/** Clicks on buttons and menus. Every one is checked on the server, whoever's message it was. */
import type { Channel, Tone } from "#src/brief.ts";
import { tones } from "#src/brief.ts";
import { HyggeError } from "#src/errors.ts";
import type { RevisionInput } from "#src/hygge.ts";
import type { Actor } from "#src/may.ts";
import { getBrief } from "#src/store/briefs.ts";
import type { DraftView } from "#src/views.ts";
import { type Inline, paragraph, person, preformatted, words } from "./blocks.ts";
import { openBrief, takeBrief } from "./commands.ts";
import { dashboard } from "./home.ts";
import { type About, actionIds as ids, type Metadata, readAbout } from "./ids.ts";
import { clip } from "./limits.ts";
import { texts } from "./messages.ts";
import { type BlockActions, teamOf } from "./payloads.ts";
import { newThread, userOf } from "./place.ts";
import { type Answer, line, type Room, respond, sentence, small, whisper } from "./room.ts";
import { inert } from "./text.ts";
import { badView, editView, refineView, rejectView } from "./views.ts";

interface Click {
  room: Room;
  actor: Actor;
  team: string;
  about: About;
  /** Unique for this click, the same if Slack sends it again. */
  key: string;
  trigger: string;
  respondUrl: string | undefined;
}

export async function onAction(room: Room, body: BlockActions, key: string): Promise<void> {
  const [action] = body.actions;
  if (!action) return;
  const team = teamOf(body);
  const actor = await room.people.actor(team, body.user.id, body.user.username ?? body.user.name);
  const about = readAbout(action.selected_option?.value ?? action.value);
  const threadTs = body.container?.thread_ts ?? body.message?.thread_ts;
  const answer = async (reply: Answer) => {
    if (await respond(room, body.response_url, reply, threadTs)) return;
    const channel = body.channel?.id ?? body.container?.channel_id;
    if (channel) await whisper(room, { channel, user: body.user.id, ts: threadTs }, reply);
  };
  try {
    const handler = handlers[action.action_id];
    if (!handler) return;
    if (!about) throw new HyggeError("not_found", { kind: "draft", id: "" });
    const reply = await handler({
      room,
      actor,
      team,
      about,
      key,
      trigger: body.trigger_id ?? "",
      respondUrl: body.response_url,
    });
    if (reply) await answer(reply);
  } catch (error) {
    await answer(line(sentence(room, actor.locale, error)));
  }
}

type Handler = (click: Click) => Promise<Answer | undefined>;

const handlers: Record<string, Handler> = {
  [ids.anew]: (click) => revise(click, {}),

  [ids.change]: (click) => {
    const what = click.about.what ?? "";
    const [name, value = ""] = what.split("=");
    if (name === "variants") return revise(click, { variants: Number(value) });
    if (name === "tone") return revise(click, { tone: tones.find((t) => t === value) as Tone });
    return revise(click, { wish: what });
  },

  [ids.refine]: (click) => open(click, (draft, metadata) => refineView(click.actor.locale, draft, metadata)),

  [ids.edit]: (click) => open(click, (draft, metadata) => editView(click.actor.locale, draft, metadata)),

  [ids.pick]: async ({ room, actor, about }) => {
    await room.hygge.pick(actor, draftId(about));
    return undefined;
  },

  [ids.cancel]: async ({ room, actor, about }) => {
    await room.hygge.cancel(actor, about.briefId);
    return small(texts(actor.locale).stopping);
  },

  [ids.again]: async ({ room, actor, about, key }) => {
    const view = await room.hygge.brief(actor, about.briefId);
    const row = await getBrief(room.db, about.briefId);
    if (!row) throw new HyggeError("not_found", { kind: "brief", id: about.briefId });
    const { text, tone, length, brand } = view;
    const channel: Channel = view.channel;
    await takeBrief(room, actor, {
      text,
      channel,
      tone,
      length,
      brand,
      variants: row.variants,
      thread: row.thread,
      idempotencyKey: key,
    });
    return small(texts(actor.locale).underway(null));
  },

  [ids.request]: async (click) => {
    const draft = await click.room.hygge.decide(click.actor, draftId(click.about), "request");
    return askApprovers(click, draft);
  },

  [ids.withdraw]: async ({ room, actor, about }) => {
    await room.hygge.decide(actor, draftId(about), "withdraw");
    return undefined;
  },

  [ids.approve]: async (click) => {
    const draft = await click.room.hygge.decide(click.actor, draftId(click.about), "approve");
    await tellDecision(click, draft);
    return undefined;
  },

  [ids.reject]: (click) => open(click, (draft, metadata) => rejectView(click.actor.locale, draft, metadata)),

  [ids.copy]: (click) => copy(click),

  [ids.dashboard]: async (click) =>
    dashboard(click.room, click.actor, { draftId: (await draftOf(click)).id }),

  [ids.more]: async (click) => {
    const chosen = {
      copy: ids.copy,
      dashboard: ids.dashboard,
      withdraw: ids.withdraw,
      approve: ids.approve,
      reject: ids.reject,
    }[click.about.what ?? ""];
    return chosen ? handlers[chosen]?.(click) : undefined;
  },

  [ids.feedback]: async (click) => {
    const { room, actor, about } = click;
    const t = texts(actor.locale);
    const bad = about.what === "bad";
    await room.hygge.rate(actor, draftId(about), { value: bad ? "down" : "up" });
    if (!bad) return small(t.thanksGood);
    // The vote counts already; reasons are welcome, and whoever closes the window gives none.
    await open(click, (_, metadata) => badView(actor.locale, metadata));
    return small(t.thanksBad);
  },

  [ids.compose]: async ({ room, actor, team, key, trigger }) => {
    const user = userOf(actor.id) ?? "";
    await openBrief(room, actor, trigger, { thread: newThread(team, user, key.replace(/\W/g, "")) });
    return undefined;
  },
};

function draftId(about: About): string {
  if (!about.draftId) throw new HyggeError("not_found", { kind: "draft", id: "" });
  return about.draftId;
}

/** The draft of a click. @throws HyggeError not_found */
async function draftOf({ room, actor, about }: Click): Promise<DraftView> {
  const brief = await room.hygge.brief(actor, about.briefId);
  const draft = brief.drafts.find((d) => d.id === draftId(about));
  if (!draft) throw new HyggeError("not_found", { kind: "draft", id: about.draftId ?? "" });
  return draft;
}

async function revise(click: Click, input: RevisionInput): Promise<Answer | undefined> {
  const { room, actor, about, key } = click;
  await room.hygge.revise(actor, draftId(about), { ...input, idempotencyKey: key });
  return undefined;
}

async function open(
  click: Click,
  view: (draft: DraftView, metadata: Metadata) => Parameters<typeof openView>[2],
): Promise<undefined> {
  const draft = await draftOf(click);
  const { briefId, draftId } = click.about;
  await openView(
    click.room,
    click.trigger,
    view(draft, {
      briefId,
      ...(draftId ? { draftId } : {}),
      ...(click.respondUrl ? { respond: click.respondUrl } : {}),
    }),
  );
}

const openView = (room: Room, trigger: string, view: ReturnType<typeof editView>) =>
  room.client.call((web) => web.views.open({ trigger_id: trigger, view }));

async function copy(click: Click): Promise<Answer> {
  const draft = await draftOf(click);
  const t = texts(click.actor.locale);
  return { text: inert(t.copyHint), blocks: [paragraph(words(t.copyHint)), preformatted(draft.text)] };
}

/** Pings the approvers in the thread; tells the person where nobody is set. */
async function askApprovers(click: Click, draft: DraftView): Promise<Answer | undefined> {
  const { room, actor, team, key } = click;
  const t = texts(actor.locale);
  const row = await getBrief(room.db, draft.briefId);
  const approvers = (await room.people.approvers(team)).slice(0, 10);
  if (row?.surface !== "slack" || approvers.length === 0) return small(t.nobodyApproves);
  const what = `${t.draft(draft.version)}, ${clip(row.text, 150)}`;
  await room.chat.say(row.thread, `ask/${key}`, {
    text: inert(t.approvalAskedNobody(actor.name, what)),
    blocks: [
      paragraph(
        ...approvers.flatMap((id) => [mention(id), words(" ")]),
        words(t.approvalAskedNobody(actor.name, what)),
      ),
    ],
  });
  return undefined;
}

/** Tells in the thread who decided what, to the person whose brief it is. */
export async function tellDecision(
  { room, actor, key }: Pick<Click, "room" | "actor" | "key">,
  draft: DraftView,
): Promise<void> {
  const row = await getBrief(room.db, draft.briefId);
  const owner = row && userOf(row.personId);
  if (row?.surface !== "slack" || !owner || row.personId === actor.id) return;
  const t = texts(actor.locale);
  const name = t.draft(draft.version);
  const said =
    draft.state === "approved"
      ? t.decidedApproved("", actor.name, name)
      : t.decidedRejected("", actor.name, name, draft.decision?.note ?? "");
  await room.chat
    .say(row.thread, `decided/${key}`, {
      text: inert(said.trim()),
      blocks: [paragraph(person(owner), words(` ${said.trim()}`))],
    })
    // The decision stands, and the draft's message shows it.
    .catch((err: unknown) => room.log.warn({ err }, "slack: decision not told"));
}

const mention = (id: string): Inline =>
  id.startsWith("S") ? { type: "usergroup", usergroup_id: id } : person(id);
