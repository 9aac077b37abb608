/** `hygge doctor` on Discord: token, intents, commands, roles, and what the bot may do where it is. */
import {
  type APIApplicationCommand,
  type APIGuildMember,
  type APIOverwrite,
  type APIRole,
  type APIUser,
  type GuildBasedChannel,
  PermissionsBitField,
  REST,
  type RESTAPIPartialCurrentUserGuild,
  type RESTGetAPIGatewayBotResult,
  Routes,
} from "discord.js";
import type { Locale } from "#src/chat.ts";
import { texts } from "./messages.ts";
import { invited, missing, named, needed, permissionsIn } from "./permissions.ts";
import { commands, register } from "./register.ts";
import { codes, isCode, isUnauthorized, restOptions } from "./rest.ts";
import type { DiscordConfig } from "./server.ts";

export interface Finding {
  ok: boolean;
  text: string;
}

export const openRest = ({ token, apiUrl }: Pick<DiscordConfig, "token" | "apiUrl">): REST =>
  new REST({ ...restOptions(apiUrl), retries: 1 }).setToken(token);

/** Registers the commands for one server, or for all; returns how many there are. */
export async function registerDiscord(config: DiscordConfig, guildId?: string): Promise<number> {
  const rest = openRest(config);
  const me = (await rest.get(Routes.user())) as APIUser;
  return register(rest, me.id, guildId);
}

/** The address that invites the bot with what it needs. */
export const inviteUrl = (applicationId: string): string =>
  `https://discord.com/oauth2/authorize?client_id=${applicationId}&scope=bot+applications.commands&permissions=${
    new PermissionsBitField([...invited]).bitfield
  }`;

/** One finding after the other; `channelId` is looked at more closely. */
export async function* checkDiscord(
  config: DiscordConfig,
  locale: Locale,
  channelId?: string,
): AsyncGenerator<Finding> {
  const t = texts(locale).doctor;
  const rest = openRest(config);
  let me: APIUser;
  let guilds: RESTAPIPartialCurrentUserGuild[];
  try {
    me = (await rest.get(Routes.user())) as APIUser;
    guilds = (await rest.get(Routes.userGuilds())) as RESTAPIPartialCurrentUserGuild[];
  } catch (error) {
    yield { ok: false, text: isUnauthorized(error) ? t.refused : t.unreachable(String(error)) };
    return;
  }
  yield guilds.length === 0
    ? { ok: false, text: t.noServer(inviteUrl(me.id)) }
    : { ok: true, text: t.bot(me.username, guilds.length) };
  yield {
    ok: true,
    text: t.intents(["Guilds", ...(config.replies ? ["GuildMessages", "DirectMessages"] : [])].join(", ")),
  };

  const gateway = (await rest.get(Routes.gatewayBot())) as RESTGetAPIGatewayBotResult;
  const { remaining, reset_after: resetMs } = gateway.session_start_limit;
  if (remaining < 20) yield { ok: false, text: t.sessions(remaining, Math.ceil(resetMs / 3_600_000)) };
  yield await commandsFinding(rest, me.id, guilds, locale);

  const roleIds = new Set<string>();
  for (const guild of guilds) {
    for (const role of (await rest.get(Routes.guildRoles(guild.id))) as APIRole[]) roleIds.add(role.id);
    const lacking = missing(new PermissionsBitField(BigInt(guild.permissions)), invited);
    yield lacking.length === 0
      ? { ok: true, text: t.server(guild.name) }
      : { ok: false, text: t.missing(guild.name, named(lacking, locale)) };
  }
  const wanted = [...new Set([...config.approverRoles, ...config.managerRoles])];
  for (const id of wanted) if (!roleIds.has(id)) yield { ok: false, text: t.role(id) };
  if (wanted.length > 0 && wanted.every((id) => roleIds.has(id)))
    yield { ok: true, text: t.roles(wanted.length) };
  if (channelId !== undefined) yield await channelFinding(rest, me.id, channelId, locale);
}

async function commandsFinding(
  rest: REST,
  applicationId: string,
  guilds: RESTAPIPartialCurrentUserGuild[],
  locale: Locale,
): Promise<Finding> {
  const t = texts(locale).doctor;
  const routes = [
    Routes.applicationCommands(applicationId),
    ...guilds.map((guild) => Routes.applicationGuildCommands(applicationId, guild.id)),
  ];
  let found: string[] = [];
  for (const route of routes) {
    const there = ((await rest.get(route)) as APIApplicationCommand[]).map((command) => command.name);
    if (there.length > found.length) found = there;
  }
  if (found.length === 0) return { ok: false, text: t.noCommands };
  const ours = commands().map((command) => command.name);
  return ours.every((name) => found.includes(name))
    ? { ok: true, text: t.commands(found.length) }
    : { ok: false, text: t.oldCommands };
}

async function channelFinding(
  rest: REST,
  userId: string,
  channelId: string,
  locale: Locale,
): Promise<Finding> {
  const t = texts(locale).doctor;
  try {
    const channel = (await rest.get(Routes.channel(channelId))) as {
      name: string;
      type: GuildBasedChannel["type"];
      guild_id: string;
      parent_id?: string;
      permission_overwrites?: APIOverwrite[];
    };
    const isThread = channel.type >= 10 && channel.type <= 12;
    const holder = isThread
      ? ((await rest.get(Routes.channel(channel.parent_id ?? channelId))) as typeof channel)
      : channel;
    const roles = (await rest.get(Routes.guildRoles(channel.guild_id))) as APIRole[];
    const member = (await rest.get(Routes.guildMember(channel.guild_id, userId))) as APIGuildMember;
    const has = permissionsIn(
      { id: channel.guild_id, roles },
      { ...member, userId },
      holder.permission_overwrites ?? [],
    );
    const lacking = missing(has, isThread ? needed.thread : needed.channel);
    return lacking.length === 0
      ? { ok: true, text: t.channel(`#${channel.name}`) }
      : { ok: false, text: t.missing(`#${channel.name}`, named(lacking, locale)) };
  } catch (error) {
    if (isCode(error, codes.unknownChannel, codes.missingAccess))
      return { ok: false, text: t.channelGone(channelId) };
    throw error;
  }
}
