/** Buttons, selects and forms under a draft. The click's id says all: no collector, nothing in memory. */
import type { ButtonInteraction, ModalSubmitInteraction, StringSelectMenuInteraction } from "discord.js";
import { tones } from "#src/brief.ts";
import { HyggeError } from "#src/errors.ts";
import { type RatingReason, type RevisionInput, ratingReasons } from "#src/hygge.ts";
import type { Actor } from "#src/may.ts";
import { draftView } from "#src/store/read.ts";
import type { DraftView } from "#src/views.ts";
import { addHidden, Refusal, replyHidden } from "./answer.ts";
import type { Bot } from "./bot.ts";
import { briefFromModal } from "./commands.ts";
import { mention, page, say } from "./format.ts";
import { readCustomId } from "./ids.ts";
import { limits } from "./limits.ts";
import { texts } from "./messages.ts";
import { chosen, downModal, editModal, fields, refineModal, rejectModal, typed } from "./modals.ts";
import { localeOf } from "./people.ts";
import { send } from "./rest.ts";
import { codeBlock } from "./text.ts";

type Click = ButtonInteraction | StringSelectMenuInteraction;

/** Whether a click came by Discord is no proof that the person may: every use case asks `may`. */
export async function runClick(bot: Bot, click: Click): Promise<void> {
  const actor = bot.people.actor(click);
  const t = texts(actor.locale);
  const id = readCustomId(click.customId);
  if (!id) throw new Refusal(t.gone);
  const { action, subject } = id;
  switch (action) {
    case "anew":
      return revise(bot, click, actor, subject, {});
    case "shorter":
      return revise(bot, click, actor, subject, { wish: t.shorterWish });
    case "variants":
      return revise(bot, click, actor, subject, { variants: 3 });
    case "tone": {
      const tone = tones.find((known) => click.isStringSelectMenu() && known === click.values[0]);
      return tone && revise(bot, click, actor, subject, { tone });
    }
    case "refine":
      return click.showModal(refineModal(actor.locale, subject)).then(() => undefined);
    case "edit":
      return click
        .showModal(editModal(actor.locale, subject, (await theDraft(bot, actor, subject)).text))
        .then(() => undefined);
    case "down":
      return click.showModal(downModal(actor.locale, subject)).then(() => undefined);
    case "reject":
      return click.showModal(rejectModal(actor.locale, subject)).then(() => undefined);
    case "up":
      await click.deferUpdate();
      await bot.hygge.rate(actor, subject, { value: "up" });
      return;
    case "pick":
      await click.deferUpdate();
      await bot.hygge.pick(actor, await variantOf(bot, actor, subject));
      return;
    case "request":
      await click.deferUpdate();
      await bot.hygge.decide(actor, subject, "request");
      return askApprovers(bot, click, actor, subject);
    case "approve":
    case "withdraw":
      await click.deferUpdate();
      await bot.hygge.decide(actor, subject, action);
      return;
    case "cancel":
      await click.deferUpdate();
      await bot.hygge.cancel(actor, subject);
      return;
    case "copy":
      return copy(bot, click, actor, subject);
    case "brief":
      throw new Refusal(t.gone);
  }
}

export async function runModal(bot: Bot, modal: ModalSubmitInteraction): Promise<void> {
  const actor = bot.people.actor(modal);
  const id = readCustomId(modal.customId);
  switch (id?.action) {
    case "brief":
      return briefFromModal(bot, modal, id.subject);
    case "refine":
      return revise(bot, modal, actor, id.subject, { wish: typed(modal) });
    case "edit":
      await modal.deferUpdate();
      await bot.hygge.edit(actor, id.subject, typed(modal));
      return;
    case "down": {
      await modal.deferUpdate();
      const reasons = chosen(modal, fields.reasons).filter((value): value is RatingReason =>
        ratingReasons.some((known) => known === value),
      );
      await bot.hygge.rate(actor, id.subject, { value: "down", reasons, comment: typed(modal) });
      return;
    }
    case "reject":
      await modal.deferUpdate();
      await bot.hygge.decide(actor, id.subject, "reject", typed(modal));
      return;
    default:
      throw new Refusal(texts(localeOf(modal.locale)).gone);
  }
}

/** Asks for a new version. The card shows that it is under way, the thread gets what comes of it. */
async function revise(
  bot: Bot,
  interaction: Click | ModalSubmitInteraction,
  actor: Actor,
  draftId: string,
  input: RevisionInput,
): Promise<void> {
  bot.cooldown.take(actor.id);
  try {
    await interaction.deferUpdate();
    await bot.hygge.revise(actor, draftId, { ...input, idempotencyKey: interaction.id });
  } catch (error) {
    bot.cooldown.giveBack(actor.id);
    throw error;
  }
}

async function theDraft(bot: Bot, actor: Actor, draftId: string): Promise<DraftView> {
  const draft = await draftView(bot.db, draftId, actor.id);
  if (!draft) throw new HyggeError("not_found", { kind: "draft", id: draftId });
  return draft;
}

/** The variant that an edited text began as: that is what is picked among its siblings. */
async function variantOf(bot: Bot, actor: Actor, draftId: string): Promise<string> {
  const draft = await theDraft(bot, actor, draftId);
  return draft.generationId === null && draft.parentId !== null
    ? variantOf(bot, actor, draft.parentId)
    : draft.id;
}

/** Pings those who may approve, once for a draft. */
async function askApprovers(bot: Bot, click: Click, actor: Actor, draftId: string): Promise<void> {
  if (bot.approverRoles.length === 0 || click.guildId === null) return;
  const roles = [...bot.approverRoles];
  const who = mention(click.user.id);
  const text = texts(actor.locale).approvalWanted(who, roles.map((id) => `<@&${id}>`).join(" "));
  await send(bot.rest, click.channelId, page(say(text)), `${draftId} request`, { roles });
}

/** The bare text for one person, in a block that Discord offers to copy. */
async function copy(bot: Bot, click: Click, actor: Actor, draftId: string): Promise<void> {
  const { text } = await theDraft(bot, actor, draftId);
  const t = texts(actor.locale);
  const block = codeBlock(text);
  if (block.length + 100 <= limits.text) {
    await replyHidden(click, page(say(t.copyHint), say(block)));
    return;
  }
  const half = text.lastIndexOf(" ", limits.text / 2);
  await replyHidden(click, page(say(t.copyHint), say(codeBlock(text.slice(0, half)))));
  await addHidden(click, page(say(codeBlock(text.slice(half + 1)))));
}
