/** `hygge discord`, and what commands need of the chats' room. */
import type { Locale } from "#src/chat.ts";
import { type Config, readConfig } from "#src/config.ts";
import { CliError, exits } from "./exit.ts";
import { type Io, print } from "./io.ts";

type Discord = NonNullable<Config["discord"]>;

/** The chats' room, as far as commands need it. */
export interface Bots {
  /** Registers the commands for one server, or for all; returns how many there are. */
  registerDiscord(config: Discord, guildId?: string): Promise<number>;
  /** What Discord says of the configuration, one line each. */
  checkDiscord(
    config: Discord,
    locale: Locale,
    channelId?: string,
  ): AsyncIterable<{ ok: boolean; text: string }>;
  /** The same of Slack. */
  checkSlack(
    config: NonNullable<Config["slack"]>,
    locale: Locale,
  ): AsyncIterable<{ ok: boolean; text: string }>;
}

export async function registerDiscord(io: Io, bots: Bots, options: { guild?: string }): Promise<number> {
  const { discord } = readConfig(io.env);
  if (!discord) throw new CliError(io.text.discord.noToken, exits.usage);
  if (options.guild !== undefined && !/^\d{15,22}$/.test(options.guild))
    throw new CliError(io.text.discord.badGuild(options.guild), exits.usage);
  try {
    const count = await bots.registerDiscord(discord, options.guild);
    await print(io.out, `${io.text.discord.registered(count, options.guild)}\n`);
    return exits.ok;
  } catch (error) {
    // Discord's own words name the field or the permission.
    throw new CliError(io.text.discord.refused(String(error)), exits.failed);
  }
}
