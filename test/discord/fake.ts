/**
 * Our own small Discord, no real peer: for the faults and moments that the twin can't show. It answers rate limits,
 * expired and repeated interactions, closes its gateway, replays what a resumed session missed, and dedupes nonces.
 * It refuses, as Discord would, whatever its schemas refuse.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { APIMessage } from "discord.js";
import { type WebSocket, WebSocketServer } from "ws";
import { z } from "zod";
import { problemsOf } from "./validate.ts";

export const botId = "100000000000000001";
export const guildId = "500000000000000001";
export const channelId = "200000000000000001";
export const managerRole = "400000000000000009";
export const anna = "300000000000000001";

type Stored = APIMessage & { ephemeral?: boolean };

export interface Call {
  method: string;
  path: string;
  body: unknown;
  at: number;
  status: number;
}

interface Fault {
  method: string;
  path: RegExp;
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
  /** So many requests like this pass first. */
  skip?: number;
}

interface Told {
  id: string;
  token: string;
  channelId: string;
  sentAt: number;
  /** Milliseconds until the first answer. */
  answeredMs?: number;
  callback?: { type: number; data?: unknown };
  messageId?: string;
  /** The message that a click came from. */
  source?: string;
}

/** Ids never come twice, not even on another fake. */
let last = 600000000000000000n + BigInt(Date.now());

export type Fake = Awaited<ReturnType<typeof openFake>>;

