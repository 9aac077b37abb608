import type { ErrorCode } from "#src/errors.ts";
import { HyggeError } from "#src/errors.ts";

/** Exit codes of `hygge`, part of its documented interface: scripts rely on them. */
export const exits = {
  ok: 0,
  /** Something went wrong that the caller could not have known. */
  failed: 1,
  /** Wrong usage, bad input or bad configuration: the same call will fail again. */
  usage: 2,
  /** Written, but a draft failed a gate; in a batch: some rows have no draft or a draft that failed a gate. */
  imperfect: 3,
  /** Server, database, queue, model or data folder is not there: try again once it is. */
  unavailable: 4,
  cancelled: 130,
  terminated: 143,
} as const;

const unavailable: ReadonlySet<ErrorCode> = new Set([
  "model_missing",
  "model_corrupt",
  "model_down",
  "data_locked",
  "data_unwritable",
  "disk_full",
  "database_down",
  "database_newer",
  "queue_down",
  "port_in_use",
  "unauthorized",
  "rate_limited",
]);
const failed: ReadonlySet<ErrorCode> = new Set([
  "internal",
  "brief_poisoned",
  "model_pull_failed",
  "model_pull_hash",
]);

/** An error with its sentence already in the reader's language. */
export class CliError extends Error {
  override readonly name = "CliError";
  readonly exit: number;
  constructor(message: string, exit: number, cause?: unknown) {
    super(message, { cause });
    this.exit = exit;
  }
}

export function exitOf(error: unknown): number {
  if (error instanceof CliError) return error.exit;
  if (!(error instanceof HyggeError)) return exits.failed;
  if (unavailable.has(error.code)) return exits.unavailable;
  return failed.has(error.code) ? exits.failed : exits.usage;
}
