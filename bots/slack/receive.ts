/** How Slack reaches us: a socket that we keep open ourselves, or signed HTTP requests. */

import { setTimeout as sleep } from "node:timers/promises";
import type { App } from "@slack/bolt";
import { HTTPReceiver, type Receiver, SocketModeReceiver } from "@slack/bolt";
import { RetryLater } from "#src/chat.ts";
import { HyggeError } from "#src/errors.ts";
import type { Logger } from "#src/log.ts";
import { SlackFault, sdkLogger } from "./client.ts";
import type { Health } from "./health.ts";

export interface Inlet {
  receiver: Receiver;
  /** Resolves after the first try, whatever became of it; goes on trying. @throws HyggeError port_in_use */
  open(): Promise<void>;
  close(): Promise<void>;
}

export interface SocketOptions {
  appToken: string;
  apiUrl?: string | undefined;
  health: Health;
  log: Logger;
  /** Asks Slack who we are; before each connection, so that a token that is void is noticed here. */
  identify(): Promise<void>;
}

/** While the token is void, Slack is asked this rarely. */
const revokedPauseSeconds = 300;
/** Slack says hello within a second; a socket that doesn't is no socket. */
const helloMs = 20_000;
const longestPauseMs = 30_000;

/**
 * Socket Mode. Bolt's own reconnecting is off: it ends the process where Slack is away for longer, as nobody
 * catches what its retry throws, and it never says that the socket is gone.
 */
export function openSocket({ appToken, apiUrl, health, log, identify }: SocketOptions): Inlet {
  const receiver = new SocketModeReceiver({
    appToken,
    autoReconnectEnabled: false,
    logger: sdkLogger(log),
    installerOptions: {
      clientOptions: {
        ...(apiUrl ? { slackApiUrl: apiUrl } : {}),
        retryConfig: { retries: 0 },
        rejectRateLimitedCalls: true,
        timeout: 10_000,
      },
    },
  });
  const { client } = receiver;
  const stop = new AbortController();
  let running: Promise<void> = Promise.resolve();

  /** One connection from hello to its end. */
  async function connection(connected: () => void): Promise<void> {
    await identify();
    const ended = new Promise<void>((resolve) => client.once("disconnected", () => resolve()));
    const late = sleep(helloMs, "late" as const, { ref: false });
    const started = await Promise.race([client.start().then(() => "started" as const), late]);
    if (started === "late") {
      void client.disconnect();
      throw new Error("no hello from Slack");
    }
    connected();
    await ended;
  }

  async function run(first: () => void): Promise<void> {
    let failures = 0;
    while (!stop.signal.aborted) {
      try {
        await connection(() => {
          failures = 0;
          health.ok();
          first();
        });
        // Slack closes sockets as a matter of routine: the next one is opened at once.
      } catch (error) {
        if (stop.signal.aborted) return;
        failures++;
        note(error, health, log);
        first();
      }
      const pause = health.revoked
        ? revokedPauseSeconds * 1000
        : failures === 0
          ? 0
          : Math.min(500 * 2 ** failures, longestPauseMs) * (0.75 + Math.random() / 2);
      await sleep(pause, undefined, { signal: stop.signal, ref: false }).catch(() => {});
    }
  }

  return {
    receiver: acknowledgingLate(receiver),
    open: () =>
      new Promise((resolve) => {
        running = run(resolve);
      }),
    async close() {
      stop.abort();
      void client.disconnect();
      // A socket that Slack doesn't answer on takes its time to close; nothing of ours waits for it.
      await Promise.race([running, sleep(2_000, undefined, { ref: false })]);
    },
  };
}

function note(error: unknown, health: Health, log: Logger): void {
  if (error instanceof SlackFault && error.kind === "revoked") return;
  const words = error instanceof Error ? error.message : String(error);
  const voided = /\b(not_authed|invalid_auth|account_inactive|user_removed_from_team|team_disabled)\b/.exec(
    words,
  );
  if (voided?.[1]) {
    health.revoke(voided[1]);
    return;
  }
  health.down(error instanceof RetryLater ? "rate limited" : words);
  log.info({ reason: health.reason }, "slack: not connected, trying again");
}

export interface HttpOptions {
  signingSecret: string;
  host: string;
  port: number;
  health: Health;
  log: Logger;
  identify(): Promise<void>;
}

/** Signed requests to /slack/events. Bolt checks signature and age. */
export function openHttp({ signingSecret, host, port, health, log, identify }: HttpOptions): Inlet {
  const receiver = new HTTPReceiver({ signingSecret, logger: sdkLogger(log) });
  const stop = new AbortController();
  async function check(): Promise<void> {
    while (!stop.signal.aborted) {
      const ok = await identify().then(
        () => true,
        (error: unknown) => {
          note(error, health, log);
          return false;
        },
      );
      if (ok) health.ok();
      const pause = health.revoked ? revokedPauseSeconds * 1000 : ok ? 300_000 : 10_000;
      await sleep(pause, undefined, { signal: stop.signal, ref: false }).catch(() => {});
    }
  }
  return {
    receiver: acknowledgingLate(receiver),
    async open() {
      await receiver.start({ port, host }).catch((error: NodeJS.ErrnoException) => {
        if (error.code === "EADDRINUSE") throw new HyggeError("port_in_use", { port }, { cause: error });
        throw error;
      });
      void check();
    },
    async close() {
      stop.abort();
      await receiver.stop().catch(() => {});
    },
  };
}

/**
 * Bolt acknowledges events before they are handled, so that one would be lost with the process. Here the
 * acknowledgement goes out when the event was handled; where that failed, Slack sends the event again.
 */
function acknowledgingLate(receiver: Receiver): Receiver {
  return {
    init(app: App) {
      const late: App = Object.create(app);
      late.processEvent = async (event) => {
        if (event.body.type !== "event_callback") return app.processEvent(event);
        await app.processEvent({ ...event, ack: async () => {} });
        await event.ack();
      };
      receiver.init(late);
    },
    start: (...args: unknown[]) => receiver.start(...args),
    stop: (...args: unknown[]) => receiver.stop(...args),
  };
}
