/**
 * The bot: a gateway connection for commands, clicks and replies, and REST for everything that is posted. Nothing is
 * computed here, so heartbeats are never late.
 */
import { setTimeout as sleep } from "node:timers/promises";
import {
  type Interaction as AnyInteraction,
  Client,
  DiscordAPIError,
  Events,
  GatewayCloseCodes,
  GatewayIntentBits,
  type Message,
  Partials,
  Status,
} from "discord.js";
import type { Chat } from "#src/chat.ts";
import type { Config } from "#src/config.ts";
import { HyggeError } from "#src/errors.ts";
import type { Role } from "#src/may.ts";
import { isAnswered, tell } from "./answer.ts";
import type { Bot } from "./bot.ts";
import { discordChat } from "./chat.ts";
import { runCommand, runOnMessage, suggest } from "./commands.ts";
import { runClick, runModal } from "./components.ts";
import { createCooldown } from "./cooldown.ts";
import { createPeople } from "./people.ts";
import { createPlaces } from "./place.ts";
import { runReply } from "./replies.ts";
import { isUnauthorized, restOptions } from "./rest.ts";

export type DiscordConfig = NonNullable<Config["discord"]>;

export interface DiscordDeps
  extends Pick<Bot, "hygge" | "db" | "brands" | "brand" | "dashboardLink" | "status" | "log"> {
  config: DiscordConfig;
  /** The role that the configuration gives a person by id. */
  roleOf(personId: string): Role;
  /** The connection has ended for good: a wrong token, an intent that isn't allowed. */
  onFatal(error: HyggeError): void;
}

export interface Discord {
  chat: Chat;
  health(): { up: boolean; ping?: number; error?: string };
  close(): Promise<void>;
}

/** Discord closes with these when it makes no sense to come back. */
const fatal: Partial<Record<number, string>> = {
  [GatewayCloseCodes.AuthenticationFailed]:
    "DISCORD_TOKEN: Discord refuses it. Copy the bot's token from the Developer Portal again (Bot, Reset Token)",
  [GatewayCloseCodes.InvalidShard]: "Discord refuses the shard (4010)",
  [GatewayCloseCodes.ShardingRequired]:
    "The bot is on more servers than one connection may have (4011): Hygge needs fewer than 2,500",
  [GatewayCloseCodes.InvalidAPIVersion]:
    "Discord no longer speaks this version of its API (4012): update Hygge",
  [GatewayCloseCodes.InvalidIntents]: "Discord knows none of these intents (4013): update Hygge",
  [GatewayCloseCodes.DisallowedIntents]:
    "DISCORD_REPLIES: an intent isn't allowed for this bot (4014). Allow it in the Developer Portal (Bot), or unset DISCORD_REPLIES",
};
const drainMs = 3_000;
const reconnectMaxMs = 60_000;

