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
  const found = await briefIn(
    bot.db,
    "discord",
    threadKey(message),
    message.reference?.messageId ?? message.channelId,
  );
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

/** The place of the request whose thread this is: a thread has the id of the message that it hangs on. */
function threadKey({ channel }: Message): string {
  const parent = channel.isThread() ? channel.parentId : null;
  return parent === null ? "" : writePlace({ channelId: parent, messageId: channel.id, here: false });
}
