/** The managers' API: everything under /api/manage, one table as for the page's own. */
import { z } from "zod";
import { exportKinds } from "#src/manage/export.ts";
import type { Manage, Query } from "#src/manage/manage.ts";
import { type Actor, allow } from "#src/may.ts";
import { labels } from "#src/messages.ts";
import { manageCan } from "../can.ts";
import { type Route, route } from "../route.ts";
import { csvDownload, jsonlDownload, partOf } from "./downloads.ts";
import type { Manager } from "./managers.ts";

const query = z.record(z.string(), z.string().optional());
const filters =
  "search, brand, channel, person, model, state, kind, vote, reason, gate, light, commented, from, to";

/** `timeZone` is the workspace's. */
export function manageRoutes(manage: Manage, timeZone: string): Route[] {
  const get = (
    path: string,
    summary: string,
    what: string,
    answer: (call: { actor: Actor; id: string; query: Query }) => Promise<unknown>,
    about?: "draft",
  ) =>
    route({
      method: "get",
      path: `/api/manage/${path}`,
      summary,
      query,
      ...(about ? { about } : {}),
      answer: { status: 200, what },
      handle: async ({ c, actor, id, query: asked }) =>
        c.json((await answer({ actor, id, query: asked })) as object),
    });
  const post = (
    path: string,
    summary: string,
    what: string,
    answer: (call: { actor: Actor; id: string; body: unknown }) => Promise<unknown>,
    about?: "draft",
  ) =>
    route({
      method: "post",
      path: `/api/manage/${path}`,
      summary,
      body: z.unknown(),
      ...(about ? { about } : {}),
      answer: { status: 200, what },
      handle: async ({ c, actor, id, body }) => c.json(((await answer({ actor, id, body })) ?? {}) as object),
    });

  return [
    get(
      "me",
      "Who the manager is, what they may do, and what things are called (`locale`)",
      "",
      async ({ actor, query: asked }) => ({
        id: actor.id,
        name: actor.name,
        role: actor.role,
        can: manageCan(actor),
        timeZone,
        labels: labels(asked.locale === "en" ? "en" : "de"),
      }),
    ),
    get(
      "week",
      "This week's figures and the week before's",
      "`{monday, week, before, requested}`",
      ({ actor }) => manage.glance(actor),
    ),
    get(
      "trends",
      "A `figure` over time: `by` all, model, brand, channel or person; `weeks` 4, 12, 26 or 52",
      "",
      ({ actor, query: asked }) => manage.trends(actor, asked),
    ),
    get(
      "drafts",
      `A page of drafts: ${filters}, sort, page`,
      "`{total, page, pages, drafts}`",
      ({ actor, query: asked }) => manage.drafts(actor, asked),
    ),
    get("choices", "Brands, channels, models and people that occur", "", ({ actor }) =>
      manage.choices(actor),
    ),
    get(
      "drafts/{id}",
      "Everything about a draft's brief: versions, diffs, candidates, votes, messages; takes a brief's id, too",
      "",
      ({ actor, id }) => manage.detail(actor, id),
      "draft",
    ),
    get(
      "drafts/{id}/provenance",
      "The provenance record of a text, with its AI-generated marking",
      "",
      ({ actor, id }) => manage.provenance(actor, id),
      "draft",
    ),
    get(
      "patterns",
      "Reasons and failed checks week by week, and the worst briefs",
      "`{reasons, gates, worst}`",
      ({ actor, query: asked }) => manage.patterns(actor, asked),
    ),
    get(
      "duplicates",
      "Drafts that are nearly the same as an earlier one",
      "`{total, page, pages, pairs}`",
      ({ actor, query: asked }) => manage.duplicates(actor, asked),
    ),
    get(
      "rules",
      "Recurring edits that could be rules, and the rules that were accepted",
      "`{proposals, rules}`",
      ({ actor }) => manage.rules(actor),
    ),
    post(
      "rules",
      "Accepts a rule: {brand, kind, pattern, replacement, evidence}",
      "`{id}`",
      ({ actor, body }) => manage.acceptRule(actor, body),
    ),
    post(
      "rules/{id}/undo",
      "Takes a rule back",
      "`{}`",
      ({ actor, id }) => manage.undoRule(actor, id),
      "draft",
    ),
    ...exportKinds.map((kind) =>
      route({
        method: "get",
        path: `/api/manage/export/${kind}`,
        summary:
          kind === "csv"
            ? `The list as CSV: ${filters}`
            : `Training data, JSONL (${kind.toUpperCase()}): ${filters}; part train, eval, sources or all`,
        query,
        answer: { status: 200, type: kind === "csv" ? "text/csv" : "application/jsonl" },
        handle: async ({ actor, query: asked }) => {
          if (kind === "csv") return csvDownload(await manage.csv(actor, asked));
          const part = partOf(asked.part);
          return jsonlDownload(kind, part, await manage.examples(actor, kind, asked));
        },
      }),
    ),
    get(
      "audit",
      "Who did what, newest first, fifty from `before` on",
      "`{lines}`",
      async ({ actor, query: asked }) => ({
        lines: await manage.audit(actor, asked),
      }),
    ),
    post("people/access", "Everything that is stored of a person: {person, also}", "", ({ actor, body }) =>
      manage.access(actor, body),
    ),
    post(
      "people/erase",
      "Removes a person everywhere: {person, also, drafts: anonymise or delete}",
      "What was done",
      ({ actor, body }) => manage.erase(actor, body),
    ),
  ];
}

export const loginBody = z.looseObject({ link: z.string().max(300) });

/** @throws HyggeError unauthorized */
export function adminOnly({ actor }: Manager): void {
  allow(actor, "admin");
}
