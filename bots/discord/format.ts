/** How requests and drafts look on Discord: messages of Components V2. Nothing here asks or sends anything. */
import {
  type APIButtonComponentWithCustomId,
  type APIComponentInContainer,
  type APIContainerComponent,
  type APIMessageTopLevelComponent,
  ButtonStyle,
  ComponentType,
  MessageFlags,
} from "discord.js";
import { type Channel, tones } from "#src/brief.ts";
import type { Locale } from "#src/chat.ts";
import { gateLabel, message } from "#src/messages.ts";
import type { BriefView, DraftView, ErrorView } from "#src/views.ts";
import { type ActionId, customId } from "./ids.ts";
import { countComponents, countText, limits } from "./limits.ts";
import { type Texts, texts } from "./messages.ts";
import { clip, inline, pieces, plain } from "./text.ts";

/** One message. A draft may need several; the controls of each draft are in one of them. */
export interface Page {
  flags: number;
  components: APIMessageTopLevelComponent[];
}

export interface Look {
  locale: Locale;
  /** A channel's name as the brand gives it. */
  channelLabel(channel: Channel, locale: Locale): string;
}

/** What is being done to a draft or a request at the moment. */
export type Busy = { status: "queued"; position: number } | { status: "writing" };

const accents = { green: 0x4f8f63, yellow: 0xd9a441, red: 0xc0564b, none: 0x8a7f72 };
const accentOf = (total: number) => (total < 50 ? accents.red : total < 75 ? accents.yellow : accents.green);

export const page = (...components: APIMessageTopLevelComponent[]): Page => ({
  flags: MessageFlags.IsComponentsV2,
  components,
});

export const say = (content: string) => ({ type: ComponentType.TextDisplay as const, content });
const small = (content: string) => say(`-# ${content}`);
const line = (divider: boolean) => ({ type: ComponentType.Separator as const, divider });
const box = (accent: number, components: APIComponentInContainer[]): APIContainerComponent => ({
  type: ComponentType.Container,
  accent_color: accent,
  components,
});
const row = (...components: APIButtonComponentWithCustomId[]) => ({
  type: ComponentType.ActionRow as const,
  components,
});

interface ButtonLook {
  style?: APIButtonComponentWithCustomId["style"];
  emoji?: string;
  disabled?: boolean;
}
function button(
  action: ActionId,
  subject: string,
  label: string | undefined,
  look: ButtonLook = {},
): APIButtonComponentWithCustomId {
  return {
    type: ComponentType.Button,
    style: look.style ?? ButtonStyle.Secondary,
    custom_id: customId(action, subject),
    ...(label === undefined ? {} : { label: clip(label, limits.buttonLabel) }),
    ...(look.emoji === undefined ? {} : { emoji: { name: look.emoji } }),
    ...(look.disabled === true ? { disabled: true } : {}),
  };
}

/** People are named by a mention; whether it notifies them is up to `allowed_mentions`. */
export const mention = (userId: string) => `<@${userId}>`;

/** `discord:123` -> `123`; undefined for people of other surfaces. */
export const userIdOf = (personId: string): string | undefined => /^discord:(\d+)$/.exec(personId)?.[1];

const options = (
  { channel, tone, length }: Pick<DraftView, "channel" | "tone" | "length">,
  look: Look,
  t: Texts,
) => [plain(look.channelLabel(channel, look.locale)), t.tones[tone], t.lengths[length]];

const busyLine = (busy: Busy, t: Texts) => (busy.status === "writing" ? t.writing : t.place(busy.position));

/** What was asked for and how it stands. */
export function requestPage(
  brief: Pick<BriefView, "id" | "text" | "status" | "position"> & { error?: ErrorView },
  look: Pick<Look, "locale">,
): Page {
  const t = texts(look.locale);
  const open = brief.status === "queued" || brief.status === "writing";
  const status = {
    queued: t.place(brief.position ?? 1),
    writing: t.writing,
    done: t.done,
    failed: brief.error
      ? `${t.failed}: ${plain(message(look.locale, brief.error.code, brief.error.details))}`
      : t.failed,
    cancelled: t.cancelled,
  }[brief.status];
  return page(
    box(accents.none, [
      say(`**${inline(brief.text, 800)}**`),
      say(status),
      ...(open ? [row(button("cancel", brief.id, t.cancel, { style: ButtonStyle.Secondary }))] : []),
    ]),
  );
}

