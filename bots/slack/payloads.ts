/** What Slack sends, as far as we read it. Names and shapes are Slack's. */
import { z } from "zod";

export const command = z.object({
  team_id: z.string(),
  channel_id: z.string(),
  channel_name: z.string().optional(),
  user_id: z.string(),
  user_name: z.string().optional(),
  text: z.string().default(""),
  response_url: z.string().optional(),
  trigger_id: z.string(),
});
export type Command = z.infer<typeof command>;

const user = z.object({
  id: z.string(),
  team_id: z.string().optional(),
  username: z.string().optional(),
  name: z.string().optional(),
});
const team = z.object({ id: z.string() }).nullish();

export const blockActions = z.object({
  type: z.literal("block_actions"),
  team,
  user,
  trigger_id: z.string().optional(),
  response_url: z.string().optional(),
  channel: z.object({ id: z.string() }).optional(),
  container: z
    .object({
      type: z.string(),
      message_ts: z.string().optional(),
      thread_ts: z.string().optional(),
      channel_id: z.string().optional(),
    })
    .optional(),
  message: z.object({ ts: z.string().optional(), thread_ts: z.string().optional() }).nullish(),
  actions: z
    .array(
      z.object({
        type: z.string().optional(),
        action_id: z.string(),
        action_ts: z.string().optional(),
        value: z.string().optional(),
        selected_option: z.object({ value: z.string() }).nullish(),
      }),
    )
    .min(1),
});
export type BlockActions = z.infer<typeof blockActions>;

const input = z.object({
  value: z.string().nullish(),
  selected_option: z.object({ value: z.string() }).nullish(),
  selected_options: z.array(z.object({ value: z.string() })).nullish(),
});

export const viewSubmission = z.object({
  type: z.literal("view_submission"),
  team,
  user,
  trigger_id: z.string().optional(),
  view: z.object({
    id: z.string(),
    hash: z.string().optional(),
    callback_id: z.string(),
    private_metadata: z.string().default(""),
    state: z.object({ values: z.record(z.string(), z.record(z.string(), input)) }),
  }),
});
export type ViewSubmission = z.infer<typeof viewSubmission>;

export const shortcut = z.object({
  type: z.enum(["shortcut", "message_action"]),
  callback_id: z.string(),
  team,
  user,
  trigger_id: z.string(),
  response_url: z.string().optional(),
  channel: z.object({ id: z.string() }).optional(),
  message: z
    .object({ text: z.string().default(""), ts: z.string(), thread_ts: z.string().optional() })
    .optional(),
});
export type Shortcut = z.infer<typeof shortcut>;

export const eventCallback = z.object({
  team_id: z.string(),
  event_id: z.string(),
  event: z.looseObject({ type: z.string() }),
});

export const messageEvent = z.object({
  type: z.enum(["message", "app_mention"]),
  subtype: z.string().optional(),
  channel: z.string(),
  channel_type: z.string().optional(),
  user: z.string().optional(),
  bot_id: z.string().optional(),
  text: z.string().default(""),
  ts: z.string(),
  thread_ts: z.string().optional(),
});
export type MessageEvent = z.infer<typeof messageEvent>;

export const homeOpened = z.object({
  type: z.literal("app_home_opened"),
  user: z.string(),
  tab: z.string().optional(),
});

/** The team that somebody acts in. */
export const teamOf = (body: {
  team?: { id: string } | null | undefined;
  user: { team_id?: string | undefined };
}) => body.team?.id ?? body.user.team_id ?? "";
