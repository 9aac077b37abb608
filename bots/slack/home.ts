/** What a person can look up: help, the queue, their latest texts; the same parts make the App Home. */
import type { HomeView } from "@slack/types";
import type { Locale } from "#src/chat.ts";
import type { Target } from "#src/manage/login.ts";
import { type Actor, allow } from "#src/may.ts";
import { stateLabel, statusLabel } from "#src/messages.ts";
import type { BriefView } from "#src/views.ts";
import { actions, type Block, bullets, button, context, paragraph, plainText, words } from "./blocks.ts";
import { actionIds } from "./ids.ts";
import { clip, limits } from "./limits.ts";
import { texts } from "./messages.ts";
import type { Answer, Room } from "./room.ts";
import { inert } from "./text.ts";

const shownBriefs = 5;
const shownText = 300;

const heading = (text: string): Block => ({ type: "header", text: plainText(text, limits.headerText) });

export function help(locale: Locale): Answer {
  const t = texts(locale);
  return { text: inert(t.helpTitle), blocks: helpBlocks(locale) };
}

function helpBlocks(locale: Locale): Block[] {
  const t = texts(locale);
  return [paragraph(words(t.helpTitle, true)), bullets(t.help), context(t.helpPrivate)];
}

function briefBlocks(locale: Locale, briefs: BriefView[]): Block[] {
  const t = texts(locale);
  if (briefs.length === 0) return [paragraph(words(t.mineNone))];
  return briefs.flatMap((brief) => {
    const draft = brief.drafts.at(-1);
    const state =
      brief.status === "queued" && brief.position !== undefined
        ? t.place(brief.position)
        : brief.status === "done" && draft
          ? `${t.draft(draft.version)} · ${stateLabel(locale, draft.state)}`
          : statusLabel(locale, brief.status);
    return [
      paragraph(
        words(clip(brief.text, 150), true),
        ...(draft ? [words(`\n${clip(draft.text, shownText)}`)] : []),
      ),
      context(`${t.channels[brief.channel]} · ${state}`),
    ];
  });
}

export async function mine(room: Room, actor: Actor): Promise<Answer> {
  const t = texts(actor.locale);
  const briefs = await room.hygge.mine(actor, { limit: shownBriefs });
  return {
    text: inert(t.mineTitle),
    blocks: [paragraph(words(t.mineTitle, true)), ...briefBlocks(actor.locale, briefs)],
  };
}

/** What is being written: the queue, and the person's own briefs in it. */
export async function status(room: Room, actor: Actor): Promise<Answer> {
  const t = texts(actor.locale);
  const { waiting, active } = await room.counts();
  const own = (await room.hygge.mine(actor, { limit: 20 })).filter(
    (brief) => brief.status === "queued" || brief.status === "writing",
  );
  const summary = waiting + active === 0 ? t.statusIdle : t.statusQueue(waiting, active);
  return {
    text: inert(summary),
    blocks: [paragraph(words(summary)), ...(own.length > 0 ? briefBlocks(actor.locale, own) : [])],
  };
}

/** A link for managers: to all figures, or to one draft. @throws HyggeError not_allowed */
export async function dashboard(room: Room, actor: Actor, target?: Target): Promise<Answer> {
  const t = texts(actor.locale);
  allow(actor, "feedback.read");
  const url = await room.dashboardLink(actor, target);
  if (!url) return { text: inert(t.dashboardNone), blocks: [paragraph(words(t.dashboardNone))] };
  const say = target ? t.draftInDashboard : t.dashboard;
  const [before = "", after = ""] = say("|").split("|");
  return {
    text: inert(say(url)),
    blocks: [paragraph(words(before || " "), { type: "link", url }, ...(after ? [words(after)] : []))],
  };
}

export async function homeView(room: Room, actor: Actor): Promise<HomeView> {
  const t = texts(actor.locale);
  const [briefs, week] = await Promise.all([room.hygge.mine(actor, { limit: shownBriefs }), room.week()]);
  return {
    type: "home",
    blocks: [
      heading(t.homeTitle),
      actions(button(actionIds.compose, t.homeNew, "home", "primary")),
      heading(t.weekTitle),
      paragraph(words(t.week(week))),
      heading(t.mineTitle),
      ...briefBlocks(actor.locale, briefs),
      { type: "divider" },
      ...helpBlocks(actor.locale),
      ...(room.history ? [] : [context(t.homeHistoryOff)]),
    ],
  };
}
