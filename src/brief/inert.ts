/** Makes what a person typed harmless as data in a prompt: plain words, no signs that a model or a chat obeys. */

/** Zero width, soft hyphen, direction marks, variation selectors, tag characters; private use, lone surrogates. */
const hidden = /\p{Default_Ignorable_Code_Point}|\p{Co}|\p{Cs}|[\ufff0-\ufffb]/gu;
const emoji =
  /(?:\p{Extended_Pictographic}|\p{Regional_Indicator}|\p{Emoji_Modifier}|[\u20e3\u{1f3fb}-\u{1f3ff}])+/gu;

/** Labels of the prompt and of chat templates; without their colon they are words. */
const labels =
  /(?<![\p{L}\p{N}])(auftrag|kanal|ton|länge|entwurf|wunsch|text|system|assistant|assistent|user|nutzer|prompt|instruction|response)(\s*):+/giu;
const orders =
  /(?:^|(?<=[\s.,;:!?(–-]))(?:bitte\s+)?(?:ignorier|vergiss|missachte|überschreib|ignore|disregard|forget|override)[\p{L}]*(?=[^.;!?]*?(?:regel|anweisung|vorgabe|vorherig|bisherig|oben|instruction|rules?\b|prompt|previous|above|system))[^.;!?]*[.;!?]*/giu;

/** One line of plain words. */
export function inert(text: string): string {
  return unlabelled(inertLines(text).join(" "));
}

/** "Text: …" in the middle of a brief must not look like the prompt's own labels. */
export function unlabelled(line: string): string {
  return line.replace(labels, "$1");
}

/** The same for each line that has something left; bullets and numbering at a line's start go. */
export function inertLines(text: string): string[] {
  return text
    .normalize("NFC")
    .replace(/<(script|style|iframe|svg)\b[\s\S]*?(?:<\/\1\s*>|$)/giu, " ")
    .replace(hidden, "")
    .replace(/<(?:https?:|mailto:)[^|>\s]*\|([^>\n]*)>/giu, " $1 ")
    .replace(/<br\s*\/?>|<\/(?:p|li|div|h\d|tr)\s*>/giu, "\n")
    .replace(/<[/!?@#&|a-z][^<>\n]*>/giu, " ")
    .split(/\r\n?|[\n\u0085\u2028\u2029\v\f]/u)
    .map(inertLine)
    .filter((line) => line !== "");
}

function inertLine(line: string): string {
  return line
    .replace(/\p{Cc}/gu, " ")
    .replace(/!?\[([^\]]*)\]\((?:[^()\s]*)\)/gu, "$1")
    .replace(/\[\/?INST\]|<<\/?SYS>>/giu, " ")
    .replace(/&(?:nbsp|ensp|emsp|thinsp);/giu, " ")
    .replace(/&euro;/giu, "€")
    .replace(/&times;/giu, "×")
    .replace(/&amp;/giu, "&")
    .replace(/&(?:[a-z]{2,8}|#x?[\da-f]{1,6});/giu, " ")
    .replace(
      /(?:https?|ftp|file):\/\/\S*|\b(?:https?|data|javascript):\S+|\bwww\.\S+|\S+@[\w-]+\.[\w.]+/giu,
      " ",
    )
    .replace(/\b[\p{L}\d-]+\.(?:com|de|net|org|se|io|eu|at|ch)\b(?:\/\S*)?/giu, " ")
    .replace(/(?<![\p{L}\p{N}])@[\p{L}\p{N}_.-]+|@(?:everyone|here|channel)|@/giu, " ")
    .replace(emoji, " ")
    .replace(/^\s*(?:[-*•·–—▪◦‣+]|\d{1,2}[.)]|#{1,6}|>+)\s+/u, "")
    .replace(/(^|\s)#(?=\p{L})/gu, "$1")
    .replace(/\*+|_{2,}|~~|`+|(?<![\p{L}\d])_|_(?![\p{L}\d])/gu, (mark, ...rest) =>
      // 140*200 is a measure.
      mark === "*" && isMeasure(rest) ? "x" : "",
    )
    .replace(/[<>{}|\\^[\]▁�]/gu, " ")
    .replace(/\s+/gu, " ")
    .trim();
}

function isMeasure(rest: unknown[]): boolean {
  const [at, whole] = rest.slice(-2) as [number, string];
  return /\d\s*$/u.test(whole.slice(0, at)) && /^\s*\d/u.test(whole.slice(at + 1));
}

/** Without orders to the model ("ignoriere alle Regeln und …"); the whole text where nothing else is in it. */
export function withoutOrders(line: string): string {
  const rest = line.replace(orders, " ").replace(/\s+/gu, " ").trim();
  return /\p{L}{2}/u.test(rest) ? rest : line;
}

/** The earlier text of a revision keeps its lines. */
export function inertText(text: string, limit: number): string {
  const lines = inertLines(text.replace(/[\u00a0\u202f]/gu, " "))
    .map(unlabelled)
    .join("\n");
  return lines.length <= limit ? lines : lines.slice(0, limit).replace(/\s+\S*$/u, "");
}
