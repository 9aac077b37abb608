/** Channel, tone and length as people say them in a brief: "… für Instagarm, kurz und warm bitte". */
import { distance } from "#src/gates/facts.ts";
import { shipped } from "#src/gates/vocabulary.ts";
import type { Channel, Length, Tone } from "./kinds.ts";

export interface Options {
  /** In the order of the text, each once. */
  channels: { channel: Channel; said: string }[];
  tone?: Tone;
  length?: Length;
}

const channelWords: Record<Channel, string> = {
  instagram: "(?:instagram|insta)(?:[- ]?(?:post|beitrag|text|story|caption)s?)?|ig|bildunterschrift|caption",
  produkttext:
    "produkttexte?|produktext|produktbeschreibung|artikeltext|artikelbeschreibung|shoptext|online-?shop|webshop|product (?:text|description|copy)",
  newsletter:
    "newsletter(?:[- ]?(?:betreff(?:zeile)?|titel|subject(?: line)?))?|betreff(?:zeile)?|mail[- ]?betreff|(?:e-?mail )?subject(?: line)?",
  schild: "schild|regalschild|preisschild|ladenschild|shelf (?:sign|label)|price tag",
  gedicht: "gedicht|kurzgedicht|poem",
  antwort: "antwort|kundenantwort|reply|answer",
  anzeige: "anzeige|werbeanzeige|annonce|inserat|anzeigentext|advert(?:isement)?|ad",
};
const anyChannel = Object.values(channelWords).join("|");
/** Spellings that typos are measured against. */
const spellings: [string, Channel][] = [
  ["instagram", "instagram"],
  ["produkttext", "produkttext"],
  ["produktbeschreibung", "produkttext"],
  ["newsletter", "newsletter"],
  ["betreffzeile", "newsletter"],
  ["regalschild", "schild"],
  ["gedicht", "gedicht"],
  ["antwort", "antwort"],
  ["anzeige", "anzeige"],
];

/** "als", "für den", "as an" …, before a channel. */
const lead =
  "(?:(?:text|post|beitrag|was|etwas|copy|something)\\s+)?(?:als|für|fürs|auf|zum|im|in|per|for|as|on)\\s+(?:(?:den|die|das|der|dem|unser[enms]*|meine?[nmrs]?|eine?[nmrs]?|kurze[srn]?|the|an?|our)\\s+)*";
const word = (body: string) => `(?<![\\p{L}\\p{N}-])(?:${body})(?![\\p{L}\\p{N}-])`;

const led = new RegExp(`(?:^|(?<=[\\s,;(–]))${lead}(${word(anyChannel)})\\s*[.!)]*`, "giu");
const ledTypo = new RegExp(`(?:^|(?<=[\\s,;(–]))${lead}(\\p{L}{6,20})(?=\\s|$|[,;.!)–])`, "giu");
/** "bitte ein kurzes", "Schreib uns einen", "Please write a": what stands before a channel at the beginning. */
const request =
  "(?:(?:bitte|please|hallo|hej|hi)[\\s,!]+)*(?:(?:schreib|mach|erstell|formulier|brauch|write|create|make|draft)\\p{L}*\\s+)?(?:(?:ich|wir|we|i)\\s+(?:brauch|bräucht|möcht|hätt|need)\\p{L}*\\s+)?(?:(?:mir|uns|me|us|bitte|gern|gerne|mal)\\s+)*(?:(?:eine?[nmrs]?|an?)\\s+)?(?:(?:kurze?|kleine|schöne|neue|short)[srn]?\\s+)?";
/** At the beginning: "Schild für Sofa …", "Gedicht: …", "Regalschild Bett …". */
const first = new RegExp(
  `^${request}(${word(anyChannel)})\\s*(?:[:,–-]\\s*|(?=(?:für|fürs|zum|zur|zu|über|mit|for|about|on)\\s)|(?=\\p{L}))`,
  "iu",
);
const requested = new RegExp(`^${request}`, "iu");
/** The rest of a first "Schild für Sofa": what only tied the channel to the thing. */
const tied =
  /^über\s+(?:den|die|das|unser\p{Ll}*|eine?n?)\s+|^(?:fürs?|zu[mr]?|for|about)\s+(?:(?:de[nmr]|da?s|die|eine?[nmrs]?|unser[enms]*|the|our|an?)\s+)?/iu;
