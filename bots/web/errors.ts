/** What an error is in HTTP, and as people read it. */
import type { Locale } from "#src/chat.ts";
import { type ErrorCode, HyggeError } from "#src/errors.ts";
import { message } from "#src/messages.ts";

export interface ErrorBody {
  error: { code: string; message: string; details: Readonly<Record<string, string | number>> };
}

/** A HyggeError whose HTTP status isn't the one of its code. */
export class HttpError extends HyggeError {
  readonly status: Status;
  constructor(status: Status, code: ErrorCode, details: Readonly<Record<string, string | number>> = {}) {
    super(code, details);
    this.status = status;
  }
}

export type Status = 400 | 401 | 403 | 404 | 405 | 409 | 413 | 415 | 429 | 500 | 503;

const statuses: Partial<Record<ErrorCode, Status>> = {
  unauthorized: 401,
  link_invalid: 401,
  foreign_origin: 403,
  not_allowed: 403,
  not_found: 404,
  not_ready: 409,
  already_final: 409,
  not_cancellable: 409,
  body_too_large: 413,
  rate_limited: 429,
  internal: 500,
  disk_full: 503,
  data_unwritable: 503,
  database_down: 503,
  queue_down: 503,
  model_down: 503,
};

/** Codes that aren't named above speak of the input. */
export function statusOf(error: HyggeError): Status {
  return error instanceof HttpError ? error.status : (statuses[error.code] ?? 400);
}

export function errorBody(error: HyggeError, locale: Locale): ErrorBody {
  const { code, details } = error;
  return { error: { code, message: message(locale, code, details), details } };
}