/** @throws HyggeError config_invalid where Discord refuses the token */
export async function openDiscord(deps: DiscordDeps): Promise<Discord> {
  const { config, log } = deps;
  const client = new Client({
    intents: [
      GatewayIntentBits.Guilds,
      ...(config.replies ? [GatewayIntentBits.GuildMessages, GatewayIntentBits.DirectMessages] : []),
    ],
    // Direct messages come in channels that were never announced.
    partials: [Partials.Channel],
    // Nothing that a person or the model wrote notifies anybody.
    allowedMentions: { parse: [] },
    rest: restOptions(config.apiUrl),
    failIfNotExists: false,
  });
  client.rest.setToken(config.token);
  const channelLabel = (channel: Parameters<Bot["channelLabel"]>[0], locale: "de" | "en") =>
    (deps.brands.get(deps.brand) ?? deps.brands.list()[0])?.channels[channel].label[locale] ?? channel;
  const bot: Bot = {
    ...deps,
    rest: client.rest,
    people: createPeople({ ...config, roleOf: deps.roleOf }),
    cooldown: createCooldown(config.cooldownSeconds),
    channelLabel,
    approverRoles: config.approverRoles,
    replies: config.replies,
  };

  const atWork = new Set<Promise<void>>();
  const closing = new AbortController();
  let problem: string | undefined;
  const track = (work: Promise<void>) => {
    atWork.add(work);
    void work.finally(() => atWork.delete(work));
  };
  const giveUp = (why: string) => {
    problem = why;
    log.fatal({ problem }, "discord: connection given up");
    deps.onFatal(new HyggeError("config_invalid", { problems: why }));
  };

  client.on(Events.InteractionCreate, (interaction) => track(run(bot, interaction)));
  if (config.replies) client.on(Events.MessageCreate, (message) => track(hear(bot, message)));
  client.on(Events.ShardDisconnect, ({ code }) => {
    const why = fatal[code];
    if (why !== undefined && !closing.signal.aborted) giveUp(why);
  });
  client.on(Events.ShardReconnecting, () => log.info("discord: connecting again"));
  client.on(Events.ShardResume, (_, replayed) => log.info({ replayed }, "discord: connection resumed"));
  client.on(Events.ClientReady, ({ user, guilds }) =>
    log.info({ bot: user.tag, servers: guilds.cache.size }, "discord: connected"),
  );
  client.on(Events.Error, (err) => log.warn({ err }, "discord: connection error"));
  client.on(Events.ShardError, (err) => log.warn({ err }, "discord: connection error"));
  client.on(Events.Warn, (warning) => log.warn({ warning }, "discord"));

  /** An unreachable Discord is waited for; a refused token is the operator's. */
  async function connect(): Promise<void> {
    for (let pause = 1_000; !closing.signal.aborted; pause = Math.min(pause * 2, reconnectMaxMs)) {
      try {
        await client.login(config.token);
        problem = undefined;
        return;
      } catch (error) {
        if (isRefused(error))
          throw new HyggeError("config_invalid", { problems: `${fatal[4004]}` }, { cause: error });
        problem = String(error);
        log.warn({ err: error, pauseMs: pause }, "discord: not reachable, trying again");
        await sleep(pause, undefined, { signal: closing.signal }).catch(() => undefined);
      }
    }
  }
  const connected = connect();
  // The page must not wait for a platform that is away.
  await Promise.race([connected, sleep(10_000, undefined, { ref: false })]);
  connected.catch((error) => {
    if (!closing.signal.aborted && problem !== fatal[4004]) giveUp(String(error));
  });

  return {
    chat: discordChat({
      rest: client.rest,
      db: deps.db,
      places: createPlaces(client.rest),
      channelLabel,
      log,
    }),
    // isReady() stays true after a close for good, and so can the status.
    health: () => {
      const up = client.ws.status === Status.Ready && problem === undefined;
      return {
        up,
        ...(up && client.ws.ping >= 0 ? { ping: client.ws.ping } : {}),
        ...(problem === undefined ? {} : { error: problem }),
      };
    },
    async close() {
      closing.abort();
      client.removeAllListeners(Events.InteractionCreate);
      client.removeAllListeners(Events.MessageCreate);
      await Promise.race([Promise.allSettled(atWork), sleep(drainMs, undefined, { ref: false })]);
      await client.destroy();
    },
  };
}

const isRefused = (error: unknown): boolean =>
  isUnauthorized(error) ||
  (error instanceof DiscordAPIError && error.status === 403) ||
  (error instanceof Error && "code" in error && error.code === "TokenInvalid");

async function run(bot: Bot, interaction: AnyInteraction): Promise<void> {
  try {
    if (interaction.isAutocomplete()) await suggest(bot, interaction);
    else if (interaction.isChatInputCommand()) await runCommand(bot, interaction);
    else if (interaction.isMessageContextMenuCommand()) await runOnMessage(bot, interaction);
    else if (interaction.isButton() || interaction.isStringSelectMenu()) await runClick(bot, interaction);
    else if (interaction.isModalSubmit()) await runModal(bot, interaction);
  } catch (error) {
    if (interaction.isRepliable()) await tell(interaction, error, bot.log);
    else if (!isAnswered(error)) bot.log.warn({ err: error }, "discord: no suggestions");
  }
}

async function hear(bot: Bot, message: Message): Promise<void> {
  await runReply(bot, message).catch((err) => bot.log.error({ err }, "discord: message failed"));
}
