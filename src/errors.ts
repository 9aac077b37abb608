/**
 * The one error that people are shown. `code` picks the localized message in messages.ts, which names the
 * fix; `details` fills its placeholders. Anything else that is thrown is a bug and reads "internal".
 */
export class HyggeError extends Error {
  override readonly name = "HyggeError";
  readonly code: ErrorCode;
  /** Whether trying the same thing again later can succeed. */
  readonly retryable: boolean;
  readonly details: Readonly<Record<string, string | number>>;

  constructor(
    code: ErrorCode,
    details: Readonly<Record<string, string | number>> = {},
    options: { retryable?: boolean; cause?: unknown } = {},
  ) {
    super(`${code}${Object.keys(details).length > 0 ? ` ${JSON.stringify(details)}` : ""}`, {
      cause: options.cause,
    });
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.details = details;
  }
}

export type ErrorCode =
  // the brief
  | "brief_empty"
  | "brief_too_long" // {length, limit}
  | "brief_no_words" // only emojis or punctuation
  | "brief_contradiction" // {first, second}: "Leinen", "Leder"
  | "channel_unknown" // {value, allowed}
  | "tone_unknown"
  | "length_unknown"
  | "brand_unknown" // {value, allowed}
  | "wish_too_long"
  | "variants_range" // {value, min, max}
  | "text_empty" // an edit without text
  | "text_too_long"
  | "reasons_unknown" // {value, allowed}
  | "rating_invalid"
  | "comment_too_long"
  | "input_invalid" // {field, problem}: wrong type or malformed JSON
  // what it is about
  | "not_found" // {kind, id}
  | "not_allowed" // {action, role}
  | "not_ready" // the draft is not written yet
  | "already_final" // approved or rejected meanwhile
  | "not_cancellable"
  // the model
  | "model_missing" // {path}
  | "model_corrupt" // {path, reason}
  | "model_down"
  | "brief_poisoned" // {tries}: the model process died on it each time
  | "model_pull_failed" // {uri, reason}
  | "model_pull_hash" // {uri, expected, actual}
  // the house
  | "config_invalid" // {problems}
  | "data_locked" // {dir, address}
  | "data_unwritable" // {dir, reason}
  | "disk_full" // {dir}
  | "database_down"
  | "database_newer" // {migration}: written by a newer Hygge
  | "database_damaged" // {dir, reason}: doesn't open, and there is no backup
  | "target_not_empty" // {place, briefs}: restore or move into a database that has data
  | "backup_invalid" // {file, reason}
  | "queue_down"
  | "port_in_use" // {port}
  | "token_required" // bind beyond loopback without a token
  | "unauthorized"
  | "link_invalid" // a one-time link that was used, is too old, or was never made
  | "foreign_origin" // {host}
  | "rate_limited" // {seconds}
  | "body_too_large" // {limit}
  | "brand_invalid" // {file, line, key, problem}
  | "internal";
