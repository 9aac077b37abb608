/** Text that people or the model wrote, made safe to show: as it stands, without marks, links or mentions. */

/**
 * The text in Discord's Markdown so that readers see it exactly as it is. Every sign that could begin a mark, a link,
 * a mention, an emoji or a timestamp gets a backslash, which Discord does not show.
 */
export function plain(text: string): string {
  return (
    text
      .replace(/[\\*_~|`<[\]@]/g, "\\$&")
      // Quotes, headings, subtext and lists begin a line.
      .replace(/^(\s*)(-#|#{1,3}|>{1,3}|[-+])(?=\s|$)/gm, "$1\\$2")
      .replace(/^(\s*>)/gm, (mark) => mark.replace(">", "\\>"))
      .replace(/^(\s*\d+)\.(?=\s)/gm, "$1\\.")
      // "https://" becomes a link, ":smile:" a picture.
      .replace(/:(?=\/\/)/g, "\\:")
      .replace(/:(?=[\w+-]+:)/g, "\\:")
  );
}

/** For a line of its own inside a sentence of ours: one line, shortened to `limit` signs. */
export function inline(text: string, limit: number): string {
  return plain(clip(text.replace(/\s+/g, " ").trim(), limit));
}

/** At most `limit` UTF-16 units, cut between graphemes, an ellipsis where something is missing. */
export function clip(text: string, limit: number): string {
  if (text.length <= limit) return text;
  let kept = "";
  for (const { segment } of new Intl.Segmenter("de").segment(text)) {
    if (kept.length + segment.length > limit - 1) break;
    kept += segment;
  }
  return `${kept.trimEnd()}…`;
}

/** In a code block nothing is a mark, and Discord shows a button that copies it. */
export function codeBlock(text: string): string {
  return `\`\`\`\n${text.replaceAll("```", "`\u200b``")}\n\`\`\``;
}

/**
 * Cuts a text into pieces of at most `limit` UTF-16 units as `plain` writes them: between paragraphs, else lines,
 * else sentences, else words, else graphemes. Joined by what was cut away they are the text.
 */
export function pieces(text: string, limit: number): string[] {
  return pack(text, limit, [/\n{2,}/g, /\n/g, /(?<=[.!?…])\s+/g, /\s+/g]);
}

function pack(text: string, limit: number, cuts: RegExp[]): string[] {
  if (plain(text).length <= limit) return [text];
  const [cut, ...finer] = cuts;
  if (cut === undefined) return byGrapheme(text, limit);
  const done: string[] = [];
  let open = "";
  let from = 0;
  const parts = [...text.matchAll(cut)].map((gap) => {
    const part = { text: text.slice(from, gap.index), gap: gap[0] };
    from = gap.index + gap[0].length;
    return part;
  });
  let gapBefore = "";
  for (const part of [...parts, { text: text.slice(from), gap: "" }]) {
    const longer = open === "" ? part.text : open + gapBefore + part.text;
    if (plain(longer).length <= limit) {
      open = longer;
    } else {
      if (open !== "") done.push(open);
      const fitting = pack(part.text, limit, finer);
      done.push(...fitting.slice(0, -1));
      open = fitting.at(-1) ?? "";
    }
    gapBefore = part.gap;
  }
  if (open !== "") done.push(open);
  return done;
}

function byGrapheme(text: string, limit: number): string[] {
  const done: string[] = [];
  let open = "";
  for (const { segment } of new Intl.Segmenter("de").segment(text)) {
    if (open !== "" && plain(open + segment).length > limit) {
      done.push(open);
      open = "";
    }
    open += segment;
  }
  if (open !== "") done.push(open);
  return done;
}