/** Before the brief is stored. */
export const takenPage = (text: string, locale: Locale): Page =>
  page(box(accents.none, [say(`**${inline(text, 800)}**`), say(texts(locale).taken)]));

export const failedPage = (error: ErrorView, locale: Locale, who?: string): Page =>
  page(
    box(accents.red, [
      say(
        `${who === undefined ? "" : `${texts(locale).sorry(mention(who))}\n`}${plain(message(locale, error.code, error.details))}`,
      ),
    ]),
  );

export const cancelledPage = (locale: Locale): Page => page(say(`-# ${texts(locale).cancelledLong}`));

/** A message that a shorter text no longer needs. */
export const emptyPage: Page = page(say("-# ⋯"));

export interface DraftsLook extends Look {
  /** Discord id of the person who waits for them. */
  who?: string | undefined;
  busy?: { briefId: string; draftId: string; state: Busy } | undefined;
}

/**
 * The drafts of one generation. Texts that are too long for a message go on in the next one; the controls of a draft
 * stand under its end.
 */
export function draftPages(drafts: readonly DraftView[], look: DraftsLook): Page[] {
  const t = texts(look.locale);
  const greeting =
    look.who === undefined ? t.readyForAll(drafts.length) : t.ready(mention(look.who), drafts.length);
  const variants = drafts.length > 1;
  const settled = drafts.some((draft) => draft.picked === true);
  const boxes = drafts.flatMap((draft, index) =>
    draftBoxes(draft, variants ? { n: index + 1, settled } : undefined, look),
  );
  const pages: Page[] = [];
  let open: APIMessageTopLevelComponent[] = [say(greeting)];
  for (const next of boxes) {
    const grown = [...open, next];
    if (countText(grown) > limits.text || countComponents(grown) > limits.components) {
      pages.push(page(...open));
      open = [next];
    } else open = grown;
  }
  pages.push(page(...open));
  return pages;
}

/** Text of a message that isn't the draft's own: greeting, head and foot. */
const around = 900;

/** One of several; `settled`: one of them was picked. */
interface Variant {
  n: number;
  settled: boolean;
}

function draftBoxes(
  draft: DraftView,
  variant: Variant | undefined,
  look: DraftsLook,
): APIContainerComponent[] {
  const t = texts(look.locale);
  const accent = accentOf(draft.score.total);
  const parts = pieces(draft.text, limits.text - around);
  const last = parts.pop() ?? "";
  const head = [
    `**${variant === undefined ? t.version(draft.version) : t.variant(variant.n)}**`,
    ...(variant === undefined ? options(draft, look, t) : []),
    ...(draft.kind === "edited" ? [t.edited(inline(draft.personName, 60))] : []),
    ...(draft.wish ? [t.wish(inline(draft.wish, 80))] : []),
    ...(variant === undefined ? [] : [verdict(draft, look.locale, t)]),
    ...(draft.picked === true ? [t.picked] : []),
  ].join(" · ");
  const long = parts.map((part, index) =>
    box(accent, [small(index === 0 ? head : t.continued), say(plain(part))]),
  );
  const compact = variant !== undefined && draft.picked !== true;
  return [
    ...long,
    box(accent, [
      small(long.length === 0 ? head : t.continued),
      say(plain(last)),
      ...(compact
        ? [choice(draft, variant.settled, look, t)]
        : [...foot(draft, variant, look, t), ...controls(draft, look, t)]),
    ]),
  ];
}

