import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { type Brands, unknownBrand } from "#src/brand.ts";
import type { Corpus } from "#src/corpus.ts";
import { writeDraft } from "#src/draft.ts";
import { HyggeError } from "#src/errors.ts";
import type { DraftQueue } from "#src/hygge.ts";
import type { Logger } from "#src/log.ts";
import type { Model } from "#src/model.ts";
import { getBrief } from "#src/store/briefs.ts";
import { getDraft, recentTexts, versionTexts, wishesOf } from "#src/store/drafts.ts";
import {
  claim,
  fail,
  finish,
  type GenerationRow,
  getGeneration,
  recordCrash,
  renew,
  requeue,
} from "#src/store/generations.ts";
import type { Database } from "#src/store/open.ts";
import { factCheck } from "#src/voice/score.ts";
import { standingWishes } from "#src/voice/wish.ts";
import type { Metrics } from "./metrics.ts";

export interface WorkDeps {
  database: Database;
  queue: DraftQueue;
  brands: Brands;
  corpus: Corpus;
  model: Model;
  metrics: Metrics;
  log: Logger;
  /** This worker's name, unique among all that live. */
  worker: string;
}

/** How long a writer may be silent before another takes over, and how often it says that it lives. */
const leaseMs = 12_000;
const renewMs = 1_000;
/** Model processes that may die on one brief before it is given up. */
const crashesAllowed = 3;
/** Earlier texts of the brand that a new one must not repeat. */
const recentDrafts = 40;

/**
 * Writes one generation from claim to commit. Returns when there is nothing (more) to do for it; throws where the
 * queue should come back to it: the model went down, or another worker still holds it.
 */
export function createWriter(deps: WorkDeps) {
  const { database, queue, model, worker, log, metrics } = deps;
  const { db } = database;

  async function deliver(generation: GenerationRow): Promise<void> {
    const brief = await getBrief(db, generation.briefId);
    // The delivery row is stored; if the queue is away the reconciler adds the to-do.
    if (brief)
      await queue
        .deliver(brief.surface, brief.thread)
        .catch((err) => log.warn({ err }, "delivery left to the reconciler"));
  }

  async function giveUp(generation: GenerationRow, error: HyggeError): Promise<void> {
    log.warn({ generation: generation.id, err: error }, "generation failed");
    metrics.failed.inc({ code: error.code });
    if (await fail(db, generation.id, { code: error.code, details: { ...error.details } }, worker))
      await deliver(generation);
  }

  return async function write(
    generationId: string,
    progress: (candidates: number, texts: Record<number, string>) => void,
  ): Promise<void> {
    const generation = await claim(db, generationId, worker, leaseMs);
    if (!generation) {
      const row = await getGeneration(db, generationId);
      if (row?.status === "writing")
        throw new Error(`generation ${generationId} is still held by ${row.worker}`);
      return;
    }
    metrics.waited.observe((Date.now() - generation.queuedAt.getTime()) / 1000);
    const stop = new AbortController();
    const alive = keepLease(deps, generationId, stop);
    try {
      const job = await jobOf(deps, generation);
      const started = performance.now();
      const written = await writeDraft(model, job.brand, job, {
        signal: stop.signal,
        corpus: deps.corpus,
        onText: (index, candidates, text) => progress(candidates, { [index]: text }),
      });
      const { name, version, hash, quant } = model.card;
      const facts = written.drafts.map((draft) => factCheck(draft.text, job.brief));
      const stored = await finish(db, generationId, worker, {
        written,
        facts,
        model: { name, version, hash, quant },
      });
      metrics.wrote(written, (performance.now() - started) / 1000);
      if (stored) await deliver(generation);
    } catch (error) {
      if (stop.signal.aborted) return; // cancelled or taken over: the store knows, and who did it delivers
      if (!(error instanceof HyggeError)) throw await giveBack(deps, generationId, error);
      if (error.code === "model_down" && (await recordCrash(db, generationId)) >= crashesAllowed) {
        return giveUp(
          generation,
          new HyggeError("brief_poisoned", { tries: crashesAllowed }, { cause: error }),
        );
      }
      if (error.retryable) throw await giveBack(deps, generationId, error);
      await giveUp(generation, error);
    } finally {
      alive.stop();
    }
  };
}

/** Back to the queue's order; the error goes on to the queue, which waits before the next try. */
async function giveBack(
  { database, worker }: WorkDeps,
  generationId: string,
  error: unknown,
): Promise<unknown> {
  await requeue(database.db, generationId, worker).catch(() => undefined);
  return error;
}

/** Renews the lease while the draft is written, and stops the writing once it was cancelled or taken over. */
function keepLease({ database, worker, log }: WorkDeps, generationId: string, stop: AbortController) {
  const done = new AbortController();
  void (async () => {
    while (!done.signal.aborted) {
      await sleep(renewMs, undefined, { signal: done.signal }).catch(() => undefined);
      if (done.signal.aborted) return;
      try {
        if (!(await renew(database.db, generationId, worker, leaseMs)) && !done.signal.aborted) {
          stop.abort(new Error("cancelled or taken over"));
          return;
        }
      } catch (err) {
        log.warn({ err, generation: generationId }, "lease not renewed");
      }
    }
  })();
  return { stop: () => done.abort() };
}

async function jobOf({ database: { db }, brands }: WorkDeps, generation: GenerationRow) {
  const row = await getBrief(db, generation.briefId);
  if (!row) throw new HyggeError("not_found", { kind: "brief", id: generation.briefId });
  const brand = brands.get(row.brand);
  if (!brand) throw unknownBrand(brands, row.brand);
  const parent = generation.parentId === null ? undefined : await getDraft(db, generation.parentId);
  const { channel, tone, length, wish } = generation;
  const standing = parent ? standingWishes(await wishesOf(db, parent.id), wish ?? "") : [];
  return {
    brand,
    brief: { ...row.parsed, channel, tone, length },
    ...(parent ? { revision: { draft: parent.text, wish: wish ?? "", standing } } : {}),
    variants: generation.variants,
    recent: [...(await versionTexts(db, row.id)), ...(await recentTexts(db, row.brand, recentDrafts))],
    seed: seedOf(generation),
  };
}

/** The same generation draws the same candidates whenever it is written again, but not after a crash on them. */
const seedOf = (generation: GenerationRow) =>
  createHash("sha256").update(`${generation.id} ${generation.crashes}`).digest().readUInt32BE(0);
