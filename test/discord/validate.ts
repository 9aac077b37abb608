/**
 * What Discord would refuse: its published schemas, and what these don't say. Every request of every test goes
 * through here.
 */
import { z } from "zod";
import { countComponents, countText } from "#bots/discord/limits.ts";

const v2 = 1 << 15;

interface Schema {
  safeParse(value: unknown): {
    success: boolean;
    data?: unknown;
    error?: { issues: { path: PropertyKey[]; message: string }[] };
  };
}
// The package has no types for its schemas.
const name: string = "discord-api-spec/zod";
const schemas: Record<string, Schema> = await import(name);

const callbacks: Record<number, string> = {
  4: "CreateMessageInteractionCallbackRequestSchema",
  5: "CreateMessageInteractionCallbackRequestSchema",
  6: "UpdateMessageInteractionCallbackRequestSchema",
  7: "UpdateMessageInteractionCallbackRequestSchema",
  8: "ApplicationCommandAutocompleteCallbackRequestSchema",
  9: "ModalInteractionCallbackRequestSchema",
};

const routes: [method: string, path: RegExp, schema: string, kind: "message" | "other"][] = [
  ["POST", /^\/channels\/\d+\/messages$/, "MessageCreateRequestSchema", "message"],
  ["PATCH", /^\/channels\/\d+\/messages\/\d+$/, "MessageEditRequestPartialSchema", "message"],
  ["POST", /^\/channels\/\d+\/messages\/\d+\/threads$/, "CreateTextThreadWithMessageRequestSchema", "other"],
  ["POST", /^\/channels\/\d+\/threads$/, "CreateTextThreadWithoutMessageRequestSchema", "other"],
  ["POST", /^\/webhooks\/\d+\/[^/]+$/, "IncomingWebhookInteractionRequestSchema", "message"],
  [
    "PATCH",
    /^\/webhooks\/\d+\/[^/]+\/messages\/[^/]+$/,
    "IncomingWebhookUpdateForInteractionCallbackRequestPartialSchema",
    "message",
  ],
  ["POST", /^\/users\/@me\/channels$/, "CreatePrivateChannelRequestSchema", "other"],
];

/** The documentation wants a string of permissions, the schema a number; Discord takes both. */
const command = z.looseObject({
  default_member_permissions: z
    .string()
    .regex(/^\d+$/)
    .nullish()
    .transform((bits) => (bits == null ? bits : Number(bits))),
});

/** `path` without "/api/v10". */
export function problemsOf(method: string, path: string, body: unknown): string[] {
  if (/^\/applications\/\d+\/(guilds\/\d+\/)?commands$/.test(path) && method === "PUT")
    return z
      .array(command)
      .parse(body)
      .flatMap((value) => bySchema("ApplicationCommandUpdateRequestSchema", value));
  if (/^\/interactions\/\d+\/[^/]+\/callback$/.test(path)) return callbackProblems(body);
  const route = routes.find(([m, pattern]) => m === method && pattern.test(path));
  if (!route) return body === undefined || body === "" ? [] : [`${method} ${path}: no schema for this route`];
  const [, , schema, kind] = route;
  return [...bySchema(schema, body), ...(kind === "message" ? messageProblems(body) : [])].map(
    (problem) => `${method} ${path}: ${problem}`,
  );
}

function callbackProblems(body: unknown): string[] {
  const { type, data } = z.object({ type: z.number(), data: z.unknown().optional() }).parse(body);
  const schema = callbacks[type];
  if (schema === undefined) return [`callback type ${type}`];
  const problems = bySchema(schema, body);
  if (type === 4 || type === 7) problems.push(...messageProblems(data));
  if (type === 5 && (z.object({ flags: z.number().optional() }).parse(data ?? {}).flags ?? 0) & ~64)
    problems.push("a deferred answer may be ephemeral, and nothing else");
  if (type === 9) problems.push(...modalProblems(data));
  return problems.map((problem) => `callback ${type}: ${problem}`);
}

function bySchema(schemaName: string, value: unknown): string[] {
  const schema = schemas[schemaName];
  if (!schema) return [`no schema ${schemaName}`];
  const parsed = schema.safeParse(value);
  if (!parsed.success)
    return (parsed.error?.issues ?? []).map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  return unknownKeys(value, parsed.data, "");
}

