import { randomUUID } from "node:crypto";
import { type Brand, type Brands, unknownBrand } from "#src/brand.ts";
import { type Brief, type Channel, fillFromProducts, parseBrief } from "#src/brief.ts";
import type { Corpus } from "#src/corpus.ts";
import { HyggeError } from "#src/errors.ts";
import { checkGates } from "#src/gates/gates.ts";
import type { Grammar } from "#src/grammar.ts";
import type { BriefInput, Decision, DraftQueue, Hygge, RevisionInput } from "#src/hygge.ts";
import { lintText, withGrammar } from "#src/lint.ts";
import type { Logger } from "#src/log.ts";
import { type Actor, allow } from "#src/may.ts";
import { addAudit } from "#src/store/audit.ts";
import { type BriefRow, briefIdsOf, getBrief, insertBrief } from "#src/store/briefs.ts";
import { addDelivery, markChanged, markRequestChanged } from "#src/store/deliveries.ts";
import { candidatesOf, type DraftRow, decideDraft, getDraft, insertEdit } from "#src/store/drafts.ts";
import { databaseError } from "#src/store/errors.ts";
import { cancel, insertGeneration, newestGeneration } from "#src/store/generations.ts";
import type { Database } from "#src/store/open.ts";
import { upsertPerson } from "#src/store/people.ts";
import { pick } from "#src/store/picks.ts";
import { rate } from "#src/store/ratings.ts";
import { briefView, briefViews, draftView } from "#src/store/read.ts";
import type { Db } from "#src/store/schema.ts";
import type { BriefView, DraftView, Lint } from "#src/views.ts";
import { factCheck, lightOf, voiceScore } from "#src/voice/score.ts";
import { briefEvents } from "./events.ts";
import * as check from "./input.ts";
import type { Metrics } from "./metrics.ts";

export interface FlowDeps {
  database: Database;
  queue: DraftQueue;
  brands: Brands;
  /** Id of the brand of a brief that names none. */
  brand: string;
  corpus: Corpus;
  /** Absent: the house's own checks alone. */
  grammar?: Grammar;
  metrics: Metrics;
  log: Logger;
}

