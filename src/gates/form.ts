/** The shape of a text: length, lines, ending, plain text, form of address. */
import type { Channel } from "#src/brief.ts";
import type { Finding, GateContext } from "./gates.ts";
import { countGraphemes, words } from "./read.ts";

/** Lines that a channel's text has; a text of any other channel is one line. */
const lines: Partial<Record<Channel, [number, number]>> = { gedicht: [4, 6], anzeige: [2, 2] };

/** Graphemes within the brand's limits, lines as the channel wants, shorter or longer where that was wished. */
export function limitGate(text: string, ctx: GateContext): Finding | undefined {
  const { min, max } = ctx.brand.channels[ctx.brief.channel];
  const count = countGraphemes(text);
  const short = wishesShorter(ctx);
  // A text that was asked to be shorter may go below the channel's lower limit, never above the upper.
  const least = short || (ctx.brief.given.length && ctx.brief.length === "kurz") ? Math.min(min, 20) : min;
  if (count > max) return { found: `${count} > ${max}` };
  if (count < least) return { found: `${count} < ${least}` };

  const [fewest, most] = lines[ctx.brief.channel] ?? [1, 1];
  const have = text.split("\n").filter((line) => line.trim() !== "").length;
  // A shorter poem may lose lines.
  if (have > most || (have < fewest && !(short && have >= 2)))
    return { found: `${have} ↵ ≠ ${fewest}–${most}` };

  const earlier = ctx.revision ? countGraphemes(ctx.revision.draft) : 0;
  if (short && count >= earlier) return { found: `${count} ≥ ${earlier}` };
  if (wishesLonger(ctx) && count <= earlier) return { found: `${count} ≤ ${earlier}` };
  return undefined;
}

function wishesShorter(ctx: GateContext): boolean {
  return /\b(?:kürzer|knapper|kurz|shorter|shorten|short)\b/iu.test(ctx.revision?.wish ?? "");
}
function wishesLonger(ctx: GateContext): boolean {
  return /\b(?:länger|ausführlicher|longer|lang)\b/iu.test(ctx.revision?.wish ?? "");
}

/** Ends like a sentence where the channel's text does, is not cut off, closes its quotes. */
export function endingGate(text: string, ctx: GateContext): Finding | undefined {
  const trimmed = text.trimEnd();
  const last = words(trimmed).at(-1);
  const tail = trimmed.slice(-24);
  const at = [{ start: Math.max(0, trimmed.length - 24), end: trimmed.length }];
  if (ctx.brand.channels[ctx.brief.channel].sentence && !/(?:[.?!…][“"»)]?|\d\s?€)$/u.test(trimmed))
    return { found: `…${tail}`, at };
  if (/[,;:–(„-]$/u.test(trimmed)) return { found: `…${tail}`, at };
  // Without a full stop (subject lines), an article or a conjunction at the end is a cut.
  if (last && last.end === trimmed.length && danglers.has(last.lower)) return { found: `…${tail}`, at };
  const opened = count(text, /„/g);
  const closed = count(text, /“/g);
  if (opened !== closed) return { found: `„ ${opened} ≠ ${closed} “` };
  if (count(text, /"/g) % 2 !== 0) return { found: '"' };
  return undefined;
}

const danglers = new Set(
  "und oder aber denn sondern dass weil wenn ob der dem des einen einem im am beim vom zum zur ins ans aufs für ohne von bei mein dein sein dessen deren als wie sehr deinem deinen deiner".split(
    " ",
  ),
);

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}

const markupPatterns: readonly RegExp[] = [
  /<\/?[a-z!][^>]*>|<[^>\s]*>|&(?:amp|lt|gt|quot|nbsp|#\d+);/iu,
  /<(?:bos|eos|pad|unk|start_of_turn|end_of_turn)>|<\|.*?\|>|\[\/?INST\]|▁|�/iu,
  /https?:|www\.|\b[\p{L}\d-]+\.(?:com|de|net|org|se|io)\b/iu,
  /(?:^|\s)[@#][\p{L}\d_]/u,
  /\*\*|__|~~|```|`|\[[^\]]*\]\([^)]*\)|^\s*(?:#{1,6}\s|[-*•]\s|\d+\.\s|>\s)/mu,
  /\*\p{L}[^*]*\*|(?<![\p{L}])_[^_\s][^_]*_(?![\p{L}])/u,
  // Labels of the prompt that leak into the text.
  /(?:^|[\s„"])(?:Auftrag|Kanal|Ton|Länge|Text|Entwurf|Wunsch|Fassung|Antwort|Produkttext|Instagram|Newsletter|Betreff|Headline|Überschrift|Anzeige|Gedicht|Schild|Regalschild|Hashtags?|User|Assistant|System|Brief|Draft)\s*:/u,
  // Control, format and private-use characters; U+00AD and U+200B hide in copied text.
  /[\p{Cc}\p{Co}\p{Cs}\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]/u,
  /[{}|\\<>\]^[]/u,
];

/** Plain text only: no HTML, markdown, links, mentions, control characters, leaked labels or special tokens. */
export function markupGate(text: string): Finding | undefined {
  for (const pattern of markupPatterns) {
    const match = pattern.exec(text.replaceAll("\n", pattern.flags.includes("m") ? "\n" : " "));
    if (match)
      return {
        found: visible(match[0].trim()),
        at: [{ start: match.index, end: match.index + match[0].length }],
      };
  }
  return undefined;
}

function visible(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Co}]/gu, (character) => {
    return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
  });
}

/** A brand that says du never says Sie, and the other way round. */
export function addressGate(text: string, ctx: GateContext): Finding | undefined {
  // "Sie" begins sentences about things; inside one it can only be the reader.
  const formal = /(?<=[\p{L}\d,;–)][ \u00a0])(?:Sie|Ihnen|Ihre?[nmrs]?)(?![\p{L}\d])/gu;
  const familiar = /(?<![\p{L}\d])(?:du|dich|dir|dein(?:e[nmrs]?)?|euch|eure?[nmrs]?)(?![\p{L}\d])/giu;
  const wrong = [...text.matchAll(ctx.brand.address === "du" ? formal : familiar)];
  if (wrong.length === 0) return undefined;
  return {
    found: wrong.map((match) => match[0]).join(", "),
    at: wrong.map((match) => ({ start: match.index, end: match.index + match[0].length })),
  };
}
