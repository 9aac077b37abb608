/** Text to and from Slack: what people write there arrives marked up, what we show there must mean nothing to it. */

/** For mrkdwn and top-level text: the three signs that begin something there. */
export const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/**
 * For a message's top-level text, which notifications show: nothing in it can mention, link or format. A zero width
 * joiner keeps the formatting signs from working; the blocks show the text as it is.
 */
export const inert = (text: string): string => escaped(text).replace(/([*_~`@#])/g, "$1\u2060");

/**
 * What a person typed, as they saw it: mentions and channels by name, links by their text, entities undone.
 * `name` gives the name of a person by id, if it is known.
 */
export function plain(text: string, name: (userId: string) => string | undefined = () => undefined): string {
  return text
    .replace(/<([^<>]*)>/g, (_, inner: string) => {
      const [target = "", label] = split(inner);
      if (target.startsWith("@")) return `@${label ?? name(target.slice(1)) ?? target.slice(1)}`;
      if (target.startsWith("#")) return `#${label ?? target.slice(1)}`;
      if (target.startsWith("!subteam^")) return label ?? "@Gruppe";
      if (target.startsWith("!date^")) return label ?? "";
      if (target.startsWith("!")) return `@${(label ?? target.slice(1)).replace(/^@/, "")}`;
      return label ?? target.replace(/^(mailto|tel):/, "");
    })
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
}

function split(inner: string): [string, string | undefined] {
  const bar = inner.indexOf("|");
  return bar < 0 ? [inner, undefined] : [inner.slice(0, bar), inner.slice(bar + 1) || undefined];
}

/** Ids of the people who are mentioned, in their order. */
export const mentioned = (text: string): string[] =>
  [...text.matchAll(/<@([UW][A-Z0-9]+)(?:\|[^>]*)?>/g)].map((match) => match[1] ?? "");

/** Takes a mention out of a text: `@Hygge kürzer` becomes `kürzer`. */
export const without = (text: string, userId: string): string =>
  text
    .replace(new RegExp(`<@${userId}(\\|[^>]*)?>`, "g"), " ")
    .replace(/\s+/g, " ")
    .trim();
