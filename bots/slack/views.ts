/** Modals. Inputs are read back by the block ids given here. */
import type { InputBlock, ModalView } from "@slack/types";
import type { Brands } from "#src/brand.ts";
import { channels, lengths, tones } from "#src/brief.ts";
import type { Locale } from "#src/chat.ts";
import { limits as inputLimits } from "#src/flow/input.ts";
import { ratingReasons } from "#src/hygge.ts";
import { gateLabel, reasonLabel } from "#src/messages.ts";
import type { DraftView, Lint } from "#src/views.ts";
import { type Block, context, option, paragraph, plainText, quotation, words } from "./blocks.ts";
import { type Metadata, viewIds } from "./ids.ts";
import { clip, limits, splitText } from "./limits.ts";
import { type SlackTexts, texts } from "./messages.ts";
import type { ViewSubmission } from "./payloads.ts";

/** Ids of the inputs: block and action alike. */
export const fields = {
  brief: "brief",
  channel: "channel",
  tone: "tone",
  length: "length",
  variants: "variants",
  brand: "brand",
  wish: "wish",
  text: "text",
  reasons: "reasons",
  comment: "comment",
  note: "note",
} as const;

const automatic = "-";
/** A brief may have 2,000 characters; the use case says so in words. */
const briefInput = 2_500;

function modal(
  id: string,
  texts: { title: string; submit: string; close: string },
  metadata: Metadata,
  blocks: Block[],
): ModalView {
  return {
    type: "modal",
    callback_id: id,
    title: plainText(texts.title, limits.viewTitle),
    submit: plainText(texts.submit, limits.viewButton),
    close: plainText(texts.close, limits.viewButton),
    private_metadata: JSON.stringify(metadata),
    blocks,
  };
}

const input = (
  id: string,
  label: string,
  element: InputBlock["element"],
  more: Partial<Pick<InputBlock, "optional">> & { hint?: string } = {},
): InputBlock => ({
  type: "input",
  block_id: id,
  label: plainText(label, limits.label),
  element,
  ...(more.optional ? { optional: true } : {}),
  ...(more.hint ? { hint: plainText(more.hint, limits.label) } : {}),
});

const textInput = (
  id: string,
  options: { initial?: string; example?: string; max?: number; multiline?: boolean },
): InputBlock["element"] => ({
  type: "plain_text_input",
  action_id: id,
  multiline: options.multiline ?? true,
  ...(options.initial ? { initial_value: options.initial } : {}),
  ...(options.example ? { placeholder: plainText(options.example, limits.placeholder) } : {}),
  ...(options.max ? { max_length: options.max } : {}),
});

const select = (id: string, choices: { text: string; value: string }[]): InputBlock["element"] => {
  const options = choices.slice(0, limits.selectOptions).map(({ text, value }) => option(text, value));
  return {
    type: "static_select",
    action_id: id,
    options,
    ...(options[0] ? { initial_option: options[0] } : {}),
  };
};

export function briefView(
  locale: Locale,
  brands: Brands,
  defaultBrand: string,
  metadata: Metadata,
  options: { text?: string; goesTo: string },
): ModalView {
  const t = texts(locale);
  const auto = { text: t.automatic, value: automatic };
  const known = brands.list().map((brand) => ({ text: brand.name, value: brand.id }));
  // The usual one first: it is what is chosen at the beginning.
  known.sort((a, b) => Number(b.value === defaultBrand) - Number(a.value === defaultBrand));
  return modal(viewIds.brief, { title: t.briefTitle, submit: t.briefSubmit, close: t.close }, metadata, [
    input(
      fields.brief,
      t.brief,
      textInput(fields.brief, {
        example: t.briefExample,
        max: briefInput,
        ...(options.text ? { initial: clip(options.text, briefInput) } : {}),
      }),
      { hint: t.briefHint },
    ),
    input(
      fields.channel,
      t.channel,
      select(fields.channel, [auto, ...channels.map((c) => ({ text: t.channels[c], value: c }))]),
    ),
    input(
      fields.tone,
      t.tone,
      select(fields.tone, [auto, ...tones.map((tone) => ({ text: t.tones[tone], value: tone }))]),
    ),
    input(
      fields.length,
      t.length,
      select(fields.length, [auto, ...lengths.map((l) => ({ text: t.lengths[l], value: l }))]),
    ),
    input(
      fields.variants,
      t.variantsLabel,
      select(
        fields.variants,
        [1, 2, 3, 4].map((n) => ({ text: n === 1 ? t.one : t.variants(n), value: String(n) })),
      ),
    ),
    ...(known.length > 1 ? [input(fields.brand, t.brand, select(fields.brand, known))] : []),
    context(options.goesTo),
  ]);
}

