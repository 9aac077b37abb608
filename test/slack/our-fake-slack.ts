/**
 * Ours: a Slack that misbehaves on demand, for what the real local peer can't show: 429s, answers that get lost,
 * redelivery, expired triggers, socket drops, a revoked token, closed channels. It checks every message and view
 * against Slack's limits, and counts what comes.
 */
import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { messageProblems, viewProblems } from "./validate.ts";
import { acceptSocket, type Peer } from "./websocket.ts";

// biome-ignore lint/suspicious/noExplicitAny: tests look into payloads of every shape
export type Json = any;

export interface Message {
  channel: string;
  ts: string;
  threadTs?: string;
  user: string;
  text: string;
  blocks: Json[];
  metadata?: Json;
  /** Times it was redrawn. */
  updates: number;
}

export interface Call {
  method: string;
  args: Json;
  at: number;
  error?: string;
}

type Fault =
  | { error: string; extra?: Json }
  | { retryAfter: number }
  /** Does it, and the line breaks before the answer. */
  | "lost answer"
  /** The same, and something happens in between. */
  | { meanwhile: () => void }
  | { status: number };

export const team = "T01TEST";
export const bot = "U0BOT";
export const users: Record<string, { name: string; locale: string }> = {
  U01ANNA: { name: "Anna", locale: "de-DE" },
  U02BEN: { name: "Ben", locale: "en-GB" },
  U03CLEO: { name: "Cleo", locale: "de-DE" },
};
export const approvers = "S0FREIGABE";

const triggerMs = 3_000;

