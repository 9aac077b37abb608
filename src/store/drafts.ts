import { and, eq, inArray, isNull, sql } from "drizzle-orm";
import type { Decision } from "#src/hygge.ts";
import type { CandidateView, DraftState } from "#src/views.ts";
import { briefs, candidates, type Db, drafts } from "./schema.ts";

export type DraftRow = typeof drafts.$inferSelect;

export async function getDraft(db: Db, id: string): Promise<DraftRow | undefined> {
  const [row] = await db.select().from(drafts).where(eq(drafts.id, id));
  return row;
}

/** The next free version of a brief. Locks the brief to the end of the transaction, so call it in one. */
export async function nextVersion(tx: Db, briefId: string): Promise<number> {
  await tx.select({ id: briefs.id }).from(briefs).where(eq(briefs.id, briefId)).for("update");
  const [row] = await tx
    .select({ next: sql<number>`coalesce(max(${drafts.version}), 0)::int + 1` })
    .from(drafts)
    .where(eq(drafts.briefId, briefId));
  return row?.next ?? 1;
}

export interface Edit extends Pick<DraftRow, "id" | "personId" | "text" | "gates" | "score" | "facts"> {
  /** The draft that was edited; channel, tone and length are its. */
  parentId: string;
}

/** Stores a text edited by hand as the brief's next version, posted at once. Undefined: no such parent. */
export async function insertEdit(db: Db, edit: Edit): Promise<DraftRow | undefined> {
  return db.transaction(async (tx) => {
    const parent = await getDraft(tx, edit.parentId);
    if (!parent) return undefined;
    const [row] = await tx
      .insert(drafts)
      .values({
        ...edit,
        briefId: parent.briefId,
        version: await nextVersion(tx, parent.briefId),
        kind: "edited",
        channel: parent.channel,
        tone: parent.tone,
        length: parent.length,
        postedAt: sql`now()`,
      })
      .returning();
    return row;
  });
}

const transitions: Record<Decision, { from: DraftState[]; to: DraftState }> = {
  request: { from: ["draft"], to: "requested" },
  withdraw: { from: ["requested"], to: "draft" },
  // An approver needs nobody's request.
  approve: { from: ["draft", "requested"], to: "approved" },
  reject: { from: ["draft", "requested"], to: "rejected" },
};

/**
 * Moves a draft's state; approved and rejected are final. Compare-and-set, so of two decisions at once one
 * counts. `changed` false: `state` is what it is (the same decision twice, or decided meanwhile).
 * Undefined: no such draft.
 */
export async function decideDraft(
  db: Db,
  id: string,
  decision: Decision,
  by: { personId: string; note?: string },
): Promise<{ changed: boolean; state: DraftState } | undefined> {
  const { from, to } = transitions[decision];
  const final = to === "approved" || to === "rejected";
  const [row] = await db
    .update(drafts)
    .set({
      state: to,
      decidedBy: final ? by.personId : null,
      decidedAt: final ? sql`now()` : null,
      decisionNote: final ? (by.note ?? null) : null,
    })
    .where(and(eq(drafts.id, id), inArray(drafts.state, from)))
    .returning({ state: drafts.state });
  if (row) return { changed: true, state: row.state };
  const draft = await getDraft(db, id);
  return draft && { changed: false, state: draft.state };
}

/** Texts of a brand's newest drafts, newest first: not to be written again. */
export async function recentTexts(db: Db, brand: string, limit: number): Promise<string[]> {
  const rows = await db
    .select({ text: drafts.text })
    .from(drafts)
    .innerJoin(briefs, eq(briefs.id, drafts.briefId))
    .where(eq(briefs.brand, brand))
    .orderBy(sql`${drafts.createdAt} desc`, sql`${drafts.id} desc`)
    .limit(limit);
  return rows.map((row) => row.text);
}

/** What was asked of a draft and of those that it was made from, oldest first. */
export async function wishesOf(db: Db, draftId: string): Promise<string[]> {
  const { rows } = await db.execute<{ wish: string | null }>(sql`
    with recursive line as (
      select id, parent_id, wish, 0 as back from ${drafts} where id = ${draftId}
      union all
      select d.id, d.parent_id, d.wish, line.back + 1 from ${drafts} d join line on d.id = line.parent_id
    )
    select wish from line order by back desc`);
  return rows.flatMap(({ wish }) => (wish === null || wish === "" ? [] : [wish]));
}

/** Texts of all versions of a brief, oldest first. */
export async function versionTexts(db: Db, briefId: string): Promise<string[]> {
  const rows = await db
    .select({ text: drafts.text })
    .from(drafts)
    .where(eq(drafts.briefId, briefId))
    .orderBy(drafts.version);
  return rows.map((row) => row.text);
}

/** All candidates of a generation, in the order of writing. */
export async function candidatesOf(db: Db, generationId: string): Promise<CandidateView[]> {
  return db
    .select({
      index: candidates.index,
      round: candidates.round,
      text: candidates.text,
      gates: candidates.gates,
      score: candidates.score,
      seed: candidates.seed,
      tokens: candidates.tokens,
      stop: candidates.stop,
      ms: candidates.ms,
      draftId: candidates.draftId,
    })
    .from(candidates)
    .where(eq(candidates.generationId, generationId))
    .orderBy(candidates.round, candidates.index);
}

/** Marks a generation's drafts as visible. */
export async function markPosted(tx: Db, generationId: string): Promise<void> {
  await tx
    .update(drafts)
    .set({ postedAt: sql`clock_timestamp()` })
    .where(and(eq(drafts.generationId, generationId), isNull(drafts.postedAt)));
}
