/** Deliveries as Slack messages. Everything that people or the model wrote is rich or plain text, never mrkdwn. */
import type { ActionsBlock } from "@slack/types";
import type { Delivery, Locale, RequestState } from "#src/chat.ts";
import { shownPlace } from "#src/flow/follow.ts";
import { gateLabel, message } from "#src/messages.ts";
import type { DraftView } from "#src/views.ts";
import {
  actions,
  type Block,
  button,
  context,
  feedback,
  option,
  paragraph,
  person,
  plainText,
  quotation,
  textLength,
  words,
} from "./blocks.ts";
import { actionIds as ids, writeAbout } from "./ids.ts";
import { clip, limits, splitText } from "./limits.ts";
import { type SlackTexts, texts } from "./messages.ts";
import { userOf } from "./place.ts";
import { inert } from "./text.ts";

export interface Message {
  /** What notifications and screen readers say. */
  text: string;
  blocks: Block[];
}

/** One message, or several where the drafts are too long for one. */
export function messagesOf(delivery: Delivery): Message[] {
  const t = texts(delivery.locale);
  switch (delivery.kind) {
    case "request":
      return [requestMessage(delivery, t)];
    case "drafts":
      return draftMessages(delivery, t);
    case "failed": {
      const { code = "internal", details = {} } = delivery.error ?? {};
      const text = message(delivery.locale, code, details);
      const again = button(ids.again, t.again, writeAbout({ briefId: delivery.briefId }));
      return [{ text: inert(text), blocks: [paragraph(words(`⚠️ ${text}`)), actions(again)] }];
    }
    case "cancelled":
      return [{ text: t.cancelledLong, blocks: [paragraph(words(t.cancelledLong))] }];
  }
}

function requestMessage({ briefId, request }: Delivery, t: SlackTexts): Message {
  if (!request) throw new Error(`the request of brief ${briefId} is unknown`);
  const { personName, personId, text, status } = request;
  const user = userOf(personId);
  const open = status === "queued" || status === "writing";
  return {
    text: clip(inert(t.asked(personName, text)), limits.text),
    blocks: [
      quotation([user ? person(user) : words(personName, true), words(t.asks)], text),
      context(stateLine(request, t)),
      ...(open ? [actions(button(ids.cancel, t.cancel, writeAbout({ briefId })))] : []),
    ],
  };
}

function stateLine(request: RequestState, t: SlackTexts): string {
  const { status, position, revision, versions } = request;
  switch (status) {
    case "queued":
      return t.place(shownPlace(position ?? 1));
    case "writing":
      return revision ? t.rewriting(revision.wish, revision.personName) : t.writing;
    case "done":
      return t.done(versions);
    case "failed":
      return t.failed;
    case "cancelled":
      return t.cancelled;
  }
}

/** Blocks that stay together, packed into as few messages as Slack's limits allow. */
function draftMessages(delivery: Delivery, t: SlackTexts): Message[] {
  const { drafts, locale, request } = delivery;
  const groups = drafts.flatMap((draft, i) => [
    ...(i > 0 ? [[{ type: "divider" } as const]] : []),
    ...draftGroups(draft, drafts, locale, t, request),
  ]);
  const brief = clip(request?.text ?? "", 200);
  const [first] = drafts;
  const text =
    drafts.length > 1 ? t.variantsReady(drafts.length, brief) : t.draftReady(first?.version ?? 1, brief);
  const messages: Block[][] = [[]];
  for (const group of groups) {
    const last = messages.at(-1) ?? [];
    const full = last.length + group.length > limits.blocks || textLength([last, group]) > limits.messageText;
    if (full && last.length > 0) messages.push([...group]);
    else last.push(...group);
  }
  return messages.map((blocks) => ({ text: inert(text), blocks }));
}