const last = new RegExp(
  `[\\s,;–(-]+(${word("instagram|insta|newsletter|newsletter-betreff|produkttext|produktbeschreibung|regalschild|instagram-post|insta-post")})[\\s.!)]*$`,
  "iu",
);

const toneWords: [Tone, string][] = [
  ["warm", "warm(?:e[rsmn]?)?|wärmer|herzlich(?:e[rsmn]?)?|warmherzig|friendly|cosy"],
  [
    "heiter",
    "heiter(?:e[rsmn]?)?|lustig(?:e[rsmn]?)?|witzig(?:e[rsmn]?)?|humorvoll(?:e[rsmn]?)?|fröhlich(?:e[rsmn]?)?|funny|playful|cheerful",
  ],
  ["ruhig", "ruhig(?:e[rsmn]?)?|leise(?:[rsmn])?|gelassen(?:e[rsmn]?)?|calm|quiet"],
  [
    "sachlich",
    "sachlich(?:e[rsmn]?)?|nüchtern(?:e[rsmn]?)?|neutral(?:e[rsmn]?)?|informativ(?:e[rsmn]?)?|factual|matter-of-fact",
  ],
];
const lengthWords: [Length, string][] = [
  [
    "kurz",
    "(?:sehr |ganz |möglichst )?kurz(?:e[rsmn]?)?|kürzer|knapp(?:e[rsmn]?)?|kurz und knapp|short|brief",
  ],
  ["mittel", "mittel|mittellang|medium"],
  ["lang", "länger|lang(?:e[rsmn]?)?|ausführlich(?:e[rsmn]?)?|long|detailed"],
];
const anyTone = toneWords.map(([, body]) => body).join("|");
const anyLength = lengthWords.map(([, body]) => body).join("|");
const polite =
  "(?:(?:es |das |der text )?(?:soll|sollte|darf|kann)|sein|werden|klingen|bitte|gern|gerne|please|etwas|eher|mal|schön|ein bisschen|ein wenig|so|recht|sehr)";
const about = "(?:(?:im|in einem|in|mit)\\s+)?(?:text|ton(?:fall)?|stil|länge|tone|length|style|copy)";
/** A whole segment about tone and length: "kurz", "warm bitte", "Ton: ruhig", "text bitte kurz", "in warmem Ton". */
const manner = new RegExp(
  `^(?:in (?:eine?[mn]? )?|im |a |an )?(?:(?:${polite}|${about}|und|and|aber|but|[:&+/])\\s*)*(?:${anyTone}|${anyLength})(?:[\\s:&+/]+(?:${polite}|${about}|und|and|aber|but|${anyTone}|${anyLength})(?![\\p{L}]))*[\\s.!]*$`,
  "iu",
);
const mannerAtEnd = new RegExp(
  `[\\s,;–]+(?:bitte\\s+(?:${anyTone}|${anyLength})|(?:${anyTone}|${anyLength})(?:\\s+(?:und|and)\\s+(?:${anyTone}|${anyLength}))?\\s+(?:bitte|please)|(?:in|im) (?:eine?[mn]? )?(?:${anyTone})\\s+(?:ton|stil|tonfall)|in an? (?:${anyTone}) tone)[\\s.!]*$`,
  "iu",
);

const bareManner = new RegExp(`\\s(?:(?:${anyTone}|${anyLength})(?:\\s+(?:und|and)\\s+)?)+[\\s.!]*$`, "iu");

const compiled = <T>(list: readonly (readonly [T, string])[]) =>
  list.map(([id, body]) => ({
    id,
    whole: new RegExp(`^(?:${body})$`, "iu"),
    inside: new RegExp(word(body), "iu"),
  }));
