/** The bot in Slack: commands, clicks and events come in, deliveries go out. */

import { setTimeout as sleep } from "node:timers/promises";
import { App } from "@slack/bolt";
import type { Brands } from "#src/brand.ts";
import type { Chat } from "#src/chat.ts";
import type { Config } from "#src/config.ts";
import type { Hygge } from "#src/hygge.ts";
import type { Logger } from "#src/log.ts";
import type { Target } from "#src/manage/login.ts";
import type { Actor, Role } from "#src/may.ts";
import type { Db } from "#src/store/schema.ts";
import { once } from "#src/store/seen.ts";
import { thisWeek } from "#src/store/week.ts";
import { onAction } from "./actions.ts";
import { slackChat } from "./chat.ts";
import { createClient, sdkLogger } from "./client.ts";
import { onCommand, onShortcut } from "./commands.ts";
import { concernsUs, onHomeOpened, onMessage } from "./events.ts";
import { createHealth } from "./health.ts";
import { texts } from "./messages.ts";
import * as payloads from "./payloads.ts";
import { createPeople } from "./people.ts";
import { channelName } from "./place.ts";
import { openHttp, openSocket } from "./receive.ts";
import { type Answer, line, type Room, respond, sentence } from "./room.ts";
import { onSubmission } from "./submissions.ts";

export interface SlackConfig extends NonNullable<Config["slack"]> {
  /** Seconds between looks whether a void token is valid again; default 30. */
  revokedPauseSeconds?: number;
  /** Person ids that may approve, to ping where no group is set. */
  approverIds: string[];
}

export interface SlackDeps {
  config: SlackConfig;
  hygge: Hygge;
  db: Db;
  brands: Brands;
  /** Id of the brand of a brief that names none. */
  brand: string;
  roleOf(personId: string): Role;
  /** Briefs being written and waiting. */
  counts(): Promise<{ waiting: number; active: number }>;
  /** Where a person sees ratings and figures, or one draft. */
  dashboardLink?(actor: Actor, target?: Target): Promise<string | undefined>;
  log: Logger;
}

export interface Slack {
  chat: Chat;
  health(): { up: boolean; error?: string };
  close(): Promise<void>;
}

/** Slack waits three seconds for an acknowledgement; people should wait less than one. */
const ackMs = 800;
/** What a modal says must come with its acknowledgement. */
const viewAckMs = 2_500;
/** How long what is being handled may take at close. */
const drainMs = 5_000;
const firstTryMs = 5_000;
const responseUrlMs = 25 * 60_000;

/** Opens the bot. Where Slack doesn't answer it goes on trying, and `health` says so. @throws HyggeError port_in_use */
export async function openSlack(deps: SlackDeps): Promise<Slack> {
  const { config, hygge, db, brands, brand, log } = deps;
  const health = createHealth(log);
  const client = createClient({
    token: config.botToken,
    apiUrl: config.apiUrl,
    db,
    health,
    log,
    revokedPauseSeconds: config.revokedPauseSeconds,
  });
  const people = createPeople({
    client,
    log,
    roleOf: deps.roleOf,
    groups: { approvers: config.approverGroups, managers: config.managerGroups },
    approverIds: config.approverIds,
  });
  const responses = new Map<string, { url: string; until: number }>();
  const identity = { botUser: "", botId: "", team: "" };

  const chat = slackChat({
    db,
    client,
    log,
    async tell({ briefId, locale, thread }, problem) {
      const response = responses.get(briefId);
      if (!response || response.until < Date.now()) return false;
      const channel = thread.split("/")[1] ?? "";
      const t = texts(locale);
      const place = channel.startsWith("D") ? t.thisPlace : channelName(channel);
      const text = problem === "archived" ? t.archived(place) : t.notHere(place);
      return respond({ log }, response.url, { text });
    },
  });

  const room: Room = {
    hygge,
    db,
    client,
    chat,
    people,
    brands,
    defaultBrand: brand,
    log,
    counts: deps.counts,
    week: () => thisWeek(db),
    dashboardLink: async (actor, target) => deps.dashboardLink?.(actor, target),
    botUser: "",
    history: true,
    revoked: health.revoke,
    rememberResponse(briefId, url) {
      const now = Date.now();
      for (const [id, { until }] of responses) if (until < now) responses.delete(id);
      responses.set(briefId, { url, until: now + responseUrlMs });
    },
  };

  async function identify(): Promise<void> {
    const me = await client.call((web) => web.auth.test());
    identity.botUser = room.botUser = me.user_id ?? "";
    identity.botId = me.bot_id ?? "";
    identity.team = me.team_id ?? "";
    const scopes = me.response_metadata?.scopes;
    room.history = scopes === undefined || scopes.some((scope) => /^(channels|groups):history$/.test(scope));
  }

  const inlet = config.appToken
    ? openSocket({ appToken: config.appToken, apiUrl: config.apiUrl, health, log, identify })
    : openHttp({
        ...(config.http ?? { signingSecret: "", host: "127.0.0.1", port: 0 }),
        health,
        log,
        identify,
      });
  const app = new App({
    receiver: inlet.receiver,
    authorize: async () => ({
      botToken: config.botToken,
      botUserId: identity.botUser,
      botId: identity.botId,
      teamId: identity.team,
    }),
    logger: sdkLogger(log),
    ...(config.apiUrl ? { clientOptions: { slackApiUrl: config.apiUrl } } : {}),
  });
  const handling = new Set<Promise<unknown>>();
  /** Bolt forgets what it has begun when it stops: we wait for it. */
  const tracked: Track = async (handle) => {
    const work = handle();
    handling.add(work);
    await work.finally(() => handling.delete(work));
  };
  listen(app, room, tracked);
  app.error(async (error) => {
    // Not acknowledged, so that Slack sends it again.
    log.error({ err: error }, "slack: not handled");
    throw error;
  });

  await Promise.race([inlet.open(), sleep(firstTryMs, undefined, { ref: false })]);
  let closing: Promise<void> | undefined;
  return {
    chat,
    health: () => ({ up: health.up, ...(health.reason ? { error: health.reason } : {}) }),
    close() {
      closing ??= (async () => {
        await Promise.race([Promise.allSettled([...handling]), sleep(drainMs, undefined, { ref: false })]);
        await inlet.close();
        await Promise.race([Promise.allSettled([...handling]), sleep(1_000, undefined, { ref: false })]);
      })();
      return closing;
    },
  };
}

