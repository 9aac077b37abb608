/** Store, queue, flow and bot of one process on a Discord peer; the bot can be stopped and started again. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import pino from "pino";
import { type DiscordConfig, openDiscord } from "#bots/discord/server.ts";
import { openModel } from "#models/open.ts";
import { openQueue } from "#queue/open.ts";
import { openBrands } from "#src/brand.ts";
import { corpusOf } from "#src/corpus.ts";
import type { HyggeError } from "#src/errors.ts";
import { createDeliverer } from "#src/flow/deliver.ts";
import { startFollower } from "#src/flow/follow.ts";
import { createHygge } from "#src/flow/hygge.ts";
import { createMetrics } from "#src/flow/metrics.ts";
import { startReconciler } from "#src/flow/reconcile.ts";
import { createWriter } from "#src/flow/work.ts";
import type { Hygge } from "#src/hygge.ts";
import { roleOf } from "#src/may.ts";
import type { Model } from "#src/model.ts";
import type { Database } from "#src/store/open.ts";
import { memoryDatabase } from "#test/fixtures/database.ts";

export const testLog = pino({ level: process.env.HYGGE_TEST_LOG ?? "silent" });

export async function embeddedModel(): Promise<Model> {
  const dataDir = await mkdtemp(path.join(tmpdir(), "hygge-discord-"));
  const model = await openModel({ dataDir, log: testLog });
  return {
    ...model,
    // Enough for a journey, in a quarter of the time.
    card: { ...model.card, candidates: 3 },
    health: () => model.health(),
    write: (request) => model.write(request),
    close: () => model.close().then(() => rm(dataDir, { recursive: true, force: true })),
  };
}

export type House = Awaited<ReturnType<typeof openHouse>>;

export async function openHouse(
  peer: { apiUrl: string; token: string },
  model: Model,
  options: { config?: Partial<DiscordConfig>; database?: Database; wrap?: (hygge: Hygge) => Hygge } = {},
) {
  const database = options.database ?? (await memoryDatabase());
  const brands = openBrands(path.join(import.meta.dirname, "../../brands"), testLog);
  const metrics = createMetrics();
  const corpus = corpusOf([]);
  const config: DiscordConfig = {
    token: peer.token,
    apiUrl: peer.apiUrl,
    approverRoles: [],
    managerRoles: [],
    cooldownSeconds: 0,
    replies: false,
    ...options.config,
  };
  const fatal: HyggeError[] = [];
  let number = 0;

  async function startBot() {
    const holder = `test-${process.pid}-${++number}`;
    const queue = await openQueue({ database, log: testLog, pace: { retryMs: 20 } });
    const plain = createHygge({ database, queue, brands, brand: "hygge", corpus, metrics, log: testLog });
    const hygge = options.wrap?.(plain) ?? plain;
    const discord = await openDiscord({
      config,
      hygge,
      db: database.db,
      brands,
      brand: "hygge",
      roleOf: (id) => roleOf(id, { approvers: [], managers: [], admins: [], fallback: "requester" }),
      dashboardLink: async (actor, target) =>
        `https://hygge.example/manage#${actor.id} ${target?.draftId ?? ""}`,
      status: async () => ({ ok: true, waiting: 0 }),
      onFatal: (error) => void fatal.push(error),
      log: testLog,
    });
    const reconciler = await startReconciler({ database, queue, surfaces: ["discord"], log: testLog });
    const follower = startFollower({ database, queue, surface: "discord", log: testLog });
    await queue.consume("discord", createDeliverer({ database, chat: discord.chat, log: testLog, holder }));
    await queue.work(
      createWriter({ database, queue, brands, corpus, model, metrics, log: testLog, worker: holder }),
    );
    return {
      hygge,
      queue,
      discord,
      async stop() {
        await follower.stop();
        await reconciler.stop();
        await queue.close();
        await discord.close();
      },
    };
  }

  let bot = await startBot();
  return {
    database,
    fatal,
    get bot() {
      return bot;
    },
    async restart(meanwhile?: () => Promise<unknown>) {
      await bot.stop();
      await meanwhile?.();
      bot = await startBot();
    },
    async close() {
      await bot.stop();
      brands.close();
      await database.close();
    },
  };
}

/** The first truthy answer of `look`; fails after `ms`. */
export async function eventually<T>(
  look: () => Promise<T | undefined | false>,
  what: string,
  ms = 40_000,
): Promise<T> {
  const until = Date.now() + ms;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > until) throw new Error(`not within ${ms} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 120));
  }
}