/** The use cases on store and queue. What is stored counts; a queue that is down is caught up by the reconciler. */
export function createHygge(deps: FlowDeps): Hygge {
  const { database, queue, brands, corpus, log } = deps;
  const { db } = database;

  function brandOf(id: string | undefined): Brand {
    const brand = brands.get(id ?? deps.brand);
    if (brand) return brand;
    throw unknownBrand(brands, check.shown(id ?? deps.brand));
  }

  async function theBrief(id: string): Promise<BriefRow> {
    const brief = await getBrief(db, id);
    if (!brief) throw new HyggeError("not_found", { kind: "brief", id: check.shown(id) });
    return brief;
  }

  /** A draft that people can see, with its brief. */
  async function theDraft(id: string): Promise<{ draft: DraftRow; brief: BriefRow }> {
    const draft = await getDraft(db, id);
    if (!draft) throw new HyggeError("not_found", { kind: "draft", id: check.shown(id) });
    if (draft.postedAt === null) throw new HyggeError("not_ready", {}, { retryable: true });
    return { draft, brief: await theBrief(draft.briefId) };
  }

  async function viewOf(actor: Actor, briefId: string): Promise<BriefView> {
    const view = await briefView(db, briefId, actor.id);
    if (!view) throw new HyggeError("not_found", { kind: "brief", id: check.shown(briefId) });
    return view;
  }

  async function draftViewFor(actor: Actor, id: string): Promise<DraftView> {
    const view = await draftView(db, id, actor.id);
    if (!view) throw new HyggeError("not_found", { kind: "draft", id: check.shown(id) });
    return view;
  }

  /** The row is the truth: a to-do that can't be added now is added by the reconciler. */
  async function todo(what: string, add: () => Promise<void>): Promise<void> {
    await add().catch((err) => log.warn({ err, what }, "queue: left to the reconciler"));
  }

  /** Has the message redrawn that shows a draft, where the surface draws messages. */
  async function redraw(brief: BriefRow, changed: boolean): Promise<void> {
    if (changed) await todo("redraw", () => queue.deliver(brief.surface, brief.thread));
  }

  /** How a text stands as a draft of this brief. */
  function measure(text: string, brief: Brief, brand: Brand) {
    const gates = checkGates(text, { brief, brand, corpus });
    const score = voiceScore(text, { brief, brand, gates });
    return { gates, score, facts: factCheck(text, brief) };
  }

  /** The brief as it stands for a draft whose channel may have been changed since. */
  const briefFor = (row: BriefRow, channel: Channel): Brief => ({ ...row.parsed, channel });

  const useCases: Hygge = {
    async request(actor: Actor, input: BriefInput) {
      allow(actor, "brief.create");
      const checked = check.checkBriefInput(input);
      const brand = brandOf(input.brand);
      const read = parseBrief(checked.text, checked, brand);
      const parsed = input.fill === true ? fillFromProducts(read, brand) : read;
      const id = randomUUID();
      const { briefId, generation } = await db.transaction(async (tx: Db) => {
        await upsertPerson(tx, actor);
        const stored = await insertBrief(tx, {
          id,
          personId: actor.id,
          surface: input.surface,
          thread: input.thread ?? id,
          brand: brand.id,
          text: parsed.text,
          channel: parsed.channel,
          tone: parsed.tone,
          length: parsed.length,
          variants: checked.variants,
          parsed,
          idempotencyKey: input.idempotencyKey,
        });
        if (!stored.created) return { briefId: stored.id, generation: undefined };
        const { generation } = await insertGeneration(tx, {
          id: randomUUID(),
          briefId: id,
          personId: actor.id,
          parentId: null,
          wish: null,
          channel: parsed.channel,
          tone: parsed.tone,
          length: parsed.length,
          variants: checked.variants,
        });
        if (input.announce) await addDelivery(tx, generation, "request");
        await addAudit(tx, { personId: actor.id, action: "brief.create", briefId: id });
        return { briefId: id, generation };
      });
      if (generation) {
        if (input.announce) await todo("announce", () => queue.deliver(input.surface, input.thread ?? id));
        await todo("enqueue", () => queue.enqueue(generation.id, generation.tag));
      }
      return viewOf(actor, briefId);
    },

    async revise(actor: Actor, draftId: string, input: RevisionInput) {
      const checked = check.checkRevisionInput(input);
      const { draft, brief } = await theDraft(draftId);
      allow(actor, "draft.revise", { owner: brief.personId });
      const { generation, changed } = await db.transaction(async (tx: Db) => {
        await upsertPerson(tx, actor);
        const inserted = await insertGeneration(tx, {
          id: randomUUID(),
          briefId: brief.id,
          personId: actor.id,
          parentId: draft.id,
          wish: checked.wish ?? null,
          channel: checked.channel ?? draft.channel,
          tone: checked.tone ?? draft.tone,
          length: checked.length ?? draft.length,
          variants: checked.variants,
          idempotencyKey: input.idempotencyKey,
        });
        if (!inserted.created) return { generation: undefined, changed: false };
        const data = { wish: checked.wish ?? null, variants: checked.variants };
        await addAudit(tx, {
          personId: actor.id,
          action: "draft.revise",
          briefId: brief.id,
          draftId: draft.id,
          data,
        });
        const shown = await markChanged(tx, draft.id);
        const announced = await markRequestChanged(tx, brief.id);
        return { generation: inserted.generation, changed: shown || announced };
      });
      if (generation) await todo("enqueue", () => queue.enqueue(generation.id, generation.tag));
      await redraw(brief, changed);
      return viewOf(actor, brief.id);
    },

    async cancel(actor: Actor, briefId: string) {
      const brief = await theBrief(briefId);
      allow(actor, "brief.cancel", { owner: brief.personId });
      const generation = await newestGeneration(db, briefId);
      const cancelled = await db.transaction(async (tx: Db) => {
        if (!generation || !(await cancel(tx, generation.id))) return false;
        await upsertPerson(tx, actor);
        await addAudit(tx, { personId: actor.id, action: "brief.cancel", briefId });
        return true;
      });
      if (!cancelled || !generation) throw new HyggeError("not_cancellable");
      await todo("remove", () => queue.remove(generation.id));
      await todo("deliver", () => queue.deliver(brief.surface, brief.thread));
      return viewOf(actor, briefId);
    },

    async edit(actor: Actor, draftId: string, input: string) {
      const text = check.checkEdit(input);
      const { draft, brief } = await theDraft(draftId);
      allow(actor, "draft.edit", { owner: brief.personId });
      if (text === draft.text) return draftViewFor(actor, draft.id);
      const measured = measure(text, briefFor(brief, draft.channel), brandOf(brief.brand));
      const id = randomUUID();
      const changed = await db.transaction(async (tx: Db) => {
        await upsertPerson(tx, actor);
        await insertEdit(tx, { id, parentId: draft.id, personId: actor.id, text, ...measured });
        await addAudit(tx, {
          personId: actor.id,
          action: "draft.edit",
          briefId: brief.id,
          draftId: id,
          data: { parentId: draft.id },
        });
        return markChanged(tx, id);
      });
      await redraw(brief, changed);
      return draftViewFor(actor, id);
    },

    async rate(actor, draftId, rating) {
      const checked = rating === null ? null : check.checkRating(rating);
      const { draft, brief } = await theDraft(draftId);
      allow(actor, "draft.rate", { owner: brief.personId });
      const changed = await db.transaction(async (tx: Db) => {
        await upsertPerson(tx, actor);
        await rate(tx, draft.id, actor.id, checked && { ...checked, comment: checked.comment ?? undefined });
        const data = { value: checked?.value ?? null };
        await addAudit(tx, {
          personId: actor.id,
          action: "draft.rate",
          briefId: brief.id,
          draftId: draft.id,
          data,
        });
        return markChanged(tx, draft.id);
      });
      await redraw(brief, changed);
      deps.metrics.ratings.inc({ value: checked?.value ?? "taken back" });
      return draftViewFor(actor, draft.id);
    },

    async pick(actor, draftId) {
      const { draft, brief } = await theDraft(draftId);
      allow(actor, "draft.pick", { owner: brief.personId });
      const generationId = draft.generationId;
      if (generationId === null)
        throw new HyggeError("input_invalid", { field: "draft", problem: "not a variant" });
      const changed = await db.transaction(async (tx: Db) => {
        await upsertPerson(tx, actor);
        await pick(tx, generationId, actor.id, draft.id);
        await addAudit(tx, {
          personId: actor.id,
          action: "draft.pick",
          briefId: brief.id,
          draftId: draft.id,
        });
        return markChanged(tx, draft.id);
      });
      await redraw(brief, changed);
      return viewOf(actor, brief.id);
    },

    async decide(actor: Actor, draftId: string, decision: Decision, note?: string) {
      const reason = check.checkNote(note);
      const { draft, brief } = await theDraft(draftId);
      allow(actor, `draft.${decision}`, { owner: brief.personId });
      const changed = await db.transaction(async (tx: Db) => {
        await upsertPerson(tx, actor);
        const result = await decideDraft(tx, draft.id, decision, {
          personId: actor.id,
          note: reason ?? undefined,
        });
        // The same click twice is fine; a decision that came too late must be told.
        if (!result?.changed && result?.state !== stateAfter[decision]) throw new HyggeError("already_final");
        if (result.changed) {
          const data = reason === null ? {} : { note: reason };
          await addAudit(tx, {
            personId: actor.id,
            action: `draft.${decision}`,
            briefId: brief.id,
            draftId: draft.id,
            data,
          });
        }
        return markChanged(tx, draft.id);
      });
      await redraw(brief, changed);
      return draftViewFor(actor, draft.id);
    },

    async brief(actor, briefId) {
      const brief = await theBrief(briefId);
      allow(actor, "brief.read", { owner: brief.personId });
      return viewOf(actor, briefId);
    },

    async candidates(actor, draftId) {
      const { draft, brief } = await theDraft(draftId);
      allow(actor, "brief.read", { owner: brief.personId });
      return draft.generationId === null ? [] : candidatesOf(db, draft.generationId);
    },

    async mine(actor, query) {
      allow(actor, "brief.read");
      const ids = await briefIdsOf(db, actor.id, {
        search: check.checkSearch(query.search),
        before: check.checkTime("before", query.before),
        limit: Math.min(Math.max(query.limit ?? 20, 1), 100),
      });
      return briefViews(db, ids, actor.id);
    },

    async *events(actor, briefId, signal) {
      const brief = await theBrief(briefId);
      allow(actor, "brief.read", { owner: brief.personId });
      yield* briefEvents(deps, () => viewOf(actor, briefId), signal);
    },

    async lint(actor, input): Promise<Lint> {
      allow(actor, "draft.edit");
      const text =
        typeof input.text === "string" ? input.text.normalize("NFC").slice(0, check.limits.text) : "";
      const row = input.briefId === undefined ? undefined : await theBrief(input.briefId);
      const brand = brandOf(row?.brand ?? input.brand);
      const channel = check.asChannel(input.channel) ?? row?.channel ?? brand.defaults.channel;
      const brief = row ? briefFor(row, channel) : looseBrief(channel, brand);
      const asked = deps.grammar?.check(text, { brief, brand });
      const lint = lintText(text, { brief, brand, corpus });
      const score = voiceScore(text, { brief, brand, gates: lint.gates });
      const findings = withGrammar(lint.findings, (await asked) ?? []);
      return { ...lint, findings, score, light: lightOf(score) };
    },
  };
  return tellingOf(useCases, database.place);
}