class Refused extends Error {
  readonly status: number;
  readonly code: number;
  constructor(status: number, code: number, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

const sending = z.looseObject({
  components: z.array(z.unknown()).default([]),
  flags: z.number().default(0),
  nonce: z.string().optional(),
  enforce_nonce: z.boolean().optional(),
});

export async function openFake(options: { latencyMs?: number } = {}) {
  const nextId = () => String(++last);
  const calls: Call[] = [];
  const problems: string[] = [];
  const faults: Fault[] = [];
  const messages = new Map<string, Stored[]>([[channelId, []]]);
  const channels = new Map<string, Record<string, unknown>>([
    [channelId, { id: channelId, type: 0, name: "marketing", guild_id: guildId, position: 0 }],
  ]);
  const nonces = new Map<string, Stored>();
  const told = new Map<string, Told>();
  let commands: unknown[] = [];
  let member: Record<string, unknown> = {
    roles: [],
    joined_at: "2026-01-01T00:00:00.000Z",
    deaf: false,
    mute: false,
    flags: 0,
  };

  // The gateway
  const sockets = new Set<WebSocket>();
  const sent: { s: number; t: string; d: unknown }[] = [];
  let sequence = 0;
  const seen = { identifies: 0, resumes: 0 };
  let nextClose: number | undefined;
  const me = { id: botId, username: "Hygge", discriminator: "0", global_name: null, avatar: null, bot: true };

  const server = createServer((request, response) => {
    void answer(request, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const gateway = `ws://127.0.0.1:${port}`;
  const wss = new WebSocketServer({ server });
  wss.on("connection", (socket) => {
    sockets.add(socket);
    const send = (value: object) => socket.send(JSON.stringify(value));
    if (nextClose !== undefined) {
      socket.close(nextClose);
      return;
    }
    send({ op: 10, d: { heartbeat_interval: 45_000 } });
    socket.on("close", () => sockets.delete(socket));
    socket.on("message", (raw) => {
      const { op, d } = z
        .object({ op: z.number(), d: z.unknown().optional() })
        .parse(JSON.parse(String(raw)));
      if (op === 1) send({ op: 11 });
      if (op === 2) {
        seen.identifies++;
        dispatchTo(socket, "READY", {
          v: 10,
          user: me,
          guilds: [{ id: guildId, unavailable: true }],
          session_id: "session",
          resume_gateway_url: gateway,
          application: { id: botId, flags: 0 },
        });
        dispatchTo(socket, "GUILD_CREATE", guild());
      }
      if (op === 6) {
        seen.resumes++;
        const { seq } = z.object({ seq: z.number() }).parse(d);
        for (const missed of sent.filter(({ s }) => s > seq)) send({ op: 0, ...missed });
        send({ op: 0, t: "RESUMED", s: sequence, d: {} });
      }
    });
  });

  function guild() {
    return {
      id: guildId,
      name: "Hygge",
      owner_id: anna,
      preferred_locale: "de",
      roles: [role(guildId, "@everyone", "1071698660929"), role(managerRole, "Leitung", "0")],
      emojis: [],
      stickers: [],
      features: [],
      members: [],
      channels: [...channels.values()],
      threads: [],
      presences: [],
      voice_states: [],
      stage_instances: [],
      guild_scheduled_events: [],
      soundboard_sounds: [],
      joined_at: "2026-01-01T00:00:00.000Z",
      member_count: 2,
      large: false,
      unavailable: false,
    };
  }
  const role = (id: string, name: string, permissions: string) => ({
    id,
    name,
    permissions,
    position: 0,
    color: 0,
    hoist: false,
    managed: false,
    mentionable: true,
    flags: 0,
  });

  function dispatchTo(socket: WebSocket, t: string, d: unknown) {
    const event = { s: ++sequence, t, d };
    sent.push(event);
    if (socket.readyState === socket.OPEN) socket.send(JSON.stringify({ op: 0, ...event }));
  }
  /** To all sessions; with none open, a resumed one gets it later. */
  function dispatch(t: string, d: unknown) {
    if (sockets.size === 0) sent.push({ s: ++sequence, t, d });
    for (const socket of sockets) dispatchTo(socket, t, d);
  }

  // REST
  async function answer(request: IncomingMessage, response: ServerResponse) {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const raw = Buffer.concat(chunks).toString();
    if (options.latencyMs) await new Promise((resolve) => setTimeout(resolve, options.latencyMs));
    const method = request.method ?? "GET";
    const path = decodeURIComponent((request.url ?? "").split("?")[0] ?? "").replace(/^\/api\/v10/, "");
    const body: unknown = raw === "" ? undefined : JSON.parse(raw);
    const call: Call = { method, path, body, at: Date.now(), status: 0 };
    calls.push(call);
    const found = problemsOf(method, path, body);
    problems.push(...found);
    const reply = (status: number, value?: unknown, headers: Record<string, string> = {}) => {
      call.status = status;
      if (value === undefined) response.writeHead(status, headers).end();
      else
        response
          .writeHead(status, { "content-type": "application/json", ...headers })
          .end(JSON.stringify(value));
    };
    const index = faults.findIndex((fault) => fault.method === method && fault.path.test(path));
    const due = faults[index];
    if (due?.skip) due.skip--;
    else if (index >= 0) {
      const [fault] = faults.splice(index, 1);
      return reply(fault?.status ?? 500, fault?.body ?? { code: 0, message: "fault" }, fault?.headers);
    }
    if (found.length > 0) return reply(400, { code: 50035, message: found.join("; ") });
    try {
      const value = route(method, path, body);
      reply(value === undefined ? 204 : 200, value);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      reply(error.status, { code: error.code, message: error.message });
    }
  }

  function channelMessages(id: string): Stored[] {
    const list = messages.get(id);
    if (!list) throw new Refused(404, 10003, "Unknown Channel");
    return list;
  }

  function post(id: string, body: unknown, ephemeral = false): Stored {
    const { components, flags, nonce, enforce_nonce: enforce } = sending.parse(body);
    const key = `${id} ${nonce}`;
    const earlier = enforce === true && nonce !== undefined ? nonces.get(key) : undefined;
    if (earlier) return earlier;
    const message = {
      id: nextId(),
      channel_id: id,
      author: me,
      content: "",
      timestamp: new Date().toISOString(),
      edited_timestamp: null,
      components,
      flags,
      mentions: [],
      mention_roles: [],
      attachments: [],
      embeds: [],
      mention_everyone: false,
      tts: false,
      pinned: false,
      type: 0,
      ...(ephemeral ? { ephemeral } : {}),
    } as unknown as Stored;
    channelMessages(id).push(message);
    if (nonce !== undefined) nonces.set(key, message);
    return message;
  }

  function change(id: string, messageId: string, body: unknown): Stored {
    const message = channelMessages(id).find((m) => m.id === messageId);
    if (!message) throw new Refused(404, 10008, "Unknown Message");
    Object.assign(message, {
      components: sending.parse(body).components,
      edited_timestamp: new Date().toISOString(),
    });
    return message;
  }

  function startThread(parent: string, id: string, name: unknown, type: number) {
    const thread = {
      id,
      type,
      name,
      parent_id: parent,
      guild_id: guildId,
      owner_id: botId,
      thread_metadata: {
        archived: false,
        locked: false,
        auto_archive_duration: 1440,
        archive_timestamp: "2026-01-01T00:00:00.000Z",
      },
      member_count: 1,
      message_count: 0,
    };
    channels.set(id, thread);
    messages.set(id, []);
    dispatch("THREAD_CREATE", { ...thread, newly_created: true });
    return thread;
  }

  function route(method: string, path: string, body: unknown): unknown {
    const parts = path.split("/").slice(1);
    const [root, a = "", b = "", c = "", d = ""] = parts;
    const key = `${method} ${root}`;
    if (path === "/gateway/bot")
      return {
        url: gateway,
        shards: 1,
        session_start_limit: { total: 1000, remaining: 999, reset_after: 1000, max_concurrency: 1 },
      };
    if (path === "/users/@me") return me;
    if (path === "/users/@me/guilds") return [{ id: guildId, name: "Hygge", permissions: "1071698660929" }];
    if (path === "/users/@me/channels") {
      const id = nextId();
      channels.set(id, { id, type: 1 });
      messages.set(id, []);
      return { id, type: 1 };
    }
    if (root === "applications") {
      if (method === "PUT") commands = z.array(z.unknown()).parse(body);
      return commands;
    }
    if (root === "guilds" && b === "roles") return guild().roles;
    if (root === "guilds" && b === "members") return { ...member, user: me };
    if (key === "POST interactions") return callback(a, body);
    if (root === "webhooks") return webhook(method, b, d, body);
    if (root !== "channels") throw new Refused(404, 0, path);
    if (parts.length === 2) return channels.get(a) ?? channelMessages(a);
    if (b === "threads" && method === "POST")
      return startThread(a, nextId(), z.object({ name: z.string() }).parse(body).name, 12);
    if (b === "thread-members") return undefined;
    if (d === "threads") {
      change(a, c, { components: channelMessages(a).find((m) => m.id === c)?.components });
      if (messages.has(c))
        throw new Refused(400, 160004, "A thread has already been created for this message");
      return startThread(a, c, z.object({ name: z.string() }).parse(body).name, 11);
    }
    if (b === "messages" && c === "")
      return method === "POST" ? post(a, body) : [...channelMessages(a)].reverse().slice(0, 50);
    if (method === "PATCH") return change(a, c, body);
    const message = channelMessages(a).find((m) => m.id === c);
    if (!message) throw new Refused(404, 10008, "Unknown Message");
    return { ...message, ...(channels.has(c) ? { thread: channels.get(c) } : {}) };
  }

  function callback(id: string, body: unknown) {
    const interaction = told.get(id);
    if (!interaction || Date.now() - interaction.sentAt > 3_000)
      throw new Refused(404, 10062, "Unknown interaction");
    if (interaction.callback) throw new Refused(400, 40060, "Interaction has already been acknowledged.");
    const { type, data } = z.object({ type: z.number(), data: z.unknown().optional() }).parse(body);
    interaction.callback = { type, data };
    interaction.answeredMs = Date.now() - interaction.sentAt;
    if (type === 4) interaction.messageId = post(interaction.channelId, data, true).id;
    return undefined;
  }

  function webhook(method: string, token: string, id: string, body: unknown) {
    const interaction = [...told.values()].find((known) => known.token === token);
    if (!interaction) throw new Refused(401, 50027, "Invalid Webhook Token");
    if (method === "POST") return post(interaction.channelId, body, true);
    const messageId = id === "@original" ? (interaction.messageId ?? interaction.source) : id;
    if (method === "DELETE") {
      const list = channelMessages(interaction.channelId);
      const at = list.findIndex((m) => m.id === messageId);
      if (at >= 0) list.splice(at, 1);
      return undefined;
    }
    if (messageId === undefined) {
      const { flags = 0 } = z
        .object({ flags: z.number().optional() })
        .parse(interaction.callback?.data ?? {});
      const message = post(interaction.channelId, body);
      // What was deferred for one person stays for one person.
      message.flags = (message.flags ?? 0) | (flags & 64);
      interaction.messageId = message.id;
      return message;
    }
    return change(interaction.channelId, messageId, body);
  }

  return {
    token: "fake.token",
    apiUrl: `http://127.0.0.1:${port}/api`,
    calls,
    problems,
    seen,
    told,
    commands: () => commands,
    channels,
    member: (change: Record<string, unknown>) => {
      member = { ...member, ...change };
    },
    messages: (id: string = channelId) => messages.get(id) ?? [],
    threads: () => [...channels.values()].filter((channel) => channel.type === 11 || channel.type === 12),
    /** The next request like this gets that answer. */
    fault: (fault: Fault) => void faults.push(fault),
    addMessage: (id: string = channelId) => post(id, { components: [] }).id,
    addChannel(type = 0) {
      const id = nextId();
      channels.set(id, { id, type, name: "more", guild_id: guildId });
      messages.set(id, []);
      return id;
    },
    removeChannel(id: string) {
      channels.delete(id);
      messages.delete(id);
    },
    /** The interaction's token is no longer good. */
    expire: (id: string) => void told.delete(id),
    interact(
      type: number,
      data: Record<string, unknown>,
      more: {
        channelId?: string;
        messageId?: string;
        userId?: string;
        locale?: string;
        permissions?: string;
        context?: number;
        id?: string;
      } = {},
    ): Told {
      const id = more.id ?? nextId();
      const at = more.channelId ?? channelId;
      const interaction: Told = {
        id,
        token: `token-${id}`,
        channelId: at,
        sentAt: Date.now(),
        ...(more.messageId ? { source: more.messageId } : {}),
      };
      if (!told.has(id)) told.set(id, interaction);
      const user = {
        id: more.userId ?? anna,
        username: "anna",
        global_name: "Anna",
        discriminator: "0",
        avatar: null,
      };
      const dm = more.context === 1;
      dispatch("INTERACTION_CREATE", {
        id,
        application_id: botId,
        type,
        data,
        token: interaction.token,
        version: 1,
        channel_id: at,
        channel: channels.get(at),
        ...(dm ? { user } : { guild_id: guildId, member: { ...member, user, permissions: "1099511627775" } }),
        ...(more.messageId ? { message: channelMessages(at).find((m) => m.id === more.messageId) } : {}),
        app_permissions: more.permissions ?? "1099511627775",
        locale: more.locale ?? "de",
        guild_locale: "de",
        entitlements: [],
        authorizing_integration_owners: {},
        context: more.context ?? 0,
        attachment_size_limit: 1,
      });
      return interaction;
    },
    write(content: string, at: string, more: { reference?: string; mentions?: boolean } = {}) {
      const id = nextId();
      dispatch("MESSAGE_CREATE", {
        id,
        channel_id: at,
        guild_id: guildId,
        author: { id: anna, username: "anna", global_name: "Anna", discriminator: "0", avatar: null },
        member,
        content,
        timestamp: new Date().toISOString(),
        edited_timestamp: null,
        tts: false,
        mention_everyone: false,
        mentions: more.mentions ? [me] : [],
        mention_roles: [],
        attachments: [],
        embeds: [],
        pinned: false,
        type: more.reference ? 19 : 0,
        ...(more.reference ? { message_reference: { message_id: more.reference, channel_id: at } } : {}),
      });
      return id;
    },
    /** The connection breaks; the session lives on. */
    drop() {
      for (const socket of sockets) socket.terminate();
      sockets.clear();
    },
    /** Discord closes it, now or as soon as somebody connects. */
    closeWith(code: number) {
      nextClose = code;
      for (const socket of sockets) socket.close(code);
    },
    async close() {
      for (const socket of sockets) socket.terminate();
      wss.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
