/** The forms, and what people wrote into them. A form must be the very first answer to a command or a click. */
import {
  type APIModalInteractionResponseCallbackData,
  ComponentType,
  type ModalSubmitInteraction,
  TextInputStyle,
} from "discord.js";
import type { Brand } from "#src/brand.ts";
import { channels, lengths, tones } from "#src/brief.ts";
import type { Locale } from "#src/chat.ts";
import { ratingReasons } from "#src/hygge.ts";
import { reasonLabel } from "#src/messages.ts";
import { type ActionId, customId } from "./ids.ts";
import { limits } from "./limits.ts";
import { texts } from "./messages.ts";
import { clip } from "./text.ts";

type Modal = APIModalInteractionResponseCallbackData;
type Field = Modal["components"][number];

/** Ids of the fields. */
export const fields = {
  text: "text",
  channel: "channel",
  tone: "tone",
  length: "length",
  variants: "variants",
  reasons: "reasons",
} as const;

function modal(action: ActionId, subject: string | undefined, title: string, components: Field[]): Modal {
  return { custom_id: customId(action, subject), title: clip(title, limits.title), components };
}

function label(
  text: string,
  component: Extract<Field, { type: ComponentType.Label }>["component"],
  description?: string,
): Field {
  return {
    type: ComponentType.Label,
    label: clip(text, limits.label),
    ...(description === undefined ? {} : { description: clip(description, 100) }),
    component,
  };
}

function input(options: { value?: string; placeholder?: string; required: boolean; max: number }) {
  return {
    type: ComponentType.TextInput as const,
    custom_id: fields.text,
    style: TextInputStyle.Paragraph,
    max_length: options.max,
    required: options.required,
    ...(options.value === undefined ? {} : { value: options.value.slice(0, options.max) }),
    ...(options.placeholder === undefined ? {} : { placeholder: clip(options.placeholder, 100) }),
  };
}

function choice(
  id: string,
  placeholder: string,
  choices: { label: string; value: string; chosen?: boolean }[],
) {
  return {
    type: ComponentType.StringSelect as const,
    custom_id: id,
    placeholder: clip(placeholder, 150),
    required: false,
    options: choices.slice(0, limits.choices).map(({ label: text, value, chosen }) => ({
      label: clip(text, limits.choiceName),
      value,
      ...(chosen === true ? { default: true } : {}),
    })),
  };
}

export function briefModal(
  locale: Locale,
  brand: Brand,
  given: { channel?: string; tone?: string; length?: string; variants?: number },
): Modal {
  const t = texts(locale);
  const options = <T extends string>(values: readonly T[], name: (value: T) => string, chosen?: string) =>
    values.map((value) => ({ label: name(value), value, chosen: value === chosen }));
  return modal("brief", brand.id, t.briefTitle, [
    label(
      t.briefLabel,
      input({ placeholder: t.briefExample, required: true, max: limits.option }),
      t.briefHint,
    ),
    label(
      t.channel,
      choice(
        fields.channel,
        t.automatic,
        options(channels, (value) => brand.channels[value].label[locale], given.channel),
      ),
    ),
    label(
      t.toneLabel,
      choice(
        fields.tone,
        t.automatic,
        options(tones, (value) => t.tones[value], given.tone),
      ),
    ),
    label(
      t.lengthLabel,
      choice(
        fields.length,
        t.automatic,
        options(lengths, (value) => t.lengths[value], given.length),
      ),
    ),
    label(
      t.variantsLabel,
      choice(
        fields.variants,
        t.variantsOf(1),
        options(["1", "2", "3", "4"], (value) => t.variantsOf(Number(value)), String(given.variants ?? "")),
      ),
    ),
  ]);
}

export function refineModal(locale: Locale, draftId: string): Modal {
  const t = texts(locale);
  return modal("refine", draftId, t.refineTitle, [
    label(t.refineLabel, input({ placeholder: t.refineExample, required: true, max: 500 })),
  ]);
}

export function editModal(locale: Locale, draftId: string, text: string): Modal {
  const t = texts(locale);
  return modal("edit", draftId, t.editTitle, [
    label(t.editLabel, input({ value: text, required: true, max: limits.modalText }), t.editHint),
  ]);
}

export function downModal(locale: Locale, draftId: string): Modal {
  const t = texts(locale);
  return modal("down", draftId, t.downTitle, [
    label(t.reasonsLabel, {
      ...choice(
        fields.reasons,
        t.optional,
        ratingReasons.map((value) => ({ label: reasonLabel(locale, value), value })),
      ),
      min_values: 0,
      max_values: ratingReasons.length,
    }),
    label(t.commentLabel, input({ required: false, max: 2000 }), t.commentHint),
  ]);
}

export function rejectModal(locale: Locale, draftId: string): Modal {
  const t = texts(locale);
  return modal("reject", draftId, t.rejectTitle, [
    label(t.rejectLabel, input({ required: false, max: 500 }), t.optional),
  ]);
}

/** What stands in a text field; "" where it was left empty. */
export function typed(interaction: ModalSubmitInteraction): string {
  return interaction.fields.fields.has(fields.text) ? interaction.fields.getTextInputValue(fields.text) : "";
}

/** What was chosen in a select; none where it was left alone. */
export function chosen(interaction: ModalSubmitInteraction, id: string): readonly string[] {
  return interaction.fields.fields.has(id) ? interaction.fields.getStringSelectValues(id) : [];
}
