/** Slack's Web API as we use it: shared budgets before a call, and errors that say what is to be done. */

import { setTimeout as sleep } from "node:timers/promises";
import {
  LogLevel,
  type Logger as SdkLogger,
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebAPIRequestError,
  WebClient,
} from "@slack/web-api";
import { z } from "zod";
import { RetryLater } from "#src/chat.ts";
import type { Logger } from "#src/log.ts";
import { type Allowance, pause, reserve } from "#src/store/budgets.ts";
import type { Db } from "#src/store/schema.ts";
import type { Health } from "./health.ts";

/** "revoked": the token is void. "place": the bot may not post there. "gone": the message is. "unknown": may have worked. */
export type FaultKind = "revoked" | "place" | "gone" | "scope" | "trigger" | "refused" | "unknown";

export class SlackFault extends Error {
  override readonly name = "SlackFault";
  readonly kind: FaultKind;
  /** Slack's own word: "channel_not_found". */
  readonly error: string;
  /** The scope that is missing. */
  readonly needed: string | undefined;
  constructor(kind: FaultKind, error: string, options: { needed?: string; cause?: unknown } = {}) {
    super(`Slack: ${error}`, { cause: options.cause });
    this.kind = kind;
    this.error = error;
    this.needed = options.needed;
  }
}

const kinds: Record<string, FaultKind> = {
  invalid_auth: "revoked",
  not_authed: "revoked",
  account_inactive: "revoked",
  token_revoked: "revoked",
  token_expired: "revoked",
  team_access_not_granted: "revoked",
  user_removed_from_team: "revoked",
  team_disabled: "revoked",
  channel_not_found: "place",
  not_in_channel: "place",
  is_archived: "place",
  channel_is_archived: "place",
  restricted_action: "place",
  restricted_action_read_only_channel: "place",
  restricted_action_thread_only_channel: "place",
  restricted_action_non_threadable_channel: "place",
  cannot_dm_bot: "place",
  messages_tab_disabled: "place",
  thread_not_found: "place",
  message_not_found: "gone",
  cant_update_message: "gone",
  edit_window_closed: "gone",
  missing_scope: "scope",
  expired_trigger_id: "trigger",
  invalid_trigger_id: "trigger",
  trigger_expired: "trigger",
  exchanged_trigger_id: "trigger",
};

/** While the token is void nothing is sent; what waits looks this often whether it is valid again. */
const revokedPause = 30;
/** A call waits this long for its turn; if it came later, the thread comes back then. */
const longestWaitMs = 8_000;
const callTimeoutMs = 10_000;

export type Client = ReturnType<typeof createClient>;

export function createClient({
  token,
  apiUrl,
  db,
  health,
  log,
  revokedPauseSeconds = revokedPause,
}: {
  token: string;
  apiUrl?: string | undefined;
  db: Db;
  health: Health;
  log: Logger;
  revokedPauseSeconds?: number | undefined;
}) {
  const web = new WebClient(token, {
    ...(apiUrl ? { slackApiUrl: apiUrl } : {}),
    // Who calls knows when to try again: the queue after RetryLater, a person by another click.
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: callTimeoutMs,
    logger: sdkLogger(log),
  });

  /** @throws SlackFault, RetryLater after a 429 */
  async function call<T>(make: (web: WebClient) => Promise<T>, allowance?: Allowance): Promise<T> {
    try {
      return await make(web);
    } catch (error) {
      if (error instanceof WebAPIRateLimitedError) {
        if (allowance) await pause(db, allowance, error.retryAfter);
        throw new RetryLater(error.retryAfter, error);
      }
      throw faultOf(error, health);
    }
  }

  return {
    call,
    revokedPauseSeconds,

    /**
     * Waits for its turn, then calls; the turns are shared by all processes.
     * @throws RetryLater where the turn is too far off or Slack answers 429; SlackFault
     */
    async inTurn<T>(
      allowance: Allowance,
      make: (web: WebClient) => Promise<T>,
      maxWaitMs = longestWaitMs,
    ): Promise<T> {
      if (health.revoked) throw new RetryLater(revokedPauseSeconds);
      const turn = await reserve(db, allowance, maxWaitMs);
      if (!turn.taken) throw new RetryLater(Math.max(0.05, (turn.waitMs - maxWaitMs / 2) / 1000));
      if (turn.waitMs > 0) await sleep(turn.waitMs);
      return call(make, allowance);
    },
  };
}

/** What Slack adds to missing_scope. */
const missing = z.object({ needed: z.string().optional() });

function faultOf(error: unknown, health: Health): unknown {
  if (error instanceof WebAPIPlatformError) {
    const kind = kinds[error.data.error] ?? "refused";
    if (kind === "revoked") health.revoke(error.data.error);
    const { needed } = missing.catch({}).parse(error.data);
    return new SlackFault(kind, error.data.error, { ...(needed ? { needed } : {}), cause: error });
  }
  if (error instanceof WebAPIHTTPError)
    return new SlackFault("unknown", `HTTP ${error.statusCode}`, { cause: error });
  if (error instanceof WebAPIRequestError)
    return new SlackFault("unknown", error.original.message, { cause: error });
  return error;
}

/** At most one message a second and channel. */
export const posting = (team: string, channel: string): Allowance => ({
  key: `slack ${team} post ${channel}`,
  everyMs: 1_000,
  burst: 1,
});
/** chat.update: 50 a minute in a workspace; so in any minute 10 at once and 40 more. */
export const updating = (team: string): Allowance => ({
  key: `slack ${team} update`,
  everyMs: 1_500,
  burst: 10,
});
/** The same allowance for redraws that can be left out: half of what may come at once stays free for the others. */
export const updatingSpare = (team: string): Allowance => ({ ...updating(team), burst: 5 });
/** Reading threads and histories: 50 a minute. */
export const reading = (team: string): Allowance => ({
  key: `slack ${team} read`,
  everyMs: 1_500,
  burst: 10,
});

/** What Slack's packages say of themselves, in our log. Their debug lines hold payloads and tokens: dropped. */
export function sdkLogger(log: Logger): SdkLogger {
  const text = (parts: unknown[]) => `slack sdk: ${parts.map(String).join(" ")}`;
  return {
    debug: () => {},
    info: (...parts) => log.debug(text(parts)),
    warn: (...parts) => log.info(text(parts)),
    error: (...parts) => log.info(text(parts)),
    setLevel: () => {},
    getLevel: () => LogLevel.INFO,
    setName: () => {},
  };
}
