/** Store, queue, flow and bot of one process on a Slack peer; more bots can join, and stop, and start again. */
import path from "node:path";
import pino from "pino";
import { openSlack, type SlackConfig } from "#bots/slack/server.ts";
import { openQueue } from "#queue/open.ts";
import { openBrands } from "#src/brand.ts";
import { corpusOf } from "#src/corpus.ts";
import { createDeliverer } from "#src/flow/deliver.ts";
import { startFollower } from "#src/flow/follow.ts";
import { createHygge } from "#src/flow/hygge.ts";
import { createMetrics } from "#src/flow/metrics.ts";
import { reconcile } from "#src/flow/reconcile.ts";
import { createWriter } from "#src/flow/work.ts";
import { roleOf } from "#src/may.ts";
import type { Model } from "#src/model.ts";
import { memoryDatabase } from "#test/fixtures/database.ts";

export const testLog = pino({ level: process.env.HYGGE_TEST_LOG ?? "silent" });

export type House = Awaited<ReturnType<typeof openHouse>>;
export type Bot = Awaited<ReturnType<House["startBot"]>>;

export async function openHouse(
  peer: { apiUrl: string },
  model: Model,
  options: {
    config?: Partial<SlackConfig>;
    /** Person ids that may approve. */
    approvers?: string[];
    /** Person ids that may read feedback. */
    managers?: string[];
    /** Nobody waits for a channel's second: for tests that aren't about it. */
    unpaced?: boolean;
  } = {},
) {
  const database = await memoryDatabase();
  if (options.unpaced)
    await database.pool.query(`
      create function hygge.unpaced() returns trigger language plpgsql as
        $$ begin new.used_until := clock_timestamp(); return new; end $$;
      create trigger unpaced before insert or update on hygge.budgets
        for each row execute function hygge.unpaced()`);
  const brands = openBrands(path.join(import.meta.dirname, "../../brands"), testLog);
  const metrics = createMetrics();
  const corpus = corpusOf([]);
  const queue = await openQueue({ database, log: testLog, pace: { retryMs: 20 } });
  const hygge = createHygge({ database, queue, brands, brand: "hygge", corpus, metrics, log: testLog });
  const bots = new Set<{ stop(): Promise<void> }>();
  let number = 0;

  /** What main.ts starts for the bot role. */
  async function startBot() {
    const holder = `test-${process.pid}-${++number}`;
    const slack = await openSlack({
      config: {
        botToken: "xoxb-test-token",
        appToken: "xapp-test-token",
        apiUrl: peer.apiUrl,
        approverGroups: [],
        managerGroups: [],
        approverIds: [],
        ...options.config,
      },
      hygge,
      db: database.db,
      brands,
      brand: "hygge",
      roleOf: (id) =>
        roleOf(id, {
          approvers: options.approvers ?? [],
          managers: options.managers ?? [],
          admins: [],
          fallback: "requester",
        }),
      counts: queue.counts,
      dashboardLink: async (actor, target) =>
        `https://hygge.example/manage?who=${encodeURIComponent(actor.id)}${target ? `&draft=${target.draftId}` : ""}`,
      log: testLog,
    });
    // Not its start: that takes whoever writes for dead, and here the writer lives on.
    await reconcile({ database, queue, surfaces: ["slack"], log: testLog });
    const follower = startFollower({ database, queue, surface: "slack", log: testLog });
    const consumer = await queue.consume(
      "slack",
      createDeliverer({ database, chat: slack.chat, log: testLog, holder }),
    );
    const bot = {
      slack,
      async stop() {
        bots.delete(bot);
        await follower.stop();
        await consumer.close();
        await slack.close();
      },
    };
    bots.add(bot);
    return bot;
  }

  return {
    database,
    queue,
    hygge,
    startBot,
    /** Starts writing; what was asked for before then waits. */
    work: () =>
      queue.work(
        createWriter({
          database,
          queue,
          brands,
          corpus,
          model,
          metrics,
          log: testLog,
          worker: "test-worker",
        }),
      ),
    async close() {
      for (const bot of [...bots]) await bot.stop();
      await queue.close();
      brands.close();
      await database.close();
      await model.close();
    },
  };
}

/** The first truthy answer of `look`; fails after `ms`. */
export async function eventually<T>(
  look: () => Promise<T | undefined | false> | T | undefined | false,
  what: string,
  ms = 20_000,
): Promise<T> {
  const until = Date.now() + ms;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > until) throw new Error(`not within ${ms} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
