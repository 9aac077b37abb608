/** Who is asking: a Discord user, with the role that the configuration and their roles on the server give. */
import type { BaseInteraction, Message } from "discord.js";
import type { Locale } from "#src/chat.ts";
import { type Actor, higher, type Role } from "#src/may.ts";

export interface PeopleOptions {
  /** The role that the configuration gives a person by id. */
  roleOf(personId: string): Role;
  /** Ids of Discord roles. */
  approverRoles: readonly string[];
  managerRoles: readonly string[];
}

export const localeOf = (tag: string): Locale => (tag.toLowerCase().startsWith("de") ? "de" : "en");

export function createPeople({ roleOf, approverRoles, managerRoles }: PeopleOptions) {
  function roleFor(userId: string, roleIds: readonly string[]): Role {
    const ofServer: Role = managerRoles.some((id) => roleIds.includes(id))
      ? "manager"
      : approverRoles.some((id) => roleIds.includes(id))
        ? "approver"
        : "requester";
    return higher(roleOf(`discord:${userId}`), ofServer);
  }

  return {
    /** In direct messages nobody has a server's roles. */
    actor(interaction: BaseInteraction): Actor {
      const { user, member } = interaction;
      const roleIds =
        member === null ? [] : Array.isArray(member.roles) ? member.roles : [...member.roles.cache.keys()];
      const nick = member === null ? undefined : "displayName" in member ? member.displayName : member.nick;
      return {
        id: `discord:${user.id}`,
        name: nick ?? user.displayName,
        surface: "discord",
        role: roleFor(user.id, roleIds),
        locale: localeOf(interaction.locale),
      };
    },

    /** A message doesn't tell its writer's language; the server's own is the next best. */
    writer(message: Message): Actor {
      const { author, member, guild } = message;
      return {
        id: `discord:${author.id}`,
        name: member?.displayName ?? author.displayName,
        surface: "discord",
        role: roleFor(author.id, [...(member?.roles.cache.keys() ?? [])]),
        locale: localeOf(guild?.preferredLocale ?? "de"),
      };
    },
  };
}
export type People = ReturnType<typeof createPeople>;
