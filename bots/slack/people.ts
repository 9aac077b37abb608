/** Who somebody in Slack is to Hygge: name, language and role, asked once an hour. */
import type { WebClient } from "@slack/web-api";
import { z } from "zod";
import type { Locale } from "#src/chat.ts";
import type { Logger } from "#src/log.ts";
import { type Actor, higher, type Role } from "#src/may.ts";
import { type Client, SlackFault } from "./client.ts";
import { personId } from "./place.ts";

export interface People {
  actor(team: string, user: string, nameHint?: string): Promise<Actor>;
  /** A person's name, if it is known already. */
  name(team: string, user: string): string | undefined;
  /** Who is pinged to approve: ids of user groups (S…) or people (U…); empty: nobody is set. */
  approvers(team: string): Promise<string[]>;
}

export interface PeopleDeps {
  client: Client;
  log: Logger;
  /** Role by configuration: HYGGE_APPROVERS and the like, else the default of Slack. */
  roleOf(personId: string): Role;
  /** User groups by id or handle. */
  groups: { approvers: string[]; managers: string[] };
  /** Person ids of HYGGE_APPROVERS, to ping where no group is set. */
  approverIds: string[];
}

const keptMs = 3_600_000;
const groupsKeptMs = 300_000;
const keptPeople = 5_000;

const userInfo = z.object({
  user: z.object({
    name: z.string().optional(),
    real_name: z.string().optional(),
    locale: z.string().optional(),
    profile: z
      .object({ display_name: z.string().optional(), real_name: z.string().optional() })
      .partial()
      .optional(),
  }),
});

export function createPeople({ client, log, roleOf, groups, approverIds }: PeopleDeps): People {
  const people = remembering<{ name: string; locale: Locale }>(keptMs, keptPeople);
  const members = remembering<Set<string>>(groupsKeptMs, 100);
  const ids = remembering<string>(groupsKeptMs, 100);

  async function about(team: string, user: string, hint?: string) {
    return people(`${team}/${user}`, async () => {
      const { user: found } = userInfo.parse(
        await client.call((web) => web.users.info({ user, include_locale: true })),
      );
      const name =
        found.profile?.display_name || found.profile?.real_name || found.real_name || found.name || hint;
      return { name: name || user, locale: found.locale?.startsWith("de") === false ? "en" : "de" };
    });
  }

  /** "@freigabe" or "S0123": a group's id. */
  async function groupId(team: string, group: string): Promise<string> {
    if (/^S[A-Z0-9]{6,}$/.test(group)) return group;
    const handle = group.replace(/^@/, "").toLowerCase();
    return ids(`${team}/${handle}`, async () => {
      const { usergroups = [] } = await client.call((web: WebClient) => web.usergroups.list({}));
      const found = usergroups.find((g) => g.handle?.toLowerCase() === handle)?.id;
      if (!found) throw new Error(`there is no Slack user group @${handle}`);
      return found;
    });
  }

  async function inAny(team: string, user: string, list: string[]): Promise<boolean> {
    for (const group of list) {
      try {
        const id = await groupId(team, group);
        const users = await members(`${team}/${id}`, async () => {
          const { users: found = [] } = await client.call((web) =>
            web.usergroups.users.list({ usergroup: id }),
          );
          return new Set(found);
        });
        if (users.has(user)) return true;
      } catch (err) {
        // Without the look-up nobody gets more than the configuration gives them.
        log.warn({ err, group }, "slack: user group not read");
      }
    }
    return false;
  }

  return {
    async actor(team, user, hint) {
      const id = personId(team, user);
      const known = await about(team, user, hint).catch((err: unknown) => {
        log.warn({ err: err instanceof SlackFault ? err.message : err }, "slack: person not looked up");
        return { name: hint ?? user, locale: "de" as const };
      });
      const configured = roleOf(id);
      // A group that could add nothing isn't asked for.
      const raises = (role: Role) => higher(configured, role) !== configured;
      const role =
        raises("manager") && (await inAny(team, user, groups.managers))
          ? "manager"
          : raises("approver") && (await inAny(team, user, groups.approvers))
            ? "approver"
            : configured;
      return { id, ...known, surface: "slack", role };
    },
    name: (team, user) => people.known(`${team}/${user}`)?.name,
    async approvers(team) {
      const mentions: string[] = [];
      for (const group of groups.approvers) {
        const id = await groupId(team, group).catch(() => undefined);
        if (id) mentions.push(id);
      }
      if (mentions.length > 0) return mentions;
      const prefix = personId(team, "");
      return approverIds.filter((id) => id.startsWith(prefix)).map((id) => id.slice(prefix.length));
    },
  };
}

/** Asks once for what several want at once, keeps the answer for a while, forgets failures. */
function remembering<T>(ms: number, limit: number) {
  const kept = new Map<string, { until: number; value: Promise<T>; ready?: T }>();
  const remember = (key: string, ask: () => Promise<T>): Promise<T> => {
    const before = kept.get(key);
    if (before && before.until > Date.now()) return before.value;
    const entry: { until: number; value: Promise<T>; ready?: T } = { until: Date.now() + ms, value: ask() };
    kept.delete(key);
    kept.set(key, entry);
    entry.value.then(
      (ready) => {
        entry.ready = ready;
      },
      () => {
        if (kept.get(key) === entry) kept.delete(key);
      },
    );
    for (const oldest of kept.keys()) {
      if (kept.size <= limit) break;
      kept.delete(oldest);
    }
    return entry.value;
  };
  return Object.assign(remember, { known: (key: string): T | undefined => kept.get(key)?.ready });
}
