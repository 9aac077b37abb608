/** Slack's hard limits, in UTF-16 units unless it says otherwise, and what keeps to them. */

export const limits = {
  /** Blocks of a message and of a view. */
  blocks: 50,
  viewBlocks: 100,
  /** Text of all blocks of a message; Slack refuses at some 13,200. */
  messageText: 11_000,
  /** Top-level text of a message: chat.update takes 4,000. */
  text: 3_900,
  sectionText: 3_000,
  /** Ours: text of one rich text block, so that a long draft can be split between messages. */
  richText: 2_900,
  headerText: 150,
  buttonText: 75,
  buttonValue: 2_000,
  optionText: 75,
  optionValue: 150,
  accessibilityLabel: 75,
  id: 255,
  actionElements: 25,
  contextElements: 10,
  overflowOptions: 5,
  selectOptions: 100,
  viewTitle: 24,
  viewButton: 24,
  placeholder: 150,
  label: 2_000,
  inputText: 3_000,
  privateMetadata: 3_000,
} as const;

/** Cut to a length, with an ellipsis; never through a surrogate pair. */
export function clip(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const cut = text.slice(0, limit - 1);
  return `${/[\uD800-\uDBFF]$/.test(cut) ? cut.slice(0, -1) : cut}…`;
}

/** A long text in pieces, cut where a paragraph ends, else a line, a sentence, a word. Joined they are the text. */
export function splitText(text: string, limit: number): string[] {
  const pieces: string[] = [];
  let rest = text;
  while (rest.length > limit) {
    const window = rest.slice(0, limit);
    const ends = [/\n\s*\n/g, /\n/g, /[.!?…]["“”»]?\s/g, /\s/g].map((end) => {
      const last = [...window.matchAll(end)].at(-1);
      return last ? last.index + last[0].length : 0;
    });
    // A paragraph's end in the last half is worth a shorter piece.
    const at = ends.find((end) => end > limit / 2) ?? Math.max(...ends);
    const cut = at > 0 ? at : /[\uD800-\uDBFF]$/.test(window) ? limit - 1 : limit;
    pieces.push(rest.slice(0, cut));
    rest = rest.slice(cut);
  }
  return [...pieces, rest];
}
