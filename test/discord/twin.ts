/**
 * discord-digital-twin, a local Discord that discord.js logs in to, behind a proxy of ours that checks every request
 * against Discord's rules and fills the twin's gaps: a message tells which thread hangs on it.
 */
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import type { APIChannel, APIMessage } from "discord.js";
import { problemsOf } from "./validate.ts";

const entry = path.join(import.meta.dirname, "../peers/node_modules/discord-digital-twin/dist/index.js");
/** `npm ci --prefix test/peers --ignore-scripts` installs it; with HYGGE_LIVE it must be there. */
export const twinIsHere = existsSync(entry) || process.env.HYGGE_LIVE === "1";

/** What we use of the twin. */
interface Twin {
  restUrl: string;
  botToken: string;
  botUserId: string;
  guildId: string;
  start(): Promise<void>;
  stop(): Promise<void>;
  simulateInteraction(options: {
    type: number;
    channelId: string;
    userId: string;
    data?: Record<string, unknown>;
    messageId?: string;
  }): Promise<{ id: string; token: string }>;
  channel(id: string): {
    getMessages(): Promise<APIMessage[]>;
    getThreads(): Promise<APIChannel[]>;
    user(id: string): {
      sendMessage(options: {
        content: string;
        messageReference?: { message_id: string; channel_id: string; guild_id: string };
      }): Promise<APIMessage>;
    };
    getInteractionResponse(
      id: string,
    ): Promise<{ type: number; acknowledged: boolean; data: string | null } | null>;
  };
  prisma: {
    channel: { findFirst(q: { where: { starterMessageId: string } }): Promise<{ id: string } | null> };
    role: { create(q: { data: { id: string; guildId: string; name: string } }): Promise<unknown> };
    guildMember: { updateMany(q: { where: { userId: string }; data: { roles: string } }): Promise<unknown> };
  };
}

export interface Recorded {
  method: string;
  /** Without "/api/v10". */
  path: string;
  body: unknown;
  authorization: string | undefined;
}

export type Peer = Awaited<ReturnType<typeof openTwin>>;

export const people = { anna: "300000000000000001", ben: "300000000000000002" };
export const approverRole = "400000000000000001";

/** `before`: looks at a request before the twin gets it; an answer of its own stands for the twin's. */
export async function openTwin(channels = 1) {
  const { DigitalDiscord } = (await import(entry)) as { DigitalDiscord: new (options: unknown) => Twin };
  const dir = await mkdtemp(path.join(tmpdir(), "hygge-twin-"));
  const channelIds = Array.from({ length: channels }, (_, i) => String(200000000000000001n + BigInt(i)));
  const twin = new DigitalDiscord({
    channels: channelIds.map((id, i) => ({ id, name: `marketing-${i}`, type: 0 })),
    users: [
      { id: people.anna, username: "Anna" },
      { id: people.ben, username: "Ben" },
    ],
    botUser: { id: "100000000000000001", username: "Hygge" },
    // In memory, all twins of a process would share one database.
    dbUrl: `file:${path.join(dir, "twin.db")}`,
  });
  await twin.start();
  const requests: Recorded[] = [];
  const problems: string[] = [];
  const hooks: {
    after?: ((request: Recorded, answer: { status: number; text: string }) => void) | undefined;
  } = {};

  async function forward(request: IncomingMessage, response: ServerResponse) {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const raw = Buffer.concat(chunks).toString();
    const method = request.method ?? "GET";
    const recorded: Recorded = {
      method,
      path: decodeURIComponent((request.url ?? "").split("?")[0] ?? "").replace(/^\/api\/v10/, ""),
      body: raw === "" ? undefined : JSON.parse(raw),
      authorization: request.headers.authorization,
    };
    requests.push(recorded);
    problems.push(...problemsOf(method, recorded.path, recorded.body));
    const answer = await fetch(`${twin.restUrl.replace(/\/api$/, "")}${request.url}`, {
      method,
      headers: { "content-type": "application/json" },
      ...(raw === "" ? {} : { body: raw }),
    });
    let text = await answer.text();
    const message = /^\/channels\/\d+\/messages\/(\d+)$/.exec(recorded.path)?.[1];
    if (method === "GET" && message !== undefined && answer.ok) {
      const thread = await twin.prisma.channel.findFirst({ where: { starterMessageId: message } });
      if (thread) text = JSON.stringify({ ...JSON.parse(text), thread: { id: thread.id } });
    }
    hooks.after?.(recorded, { status: answer.status, text });
    const headers = Object.fromEntries(
      [...answer.headers].filter(([key]) => /^(x-ratelimit|content-type|retry-after)/.test(key)),
    );
    response.writeHead(answer.status, headers).end(answer.status === 204 ? undefined : text);
  }

  const proxy = createServer((request, response) => {
    forward(request, response).catch((error: unknown) => {
      response
        .writeHead(500, { "content-type": "application/json" })
        .end(JSON.stringify({ error: String(error) }));
    });
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));

  return {
    twin,
    requests,
    /** What Discord would have refused. */
    problems,
    hooks,
    channelIds,
    token: twin.botToken,
    apiUrl: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}/api`,
    async close() {
      proxy.closeAllConnections();
      await new Promise((resolve) => proxy.close(resolve));
      await twin.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
