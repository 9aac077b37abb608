/** Block Kit, as far as we use it: each part within Slack's limits, and text that means nothing to Slack. */
import type {
  ActionsBlock,
  Button,
  ContextActionsBlock,
  ContextBlock,
  KnownBlock,
  PlainTextElement,
  RichTextBlock,
  RichTextElement,
} from "@slack/types";
import { clip, limits } from "./limits.ts";

export type Block = KnownBlock;

/** Text that is shown as it is, with our own emojis as characters. */
export const plainText = (text: string, limit: number): PlainTextElement => ({
  type: "plain_text",
  text: clip(text, limit),
  emoji: false,
});

/** Lines of small print. */
export const context = (...texts: string[]): ContextBlock => ({
  type: "context",
  elements: texts
    .filter((text) => text !== "")
    .slice(0, limits.contextElements)
    .map((text) => plainText(text, limits.sectionText)),
});

export type Inline = Extract<RichTextElement, { type: "text" | "user" | "link" | "channel" | "usergroup" }>;
export const words = (text: string, bold = false): Inline => ({
  type: "text",
  text,
  ...(bold ? { style: { bold: true } } : {}),
});
export const person = (userId: string): Inline => ({ type: "user", user_id: userId });

/** A paragraph of rich text: its words never mention, link or format, whatever is in them. */
export const paragraph = (...elements: Inline[]): RichTextBlock => ({
  type: "rich_text",
  elements: [{ type: "rich_text_section", elements }],
});

/** A line above a quotation. */
export const quotation = (lead: Inline[], quoted: string): RichTextBlock => ({
  type: "rich_text",
  elements: [
    { type: "rich_text_section", elements: lead },
    { type: "rich_text_quote", elements: [words(clip(quoted, limits.richText))] },
  ],
});

export const bullets = (items: string[]): RichTextBlock => ({
  type: "rich_text",
  elements: [
    {
      type: "rich_text_list",
      style: "bullet",
      elements: items.map((item) => ({ type: "rich_text_section", elements: [words(item)] })),
    },
  ],
});

export const preformatted = (text: string): RichTextBlock => ({
  type: "rich_text",
  elements: [{ type: "rich_text_preformatted", elements: [{ type: "text", text }] }],
});

export const button = (
  action: string,
  text: string,
  value: string,
  style?: "primary" | "danger",
): Button => ({
  type: "button",
  action_id: action,
  text: plainText(text, limits.buttonText),
  value,
  ...(style ? { style } : {}),
});

export const option = (text: string, value: string) => ({
  text: plainText(text, limits.optionText),
  value,
});

export const actions = (...elements: ActionsBlock["elements"]): ActionsBlock => ({
  type: "actions",
  elements,
});

export const feedback = (
  action: string,
  positive: { text: string; label: string; value: string },
  negative: { text: string; label: string; value: string },
): ContextActionsBlock => ({
  type: "context_actions",
  elements: [
    {
      type: "feedback_buttons",
      action_id: action,
      positive_button: {
        text: plainText(positive.text, limits.buttonText),
        accessibility_label: clip(positive.label, limits.accessibilityLabel),
        value: positive.value,
      },
      negative_button: {
        text: plainText(negative.text, limits.buttonText),
        accessibility_label: clip(negative.label, limits.accessibilityLabel),
        value: negative.value,
      },
    },
  ],
});

/** All text that a block shows, in UTF-16 units: what Slack adds up over a message. */
export function textLength(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + textLength(item), 0);
  if (typeof value !== "object" || value === null) return 0;
  return Object.entries(value).reduce(
    (sum, [key, part]) => sum + (key === "text" && typeof part === "string" ? part.length : textLength(part)),
    0,
  );
}
