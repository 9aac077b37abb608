/** Slash commands, the form of `/hygge`, and the commands in a message's menu. */
import {
  type AutocompleteInteraction,
  ChannelType,
  type ChatInputCommandInteraction,
  InteractionContextType,
  type MessageContextMenuCommandInteraction,
  MessageFlags,
  type ModalSubmitInteraction,
  PermissionFlagsBits,
} from "discord.js";
import { unknownBrand } from "#src/brand.ts";
import type { Channel, Length, Tone } from "#src/brief.ts";
import type { Locale } from "#src/chat.ts";
import type { BriefInput } from "#src/hygge.ts";
import type { Target } from "#src/manage/login.ts";
import { type Actor, allow } from "#src/may.ts";
import { stateLabel, statusLabel } from "#src/messages.ts";
import { briefIn } from "#src/store/posts.ts";
import { draftView } from "#src/store/read.ts";
import type { BriefView } from "#src/views.ts";
import { type Interaction, Refusal, replyHidden, show } from "./answer.ts";
import type { Bot } from "./bot.ts";
import { type Page, page, requestPage, say, takenPage } from "./format.ts";
import { readCustomId } from "./ids.ts";
import { limits } from "./limits.ts";
import { texts } from "./messages.ts";
import { briefModal, chosen, fields, typed } from "./modals.ts";
import { localeOf } from "./people.ts";
import { missing, named, needed } from "./permissions.ts";
import { type Place, writePlace } from "./place.ts";
import { names } from "./register.ts";
import { codes, directChannel, edit, isCode, privateThread, send } from "./rest.ts";
import { clip, inline, plain } from "./text.ts";

type Asking = Pick<BriefInput, "text" | "channel" | "tone" | "length" | "brand" | "variants">;

export async function runCommand(bot: Bot, interaction: ChatInputCommandInteraction): Promise<void> {
  switch (interaction.commandName) {
    case names.brief:
      return brief(bot, interaction);
    case names.help:
      return help(bot, interaction);
    case names.mine:
      return mine(bot, interaction);
    case names.status:
      return status(bot, interaction);
    case names.dashboard:
      return dashboard(bot, interaction);
  }
}

/** `/hygge`: with a brief at once, without one after a form. */
async function brief(bot: Bot, interaction: ChatInputCommandInteraction): Promise<void> {
  const { options } = interaction;
  const text = options.getString("brief")?.trim() ?? "";
  const variants = options.getInteger("varianten") ?? undefined;
  const [channel, tone, length, brand] = ["kanal", "ton", "laenge", "marke"].map(
    (name) => options.getString(name) ?? undefined,
  );
  if (text === "") {
    const locale = localeOf(interaction.locale);
    const given = { channel, tone, length, variants };
    await interaction.showModal(briefModal(locale, brandOf(bot, brand), given));
    return;
  }
  // What isn't a choice is refused by the use case, which names the choices.
  await ask(bot, interaction, {
    text,
    channel: channel as Channel | undefined,
    tone: tone as Tone | undefined,
    length: length as Length | undefined,
    brand,
    variants,
  });
}

/** The form of `/hygge` came back. `brand` is the id that it was opened with. */
export async function briefFromModal(
  bot: Bot,
  interaction: ModalSubmitInteraction,
  brand: string,
): Promise<void> {
  const [channel] = chosen(interaction, fields.channel);
  const [tone] = chosen(interaction, fields.tone);
  const [length] = chosen(interaction, fields.length);
  const [variants] = chosen(interaction, fields.variants);
  await ask(bot, interaction, {
    text: typed(interaction),
    channel: channel as Channel | undefined,
    tone: tone as Tone | undefined,
    length: length as Length | undefined,
    brand: brand === "-" ? undefined : brand,
    variants: variants === undefined ? undefined : Number(variants),
  });
}

/** Takes a brief where everybody sees it: the answer shows the request, its thread gets the draft. */
async function ask(
  bot: Bot,
  interaction: ChatInputCommandInteraction | ModalSubmitInteraction,
  asking: Asking,
): Promise<void> {
  const actor = bot.people.actor(interaction);
  const here = staysHere(interaction);
  checkPermissions(interaction);
  bot.cooldown.take(actor.id);
  try {
    await interaction.deferReply();
    const message = await show(interaction, takenPage(asking.text, actor.locale));
    const place: Place = {
      guildId: interaction.guildId ?? undefined,
      channelId: interaction.channelId ?? message.channel_id,
      messageId: message.id,
      here,
    };
    const taken = await bot.hygge.request(actor, {
      ...asking,
      surface: "discord",
      thread: writePlace(place),
      announce: true,
      idempotencyKey: interaction.id,
    });
    await showUntilStill(bot, actor, taken, (drawn) => show(interaction, drawn));
  } catch (error) {
    bot.cooldown.giveBack(actor.id);
    throw error;
  }
}

