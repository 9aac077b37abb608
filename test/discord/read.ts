/** Messages as a reader on Discord sees them. */
import type { APIMessage } from "discord.js";
import { z } from "zod";

const component: z.ZodType<Component> = z.lazy(() =>
  z.looseObject({
    type: z.number(),
    content: z.string().optional(),
    custom_id: z.string().optional(),
    label: z.string().optional(),
    disabled: z.boolean().optional(),
    emoji: z.looseObject({ name: z.string() }).optional(),
    components: z.array(component).optional(),
  }),
);
interface Component {
  type: number;
  content?: string | undefined;
  custom_id?: string | undefined;
  label?: string | undefined;
  disabled?: boolean | undefined;
  emoji?: { name: string } | undefined;
  components?: Component[] | undefined;
}

export const componentsOf = (message: Pick<APIMessage, "components">): Component[] =>
  z.array(component).parse(message.components ?? []);

const flat = (components: Component[]): Component[] =>
  components.flatMap((c) => [c, ...flat(c.components ?? [])]);

export const displays = (message: Pick<APIMessage, "components">): string[] =>
  flat(componentsOf(message)).flatMap((c) => (c.type === 10 && c.content !== undefined ? [c.content] : []));

/** The drafts' texts: what stands in a box in full size. */
export const draftTexts = (message: Pick<APIMessage, "components">): string[] =>
  componentsOf(message)
    .filter((c) => c.type === 17 && flat([c]).some((inside) => inside.custom_id?.startsWith("v1:up:")))
    .flatMap((box) => (box.components ?? []).filter((c) => c.type === 10).map((c) => c.content ?? ""))
    .filter((content) => !content.startsWith("-# ") && !/^[🔎✅⛔⏳✍]/u.test(content))
    .map(asShown);

export const words = (message: Pick<APIMessage, "components">): string =>
  displays(message).map(asShown).join("\n");

export interface Control {
  id: string;
  action: string;
  subject: string;
  label: string;
  disabled: boolean;
}

export const controls = (message: Pick<APIMessage, "components">): Control[] =>
  flat(componentsOf(message)).flatMap((c) => {
    if (c.custom_id === undefined) return [];
    const [, action = "", subject = ""] = c.custom_id.split(":");
    return [
      {
        id: c.custom_id,
        action,
        subject,
        label: c.label ?? c.emoji?.name ?? "",
        disabled: c.disabled === true,
      },
    ];
  });

export const control = (message: Pick<APIMessage, "components">, action: string): Control => {
  const found = controls(message).find((c) => c.action === action);
  if (!found) throw new Error(`no ${action} in ${JSON.stringify(controls(message).map((c) => c.action))}`);
  return found;
};

/** Signs that Discord would make something of; escaped ones are gone by then. */
const live: [RegExp, string][] = [
  [/\*|_{1,3}\S|~~|\|\|/, "emphasis"],
  [/`/, "code"],
  [/^\s*>/m, "quote"],
  [/^\s*-?#{1,3}\s/m, "heading"],
  [/^\s*(?:[-+]|\d+\.)\s/m, "list"],
  [/\[[^\]]*\]\(/, "link"],
  [/https?:\/\//, "bare link"],
  [/<(?:@|#|t:|a?:|https?:)/, "mention"],
  [/@(?:everyone|here)/, "mention of all"],
  [/:[\w+-]+:/, "emoji"],
];

/** A text as Discord shows it; fails where something in it would not be shown as it stands. */
export function asShown(markdown: string): string {
  const escapes: string[] = [];
  const bare = markdown.replace(/\\([^0-9A-Za-z\s])/gu, (_, sign: string) => {
    escapes.push(sign);
    return "\u0001";
  });
  return bare.replaceAll("\u0001", () => escapes.shift() ?? "");
}

export function liveMarks(markdown: string): string[] {
  const bare = markdown.replace(/\\([^0-9A-Za-z\s])/gu, "\u0001");
  return live.filter(([pattern]) => pattern.test(bare)).map(([, name]) => name);
}
