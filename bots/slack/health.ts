import type { Logger } from "#src/log.ts";

/** Whether Slack lets us in: what /readyz tells, and what keeps us from knocking on a closed door. */
export interface Health {
  readonly up: boolean;
  /** Why not: "connecting", "token_revoked". */
  readonly reason?: string;
  /** The token or the installation is gone: only a person can mend it. */
  readonly revoked: boolean;
  ok(): void;
  down(reason: string): void;
  revoke(reason: string): void;
}

export function createHealth(log: Logger): Health {
  let state: { up: boolean; reason?: string; revoked: boolean } = {
    up: false,
    reason: "connecting",
    revoked: false,
  };
  return {
    get up() {
      return state.up;
    },
    get reason() {
      return state.reason;
    },
    get revoked() {
      return state.revoked;
    },
    ok() {
      if (!state.up) log.info("slack: connected");
      state = { up: true, revoked: false };
    },
    down(reason) {
      if (state.up) log.warn({ reason }, "slack: connection lost, trying again");
      state = { up: false, reason, revoked: state.revoked };
    },
    revoke(reason) {
      if (!state.revoked)
        log.error(
          { reason },
          "slack: the app was removed from the workspace, or its token is no longer valid; install it again, set SLACK_BOT_TOKEN and SLACK_APP_TOKEN anew and restart. Nothing is lost: what is to be delivered waits",
        );
      state = { up: false, reason, revoked: true };
    },
  };
}