function draftGroups(
  draft: DraftView,
  all: DraftView[],
  locale: Locale,
  t: SlackTexts,
  request: RequestState | undefined,
): Block[][] {
  const chosen = all.some((d) => d.picked);
  const variant = all.length > 1 && !draft.picked;
  const [begin = "", ...more] = splitText(draft.text, limits.richText);
  const failed = draft.gates.filter((gate) => !gate.ok);
  const revised =
    request?.revision?.draftId === draft.id && (request.status === "queued" || request.status === "writing")
      ? request
      : undefined;
  const head = [
    t.draft(draft.version),
    t.channels[draft.channel],
    t.tones[draft.tone],
    t.lengths[draft.length],
    ...(draft.wish ? [t.wished(draft.wish)] : []),
    ...(draft.kind === "edited" ? [t.editedBy(draft.personName)] : []),
  ].join(" · ");
  const decided = decisionLine(draft, t);
  const { up, down } = draft.ratings;
  const foot = [
    `${light(draft.score.total)} ${t.voice(draft.score.total)}`,
    ...(draft.model ? [`${draft.model.name} ${draft.model.version}`] : []),
    ...(up + down > 0 ? [`👍 ${up}  👎 ${down}`] : []),
    ...(draft.picked ? [t.picked] : []),
  ].join(" · ");
  return [
    [context(head), paragraph(words(begin))],
    ...more.map((part) => [paragraph(words(part))]),
    [
      ...(failed.length > 0
        ? [
            context(
              `${t.check} ${failed.map((g) => gateLabel(locale, g.id) + (g.found ? ` (${g.found})` : "")).join(" · ")}`,
            ),
          ]
        : []),
      context(foot),
      ...(decided ? [context(decided)] : []),
      ...(revised
        ? [
            context(
              [stateLine({ ...revised, status: "writing" }, t), queueLine(revised, t)]
                .filter(Boolean)
                .join(" · "),
            ),
          ]
        : []),
      variant ? variantActions(draft, chosen, t) : draftActions(draft, t),
      ...(revised ? [actions(button(ids.cancel, t.cancel, writeAbout({ briefId: draft.briefId })))] : []),
      feedback(
        ids.feedback,
        { text: t.good, label: t.goodLabel, value: about(draft, "good") },
        { text: t.bad, label: t.badLabel, value: about(draft, "bad") },
      ),
    ],
  ];
}

const queueLine = (request: RequestState, t: SlackTexts) =>
  request.status === "queued" ? t.place(shownPlace(request.position ?? 1)) : "";

function decisionLine(draft: DraftView, t: SlackTexts): string {
  const { state, decision } = draft;
  if (state === "requested") return t.requested;
  if (!decision || state === "draft") return "";
  const line = state === "approved" ? t.approvedBy(decision.personName) : t.rejectedBy(decision.personName);
  return decision.note ? `${line}: ${decision.note}` : line;
}

export const light = (score: number): string => (score < 50 ? "🔴" : score < 75 ? "🟡" : "🟢");

const about = ({ briefId, id }: DraftView, what?: string) =>
  writeAbout({ briefId, draftId: id, ...(what ? { what } : {}) });

/** Wishes go to the model as they are: German, whatever the person reads. */
export const wishes = ["kürzer", "länger", "wärmer"] as const;

/** A message is one for all: who may not see the dashboard is told so after the click. */
const readOptions = (draft: DraftView, t: SlackTexts) => [
  option(t.copy, about(draft, "copy")),
  option(t.showInDashboard, about(draft, "dashboard")),
];

function draftActions(draft: DraftView, t: SlackTexts): ActionsBlock {
  const value = about(draft);
  const final = draft.state === "approved" || draft.state === "rejected";
  const requested = draft.state === "requested";
  return actions(
    button(ids.anew, t.anew, value),
    {
      type: "static_select",
      action_id: ids.change,
      placeholder: plainText(t.change, limits.placeholder),
      option_groups: [
        {
          label: plainText(t.changeWishes, limits.optionText),
          options: [
            option(t.shorter, about(draft, "kürzer")),
            option(t.longer, about(draft, "länger")),
            option(t.warmer, about(draft, "wärmer")),
          ],
        },
        {
          label: plainText(t.changeTones, limits.optionText),
          options: Object.entries(t.tones)
            .filter(([tone]) => tone !== draft.tone)
            .map(([tone, label]) => option(label, about(draft, `tone=${tone}`))),
        },
        {
          label: plainText(t.changeVariants, limits.optionText),
          options: [2, 3, 4].map((n) => option(t.variants(n), about(draft, `variants=${n}`))),
        },
      ],
    },
    button(ids.refine, t.refine, value),
    button(ids.edit, t.edit, value),
    ...(final
      ? []
      : requested
        ? [button(ids.approve, t.approve, value, "primary"), button(ids.reject, t.reject, value, "danger")]
        : [button(ids.request, t.request, value)]),
    {
      type: "overflow",
      action_id: ids.more,
      options: [
        ...readOptions(draft, t),
        ...(requested ? [option(t.withdraw, about(draft, "withdraw"))] : []),
        ...(draft.state === "draft"
          ? [option(t.approve, about(draft, "approve")), option(t.reject, about(draft, "reject"))]
          : []),
      ],
    },
  );
}

/** One of several, before one was picked or beside the one that was. */
function variantActions(draft: DraftView, chosen: boolean, t: SlackTexts): ActionsBlock {
  const value = about(draft);
  return actions(
    button(ids.pick, t.pick, value, chosen ? undefined : "primary"),
    button(ids.refine, t.refine, value),
    button(ids.edit, t.edit, value),
    { type: "overflow", action_id: ids.more, options: readOptions(draft, t) },
  );
}
