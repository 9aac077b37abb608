/** What the parent and the model process say to each other over IPC (JSON). */
import type { Prompt, Sampling } from "#src/model.ts";

export interface LoadOptions {
  path: string;
  /** Sequences: candidates that are written at once. */
  candidates: number;
  /** Tokens of one sequence. */
  context: number;
  prompt: Prompt["kind"];
  /** At most; absent or more than that: the physical cores. */
  threads?: number;
}

export interface Job {
  id: number;
  prompt: Prompt;
  seeds: number[];
  sampling: Sampling;
  maxTokens: number;
}

export type ToChild =
  | { type: "load"; options: LoadOptions }
  | { type: "write"; job: Job }
  | { type: "abort"; id: number };

export type Stop = "end" | "length" | "abort";

export type ToParent =
  | { type: "ready"; rss: number; threads: number; contextBytes: number; loadMs: number }
  /** Loading can't succeed as things are; the process exits. */
  | { type: "failed"; reason: string }
  /** A sign of progress that has no text: loading, evaluating the prompt. */
  | { type: "alive" }
  /** One token further: [candidate, text added (may be ""), tokens so far], and the candidates that ended. */
  | { type: "step"; id: number; added: [number, string, number][]; ended: [number, Stop][] }
  | { type: "done"; id: number; rss: number }
  /** This job can't be written; the process goes on. `tooLong`: tokens of the prompt and tokens allowed. */
  | { type: "refused"; id: number; reason: string; tooLong?: [number, number] }
  | { type: "log"; level: "error" | "warn" | "info" | "debug"; message: string };
