import type { Locale, Surface } from "#src/chat.ts";
import { HyggeError } from "#src/errors.ts";

export const roles = ["requester", "approver", "manager", "admin"] as const;
export type Role = (typeof roles)[number];

/** Who does something. Every use case takes one; surfaces make it from a cookie or a platform id. */
export interface Actor {
  /** "web:…", "slack:TEAM/USER", "discord:USER", "cli:NAME". */
  id: string;
  name: string;
  surface: Surface | "cli";
  role: Role;
  locale: Locale;
}

export const actions = [
  "brief.create",
  "brief.read",
  "brief.cancel",
  "draft.revise",
  "draft.edit",
  "draft.pick",
  "draft.rate",
  "draft.request",
  "draft.approve",
  "draft.reject",
  "draft.withdraw",
  "feedback.read",
  "feedback.export",
  "rules.change",
  "audit.read",
  "person.access",
  "person.erase",
  "admin",
] as const;
export type Action = (typeof actions)[number];

const rank: Record<Role, number> = { requester: 0, approver: 1, manager: 2, admin: 3 };

const needed: Record<Action, Role> = {
  "brief.create": "requester",
  "brief.read": "requester",
  "brief.cancel": "requester",
  "draft.revise": "requester",
  "draft.edit": "requester",
  "draft.pick": "requester",
  "draft.rate": "requester",
  "draft.request": "requester",
  "draft.withdraw": "requester",
  "draft.approve": "approver",
  "draft.reject": "approver",
  "feedback.read": "manager",
  "feedback.export": "manager",
  "rules.change": "manager",
  "audit.read": "admin",
  "person.access": "admin",
  "person.erase": "admin",
  admin: "admin",
};

/** Actions on somebody else's brief that need more than the role above: its owner, or at least this role. */
const foreign: Partial<Record<Action, Role>> = {
  "brief.cancel": "approver",
  "draft.pick": "approver",
  "draft.request": "approver",
  "draft.withdraw": "approver",
};

/** The one authorization question, asked on the server by every use case. `owner` is the brief's person id. */
export function may(actor: Actor, action: Action, about?: { owner: string }): boolean {
  if (rank[actor.role] < rank[needed[action]]) return false;
  const others = foreign[action];
  return (
    about === undefined ||
    about.owner === actor.id ||
    others === undefined ||
    rank[actor.role] >= rank[others]
  );
}

/** The least role that an action needs, for the message that says no. */
export function neededRole(action: Action, about: { owner: string } | undefined, actor: Actor): Role {
  const others = about !== undefined && about.owner !== actor.id ? foreign[action] : undefined;
  return others !== undefined && rank[others] > rank[needed[action]] ? others : needed[action];
}

/** @throws HyggeError not_allowed */
export function allow(actor: Actor, action: Action, about?: { owner: string }): void {
  if (may(actor, action, about)) return;
  const needed = neededRole(action, about, actor);
  throw new HyggeError("not_allowed", { action, role: actor.role, needed });
}

/** The higher of two roles: what the configuration says and what a platform's group says add up. */
export const higher = (a: Role, b: Role): Role => (rank[a] >= rank[b] ? a : b);

/** The role that the configuration gives a person. */
export function roleOf(
  personId: string,
  config: { approvers: string[]; managers: string[]; admins: string[]; fallback: Role },
): Role {
  if (config.admins.includes(personId)) return "admin";
  if (config.managers.includes(personId)) return "manager";
  if (config.approvers.includes(personId)) return "approver";
  return config.fallback;
}