export async function openFakeSlack() {
  const messages: Message[] = [];
  const calls: Call[] = [];
  const problems: string[] = [];
  const answers: { user?: string; url: string; body: Json }[] = [];
  const faults = new Map<string, Fault[]>();
  const closedChannels = new Map<string, string>();
  const sockets = new Set<Peer>();
  const waiting = new Map<string, (payload: Json) => void>();
  const triggers = new Map<string, number>();
  const views: { user?: string; view: Json }[] = [];
  const homes = new Map<string, Json>();
  let connections = 0;
  let revoked: string | undefined;
  let history = true;
  let last = 1_795_000_000;
  const nextTs = () => `${++last}.000100`;
  const directs = (user: string) => `D${user.slice(1)}`;

  function place(channel: string): string {
    return channel.startsWith("U") ? directs(channel) : channel;
  }

  const methods: Record<string, (args: Json) => Json> = {
    "auth.test": () => ({
      user_id: bot,
      bot_id: "B0BOT",
      team_id: team,
      team: "Hygge Test",
      url: "https://x",
    }),
    "apps.connections.open": () => ({ url: `ws://127.0.0.1:${port}/socket` }),
    "users.info": ({ user }) =>
      users[user]
        ? {
            user: {
              id: user,
              name: user.toLowerCase(),
              real_name: users[user].name,
              locale: users[user].locale,
            },
          }
        : { error: "user_not_found" },
    "usergroups.list": () => ({ usergroups: [{ id: approvers, handle: "freigabe" }] }),
    "usergroups.users.list": () => ({ users: ["U03CLEO"] }),
    "conversations.info": ({ channel }) =>
      closedChannels.has(channel)
        ? { error: "channel_not_found" }
        : { channel: { id: channel, name: channel, is_member: true } },
    "users.conversations": () => ({ channels: [{ id: "C01GEN", name: "general" }] }),
    "chat.postMessage": (args) => {
      const channel = place(args.channel);
      const closed = closedChannels.get(channel);
      if (closed) return { error: closed };
      problems.push(...messageProblems(args).map((p) => `chat.postMessage ${p}`));
      const message: Message = {
        channel,
        ts: nextTs(),
        ...(args.thread_ts ? { threadTs: args.thread_ts } : {}),
        user: bot,
        text: args.text,
        blocks: args.blocks,
        metadata: args.metadata,
        updates: 0,
      };
      messages.push(message);
      return { channel, ts: message.ts };
    },
    "chat.update": (args) => {
      problems.push(...messageProblems(args).map((p) => `chat.update ${p}`));
      const message = messages.find((m) => m.channel === args.channel && m.ts === args.ts);
      if (!message) return { error: "message_not_found" };
      Object.assign(message, { text: args.text, blocks: args.blocks, updates: message.updates + 1 });
      return { channel: args.channel, ts: args.ts };
    },
    "chat.postEphemeral": (args) => {
      problems.push(...messageProblems(args).map((p) => `chat.postEphemeral ${p}`));
      answers.push({ user: args.user, url: "chat.postEphemeral", body: args });
      return { message_ts: nextTs() };
    },
    "conversations.replies": ({ channel, ts }) =>
      found((m) => m.channel === channel && (m.ts === ts || m.threadTs === ts)),
    "conversations.history": ({ channel }) => found((m) => m.channel === channel && !m.threadTs),
    "views.open": (args) => {
      const made = triggers.get(args.trigger_id);
      triggers.delete(args.trigger_id);
      if (made === undefined) return { error: "exchanged_trigger_id" };
      if (Date.now() - made > triggerMs) return { error: "expired_trigger_id" };
      problems.push(...viewProblems(args.view).map((p) => `views.open ${p}`));
      views.push({ view: args.view });
      return { view: { id: `V${randomUUID()}` } };
    },
    "views.publish": (args) => {
      problems.push(...viewProblems(args.view).map((p) => `views.publish ${p}`));
      homes.set(args.user_id, args.view);
      return {};
    },
  };

  function found(which: (m: Message) => boolean) {
    if (!history) return { error: "missing_scope", needed: "channels:history" };
    return {
      messages: messages.filter(which).map((m) => ({
        ts: m.ts,
        thread_ts: m.threadTs,
        user: m.user,
        text: m.text,
        blocks: m.blocks,
        metadata: m.metadata,
      })),
    };
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = "";
    for await (const chunk of request) body += chunk;
    const url = request.url ?? "";
    if (url.startsWith("/respond/")) {
      const parsed = JSON.parse(body);
      if (parsed.blocks) problems.push(...messageProblems(parsed).map((p) => `response_url ${p}`));
      answers.push({ url, body: parsed });
      response.end("ok");
      return;
    }
    const method = url.replace("/api/", "");
    const args: Json = {};
    for (const [key, value] of new URLSearchParams(body))
      args[key] = /^[[{]/.test(value) ? JSON.parse(value) : value;
    const call: Call = { method, args, at: Date.now() };
    calls.push(call);
    const json = (value: Json, status = 200, headers: Record<string, string> = {}) => {
      if (value.error) call.error = value.error;
      response
        .writeHead(status, {
          "content-type": "application/json",
          "x-oauth-scopes": "commands,chat:write,users:read,usergroups:read,channels:history",
          ...headers,
        })
        .end(JSON.stringify({ ok: value.error === undefined, ...value }));
    };
    if (revoked) return json({ error: revoked });
    const fault = faults.get(method)?.shift();
    if (fault === "lost answer" || (typeof fault === "object" && "meanwhile" in fault)) {
      methods[method]?.(args);
      if (fault !== "lost answer") fault.meanwhile();
      call.error = "lost answer";
      request.socket.destroy();
      return;
    }
    if (fault && "retryAfter" in fault)
      return json({ error: "ratelimited" }, 429, { "retry-after": String(fault.retryAfter) });
    if (fault && "status" in fault) return json({ error: "http" }, fault.status);
    if (fault) return json({ error: fault.error, ...fault.extra });
    json(methods[method]?.(args) ?? { error: "unknown_method" });
  }

  const server = createServer((request, response) => void answer(request, response));
  server.on("upgrade", (request, socket) => {
    const peer = acceptSocket(request, socket, {
      text(text) {
        const { envelope_id, payload } = JSON.parse(text);
        waiting.get(envelope_id)?.(payload);
        waiting.delete(envelope_id);
      },
      closed: () => sockets.delete(peer),
    });
    sockets.add(peer);
    connections++;
    peer.send(JSON.stringify({ type: "hello", num_connections: sockets.size }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;

  /** Sends an envelope; resolves with the acknowledgement's payload, or undefined where none comes in time. */
  async function deliver(
    type: "slash_commands" | "interactive" | "events_api",
    payload: Json,
    options: { to?: "all" | "one"; waitMs?: number; retry?: number } = {},
  ): Promise<{ acked: boolean; ms: number; payload?: Json }> {
    const envelope_id = randomUUID();
    const sent = Date.now();
    const acked = new Promise<{ acked: boolean; ms: number; payload?: Json }>((resolve) => {
      const timer = setTimeout(
        () => resolve({ acked: false, ms: Date.now() - sent }),
        options.waitMs ?? 3_000,
      );
      waiting.set(envelope_id, (answer) => {
        clearTimeout(timer);
        resolve({ acked: true, ms: Date.now() - sent, payload: answer });
      });
    });
    const envelope = JSON.stringify({
      envelope_id,
      type,
      payload,
      accepts_response_payload: type !== "events_api",
      ...(options.retry ? { retry_attempt: options.retry, retry_reason: "timeout" } : {}),
    });
    const all = [...sockets];
    for (const peer of options.to === "all" ? all : all.slice(0, 1)) peer.send(envelope);
    return acked;
  }

  const trigger = (id = `${randomUUID()}.trigger`) => {
    triggers.set(id, Date.now());
    return id;
  };
  const responseUrl = () => `http://127.0.0.1:${port}/respond/${randomUUID()}`;
  const who = (user: string) => ({ id: user, username: users[user]?.name ?? user, team_id: team });

  return {
    apiUrl: `http://127.0.0.1:${port}/api/`,
    messages,
    calls,
    answers,
    views,
    homes,
    /** Whatever Slack would have refused. */
    problems,
    deliver,
    trigger,
    responseUrl,
    /** Sockets that were opened so far. */
    get connections() {
      return connections;
    },
    get sockets() {
      return sockets.size;
    },
    /** The next call of a method fails so. */
    fail(method: string, ...how: Fault[]) {
      faults.set(method, [...(faults.get(method) ?? []), ...how]);
    },
    /** Posting to a channel fails with this from now on; undefined opens it. */
    closeChannel(channel: string, error: string | undefined) {
      if (error) closedChannels.set(channel, error);
      else closedChannels.delete(channel);
    },
    revoke(error: string | undefined) {
      revoked = error;
    },
    grantHistory(granted: boolean) {
      history = granted;
    },
    /** Ends all sockets: "refresh" as Slack does every few hours, "drop" as a broken line. */
    endSockets(how: "refresh" | "drop") {
      for (const peer of sockets) {
        if (how === "refresh") peer.send(JSON.stringify({ type: "disconnect", reason: "refresh_requested" }));
        else peer.end(true);
      }
    },

    command(
      user: string,
      text: string,
      options: { channel?: string; to?: "all" | "one"; trigger?: string } = {},
    ) {
      return deliver(
        "slash_commands",
        {
          token: "x",
          team_id: team,
          team_domain: "hygge-test",
          channel_id: options.channel ?? "C01GEN",
          channel_name: "general",
          user_id: user,
          user_name: users[user]?.name.toLowerCase() ?? user,
          command: "/hygge",
          text,
          api_app_id: "A01APP",
          is_enterprise_install: "false",
          response_url: responseUrl(),
          trigger_id: options.trigger ?? trigger(),
        },
        options,
      );
    },

    /** Clicks what has this action id in the message (the first with `text`, where several have it). */
    click(
      user: string,
      message: Message,
      actionId: string,
      options: { choose?: string; nth?: number; to?: "all" | "one"; trigger?: string } = {},
    ) {
      const action = actionIn(message, actionId, options);
      return deliver(
        "interactive",
        {
          type: "block_actions",
          team: { id: team, domain: "hygge-test" },
          user: who(user),
          api_app_id: "A01APP",
          container: {
            type: "message",
            message_ts: message.ts,
            channel_id: message.channel,
            is_ephemeral: false,
            ...(message.threadTs ? { thread_ts: message.threadTs } : {}),
          },
          trigger_id: options.trigger ?? trigger(),
          channel: { id: message.channel, name: "general" },
          message: { ts: message.ts, type: "message", text: message.text, blocks: message.blocks },
          state: { values: {} },
          response_url: responseUrl(),
          actions: [{ ...action, action_ts: nextTs() }],
        },
        options,
      );
    },

    submit(user: string, view: Json, values: Json, options: { to?: "all" | "one"; trigger?: string } = {}) {
      return deliver(
        "interactive",
        {
          type: "view_submission",
          team: { id: team, domain: "hygge-test" },
          user: who(user),
          api_app_id: "A01APP",
          trigger_id: options.trigger ?? trigger(),
          view: { id: `V${randomUUID()}`, hash: "1.x", ...view, state: { values } },
          response_urls: [],
        },
        options,
      );
    },

    event(event: Json, options: { id?: string; to?: "all" | "one"; waitMs?: number; retry?: number } = {}) {
      return deliver(
        "events_api",
        {
          token: "x",
          team_id: team,
          api_app_id: "A01APP",
          type: "event_callback",
          event_id: options.id ?? `Ev${randomUUID()}`,
          event_time: Math.floor(Date.now() / 1000),
          is_ext_shared_channel: false,
          authorizations: [{ team_id: team, user_id: bot, is_bot: true }],
          event,
        },
        options,
      );
    },
    /** A person writes; what events it makes is up to the test. */
    nextTs,

    async close() {
      for (const peer of sockets) peer.end(true);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export type FakeSlack = Awaited<ReturnType<typeof openFakeSlack>>;

function actionIn(message: Message, actionId: string, options: { choose?: string; nth?: number }): Json {
  const elements = message.blocks.flatMap((block) => block.elements ?? []);
  const all = elements.filter((e) => e.action_id === actionId);
  const element = all[options.nth ?? 0];
  if (!element) throw new Error(`no ${actionId} in ${JSON.stringify(elements.map((e) => e.action_id))}`);
  const { type, action_id } = element;
  const base = { type, action_id, block_id: "x" };
  if (type === "feedback_buttons") {
    const chosen = options.choose === "bad" ? element.negative_button : element.positive_button;
    return { ...base, value: chosen.value, text: chosen.text };
  }
  if (type === "button") return { ...base, value: element.value, text: element.text };
  const choices = element.options ?? element.option_groups.flatMap((group: Json) => group.options);
  const chosen = choices.find((o: Json) => o.text.text === options.choose);
  if (!chosen) throw new Error(`no ${options.choose} in ${choices.map((o: Json) => o.text.text).join(", ")}`);
  return { ...base, selected_option: chosen };
}