export function refineView(locale: Locale, draft: DraftView, metadata: Metadata): ModalView {
  const t = texts(locale);
  return modal(viewIds.refine, { title: t.refineTitle, submit: t.refineSubmit, close: t.close }, metadata, [
    quotation([words(t.refineOf(draft.version))], draft.text),
    input(
      fields.wish,
      t.refineLabel,
      textInput(fields.wish, { example: t.refineExample, max: inputLimits.wish }),
    ),
  ]);
}

/**
 * The draft's text to edit, in as many inputs as Slack's limit asks for. `lint` is what was noticed in the text
 * that was sent first; `sent` that text.
 */
export function editView(
  locale: Locale,
  draft: DraftView,
  metadata: Metadata,
  seen?: { sent: string; lint: Lint },
): ModalView {
  const t = texts(locale);
  // An edit may be longer than it was: room for one more part where the last is nearly full.
  const parts = splitText(seen?.sent ?? draft.text, limits.inputText - 500);
  return modal(viewIds.edit, { title: t.editTitle, submit: t.editSubmit, close: t.close }, metadata, [
    ...(seen ? findings(seen.lint, locale, t) : failedGates(draft, locale, t)),
    ...parts.map((part, i) =>
      input(
        `${fields.text}${i}`,
        t.editLabel(i + 1, parts.length),
        // Edges of a part are white space that the whole needs and an input may lose: kept by `joined`.
        textInput(fields.text, { initial: part, max: limits.inputText }),
        i === parts.length - 1 ? { hint: t.editHint } : {},
      ),
    ),
  ]);
}

function failedGates(draft: DraftView, locale: Locale, t: SlackTexts): Block[] {
  const failed = draft.gates.filter((gate) => !gate.ok);
  if (failed.length === 0) return [];
  return [
    context(
      `${t.check} ${failed.map((g) => gateLabel(locale, g.id) + (g.found ? ` (${g.found})` : "")).join(" · ")}`,
    ),
  ];
}

/** What a lint says for people; empty: nothing to say. */
export function lintLines(lint: Lint, locale: Locale): string[] {
  const t = texts(locale);
  return [
    ...lint.gates
      .filter((gate) => !gate.ok)
      .map((gate) => gateLabel(locale, gate.id) + (gate.found ? `: ${gate.found}` : "")),
    ...lint.findings
      .filter((finding) => finding.suggestions.length > 0)
      .map((finding) => t.instead(finding.found, finding.suggestions.slice(0, 3).join(", "))),
  ];
}

function findings(lint: Lint, locale: Locale, t: SlackTexts): Block[] {
  const lines = lintLines(lint, locale).slice(0, 12);
  return [paragraph(words(t.editFindings, true)), paragraph(words(lines.map((l) => `• ${l}`).join("\n")))];
}

export function badView(locale: Locale, metadata: Metadata): ModalView {
  const t = texts(locale);
  return modal(viewIds.bad, { title: t.badTitle, submit: t.badSubmit, close: t.close }, metadata, [
    input(
      fields.reasons,
      t.badReasons,
      {
        type: "checkboxes",
        action_id: fields.reasons,
        options: ratingReasons.map((reason) => option(reasonLabel(locale, reason), reason)),
      },
      { optional: true },
    ),
    input(
      fields.comment,
      t.badComment,
      textInput(fields.comment, { example: t.badExample, max: inputLimits.comment }),
      { optional: true },
    ),
  ]);
}

export function rejectView(locale: Locale, draft: DraftView, metadata: Metadata): ModalView {
  const t = texts(locale);
  return modal(viewIds.reject, { title: t.rejectTitle, submit: t.reject, close: t.close }, metadata, [
    quotation([words(t.refineOf(draft.version))], draft.text),
    input(
      fields.note,
      t.rejectLabel,
      textInput(fields.note, { example: t.rejectExample, max: inputLimits.note }),
      { optional: true },
    ),
  ]);
}

type Values = ViewSubmission["view"]["state"]["values"];

const inputOf = (values: Values, block: string) => Object.values(values[block] ?? {})[0];
export const valueIn = (values: Values, block: string): string => inputOf(values, block)?.value ?? "";
export const chosenIn = (values: Values, block: string): string[] =>
  inputOf(values, block)?.selected_options?.map((o) => o.value) ?? [];

/** The choice of a select; undefined where it was left to the brief. */
export function choiceIn(values: Values, block: string): string | undefined {
  const value = inputOf(values, block)?.selected_option?.value;
  return value === automatic ? undefined : value;
}

/** The edited text from its parts. Slack may drop white space at an input's edges; a paragraph's end stays one. */
export function joinedText(values: Values): string {
  const parts = Object.keys(values)
    .filter((block) => /^text\d+$/.test(block))
    .sort((a, b) => Number(a.slice(4)) - Number(b.slice(4)))
    .map((block) => valueIn(values, block));
  return parts.reduce((text, part) => {
    if (text === "") return part;
    if (/\s$/.test(text) || /^\s/.test(part)) return text + part;
    return text + (/[.!?…:"“”»]$/.test(text) ? "\n\n" : " ") + part;
  }, "");
}
