/** The HTTP API: the use cases as routes. The page, the CLI and scripts use the same. */
import type { Brand } from "#src/brand.ts";
import type { Channel, Length, Tone } from "#src/brief.ts";
import { type Locale, locales } from "#src/chat.ts";
import { HyggeError } from "#src/errors.ts";
import type { Decision, Hygge, RatingInput } from "#src/hygge.ts";
import type { Actor } from "#src/may.ts";
import { labels, message } from "#src/messages.ts";
import type { BriefView } from "#src/views.ts";
import { pageCan } from "./can.ts";
import type { createEventStreams } from "./events.ts";
import { checkName, type People } from "./people.ts";
import { type Route, route } from "./route.ts";
import * as schemas from "./schemas.ts";

export interface ApiDeps {
  hygge: Hygge;
  people: People;
  brands: { list(): Brand[] };
  /** Id of the brand of a brief that names none. */
  brand: string;
  /** Whether a token is asked for. */
  login: boolean;
  streams: ReturnType<typeof createEventStreams>;
}

export function apiRoutes({ hygge, people, brands, brand, login, streams }: ApiDeps): Route[] {
  const decide = (decision: Decision, summary: string) =>
    route({
      method: "post",
      path: `/api/drafts/{id}/${decision}`,
      summary,
      about: "draft",
      body: schemas.note,
      answer: { status: 200, schema: schemas.draft },
      handle: async ({ c, actor, id, body }) =>
        c.json(await hygge.decide(actor, id, decision, optional(body.note) as string | undefined)),
    });

  const rate = (method: "put" | "post") =>
    route({
      method,
      path: "/api/drafts/{id}/rating",
      summary: "Rates a draft; one changeable vote for a person and draft",
      about: "draft",
      body: schemas.rating,
      answer: { status: 200, schema: schemas.draft },
      handle: async ({ c, actor, id, body }) => {
        const { value, reasons, comment } = body;
        const input = { value, reasons: optional(reasons), comment: optional(comment) };
        return c.json(await hygge.rate(actor, id, input as RatingInput));
      },
    });

  return [
    route({
      method: "post",
      path: "/api/briefs",
      summary: "Sends a brief; its draft is written as soon as it is its turn",
      body: schemas.newBrief,
      once: true,
      answer: { status: 202, what: "`{briefId}`, and where it is in `Location`" },
      handle: async ({ c, actor, body, key }) => {
        const view = await hygge.request(actor, {
          text: given(body.text),
          ...wanted(body),
          brand: optional(body.brand),
          fill: optional(body.fill),
          surface: "web",
          idempotencyKey: key,
        });
        c.header("Location", `/api/briefs/${view.id}`);
        return c.json({ briefId: view.id }, 202);
      },
    }),
    route({
      method: "get",
      path: "/api/briefs",
      summary: "The caller's own briefs, newest first",
      query: schemas.mineQuery,
      answer: { status: 200, what: "`{briefs: Brief[]}`" },
      handle: async ({ c, actor, query }) => {
        const { search, before, limit } = query;
        const count = limit === undefined || limit === "" ? undefined : Number(limit);
        if (count !== undefined && !Number.isInteger(count))
          throw new HyggeError("input_invalid", { field: "limit", problem: "not a whole number" });
        const briefs = await hygge.mine(actor, { search, before, limit: count });
        return c.json({ briefs: briefs.map((view) => shown(view, actor.locale)) });
      },
    }),
    route({
      method: "get",
      path: "/api/briefs/{id}",
      summary: "A brief, where it is, and its drafts",
      about: "brief",
      answer: { status: 200, schema: schemas.brief },
      handle: async ({ c, actor, id }) => c.json(shown(await hygge.brief(actor, id), actor.locale)),
    }),
    route({
      method: "get",
      path: "/api/briefs/{id}/events",
      summary:
        "Server-sent events: queued {position}, started {candidates}, token {candidate, candidates, text so far}, " +
        "draft {draft}, failed {error}, cancelled. The state comes first; ends with the generation",
      about: "brief",
      answer: { status: 200, type: "text/event-stream" },
      handle: ({ c, actor, id }) => streams.stream(c, actor, id),
    }),
    route({
      method: "post",
      path: "/api/briefs/{id}/cancel",
      summary: "Cancels what is queued or being written",
      about: "brief",
      answer: { status: 200, schema: schemas.brief },
      handle: async ({ c, actor, id }) => c.json(shown(await hygge.cancel(actor, id), actor.locale)),
    }),
    route({
      method: "post",
      path: "/api/drafts/{id}/regenerate",
      summary: "Writes a new version: anew, or as `wish`, channel, tone and length say",
      about: "draft",
      body: schemas.revision,
      once: true,
      answer: { status: 202, schema: schemas.brief },
      handle: async ({ c, actor, id, body, key }) => {
        const view = await hygge.revise(actor, id, {
          wish: optional(body.wish) as string | undefined,
          ...wanted(body),
          idempotencyKey: key,
        });
        c.header("Location", `/api/briefs/${view.id}`);
        return c.json(shown(view, actor.locale), 202);
      },
    }),
    route({
      method: "post",
      path: "/api/drafts/{id}/edit",
      summary: "Keeps a text written by hand as the next version",
      about: "draft",
      body: schemas.edit,
      answer: { status: 200, schema: schemas.draft },
      handle: async ({ c, actor, id, body }) => c.json(await hygge.edit(actor, id, given(body.text))),
    }),
    route({
      method: "post",
      path: "/api/drafts/{id}/pick",
      summary: "Takes this one of several variants",
      about: "draft",
      answer: { status: 200, schema: schemas.brief },
      handle: async ({ c, actor, id }) => c.json(shown(await hygge.pick(actor, id), actor.locale)),
    }),
    rate("put"),
    rate("post"),
    route({
      method: "delete",
      path: "/api/drafts/{id}/rating",
      summary: "Takes the caller's vote back",
      about: "draft",
      answer: { status: 200, schema: schemas.draft },
      handle: async ({ c, actor, id }) => c.json(await hygge.rate(actor, id, null)),
    }),
    decide("request", "Asks for approval"),
    decide("withdraw", "Takes the request for approval back"),
    decide("approve", "Approves a draft (approvers)"),
    decide("reject", "Rejects a draft, with a note (approvers)"),
    route({
      method: "get",
      path: "/api/drafts/{id}/candidates",
      summary: "All candidates that were written for a draft, with gates and scores",
      about: "draft",
      answer: { status: 200, what: "`{candidates: Candidate[]}`" },
      handle: async ({ c, actor, id }) => c.json({ candidates: await hygge.candidates(actor, id) }),
    }),
    route({
      method: "post",
      path: "/api/lint",
      summary: "Checks a text as one types: gates, findings with replacements, length, score",
      body: schemas.lintInput,
      answer: { status: 200, schema: schemas.lint },
      cost: 0.1,
      handle: async ({ c, actor, body }) =>
        c.json(
          await hygge.lint(actor, {
            text: given(body.text),
            channel: optional(body.channel) as Channel | undefined,
            brand: optional(body.brand),
            briefId: optional(body.briefId),
          }),
        ),
    }),
    route({
      method: "get",
      path: "/api/brands",
      summary: "The brands, and what their channels are called and allow",
      answer: { status: 200, schema: schemas.brands },
      handle: async ({ c }) =>
        c.json({
          standard: brand,
          brands: brands.list().map(({ id, name, channels, products }) => ({
            id,
            name,
            products: products.length,
            channels: Object.fromEntries(
              Object.entries(channels).map(([channel, { label, min, max }]) => [
                channel,
                { label, min, max },
              ]),
            ),
          })),
        }),
    }),
    route({
      method: "get",
      path: "/api/labels",
      summary: "Names of gates, states and reasons in the caller's language",
      answer: { status: 200, what: "`{gates, states, statuses, reasons}`" },
      handle: async ({ c, actor }) => c.json(labels(actor.locale)),
    }),
    route({
      method: "get",
      path: "/api/me",
      summary: "Who the caller is",
      answer: { status: 200, schema: schemas.me },
      handle: async ({ c, actor }) => c.json(me(actor)),
    }),
    route({
      method: "put",
      path: "/api/me",
      summary: "Sets the name that others see, and the language",
      body: schemas.meInput,
      answer: { status: 200, schema: schemas.me },
      handle: async ({ c, actor, body }) => {
        const name = body.name == null ? undefined : checkName(body.name, "name");
        const locale = body.locale == null ? undefined : checkLocale(body.locale);
        const change = { ...(name === undefined ? {} : { name }), ...(locale ? { locale } : {}) };
        await people.change(c, change);
        return c.json(me({ ...actor, ...change }));
      },
    }),
  ];

  function me(actor: Actor) {
    const { id, name, locale, role } = actor;
    return {
      id,
      name,
      locale,
      role,
      can: pageCan(actor),
      login,
    };
  }
}

