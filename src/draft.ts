/**
 * The heart: a brief becomes drafts. Candidates in parallel, gates, rank, reroll a bounded number of times, then
 * an honest result. Plain functions; the same ones serve the product, the evaluation and the tests.
 */
import type { Brand } from "#src/brand.ts";
import type { Brief } from "#src/brief.ts";
import type { Model, Sampling } from "#src/model.ts";
import type { CandidateView } from "#src/views.ts";

export interface DraftJob {
  brief: Brief;
  /** A revision's earlier text and wish; wish "" rewrites it anew. */
  revision?: { draft: string; wish: string };
  /** 1-4 drafts wanted. */
  variants: number;
  /** Recent drafts of this brand and the earlier versions of this brief: not to be written again. */
  recent: string[];
  /** Seeds every random choice of this job: same seed, same model, same texts. */
  seed: number;
}

export interface Written {
  /** The winners, best first, `variants` of them (fewer only if fewer distinct ones were written). */
  drafts: WrittenCandidate[];
  candidates: WrittenCandidate[];
  /** sha256 of the exact prompt, hex. */
  promptHash: string;
  sampling: Sampling;
  timings: { totalMs: number; firstTextMs: number; tokens: number; rounds: number };
}

export type WrittenCandidate = Omit<CandidateView, "draftId">;

export interface DraftHooks {
  /** Text so far of candidate `index` of `candidates` in this round. */
  onText?: (index: number, candidates: number, textSoFar: string) => void;
  signal?: AbortSignal;
}

export type WriteDraft = (model: Model, brand: Brand, job: DraftJob, hooks?: DraftHooks) => Promise<Written>;
