/** The API's shapes for its documentation; `satisfies` keeps them in step with the views. */
import { z } from "zod";
import { channels, lengths, tones } from "#src/brief.ts";
import { ratingReasons } from "#src/hygge.ts";
import { roles } from "#src/may.ts";
import { type BriefView, type CandidateView, type DraftView, gateIds, type Lint } from "#src/views.ts";

const time = z.iso.datetime({ offset: true });
const channel = z.enum(channels);
const tone = z.enum(tones);
const length = z.enum(lengths);

const gate = z.strictObject({
  id: z.enum(gateIds),
  ok: z.boolean(),
  found: z.string().optional().meta({ description: "what was found, for people" }),
  at: z.array(z.strictObject({ start: z.int(), end: z.int() })).optional(),
});
const score = z.strictObject({
  total: z.number().meta({ description: "0-100: below 50 red, below 75 yellow, else green" }),
  style: z.number(),
  adherence: z.number(),
  fluency: z.number(),
});

export const draft = z
  .strictObject({
    id: z.string(),
    briefId: z.string(),
    generationId: z.string().nullable(),
    version: z.int(),
    kind: z.enum(["generated", "edited"]),
    parentId: z.string().nullable(),
    wish: z.string().nullable(),
    text: z.string(),
    channel,
    tone,
    length,
    gates: z.array(gate),
    score,
    facts: z.array(z.strictObject({ text: z.string(), kind: z.string(), found: z.boolean() })),
    model: z
      .strictObject({ name: z.string(), version: z.string(), hash: z.string(), quant: z.string() })
      .nullable(),
    state: z.enum(["draft", "requested", "approved", "rejected"]),
    decision: z
      .strictObject({ personId: z.string(), personName: z.string(), at: time, note: z.string().nullable() })
      .nullable(),
    ratings: z.strictObject({
      up: z.int(),
      down: z.int(),
      mine: z
        .strictObject({
          value: z.enum(["up", "down"]),
          reasons: z.array(z.string()),
          comment: z.string().nullable(),
        })
        .nullable(),
    }),
    picked: z.boolean().nullable().meta({ description: "set where the draft is one of several variants" }),
    personId: z.string(),
    personName: z.string(),
    createdAt: time,
    postedAt: time.nullable(),
  })
  .meta({ id: "Draft" }) satisfies z.ZodType<DraftView>;

export const brief = z
  .strictObject({
    id: z.string(),
    status: z.enum(["queued", "writing", "done", "failed", "cancelled"]),
    position: z.int().optional().meta({ description: "place in the queue, 1 is next; only while queued" }),
    text: z.string(),
    channel,
    tone,
    length,
    brand: z.string(),
    facts: z.array(
      z.strictObject({
        kind: z.enum(["product", "name", "material", "colour", "measure", "count", "price", "other"]),
        text: z.string(),
        numbers: z.array(z.string()),
      }),
    ),
    personId: z.string(),
    personName: z.string(),
    createdAt: time,
    error: z
      .strictObject({
        code: z.string(),
        details: z.record(z.string(), z.union([z.string(), z.number()])),
        message: z.string().meta({ description: "in the caller's language" }),
      })
      .optional(),
    generationId: z.string(),
    drafts: z.array(draft).meta({ description: "posted drafts by version, oldest first" }),
  })
  .meta({ id: "Brief" }) satisfies z.ZodType<BriefView>;

export const candidate = z
  .strictObject({
    index: z.int(),
    round: z.int(),
    text: z.string(),
    gates: z.array(gate),
    score,
    seed: z.number(),
    tokens: z.int(),
    stop: z.enum(["end", "length", "abort"]),
    ms: z.number(),
    draftId: z.string().nullable(),
  })
  .meta({ id: "Candidate" }) satisfies z.ZodType<CandidateView>;

