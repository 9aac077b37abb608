/** Answers to one interaction, by its token: for its first seconds only, everything later goes by the bot's. */
import {
  type APIMessage,
  type AutocompleteInteraction,
  InteractionResponseType,
  MessageFlags,
  type RepliableInteraction,
  Routes,
} from "discord.js";
import type { Locale } from "#src/chat.ts";
import { HyggeError } from "#src/errors.ts";
import type { Logger } from "#src/log.ts";
import { message } from "#src/messages.ts";
import { type Page, page, say } from "./format.ts";
import { texts } from "./messages.ts";
import { localeOf } from "./people.ts";
import { codes, isCode } from "./rest.ts";
import { plain } from "./text.ts";

export type Interaction = Exclude<RepliableInteraction, AutocompleteInteraction>;

/** A refusal that Discord alone knows, in words for the person: which permissions are missing, closed messages. */
export class Refusal extends Error {
  override readonly name = "Refusal";
}

/** Everything that we say by an interaction's token goes through here: bodies are ours to the last key. */
const quiet = { allowed_mentions: { parse: [] as [] } };
const hidden = (page: Page, ephemeral: boolean) => ({
  ...page,
  flags: page.flags | (ephemeral ? MessageFlags.Ephemeral : 0),
  ...quiet,
});
/** The bot's token never goes to these routes: an expired interaction would take it for refused. */
const auth = false;

/** Discord's own message of an interaction that was deferred or answered. Returns it. */
export async function show(interaction: Interaction, page: Page): Promise<APIMessage> {
  const route = Routes.webhookMessage(interaction.applicationId, interaction.token, "@original");
  const body = { ...page, ...quiet };
  return (await interaction.client.rest.patch(route, { body, auth })) as APIMessage;
}

/** The first answer, for the person alone. */
export async function replyHidden(interaction: Interaction, page: Page): Promise<void> {
  await interaction.client.rest.post(Routes.interactionCallback(interaction.id, interaction.token), {
    body: { type: InteractionResponseType.ChannelMessageWithSource, data: hidden(page, true) },
    auth,
  });
  interaction.replied = true;
}

/** One more message for the person alone. */
export async function addHidden(interaction: Interaction, page: Page): Promise<void> {
  const route = Routes.webhook(interaction.applicationId, interaction.token);
  await interaction.client.rest.post(route, { body: hidden(page, true), auth });
}

/**
 * Somebody else has answered it (another process of ours, or we before a dropped connection replayed it), or it came
 * too late to be answered at all.
 */
export const isAnswered = (error: unknown): boolean =>
  isCode(error, codes.alreadyAnswered, codes.unknownInteraction);

/** Tells the person alone what went wrong, whatever was answered before. Never throws. */
export async function tell(interaction: Interaction, error: unknown, log: Logger): Promise<void> {
  if (isAnswered(error)) {
    log.debug({ err: error, interaction: interaction.id }, "discord: answered elsewhere or too late");
    return;
  }
  if (!(error instanceof HyggeError) && !(error instanceof Refusal))
    log.error({ err: error, interaction: interaction.id }, "discord: interaction failed");
  const answer = page(say(`❌ ${sentence(localeOf(interaction.locale), error)}`));
  try {
    if (!interaction.deferred && !interaction.replied) await replyHidden(interaction, answer);
    else if (interaction.ephemeral) await show(interaction, answer);
    else {
      // What everybody sees as "is thinking" can't become a message for one person.
      if (!interaction.isMessageComponent() && !isFromMessage(interaction))
        await interaction.deleteReply().catch(() => undefined);
      await addHidden(interaction, answer);
    }
  } catch (err) {
    log.warn({ err, interaction: interaction.id }, "discord: error not shown");
  }
}

const isFromMessage = (interaction: Interaction): boolean =>
  interaction.isModalSubmit() && interaction.isFromMessage();

/** The error in the person's language; where it says when to try again, Discord counts down. */
export function sentence(locale: Locale, error: unknown): string {
  if (error instanceof Refusal) return error.message;
  if (!(error instanceof HyggeError)) return message(locale, "internal");
  const t = texts(locale);
  const { seconds } = error.details;
  if (error.code === "rate_limited" && typeof seconds === "number") return t.cooldown(inSeconds(seconds));
  const names = "role" in error.details ? roleNames(locale, error.details) : error.details;
  return plain(message(locale, error.code, names));
}

/** Discord shows it as "in 5 seconds", in the reader's language, counting. */
export const inSeconds = (seconds: number, now = Date.now()): string =>
  `<t:${Math.ceil(now / 1000 + seconds)}:R>`;

function roleNames(locale: Locale, details: HyggeError["details"]): HyggeError["details"] {
  const names: Record<string, string> = texts(locale).roles;
  const named = (role: string | number | undefined) => names[String(role)] ?? String(role ?? "");
  return { ...details, role: named(details.role), needed: named(details.needed) };
}
