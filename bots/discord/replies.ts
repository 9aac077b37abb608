/**
 * Replies to a draft and mentions in its thread: a wish for the next version. Only where the operator turned the
 * GuildMessages intent on; the content of messages that mention or answer the bot comes without the privileged one.
 */
import type { Message } from "discord.js";
import { HyggeError } from "#src/errors.ts";
import { briefIn } from "#src/store/posts.ts";
import { isAnswered, sentence } from "./answer.ts";
import type { Bot } from "./bot.ts";
import { page, say } from "./format.ts";
import { writePlace } from "./place.ts";
import { send } from "./rest.ts";

export async function runReply(bot: Bot, message: Message): Promise<void> {
  const me = message.client.user.id;
  if (message.author.bot || message.system) return;
  const mentioned = new RegExp(`<@!?${me}>`).test(message.content);
  const replied = message.mentions.repliedUser?.id === me || message.reference?.messageId !== undefined;
  const wish = message.content.replace(new RegExp(`<@!?${me}>`, "g"), " ").trim();
  if ((!mentioned && !replied) || wish === "") return;
  const found = await briefOf(bot, message);
  if (!found) return;
  const actor = bot.people.writer(message);
  try {
    bot.cooldown.take(actor.id);
    const brief = await bot.hygge.brief(actor, found.briefId);
    const draft = brief.drafts.at(-1);
    if (!draft) throw new HyggeError("not_ready", {}, { retryable: true });
    // Several processes hear the same message: the first one's generation stands for all.
    await bot.hygge.revise(actor, draft.id, { wish, idempotencyKey: message.id });
  } catch (error) {
    if (isAnswered(error)) return;
    if (!(error instanceof HyggeError)) bot.log.error({ err: error }, "discord: reply failed");
    await send(bot.rest, message.channelId, page(say(`❌ ${sentence(actor.locale, error)}`)), message.id);
  }
}

/** The brief of the message that is answered, or whose thread this is: it has the id of the message it hangs on. */
async function briefOf({ db }: Bot, { channel, channelId, guildId, reference }: Message) {
  const ref = reference?.messageId ?? channelId;
  const parent = channel.isThread() ? channel.parentId : null;
  if (parent === null) return briefIn(db, "discord", "", ref);
  const place = { channelId: parent, messageId: channelId, here: false };
  return (
    (await briefIn(db, "discord", writePlace({ ...place, guildId: guildId ?? undefined }), ref)) ??
    // Briefs of early versions name no server.
    (await briefIn(db, "discord", writePlace(place), ref))
  );
}