/** The schemas drop keys that they don't know. */
function unknownKeys(value: unknown, known: unknown, path: string): string[] {
  if (Array.isArray(value))
    return value.flatMap((item, index) =>
      unknownKeys(item, Array.isArray(known) ? known[index] : undefined, `${path}[${index}]`),
    );
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    typeof known === "object" && known !== null && key in known
      ? unknownKeys(item, (known as Record<string, unknown>)[key], `${path}.${key}`)
      : [`${path}.${key}: unknown key`],
  );
}

const message = z.object({
  content: z.string().nullish(),
  embeds: z.array(z.unknown()).nullish(),
  flags: z.number().optional(),
  components: z.array(z.looseObject({})).optional(),
  allowed_mentions: z.object({ parse: z.array(z.string()) }).optional(),
});

function messageProblems(body: unknown): string[] {
  const { content, embeds, flags = 0, components = [], allowed_mentions: mentions } = message.parse(body);
  const problems: string[] = [];
  if (mentions?.parse.length !== 0) problems.push("allowed_mentions.parse is not []");
  if ((flags & v2) === 0) problems.push("not Components V2");
  if ((flags & v2) !== 0 && (content || embeds?.length))
    problems.push("Components V2 with content or embeds");
  if ((content ?? "").length > 2000) problems.push("content over 2000");
  if (components.length === 0) problems.push("nothing in it");
  if (countText(components) > 4000) problems.push(`${countText(components)} characters of text`);
  if (countComponents(components) > 40) problems.push(`${countComponents(components)} components`);
  return [...problems, ...componentProblems(components)];
}

const component = z.looseObject({
  type: z.number(),
  id: z.number().optional(),
  custom_id: z.string().optional(),
  content: z.string().optional(),
  label: z.string().optional(),
  placeholder: z.string().optional(),
  options: z.array(z.object({ label: z.string(), value: z.string() })).optional(),
  components: z.array(z.looseObject({})).optional(),
  component: z.looseObject({}).optional(),
});

function componentProblems(components: unknown[]): string[] {
  const all = flatten(components);
  const problems: string[] = [];
  const ids = all.flatMap((c) => (c.custom_id === undefined ? [] : [c.custom_id]));
  if (new Set(ids).size < ids.length) problems.push("a custom_id twice");
  const numbers = all.flatMap((c) => (c.id === undefined ? [] : [c.id]));
  if (new Set(numbers).size < numbers.length) problems.push("a component id twice");
  for (const c of all) {
    if (c.custom_id !== undefined && (c.custom_id.length < 1 || c.custom_id.length > 100))
      problems.push(`custom_id of ${c.custom_id.length}`);
    if (c.type === 1 && (c.components ?? []).length > 5) problems.push("more than 5 in a row");
    if (c.type === 1 && (c.components ?? []).length === 0) problems.push("an empty row");
    if (c.type === 2 && (c.label ?? "").length > 80) problems.push("label of a button over 80");
    if (c.type === 10 && (c.content ?? "").trim() === "") problems.push("an empty text");
    if (c.options && (c.options.length < 1 || c.options.length > 25)) problems.push("options not 1-25");
    if (c.options?.some((option) => option.label.length > 100 || option.value.length > 100))
      problems.push("an option over 100");
  }
  return problems;
}

function flatten(components: unknown[]): z.infer<typeof component>[] {
  return components.flatMap((value) => {
    const c = component.parse(value);
    return [c, ...flatten([...(c.components ?? []), ...(c.component ? [c.component] : [])])];
  });
}

const modal = z.looseObject({
  title: z.string(),
  custom_id: z.string(),
  components: z.array(z.looseObject({})),
});

function modalProblems(data: unknown): string[] {
  const { title, custom_id: id, components } = modal.parse(data);
  const problems = componentProblems(components);
  if (title.length < 1 || title.length > 45) problems.push(`title of ${title.length}`);
  if (id.length > 100) problems.push("custom_id over 100");
  if (components.length < 1 || components.length > 5) problems.push(`${components.length} fields`);
  for (const field of flatten(components)) {
    if (field.type === 18 && (field.label ?? "").length > 45) problems.push("label over 45");
    if (field.type === 4 && (field.placeholder ?? "").length > 100) problems.push("placeholder over 100");
    if (field.type === 3 && (field.placeholder ?? "").length > 150) problems.push("placeholder over 150");
  }
  return problems;
}
