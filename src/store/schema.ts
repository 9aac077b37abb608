/** The tables as Drizzle knows them; the truth is migrations/*.sql, and a test keeps the two equal. */

import { sql } from "drizzle-orm";
import type { NodePgQueryResultHKT } from "drizzle-orm/node-postgres";
import type { PgDatabase } from "drizzle-orm/pg-core";
import { bigint, integer, jsonb, pgSchema, primaryKey, text, timestamp, unique } from "drizzle-orm/pg-core";
import type { Brief, Channel, Length, Tone } from "#src/brief.ts";
import type { Delivery, Locale, Surface } from "#src/chat.ts";
import type { Written } from "#src/draft.ts";
import type { RatingReason } from "#src/hygge.ts";
import type { Prompt, Sampling } from "#src/model.ts";
import type {
  BriefStatus,
  CandidateView,
  DraftState,
  DraftView,
  ErrorView,
  GateResult,
  VoiceScore,
} from "#src/views.ts";

/** A database or a transaction in it: every function of the store takes one, so that several make one commit. */
export type Db = PgDatabase<NodePgQueryResultHKT, Record<string, never>>;

const hygge = pgSchema("hygge");
const time = (name: string) => timestamp(name, { withTimezone: true });

export const migrations = hygge.table("migrations", {
  name: text().primaryKey(),
  sha: text().notNull(),
  at: time("at").notNull().defaultNow(),
});

export const people = hygge.table("people", {
  id: text().primaryKey(),
  surface: text().$type<Surface | "cli">().notNull(),
  name: text().notNull(),
  locale: text().$type<Locale>().notNull().default("de"),
  createdAt: time("created_at").notNull().defaultNow(),
  seenAt: time("seen_at").notNull().defaultNow(),
});

export const briefs = hygge.table("briefs", {
  id: text().primaryKey(),
  personId: text("person_id")
    .notNull()
    .references(() => people.id),
  surface: text().$type<Surface>().notNull(),
  thread: text().notNull(),
  brand: text().notNull(),
  text: text().notNull(),
  channel: text().$type<Channel>().notNull(),
  tone: text().$type<Tone>().notNull(),
  length: text().$type<Length>().notNull(),
  variants: integer().notNull().default(1),
  parsed: jsonb().$type<Brief>().notNull(),
  idempotencyKey: text("idempotency_key").unique(),
  createdAt: time("created_at").notNull().defaultNow(),
});

export const generations = hygge.table("generations", {
  id: text().primaryKey(),
  briefId: text("brief_id")
    .notNull()
    .references(() => briefs.id),
  personId: text("person_id")
    .notNull()
    .references(() => people.id),
  parentId: text("parent_id"),
  wish: text(),
  channel: text().$type<Channel>().notNull(),
  tone: text().$type<Tone>().notNull(),
  length: text().$type<Length>().notNull(),
  variants: integer().notNull().default(1),
  status: text().$type<BriefStatus>().notNull().default("queued"),
  tag: integer().notNull(),
  attempts: integer().notNull().default(0),
  crashes: integer().notNull().default(0),
  worker: text(),
  leaseUntil: time("lease_until"),
  error: jsonb().$type<ErrorView>(),
  idempotencyKey: text("idempotency_key").unique(),
  queuedAt: time("queued_at").notNull().defaultNow(),
  startedAt: time("started_at"),
  finishedAt: time("finished_at"),
});

export const drafts = hygge.table(
  "drafts",
  {
    id: text().primaryKey(),
    briefId: text("brief_id")
      .notNull()
      .references(() => briefs.id),
    generationId: text("generation_id").references(() => generations.id),
    parentId: text("parent_id"),
    version: integer().notNull(),
    kind: text().$type<DraftView["kind"]>().notNull(),
    personId: text("person_id")
      .notNull()
      .references(() => people.id),
    wish: text(),
    text: text().notNull(),
    channel: text().$type<Channel>().notNull(),
    tone: text().$type<Tone>().notNull(),
    length: text().$type<Length>().notNull(),
    gates: jsonb().$type<GateResult[]>().notNull(),
    score: jsonb().$type<VoiceScore>().notNull(),
    facts: jsonb().$type<DraftView["facts"]>().notNull(),
    model: jsonb().$type<NonNullable<DraftView["model"]>>(),
    promptHash: text("prompt_hash"),
    seed: bigint({ mode: "number" }),
    sampling: jsonb().$type<Sampling>(),
    timings: jsonb().$type<Written["timings"]>(),
    state: text().$type<DraftState>().notNull().default("draft"),
    decidedBy: text("decided_by").references(() => people.id),
    decidedAt: time("decided_at"),
    decisionNote: text("decision_note"),
    createdAt: time("created_at").notNull().defaultNow(),
    postedAt: time("posted_at"),
  },
  (t) => [unique().on(t.briefId, t.version)],
);