/** A draft can be there before its request is shown as waiting: then it is shown once more. */
async function showUntilStill(
  bot: Bot,
  actor: Parameters<Bot["hygge"]["brief"]>[0],
  taken: BriefView,
  draw: (page: Page) => Promise<unknown>,
): Promise<void> {
  try {
    await draw(requestPage(taken, actor));
    const now = await bot.hygge.brief(actor, taken.id);
    if (now.status !== taken.status) await draw(requestPage(now, actor));
  } catch (err) {
    // The brief is stored and its draft will come: this is no failure to tell anybody of.
    bot.log.warn({ err, brief: taken.id }, "discord: request not drawn");
  }
}

/** The commands in a message's menu. Only who asked sees the answer: the message may be a customer's. */
export async function runOnMessage(
  bot: Bot,
  interaction: MessageContextMenuCommandInteraction,
): Promise<void> {
  if (interaction.commandName === names.show) return dashboard(bot, interaction);
  const actor = bot.people.actor(interaction);
  const t = texts(actor.locale);
  const text = interaction.targetMessage.content.trim();
  if (text === "") throw new Refusal(t.noText);
  const asking: Asking = interaction.commandName === names.reply ? { text, channel: "antwort" } : { text };
  bot.cooldown.take(actor.id);
  try {
    await interaction.deferReply({ flags: MessageFlags.Ephemeral });
    const { guildId, channelId } = await privateChannel(bot, interaction, text);
    const message = await send(bot.rest, channelId, takenPage(text, actor.locale), interaction.id);
    const place: Place = { guildId, channelId, messageId: message.id, here: true };
    try {
      const taken = await bot.hygge.request(actor, {
        ...asking,
        surface: "discord",
        thread: writePlace(place),
        announce: true,
        idempotencyKey: interaction.id,
      });
      await show(interaction, page(say(t.privatePlace(`<#${channelId}>`)))).catch((err) =>
        bot.log.warn({ err }, "discord: place not shown"),
      );
      await showUntilStill(bot, actor, taken, (drawn) => edit(bot.rest, channelId, message.id, drawn));
    } catch (error) {
      await edit(bot.rest, channelId, message.id, page(say(t.failed))).catch(() => undefined);
      throw error;
    }
  } catch (error) {
    bot.cooldown.giveBack(actor.id);
    throw error;
  }
}

/** A private thread of the channel, or where that can't be, the person's direct messages. */
async function privateChannel(
  bot: Bot,
  interaction: MessageContextMenuCommandInteraction,
  name: string,
): Promise<Pick<Place, "guildId" | "channelId">> {
  if (interaction.context === InteractionContextType.BotDM) return { channelId: interaction.channelId };
  const allowed = interaction.appPermissions.has([
    PermissionFlagsBits.CreatePrivateThreads,
    PermissionFlagsBits.SendMessagesInThreads,
  ]);
  if (allowed && interaction.channel?.type === ChannelType.GuildText) {
    try {
      const channelId = await privateThread(bot.rest, interaction.channelId, name, interaction.user.id);
      return { guildId: interaction.guildId ?? undefined, channelId };
    } catch (err) {
      bot.log.debug({ err }, "discord: no private thread, sent as a direct message");
    }
  }
  const channelId = await directChannel(bot.rest, interaction.user.id).catch((error) => {
    throw isCode(error, codes.cannotDm) ? new Refusal(texts(localeOf(interaction.locale)).dmsClosed) : error;
  });
  return { channelId };
}

/** Only messages of these channels can have a thread. */
const staysHere = ({ context, channel }: Interaction): boolean =>
  context === InteractionContextType.BotDM ||
  (channel?.type !== ChannelType.GuildText && channel?.type !== ChannelType.GuildAnnouncement);

/** @throws Refusal that names the permissions that are missing */
export function checkPermissions(interaction: Interaction): void {
  if (interaction.context === InteractionContextType.BotDM) return;
  const wanted = interaction.channel?.isThread()
    ? needed.thread
    : staysHere(interaction)
      ? needed.other
      : needed.channel;
  const lacking = missing(interaction.appPermissions, wanted);
  if (lacking.length === 0) return;
  const locale = localeOf(interaction.locale);
  throw new Refusal(texts(locale).permissions(named(lacking, locale)));
}

const brandOf = (bot: Bot, id: string | undefined) => {
  const brand = bot.brands.get(id ?? bot.brand);
  if (brand) return brand;
  throw unknownBrand(bot.brands, id ?? bot.brand);
};