/** "Stimme 82/100 · alle 15 Prüfungen bestanden", or what failed. */
function verdict(draft: DraftView, locale: Locale, t: Texts): string {
  const failed = draft.gates.filter((gate) => !gate.ok);
  return [
    t.voice(Math.round(draft.score.total)),
    ...(failed.length === 0
      ? [t.checksPassed(draft.gates.length)]
      : failed
          .slice(0, 3)
          .map((gate) =>
            t.checkFailed(`${gateLabel(locale, gate.id)}${gate.found ? `: ${inline(gate.found, 60)}` : ""}`),
          )),
  ].join(" · ");
}

function foot(
  draft: DraftView,
  variant: Variant | undefined,
  look: DraftsLook,
  t: Texts,
): APIComponentInContainer[] {
  const { up, down } = draft.ratings;
  const decider = inline(draft.decision?.personName ?? "", 60);
  const state = {
    draft: undefined,
    requested: t.requested,
    approved: t.approvedBy(decider),
    rejected: t.rejectedBy(decider, draft.decision?.note ? inline(draft.decision.note, 200) : null),
  }[draft.state];
  const lines = [
    [
      ...(variant === undefined ? [verdict(draft, look.locale, t)] : []),
      ...(up + down > 0 ? [t.votes(up, down)] : []),
    ].join(" · "),
  ].filter((text) => text !== "");
  const busy = look.busy?.draftId === draft.id ? busyLine(look.busy.state, t) : undefined;
  return [
    ...lines.map(small),
    ...(state === undefined && busy === undefined
      ? []
      : [say([state, busy].filter((text) => text !== undefined).join("\n"))]),
    ...(variant === undefined ? [line(true)] : []),
  ];
}

/** What a variant offers that isn't picked: few buttons, as four of them share a message. */
function choice(draft: DraftView, settled: boolean, look: DraftsLook, t: Texts) {
  const disabled = look.busy !== undefined;
  const pick = button("pick", draft.id, t.pick, {
    style: settled ? ButtonStyle.Secondary : ButtonStyle.Primary,
    disabled,
  });
  if (settled) return row(pick);
  return row(
    pick,
    button("edit", draft.id, t.edit, { disabled }),
    button("copy", draft.id, t.copy),
    button("up", draft.id, countOf(draft.ratings.up), { emoji: "👍" }),
    button("down", draft.id, countOf(draft.ratings.down), { emoji: "👎" }),
  );
}
const countOf = (votes: number) => (votes === 0 ? undefined : String(votes));

function controls(draft: DraftView, look: DraftsLook, t: Texts): APIComponentInContainer[] {
  const disabled = look.busy !== undefined;
  const id = draft.id;
  const approval = {
    draft: [
      button("request", id, t.request),
      button("approve", id, t.approve, { style: ButtonStyle.Success }),
    ],
    requested: [
      button("approve", id, t.approve, { style: ButtonStyle.Success }),
      button("reject", id, t.reject, { style: ButtonStyle.Danger }),
      button("withdraw", id, t.withdraw),
    ],
    approved: [],
    rejected: [],
  }[draft.state];
  const own = look.busy?.draftId === id ? look.busy : undefined;
  return [
    row(
      button("anew", id, t.anew, { style: ButtonStyle.Primary, disabled }),
      button("shorter", id, t.shorter, { disabled }),
      button("refine", id, t.refine, { disabled }),
      button("variants", id, t.variants, { disabled }),
      button("edit", id, t.edit, { disabled }),
    ),
    {
      type: ComponentType.ActionRow,
      components: [
        {
          type: ComponentType.StringSelect,
          custom_id: customId("tone", id),
          placeholder: t.tone,
          ...(disabled ? { disabled } : {}),
          options: tones.map((tone) => ({ label: t.tones[tone], value: tone })),
        },
      ],
    },
    row(
      ...approval,
      button("up", id, undefined, { emoji: "👍" }),
      button("down", id, undefined, { emoji: "👎" }),
      ...(approval.length < 3 ? [button("copy", id, t.copy)] : []),
    ),
    ...(own ? [row(button("cancel", own.briefId, t.cancel))] : []),
  ];
}
