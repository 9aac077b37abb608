/** What people send is checked here, once, whichever surface it came by. */
import { z } from "zod";
import { channels, lengths, tones } from "#src/brief.ts";
import { type ErrorCode, HyggeError } from "#src/errors.ts";
import { type BriefInput, type RatingInput, type RevisionInput, ratingReasons } from "#src/hygge.ts";

export const limits = {
  wish: 500,
  text: 4000,
  comment: 2000,
  note: 500,
  variants: { min: 1, max: 4 },
  search: 200,
} as const;

const oneOf =
  <T extends string>(values: readonly T[], code: ErrorCode) =>
  (value: unknown) => {
    if (value === undefined || value === null || value === "") return undefined;
    const found =
      typeof value === "string" ? values.find((v) => v === value.trim().toLowerCase()) : undefined;
    if (found === undefined) throw new HyggeError(code, { value: shown(value), allowed: values.join(", ") });
    return found;
  };

export const asChannel = oneOf(channels, "channel_unknown");
export const asTone = oneOf(tones, "tone_unknown");
export const asLength = oneOf(lengths, "length_unknown");

/** A value as an error message may repeat it: short, one line. */
export const shown = (value: unknown) =>
  (typeof value === "string" ? value : (JSON.stringify(value) ?? String(value)))
    .replace(/\s+/g, " ")
    .slice(0, 60);

/** `whole` names what isn't about one field. @throws HyggeError input_invalid {field, problem}, the first one */
export function checked<T>(schema: z.ZodType<T>, value: unknown, whole = ""): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new HyggeError("input_invalid", {
    field: issue?.path.join(".") || whole,
    problem: issue?.message ?? "",
  });
}

function asString(field: string, value: unknown): string {
  const parsed = z.string().safeParse(value);
  if (!parsed.success)
    throw new HyggeError("input_invalid", { field, problem: parsed.error.issues[0]?.message ?? "" });
  return parsed.data.normalize("NFC");
}

function bounded(value: unknown, field: string, limit: number, code: ErrorCode): string | undefined {
  if (value === undefined || value === null) return undefined;
  const text = asString(field, value).trim();
  if (text.length > limit) throw new HyggeError(code, { length: text.length, limit });
  return text === "" ? undefined : text;
}

function asVariants(value: unknown): number {
  const parsed = z
    .int()
    .min(limits.variants.min)
    .max(limits.variants.max)
    .safeParse(value ?? 1);
  if (!parsed.success) throw new HyggeError("variants_range", { value: shown(value), ...limits.variants });
  return parsed.data;
}

export function checkBriefInput(input: BriefInput) {
  return {
    text: asString("text", input.text),
    channel: asChannel(input.channel),
    tone: asTone(input.tone),
    length: asLength(input.length),
    variants: asVariants(input.variants),
  };
}

export function checkRevisionInput(input: RevisionInput) {
  return {
    wish: bounded(input.wish, "wish", limits.wish, "wish_too_long"),
    channel: asChannel(input.channel),
    tone: asTone(input.tone),
    length: asLength(input.length),
    variants: asVariants(input.variants),
  };
}

export function checkEdit(text: unknown): string {
  const trimmed = asString("text", text).replace(/\r\n?/g, "\n").trim();
  if (trimmed === "") throw new HyggeError("text_empty");
  if (trimmed.length > limits.text)
    throw new HyggeError("text_too_long", { length: trimmed.length, limit: limits.text });
  return trimmed;
}

export function checkRating(rating: RatingInput) {
  if (rating.value !== "up" && rating.value !== "down") {
    throw new HyggeError("rating_invalid", { value: shown(rating.value) });
  }
  const reasons = [...new Set(rating.reasons ?? [])];
  for (const reason of reasons) {
    if (!ratingReasons.includes(reason)) {
      throw new HyggeError("reasons_unknown", { value: shown(reason), allowed: ratingReasons.join(", ") });
    }
  }
  return {
    value: rating.value,
    reasons,
    comment: bounded(rating.comment, "comment", limits.comment, "comment_too_long") ?? null,
  };
}

export const checkNote = (note: unknown) => bounded(note, "note", limits.note, "comment_too_long") ?? null;
export const checkSearch = (search: unknown) => bounded(search, "search", limits.search, "brief_too_long");

export function checkTime(field: string, value: unknown): string | undefined {
  if (value === undefined || value === "") return undefined;
  const parsed = z.iso.datetime({ offset: true }).safeParse(value);
  if (!parsed.success) throw new HyggeError("input_invalid", { field, problem: "not an ISO 8601 time" });
  return parsed.data;
}