/** Suggestions for channel and brand while somebody types: answered at once, there is nothing to wait for. */
export async function suggest(bot: Bot, interaction: AutocompleteInteraction): Promise<void> {
  const locale = localeOf(interaction.locale);
  const { name, value } = interaction.options.getFocused(true);
  const wanted = value.trim().toLowerCase();
  const brand = bot.brands.get(interaction.options.getString("marke") ?? bot.brand) ?? bot.brands.list()[0];
  const all =
    name === "marke"
      ? bot.brands.list().map(({ id, name: label }) => ({ name: label, value: id }))
      : Object.entries(brand?.channels ?? {}).map(([id, { label }]) => ({
          name: label[locale],
          value: id,
        }));
  const fitting = all.filter(
    (choice) => choice.name.toLowerCase().includes(wanted) || choice.value.includes(wanted),
  );
  await interaction.respond(
    fitting
      .slice(0, limits.choices)
      .map((choice) => ({ ...choice, name: clip(choice.name, limits.choiceName) })),
  );
}

async function help(bot: Bot, interaction: ChatInputCommandInteraction): Promise<void> {
  const t = texts(localeOf(interaction.locale));
  await replyHidden(interaction, page(say(`## ${t.helpTitle}\n${t.help(bot.replies)}`)));
}

const mineShown = 8;

async function mine(bot: Bot, interaction: ChatInputCommandInteraction): Promise<void> {
  await interaction.deferReply({ flags: MessageFlags.Ephemeral });
  const actor = bot.people.actor(interaction);
  const t = texts(actor.locale);
  const briefs = await bot.hygge.mine(actor, { limit: mineShown });
  const lines = briefs.map((view) => mineLine(view, actor.locale));
  const text = briefs.length === 0 ? t.mineNone : `## ${t.mineTitle}\n${lines.join("\n")}`;
  await show(interaction, page(say(text)));
}

function mineLine(view: BriefView, locale: Locale): string {
  const newest = view.drafts.at(-1);
  const state =
    newest && newest.state !== "draft" ? stateLabel(locale, newest.state) : statusLabel(locale, view.status);
  const at = `<t:${Math.floor(Date.parse(view.createdAt) / 1000)}:R>`;
  return [
    `**${inline(view.text, 80)}**`,
    `-# ${state} · ${at}`,
    ...(newest ? [`> ${inline(newest.text, 240)}`] : []),
  ].join("\n");
}

async function status(bot: Bot, interaction: ChatInputCommandInteraction): Promise<void> {
  await interaction.deferReply({ flags: MessageFlags.Ephemeral });
  const actor = bot.people.actor(interaction);
  const t = texts(actor.locale);
  const { ok, waiting, model } = await bot.status();
  const lines = [
    ok ? `✅ ${t.statusOk}` : `⚠️ ${t.statusBad}`,
    t.statusLine(waiting),
    ...(model === undefined ? [] : [t.statusModel(plain(model))]),
    t.statusYou(t.roles[actor.role]),
  ];
  await show(interaction, page(say(`## ${t.statusTitle}\n${lines.join("\n")}`)));
}

/**
 * A link for managers: to all feedback, or to the text of a message. Discord hides the commands from most people; who
 * may use them is decided here.
 */
async function dashboard(
  bot: Bot,
  interaction: ChatInputCommandInteraction | MessageContextMenuCommandInteraction,
): Promise<void> {
  await interaction.deferReply({ flags: MessageFlags.Ephemeral });
  const actor = bot.people.actor(interaction);
  allow(actor, "feedback.read");
  const t = texts(actor.locale);
  let target: Target;
  if (interaction.isMessageContextMenuCommand()) {
    target = await shownIn(bot, interaction, actor);
    if (!target) throw new Refusal(t.notOurs);
  }
  await show(interaction, page(say(t.dashboardLink(await bot.dashboardLink(actor, target)))));
}

/** What a message of ours shows: its first draft; a request, or the begin of a long text, all of its brief. */
async function shownIn(
  bot: Bot,
  interaction: MessageContextMenuCommandInteraction,
  actor: Actor,
): Promise<Target> {
  const { id, components } = interaction.targetMessage;
  for (const clickable of customIds(components.map((component) => component.toJSON()))) {
    const { subject = "" } = readCustomId(clickable) ?? {};
    if (await draftView(bot.db, subject, actor.id)) return { draftId: subject };
  }
  const { channelId } = interaction;
  const guildId = interaction.guildId ?? undefined;
  const here = writePlace({ guildId, channelId, messageId: id, here: true });
  const found = await briefIn(bot.db, "discord", here, id);
  // The dashboard's page of a draft is its brief's.
  return found && { draftId: found.briefId };
}

/** Ids of all that can be clicked in a message. */
const customIds = (components: readonly object[]): string[] =>
  components.flatMap((component) => [
    ...("custom_id" in component && typeof component.custom_id === "string" ? [component.custom_id] : []),
    ...("components" in component && Array.isArray(component.components)
      ? customIds(component.components)
      : []),
  ]);
