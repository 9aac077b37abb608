/** What the bot may do in a channel, and what it must be able to. */
import {
  type APIGuildMember,
  type APIOverwrite,
  type APIRole,
  PermissionFlagsBits,
  PermissionsBitField,
  type PermissionsString,
} from "discord.js";
import type { Locale } from "#src/chat.ts";
import { texts } from "./messages.ts";

const everywhere = ["ViewChannel", "ReadMessageHistory"] as const;
export const needed = {
  /** A thread already. */
  thread: [...everywhere, "SendMessagesInThreads"],
  /** A channel whose messages can have threads. */
  channel: [...everywhere, "SendMessages", "CreatePublicThreads", "SendMessagesInThreads"],
  other: [...everywhere, "SendMessages"],
} as const satisfies Record<string, readonly PermissionsString[]>;

/** Of the invitation: what every feature needs. */
export const invited: readonly PermissionsString[] = [...needed.channel, "CreatePrivateThreads"];

export function missing(has: PermissionsBitField, wanted: readonly PermissionsString[]): PermissionsString[] {
  return has.missing(new PermissionsBitField([...wanted]));
}

export function named(names: readonly string[], locale: Locale): string {
  const known: Partial<Record<string, string>> = texts(locale).permissionNames;
  return names.map((name) => known[name] ?? name).join(", ");
}

/** Discord's own rule: roles add up, then the channel's overwrites of everybody, of roles, of the member. */
export function permissionsIn(
  guild: { id: string; roles: readonly APIRole[] },
  member: Pick<APIGuildMember, "roles"> & { userId: string },
  overwrites: readonly APIOverwrite[],
): PermissionsBitField {
  const own = guild.roles.filter((role) => role.id === guild.id || member.roles.includes(role.id));
  let bits = own.reduce((sum, role) => sum | BigInt(role.permissions), 0n);
  if ((bits & PermissionFlagsBits.Administrator) !== 0n)
    return new PermissionsBitField(PermissionsBitField.All);
  const apply = (those: readonly APIOverwrite[]) => {
    for (const { deny } of those) bits &= ~BigInt(deny);
    for (const { allow } of those) bits |= BigInt(allow);
  };
  apply(overwrites.filter(({ id }) => id === guild.id));
  apply(overwrites.filter(({ id }) => id !== guild.id && member.roles.includes(id)));
  apply(overwrites.filter(({ id }) => id === member.userId));
  return new PermissionsBitField(bits);
}