export const candidates = hygge.table(
  "candidates",
  {
    generationId: text("generation_id")
      .notNull()
      .references(() => generations.id),
    round: integer().notNull(),
    index: integer().notNull(),
    text: text().notNull(),
    gates: jsonb().$type<GateResult[]>().notNull(),
    score: jsonb().$type<VoiceScore>().notNull(),
    seed: bigint({ mode: "number" }).notNull(),
    tokens: integer().notNull(),
    stop: text().$type<CandidateView["stop"]>().notNull(),
    ms: integer().notNull(),
    draftId: text("draft_id").references(() => drafts.id),
  },
  (t) => [primaryKey({ columns: [t.generationId, t.round, t.index] })],
);

export const ratings = hygge.table(
  "ratings",
  {
    draftId: text("draft_id")
      .notNull()
      .references(() => drafts.id),
    personId: text("person_id")
      .notNull()
      .references(() => people.id),
    value: text().$type<"up" | "down">().notNull(),
    reasons: jsonb().$type<RatingReason[]>().notNull().default([]),
    comment: text(),
    createdAt: time("created_at").notNull().defaultNow(),
    updatedAt: time("updated_at").notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.draftId, t.personId] })],
);

export const picks = hygge.table(
  "picks",
  {
    generationId: text("generation_id")
      .notNull()
      .references(() => generations.id),
    personId: text("person_id")
      .notNull()
      .references(() => people.id),
    draftId: text("draft_id")
      .notNull()
      .references(() => drafts.id),
    createdAt: time("created_at").notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.generationId, t.personId] })],
);

export const deliveries = hygge.table(
  "deliveries",
  {
    id: text().primaryKey(),
    surface: text().$type<Surface>().notNull(),
    thread: text().notNull(),
    seq: integer().notNull(),
    kind: text().$type<Delivery["kind"]>().notNull(),
    briefId: text("brief_id")
      .notNull()
      .references(() => briefs.id),
    generationId: text("generation_id")
      .notNull()
      .references(() => generations.id),
    status: text().$type<"open" | "posted" | "dead">().notNull().default("open"),
    ref: text(),
    attempts: integer().notNull().default(0),
    error: text(),
    notBefore: time("not_before").notNull().defaultNow(),
    createdAt: time("created_at").notNull().defaultNow(),
    postedAt: time("posted_at"),
    changes: integer().notNull().default(0),
    drawn: integer().notNull().default(0),
  },
  (t) => [unique().on(t.surface, t.thread, t.seq)],
);

export const threadLeases = hygge.table(
  "thread_leases",
  {
    surface: text().$type<Surface>().notNull(),
    thread: text().notNull(),
    holder: text().notNull(),
    until: time("until").notNull(),
  },
  (t) => [primaryKey({ columns: [t.surface, t.thread] })],
);

export const seen = hygge.table(
  "seen",
  {
    surface: text().$type<Surface>().notNull(),
    key: text().notNull(),
    at: time("at").notNull().defaultNow(),
    until: time("until"),
  },
  (t) => [primaryKey({ columns: [t.surface, t.key] })],
);

export const posts = hygge.table(
  "posts",
  {
    surface: text().$type<Surface>().notNull(),
    key: text().notNull(),
    thread: text().notNull(),
    ref: text(),
    digest: text(),
    triedAt: time("tried_at").notNull().defaultNow(),
    postedAt: time("posted_at"),
  },
  (t) => [primaryKey({ columns: [t.surface, t.key] })],
);

export const budgets = hygge.table("budgets", {
  key: text().primaryKey(),
  usedUntil: time("used_until").notNull(),
});

export const prompts = hygge.table("prompts", {
  hash: text().primaryKey(),
  prompt: jsonb().$type<Prompt>().notNull(),
  createdAt: time("created_at").notNull().defaultNow(),
});

export const brandRules = hygge.table("brand_rules", {
  id: text().primaryKey(),
  brand: text().notNull(),
  kind: text().$type<"replace" | "delete" | "price">().notNull(),
  pattern: text().notNull(),
  replacement: text(),
  evidence: jsonb().$type<Record<string, unknown>>().notNull().default({}),
  acceptedBy: text("accepted_by").notNull(),
  acceptedAt: time("accepted_at").notNull().defaultNow(),
  undoneBy: text("undone_by"),
  undoneAt: time("undone_at"),
});

export const audit = hygge.table("audit", {
  id: bigint({ mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
  at: time("at").notNull().defaultNow(),
  personId: text("person_id").notNull(),
  action: text().notNull(),
  briefId: text("brief_id"),
  draftId: text("draft_id"),
  data: jsonb().$type<Record<string, unknown>>().notNull().default({}),
});

/** Every table in an order in which rows can be inserted. `hygge.migrations` is the migrations' own. */
export const tables = {
  people,
  briefs,
  generations,
  drafts,
  candidates,
  ratings,
  picks,
  deliveries,
  thread_leases: threadLeases,
  seen,
  posts,
  budgets,
  prompts,
  brand_rules: brandRules,
  audit,
} as const;

/** So many whole milliseconds from now, by the database's own clock. */
export const after = (ms: number) => sql`clock_timestamp() + ${ms}::int * interval '1 millisecond'`;
