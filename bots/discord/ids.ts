/** Custom ids of buttons, selects and modals: opaque, short, and understood after any restart. */

export const actions = [
  // a draft's
  "anew",
  "shorter",
  "variants",
  "refine",
  "edit",
  "tone",
  "request",
  "withdraw",
  "approve",
  "reject",
  "up",
  "down",
  "pick",
  "copy",
  // a brief's
  "cancel",
  // no subject: the form of `/hygge`
  "brief",
] as const;
export type ActionId = (typeof actions)[number];

/** `subject` is a draft's or a brief's id; "-" where there is none. At most 100 characters. */
export const customId = (action: ActionId, subject = "-"): string => `v1:${action}:${subject}`;

/** Undefined: not ours, or of a version that is no longer understood. */
export function readCustomId(id: string): { action: ActionId; subject: string } | undefined {
  const [, name, subject] = /^v1:([a-z]+):([\w-]{1,80})$/.exec(id) ?? [];
  const action = actions.find((known) => known === name);
  return action && subject !== undefined ? { action, subject } : undefined;
}
