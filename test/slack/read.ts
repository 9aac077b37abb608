/** Messages as a reader sees them. */
import type { Json } from "./our-fake-slack.ts";

/** All words of a message, in order, one block a line. */
export function wordsOf(blocks: Json[]): string {
  return blocks
    .map(blockWords)
    .filter((line) => line !== "")
    .join("\n");
}

function blockWords(block: Json): string {
  if (block.type === "rich_text") return inline(block);
  if (block.type === "context") return block.elements.map((e: Json) => e.text).join(" ");
  if (block.type === "header") return block.text.text;
  return "";
}

function inline(part: Json): string {
  if (part.type === "text") return part.text;
  if (part.type === "user") return `@${part.user_id}`;
  if (part.type === "usergroup") return `@${part.usergroup_id}`;
  if (part.type === "channel") return `#${part.channel_id}`;
  if (part.type === "link") return part.url;
  return (part.elements ?? [])
    .map(inline)
    .join(part.type === "rich_text" || part.type === "rich_text_list" ? "\n" : "");
}

/** The drafts' texts: rich text that begins after a line of small print and may go on in the next block. */
export function draftTexts(blocks: Json[]): string[] {
  const texts: string[] = [];
  let open = false;
  for (const block of blocks) {
    if (block.type === "rich_text") {
      if (open) texts[texts.length - 1] += inline(block);
      else texts.push(inline(block));
      open = true;
    } else open = false;
  }
  return texts;
}

/** Who is notified because of a message. */
export function pingsOf(blocks: Json[], text: string): string[] {
  const found: string[] = [];
  const walk = (part: Json): void => {
    if (typeof part !== "object" || part === null) return;
    if (["user", "usergroup", "broadcast"].includes(part.type)) found.push(JSON.stringify(part));
    if (part.type === "mrkdwn") found.push(...(part.text.match(/<[@!][^>]*>/g) ?? []));
    for (const inner of Object.values(part)) walk(inner);
  };
  walk(blocks);
  return [...found, ...(text.match(/<[@!#][^>]*>/g) ?? [])];
}

export const buttonsOf = (blocks: Json[]): string[] =>
  blocks
    .filter((block) => block.type === "actions")
    .flatMap((block) => block.elements)
    .map((e: Json) => e.text?.text ?? e.placeholder?.text ?? e.type);