export const lint = z
  .strictObject({
    score,
    light: z.enum(["red", "yellow", "green"]),
    gates: z.array(gate),
    findings: z.array(
      z.strictObject({
        start: z.int(),
        end: z.int(),
        found: z.string(),
        rule: z.string(),
        suggestions: z.array(z.string()),
      }),
    ),
    graphemes: z.strictObject({ count: z.int(), min: z.int(), max: z.int() }),
  })
  .meta({ id: "Lint" }) satisfies z.ZodType<Lint>;

export const me = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    locale: z.enum(["de", "en"]),
    role: z.enum(roles),
    can: z
      .strictObject({
        approve: z.boolean(),
        reject: z.boolean(),
        others: z.boolean(),
        manage: z.boolean(),
      })
      .meta({
        description:
          "others: cancel, pick, request and withdraw on other people's briefs; manage: read /manage",
      }),
    login: z.boolean().meta({ description: "whether this server asks for a token" }),
  })
  .meta({ id: "Me" });

export const brands = z
  .strictObject({
    standard: z.string(),
    brands: z.array(
      z.strictObject({
        id: z.string(),
        name: z.string(),
        products: z.int().meta({ description: "products that its list knows" }),
        channels: z.record(
          channel,
          z.strictObject({
            label: z.strictObject({ de: z.string(), en: z.string() }),
            min: z.int(),
            max: z.int(),
          }),
        ),
      }),
    ),
  })
  .meta({ id: "Brands" });

export const error = z
  .strictObject({
    error: z.strictObject({
      code: z.string(),
      message: z.string(),
      details: z.record(z.string(), z.union([z.string(), z.number()])),
    }),
  })
  .meta({ id: "Error" });

// What people send: the use cases check the values, whichever surface they came by; here stands what they accept.
const oneOf = (values: readonly string[], description: string) =>
  z.unknown().optional().meta({ type: "string", enum: values, description });
const variants = z.unknown().optional().meta({ type: "integer", minimum: 1, maximum: 4, default: 1 });
const options = {
  channel: oneOf(channels, "absent: as the text says, else the brand's first"),
  tone: oneOf(tones, "absent: as the text says, else the brand's own"),
  length: oneOf(lengths, "absent: as the text says, else as the channel has it"),
  variants,
};
const text = (example: string) =>
  z
    .unknown()
    .optional()
    .meta({ type: "string", examples: [example] });

export const newBrief = z.looseObject({
  text: text("Sofa Ekeby, Leinen, sandfarben, 899 €"),
  ...options,
  brand: z.string().nullish(),
  fill: z
    .boolean()
    .nullish()
    .meta({ description: "fill what the brief leaves out from the brand's product list" }),
});
export const revision = z.looseObject({
  wish: z
    .unknown()
    .optional()
    .meta({ type: "string", maxLength: 500, description: "kürzer, länger, wärmer, or free text" }),
  ...options,
});
export const edit = z.looseObject({ text: text("Das Sofa Ekeby in sandfarbenem Leinen …") });
export const note = z.looseObject({ note: z.unknown().optional().meta({ type: "string", maxLength: 500 }) });
export const rating = z.looseObject({
  value: z.unknown().meta({ type: "string", enum: ["up", "down"] }),
  reasons: z
    .array(z.unknown())
    .nullish()
    .meta({ items: { type: "string", enum: ratingReasons } }),
  comment: z.unknown().optional().meta({ type: "string", maxLength: 2000 }),
});
export const lintInput = z.looseObject({
  text: text("Ein perfektes Sofa für nur 899 €."),
  channel: options.channel,
  brand: z.string().nullish(),
  briefId: z.string().nullish().meta({ description: "check the facts of this brief, too" }),
});
export const meInput = z.looseObject({
  name: z.unknown().optional().meta({ type: "string", maxLength: 60 }),
  locale: z
    .unknown()
    .optional()
    .meta({ type: "string", enum: ["de", "en"] }),
});
export const loginInput = z.looseObject({ token: z.string() });
export const mineQuery = z.object({
  search: z.string().optional().meta({ description: "in briefs and drafts" }),
  before: z.string().optional().meta({ description: "createdAt of the last brief seen" }),
  limit: z.string().optional().meta({ type: "integer", minimum: 1, maximum: 100, default: 20 }),
});
