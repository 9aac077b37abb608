/** The read models: rows become the views that surfaces see. A handful of queries for any number of briefs. */
import { and, eq, inArray, isNotNull, type SQL, sql } from "drizzle-orm";
import type { BriefStatus, BriefView, DraftView, ErrorView } from "#src/views.ts";
import { positions } from "./positions.ts";
import { briefs, type Db, drafts, people, picks, ratings } from "./schema.ts";

/**
 * Briefs with their posted drafts, in the order of `ids`; unknown ids are left out. `personId` is who looks:
 * their own vote and pick are marked.
 */
export async function briefViews(db: Db, ids: string[], personId: string): Promise<BriefView[]> {
  if (ids.length === 0) return [];
  const rows = await db
    .select({ brief: briefs, personName: people.name })
    .from(briefs)
    .innerJoin(people, eq(people.id, briefs.personId))
    .where(inArray(briefs.id, ids));
  const newest = await db.execute<{
    brief_id: string;
    id: string;
    status: BriefStatus;
    error: ErrorView | null;
  }>(sql`
    select distinct on (brief_id) brief_id, id, status, error from hygge.generations
    where brief_id in ${ids} order by brief_id, queued_at desc, id desc`);
  const generation = new Map(newest.rows.map((row) => [row.brief_id, row]));
  const queued = newest.rows.filter((row) => row.status === "queued").map((row) => row.id);
  const place = await positions(db, queued);
  const posted = await draftViewsWhere(
    db,
    personId,
    inArray(drafts.briefId, ids),
    isNotNull(drafts.postedAt),
  );
  const byId = new Map(
    rows.map(({ brief, personName }): [string, BriefView] => {
      const current = generation.get(brief.id);
      const position = current && place.get(current.id);
      return [
        brief.id,
        {
          id: brief.id,
          status: current?.status ?? "queued",
          ...(position === undefined ? {} : { position }),
          text: brief.text,
          channel: brief.channel,
          tone: brief.tone,
          length: brief.length,
          brand: brief.brand,
          facts: brief.parsed.facts,
          personId: brief.personId,
          personName,
          createdAt: brief.createdAt.toISOString(),
          ...(current?.error ? { error: current.error } : {}),
          generationId: current?.id ?? "",
          drafts: posted.filter((draft) => draft.briefId === brief.id),
        },
      ];
    }),
  );
  return ids.flatMap((id) => byId.get(id) ?? []);
}

export async function briefView(db: Db, id: string, personId: string): Promise<BriefView | undefined> {
  return (await briefViews(db, [id], personId))[0];
}

/** One draft, posted or not. */
export async function draftView(db: Db, id: string, personId: string): Promise<DraftView | undefined> {
  return (await draftViewsWhere(db, personId, eq(drafts.id, id)))[0];
}

/** All drafts of a generation, posted or not, by version. */
export async function draftViewsOf(db: Db, generationId: string, personId: string): Promise<DraftView[]> {
  return draftViewsWhere(db, personId, eq(drafts.generationId, generationId));
}

/** The same drafts, each replaced by the newest edit of it, if there is one. */
export async function editedViewsOf(db: Db, views: DraftView[], personId: string): Promise<DraftView[]> {
  const briefIds = [...new Set(views.map((view) => view.briefId))];
  const edits = await draftViewsWhere(
    db,
    personId,
    inArray(drafts.briefId, briefIds),
    eq(drafts.kind, "edited"),
  );
  // By version, so an edit of an edit comes after it.
  return views.map(
    (view) =>
      edits.reduce(
        ({ ids, newest }, edit) =>
          edit.parentId !== null && ids.has(edit.parentId)
            ? { ids: ids.add(edit.id), newest: { ...edit, picked: view.picked } }
            : { ids, newest },
        { ids: new Set([view.id]), newest: view },
      ).newest,
  );
}

async function draftViewsWhere(db: Db, personId: string, ...where: SQL[]): Promise<DraftView[]> {
  const rows = await db
    .select({
      draft: drafts,
      personName: people.name,
      decidedByName: sql<string | null>`(select p.name from hygge.people p where p.id = ${drafts.decidedBy})`,
      variants: sql<number>`(select count(*) from hygge.drafts v where v.generation_id = ${drafts.generationId})::int`,
    })
    .from(drafts)
    .innerJoin(people, eq(people.id, drafts.personId))
    .where(and(...where))
    .orderBy(drafts.briefId, drafts.version);
  if (rows.length === 0) return [];
  const ids = rows.map(({ draft }) => draft.id);
  const votes = await db.select().from(ratings).where(inArray(ratings.draftId, ids));
  const picked = new Set(
    (
      await db
        .select({ draftId: picks.draftId })
        .from(picks)
        .where(and(inArray(picks.draftId, ids), eq(picks.personId, personId)))
    ).map((row) => row.draftId),
  );
  return rows.map(({ draft, personName, decidedByName, variants }): DraftView => {
    const own = votes.filter((vote) => vote.draftId === draft.id);
    const mine = own.find((vote) => vote.personId === personId);
    return {
      id: draft.id,
      briefId: draft.briefId,
      generationId: draft.generationId,
      version: draft.version,
      kind: draft.kind,
      parentId: draft.parentId,
      wish: draft.wish,
      text: draft.text,
      channel: draft.channel,
      tone: draft.tone,
      length: draft.length,
      gates: draft.gates,
      score: draft.score,
      facts: draft.facts,
      model: draft.model,
      state: draft.state,
      decision:
        draft.decidedBy && draft.decidedAt
          ? {
              personId: draft.decidedBy,
              personName: decidedByName ?? "",
              at: draft.decidedAt.toISOString(),
              note: draft.decisionNote,
            }
          : null,
      ratings: {
        up: own.filter((vote) => vote.value === "up").length,
        down: own.filter((vote) => vote.value === "down").length,
        mine: mine ? { value: mine.value, reasons: mine.reasons, comment: mine.comment } : null,
      },
      picked: variants > 1 ? picked.has(draft.id) : null,
      personId: draft.personId,
      personName,
      createdAt: draft.createdAt.toISOString(),
      postedAt: draft.postedAt?.toISOString() ?? null,
    };
  });
}