const channelNames = compiled(Object.entries(channelWords) as [Channel, string][]);
const toneNames = compiled(toneWords);
const lengthNames = compiled(lengthWords);

/** Reads the options out of a segment; what is left of it comes back. */
export function takeOptions(
  segment: string,
  into: Options,
  place: { first: boolean; last: boolean },
): string {
  let rest = segment;
  const add = (said: string) => {
    const channel = channelOf(said);
    if (channel && !into.channels.some((known) => known.channel === channel))
      into.channels.push({ channel, said: said.trim() });
    return channel !== undefined;
  };
  const trimmed = rest.replace(/^[\s(]+|[\s.!)]+$/gu, "");
  const whole = channelOf(trimmed.replace(requested, "")) ?? typo(trimmed);
  if (whole) {
    if (!into.channels.some((known) => known.channel === whole))
      into.channels.push({ channel: whole, said: trimmed });
    return "";
  }
  rest = rest.replace(led, (_, said: string) => (add(said) ? " " : _));
  rest = rest.replace(ledTypo, (match, said: string) => {
    const channel = typo(said);
    return channel && add(spellings.find(([, c]) => c === channel)?.[0] ?? said) ? " " : match;
  });
  if (place.first) {
    const start = first.exec(rest);
    if (start?.[1] && add(start[1])) {
      readManner(start[0], into);
      rest = rest.slice(start[0].length).replace(tied, "");
    }
  }
  const end = last.exec(rest);
  if (end?.[1] && add(end[1])) rest = rest.slice(0, end.index);
  // "Wolldecke Fjäll, warm, 49 €" says so of the blanket.
  if (place.last || !/^\s*warm\s*$/iu.test(rest)) rest = takeManner(rest, into);
  // "… für Instagram kurz": beside a channel it is no size.
  const tail = rest === segment ? undefined : bareManner.exec(rest);
  if (tail) {
    readManner(tail[0], into);
    rest = rest.slice(0, tail.index);
  }
  return rest === segment ? segment : rest.replace(/^[\s,;:–-]+|[\s,;:–-]+$/gu, "").replace(/\s+/gu, " ");
}

function takeManner(segment: string, into: Options): string {
  const bare = segment.replace(/^[\s(]+|[\s.!)]+$/gu, "");
  if (bare !== "" && manner.test(bare)) {
    readManner(bare, into);
    return "";
  }
  const end = mannerAtEnd.exec(segment);
  if (!end) return segment;
  readManner(end[0], into);
  return segment.slice(0, end.index);
}

function readManner(text: string, into: Options): void {
  const tone = toneNames.find(({ inside }) => inside.test(text))?.id;
  const length = lengthNames.find(({ inside }) => inside.test(text))?.id;
  if (tone) into.tone ??= tone;
  if (length) into.length ??= length;
}

/** The channel that a word or two name, by any of its names. */
export function channelOf(said: string): Channel | undefined {
  return wholeOf(channelNames, said);
}
export const toneOf = (said: string): Tone | undefined => wholeOf(toneNames, said);
export const lengthOf = (said: string): Length | undefined => wholeOf(lengthNames, said);

function wholeOf<T>(names: readonly { id: T; whole: RegExp }[], said: string): T | undefined {
  const name = said.trim();
  return names.find(({ whole }) => whole.test(name))?.id;
}

/** "Instagarm", "newsleter": one slip in a short word, two in a long one, and no word of its own. */
function typo(said: string): Channel | undefined {
  const lower = said.toLowerCase();
  if (!/^\p{L}{6,20}$/u.test(lower)) return undefined;
  // A vocabulary that puts words together knows "Instagarm"; a slip in so long a word is no other word.
  return spellings.find(([right]) => {
    const slips = lower[0] === right[0] ? distance(lower, right) : 9;
    return slips <= (right.length >= 9 ? 2 : 1) && (right.length >= 9 || !shipped().has(lower));
  })?.[1];
}
