/** Everything about one brief on one page: versions, candidates, votes, edits as a diff, decisions, messages. */
import { diffWordsWithSpace } from "diff";
import { eq, inArray, or, sql } from "drizzle-orm";
import { candidatesOf } from "#src/store/drafts.ts";
import { briefView } from "#src/store/read.ts";
import { audit, type Db, deliveries, drafts, people, picks, ratings } from "#src/store/schema.ts";
import type { BriefView, CandidateView, DraftView } from "#src/views.ts";
import { messageLink } from "./links.ts";

export interface Part {
  /** "=" in both, "-" only before, "+" only after. */
  sign: "=" | "-" | "+";
  text: string;
}

export interface Vote {
  draftId: string;
  personId: string;
  personName: string;
  value: "up" | "down";
  reasons: string[];
  comment: string | null;
  at: string;
}

export interface BriefDetail {
  brief: Omit<BriefView, "drafts">;
  drafts: (DraftView & {
    promptHash: string | null;
    seed: number | null;
    /** Against the version that it was made from; null for the first. */
    diff: Part[] | null;
    candidates: CandidateView[];
    twin: { id: string; alike: number } | null;
  })[];
  votes: Vote[];
  picks: { draftId: string; personName: string; at: string }[];
  messages: { surface: string; kind: string; at: string | null; link: string | null }[];
  story: { at: string; personId: string; personName: string; action: string; draftId: string | null }[];
}

export function diffOf(before: string, after: string): Part[] {
  return diffWordsWithSpace(before, after).map((part) => ({
    sign: part.added ? "+" : part.removed ? "-" : "=",
    text: part.value,
  }));
}

/** By the brief's id, or by one of its drafts'. Undefined: there is no such thing (any more). */
export async function briefDetail(db: Db, id: string, viewer: string): Promise<BriefDetail | undefined> {
  const [draft] = await db.select({ briefId: drafts.briefId }).from(drafts).where(eq(drafts.id, id));
  const briefId = draft?.briefId ?? id;
  const view = await briefView(db, briefId, viewer);
  if (!view) return undefined;
  const { drafts: versions, ...brief } = view;
  const ids = versions.map((version) => version.id);
  const rows =
    ids.length === 0
      ? []
      : await db
          .select({ id: drafts.id, promptHash: drafts.promptHash, seed: drafts.seed })
          .from(drafts)
          .where(inArray(drafts.id, ids));
  const extra = new Map(rows.map((row) => [row.id, row]));
  const candidates = new Map<string, CandidateView[]>();
  for (const generation of new Set(versions.flatMap((version) => version.generationId ?? [])))
    candidates.set(generation, await candidatesOf(db, generation));
  const twins = await db.execute<{ draft_id: string; twin_id: string; twin: number }>(sql`
    select draft_id, twin_id, twin::float8 from hygge_local.facts where brief_id = ${briefId} and twin_id is not null`);
  const texts = new Map(versions.map((version) => [version.id, version.text]));
  return {
    brief,
    drafts: versions.map((version) => {
      const before = version.parentId === null ? undefined : texts.get(version.parentId);
      const twin = twins.rows.find((row) => row.draft_id === version.id);
      return {
        ...version,
        promptHash: extra.get(version.id)?.promptHash ?? null,
        seed: extra.get(version.id)?.seed ?? null,
        diff: before === undefined ? null : diffOf(before, version.text),
        candidates: candidates.get(version.generationId ?? "") ?? [],
        twin: twin ? { id: twin.twin_id, alike: twin.twin } : null,
      };
    }),
    votes: await votesOf(db, ids),
    picks: await picksOf(db, ids),
    messages: await messagesOf(db, briefId),
    story: await storyOf(db, briefId, ids),
  };
}

async function votesOf(db: Db, ids: string[]): Promise<Vote[]> {
  if (ids.length === 0) return [];
  const rows = await db
    .select({ vote: ratings, personName: people.name })
    .from(ratings)
    .innerJoin(people, eq(people.id, ratings.personId))
    .where(inArray(ratings.draftId, ids))
    .orderBy(ratings.updatedAt);
  return rows.map(({ vote, personName }) => ({
    draftId: vote.draftId,
    personId: vote.personId,
    personName,
    value: vote.value,
    reasons: vote.reasons,
    comment: vote.comment,
    at: vote.updatedAt.toISOString(),
  }));
}

async function picksOf(db: Db, ids: string[]): Promise<BriefDetail["picks"]> {
  if (ids.length === 0) return [];
  const rows = await db
    .select({ draftId: picks.draftId, personName: people.name, at: picks.createdAt })
    .from(picks)
    .innerJoin(people, eq(people.id, picks.personId))
    .where(inArray(picks.draftId, ids));
  return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
}

async function messagesOf(db: Db, briefId: string): Promise<BriefDetail["messages"]> {
  const rows = await db
    .select()
    .from(deliveries)
    .where(eq(deliveries.briefId, briefId))
    .orderBy(deliveries.seq);
  return rows
    .filter((row) => row.surface !== "web")
    .map(({ surface, thread, ref, kind, postedAt }) => ({
      surface,
      kind,
      at: postedAt?.toISOString() ?? null,
      link: messageLink(surface, thread, ref) ?? null,
    }));
}

async function storyOf(db: Db, briefId: string, ids: string[]): Promise<BriefDetail["story"]> {
  const about = eq(audit.briefId, briefId);
  const rows = await db
    .select({ row: audit, personName: people.name })
    .from(audit)
    .leftJoin(people, eq(people.id, audit.personId))
    .where(ids.length > 0 ? or(about, inArray(audit.draftId, ids)) : about)
    .orderBy(audit.id);
  return rows.map(({ row, personName }) => ({
    at: row.at.toISOString(),
    personId: row.personId,
    personName: personName ?? "",
    action: row.action,
    draftId: row.draftId,
  }));
}
