/**
 * What Slack would refuse: its documented limits for messages, views and their parts. Every call of every test goes
 * through here.
 */
import { z } from "zod";

const text = (max: number, min = 1) => z.string().min(min).max(max);
const plain = (max: number) =>
  z.strictObject({ type: z.literal("plain_text"), text: text(max), emoji: z.boolean().optional() });
const id = text(255).optional();

const inline = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("text"),
    text: text(4_000),
    style: z.record(z.string(), z.boolean()).optional(),
  }),
  z.strictObject({ type: z.literal("user"), user_id: z.string().regex(/^[UW][A-Z0-9]+$/) }),
  z.strictObject({ type: z.literal("usergroup"), usergroup_id: z.string().regex(/^S[A-Z0-9]+$/) }),
  z.strictObject({ type: z.literal("channel"), channel_id: z.string().regex(/^[CDG][A-Z0-9]+$/) }),
  z.strictObject({ type: z.literal("link"), url: z.url().max(3_000), text: z.string().optional() }),
]);
const section = z.strictObject({ type: z.literal("rich_text_section"), elements: z.array(inline).min(1) });
const richText = z.strictObject({
  type: z.literal("rich_text"),
  block_id: id,
  elements: z
    .array(
      z.discriminatedUnion("type", [
        section,
        z.strictObject({ type: z.literal("rich_text_quote"), elements: z.array(inline).min(1) }),
        z.strictObject({ type: z.literal("rich_text_preformatted"), elements: z.array(inline).min(1) }),
        z.strictObject({
          type: z.literal("rich_text_list"),
          style: z.enum(["bullet", "ordered"]),
          elements: z.array(section).min(1),
        }),
      ]),
    )
    .min(1),
});

const option = z.strictObject({ text: plain(75), value: text(150) });
const options = z.array(option).min(1).max(100);
const button = z.strictObject({
  type: z.literal("button"),
  action_id: text(255),
  text: plain(75),
  value: text(2_000),
  style: z.enum(["primary", "danger"]).optional(),
});
const staticSelect = z
  .strictObject({
    type: z.literal("static_select"),
    action_id: text(255),
    placeholder: plain(150).optional(),
    options: options.optional(),
    option_groups: z
      .array(z.strictObject({ label: plain(75), options }))
      .min(1)
      .max(100)
      .optional(),
    initial_option: option.optional(),
  })
  .refine((s) => (s.options === undefined) !== (s.option_groups === undefined), "options or groups")
  .refine(
    (s) =>
      !s.initial_option || s.options?.some((o) => JSON.stringify(o) === JSON.stringify(s.initial_option)),
    "the initial option is none of the options",
  );
const overflow = z.strictObject({
  type: z.literal("overflow"),
  action_id: text(255),
  options: z.array(option).min(1).max(5),
});
const distinct = (elements: { action_id: string }[]) =>
  new Set(elements.map((e) => e.action_id)).size === elements.length;
const actions = z.strictObject({
  type: z.literal("actions"),
  block_id: id,
  elements: z
    .array(z.union([button, staticSelect, overflow]))
    .min(1)
    .max(25)
    .refine(distinct, "action ids twice"),
});
const context = z.strictObject({
  type: z.literal("context"),
  block_id: id,
  elements: z.array(plain(3_000)).min(1).max(10),
});
const feedbackButton = z.strictObject({
  text: plain(75),
  accessibility_label: text(75),
  value: text(2_000),
});
const contextActions = z.strictObject({
  type: z.literal("context_actions"),
  block_id: id,
  elements: z
    .array(
      z.strictObject({
        type: z.literal("feedback_buttons"),
        action_id: text(255),
        positive_button: feedbackButton,
        negative_button: feedbackButton,
      }),
    )
    .min(1)
    .max(5),
});
const divider = z.strictObject({ type: z.literal("divider"), block_id: id });
const header = z.strictObject({ type: z.literal("header"), block_id: id, text: plain(150) });

const textInput = z
  .strictObject({
    type: z.literal("plain_text_input"),
    action_id: text(255),
    multiline: z.boolean().optional(),
    initial_value: z.string().max(3_000).optional(),
    placeholder: plain(150).optional(),
    max_length: z.number().int().min(1).max(3_000).optional(),
  })
  .refine((i) => (i.initial_value?.length ?? 0) <= (i.max_length ?? 3_000), "longer than it may be");
const checkboxes = z.strictObject({
  type: z.literal("checkboxes"),
  action_id: text(255),
  options: z.array(option).min(1).max(10),
});
const input = z.strictObject({
  type: z.literal("input"),
  block_id: text(255),
  label: plain(2_000),
  element: z.union([textInput, checkboxes, staticSelect]),
  optional: z.boolean().optional(),
  hint: plain(2_000).optional(),
});

const messageBlock = z.discriminatedUnion("type", [
  richText,
  actions,
  context,
  contextActions,
  divider,
  header,
]);
const viewBlock = z.discriminatedUnion("type", [richText, actions, context, divider, header, input]);
const distinctBlocks = (blocks: { block_id?: string | undefined }[]) => {
  const ids = blocks.flatMap((block) => block.block_id ?? []);
  return new Set(ids).size === ids.length;
};

const message = z
  .object({
    // chat.update takes 4,000 characters.
    text: text(4_000),
    blocks: z.array(messageBlock).min(1).max(50).refine(distinctBlocks, "block ids twice"),
  })
  .refine(({ blocks }) => sum(blocks) <= 13_200, "msg_blocks_too_long")
  .refine(({ text }) => !/<[@#!]/.test(text), "the notification mentions somebody");
const view = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("modal"),
    callback_id: text(255),
    title: plain(24),
    submit: plain(24),
    close: plain(24),
    private_metadata: z.string().max(3_000),
    blocks: z.array(viewBlock).min(1).max(100).refine(distinctBlocks, "block ids twice"),
  }),
  z.strictObject({ type: z.literal("home"), blocks: z.array(viewBlock).min(1).max(100) }),
]);

/** All text of the blocks, as Slack adds it up. */
function sum(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  return Object.entries(value).reduce(
    (total, [key, part]) => total + (key === "text" && typeof part === "string" ? part.length : sum(part)),
    0,
  );
}

const said = (problem: z.ZodError) =>
  problem.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);

export function messageProblems(value: unknown): string[] {
  const parsed = message.safeParse(value);
  return parsed.success ? [] : said(parsed.error);
}

export function viewProblems(value: unknown): string[] {
  const parsed = view.safeParse(value);
  return parsed.success ? [] : said(parsed.error);
}