/**
 * As the API shows a brief: its error as a sentence, and done only when the draft can be seen, so that whoever
 * polls for "done" finds it.
 */
function shown(view: BriefView, locale: Locale) {
  const seen = view.drafts.some((draft) => draft.generationId === view.generationId);
  const status = view.status === "done" && !seen ? "writing" : view.status;
  if (view.error === undefined) return { ...view, status };
  const { code, details } = view.error;
  return { ...view, status, error: { code, details, message: message(locale, code, details) } };
}

/** The use cases take these values as they come and check them. */
function wanted(body: { channel?: unknown; tone?: unknown; length?: unknown; variants?: unknown }) {
  return {
    channel: optional(body.channel) as Channel | undefined,
    tone: optional(body.tone) as Tone | undefined,
    length: optional(body.length) as Length | undefined,
    variants: optional(body.variants) as number | undefined,
  };
}

/** No text at all is an empty one; what isn't text is told so by the use case. */
const given = (text: unknown) => (text ?? "") as string;

/** JSON's null means the same as absence. */
const optional = <T>(value: T | null | undefined): T | undefined => value ?? undefined;

function checkLocale(value: unknown): Locale {
  const locale = locales.find((l) => l === value);
  if (!locale)
    throw new HyggeError("input_invalid", { field: "locale", problem: `one of ${locales.join(", ")}` });
  return locale;
}