/** What the database throws becomes what people can act on: database_down, disk_full, data_unwritable. */
function tellingOf(hygge: Hygge, place: string): Hygge {
  const told = <A extends unknown[], R>(useCase: (...args: A) => Promise<R>) => {
    return (...args: A) =>
      useCase(...args).catch((error) => {
        throw databaseError(error, place);
      });
  };
  return {
    request: told(hygge.request),
    revise: told(hygge.revise),
    cancel: told(hygge.cancel),
    edit: told(hygge.edit),
    rate: told(hygge.rate),
    pick: told(hygge.pick),
    decide: told(hygge.decide),
    brief: told(hygge.brief),
    candidates: told(hygge.candidates),
    mine: told(hygge.mine),
    lint: told(hygge.lint),
    async *events(...args) {
      try {
        yield* hygge.events(...args);
      } catch (error) {
        throw databaseError(error, place);
      }
    },
  };
}

const stateAfter = {
  request: "requested",
  withdraw: "draft",
  approve: "approved",
  reject: "rejected",
} as const;

/** For a text that has no brief: nothing to hold it to but the brand and the channel. */
const looseBrief = (channel: Channel, brand: Brand): Brief => ({
  text: "",
  task: "",
  channel,
  tone: brand.defaults.tone,
  length: brand.channels[channel].defaultLength,
  given: { channel: true, tone: false, length: false },
  facts: [],
  language: "de",
});
