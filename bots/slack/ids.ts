/** Ids of what can be clicked and submitted. They live in messages for years: never rename one. */
import { z } from "zod";

export const actionIds = {
  anew: "hygge:anew",
  change: "hygge:change",
  refine: "hygge:refine",
  edit: "hygge:edit",
  pick: "hygge:pick",
  request: "hygge:request",
  withdraw: "hygge:withdraw",
  approve: "hygge:approve",
  reject: "hygge:reject",
  copy: "hygge:copy",
  dashboard: "hygge:dashboard",
  more: "hygge:more",
  cancel: "hygge:cancel",
  again: "hygge:again",
  feedback: "hygge_feedback",
  compose: "hygge:compose",
} as const;

export const viewIds = {
  brief: "hygge:brief",
  refine: "hygge:refine",
  edit: "hygge:edit",
  bad: "hygge:bad",
  reject: "hygge:reject",
} as const;

export const shortcutIds = { rewrite: "hygge_rewrite", compose: "hygge_compose" } as const;

/** What a click is about. `what` tells the options of a menu apart. */
export interface About {
  briefId: string;
  draftId?: string;
  what?: string;
}

/** Short enough for an option's value (150): two uuids and a word or two. */
export const writeAbout = ({ briefId, draftId, what }: About): string =>
  [briefId, draftId ?? "", what ?? ""].join("|").replace(/\|+$/, "");

export function readAbout(value: string | undefined): About | undefined {
  const [briefId = "", draftId = "", what = ""] = (value ?? "").split("|");
  if (briefId === "") return undefined;
  return { briefId, ...(draftId ? { draftId } : {}), ...(what ? { what } : {}) };
}

/** What a modal remembers of where it was opened; Slack keeps up to 3,000 characters. */
export const metadata = z.object({
  briefId: z.string().optional(),
  draftId: z.string().optional(),
  /** Thread for a new brief, see place.ts. */
  thread: z.string().optional(),
  /** To answer the person who opened it, for half an hour. */
  respond: z.string().optional(),
  /** Edit: sizes of the parts, and what the person has been told already. */
  told: z.string().optional(),
});
export type Metadata = z.infer<typeof metadata>;
export const readMetadata = (text: string): Metadata => metadata.parse(JSON.parse(text || "{}"));