type Track = (handle: () => Promise<unknown>) => Promise<void>;

function listen(app: App, room: Room, tracked: Track): void {
  const { db, log } = room;
  const late = Symbol("late");
  const within = <T>(work: Promise<T>, ms: number) =>
    Promise.race([work, sleep(ms, late, { ref: false }) as Promise<typeof late>]);
  const ephemeral = (answer: Answer) => ({ response_type: "ephemeral" as const, ...answer });
  /** The socket may be gone by now; the answer then goes by another way, if it has one. */
  const acknowledged = (ack: Promise<void>) =>
    ack.then(
      () => true,
      (err: unknown) => {
        log.warn({ err }, "slack: acknowledgement not sent");
        return false;
      },
    );

  app.command(/./, ({ body, ack }) =>
    tracked(async () => {
      const command = payloads.command.parse(body);
      const work = once(db, "slack", `command ${command.team_id} ${command.trigger_id}`, () =>
        onCommand(room, command),
      ).then(
        (done) => done?.result,
        (error: unknown) => line(sentence(room, "de", error)),
      );
      const first = await within(work, ackMs);
      const answer = first === late ? undefined : first;
      const sent = await acknowledged(answer ? ack(ephemeral(answer)) : ack());
      const owed = first === late ? await work : sent ? undefined : answer;
      if (owed) await respond(room, command.response_url, owed);
    }),
  );

  app.action(/./, ({ body, ack }) =>
    tracked(async () => {
      await acknowledged(ack());
      const parsed = payloads.blockActions.safeParse(body);
      if (!parsed.success) return log.info({ err: parsed.error }, "slack: a click that isn't ours");
      const { team, user, trigger_id, actions } = parsed.data;
      const key = trigger_id ?? `${user.id} ${actions[0]?.action_id} ${actions[0]?.action_ts}`;
      await once(db, "slack", `action ${team?.id ?? ""} ${key}`, () => onAction(room, parsed.data, key));
    }),
  );

  app.view({ callback_id: /./, type: "view_submission" }, ({ body, ack }) =>
    tracked(async () => {
      const submission = payloads.viewSubmission.parse(body);
      const { id, hash } = submission.view;
      const key = submission.trigger_id ?? `${id} ${hash ?? ""}`;
      const work = once(db, "slack", `view ${key}`, () => onSubmission(room, submission, key));
      const first = await within(work, viewAckMs);
      const answer = first === late ? undefined : first?.result;
      await acknowledged(answer ? ack(answer) : ack());
      await work;
    }),
  );

  app.shortcut(/./, ({ body, ack }) =>
    tracked(async () => {
      await acknowledged(ack());
      const shortcut = payloads.shortcut.parse(body);
      await once(db, "slack", `shortcut ${shortcut.trigger_id}`, () => onShortcut(room, shortcut));
    }),
  );

  const onEvent = async (body: unknown) => {
    const { team_id: team, event_id, event } = payloads.eventCallback.parse(body);
    switch (event.type) {
      case "message":
      case "app_mention": {
        const message = payloads.messageEvent.parse(event);
        if (!concernsUs(message, room.botUser)) return;
        // A mention comes as two events where the history scopes are granted: one message, one key.
        await once(db, "slack", `message ${team} ${message.channel} ${message.ts}`, () =>
          onMessage(room, team, message),
        );
        return;
      }
      case "app_home_opened": {
        const opened = payloads.homeOpened.parse(event);
        if (opened.tab === undefined || opened.tab === "home")
          await once(db, "slack", `event ${event_id}`, () => onHomeOpened(room, team, opened.user));
        return;
      }
      case "app_uninstalled":
      case "tokens_revoked":
        room.revoked(event.type);
    }
  };
  app.event(/^(message|app_mention|app_home_opened|app_uninstalled|tokens_revoked)$/, ({ body }) =>
    tracked(() => onEvent(body)),
  );
}
