/** Wires the rooms: the only file besides cli.ts that knows them all. Opens in order, closes in reverse. */
import { randomUUID } from "node:crypto";
import path from "node:path";
import { openWeb } from "#bots/web/server.ts";
import { openModel } from "#models/open.ts";
import { openTexts } from "#models/texts.ts";
import { openQueue } from "#queue/open.ts";
import { openBrands } from "#src/brand.ts";
import type { Chat } from "#src/chat.ts";
import type { Config } from "#src/config.ts";
import { pseudonym } from "#src/dataset/add.ts";
import type { HyggeError } from "#src/errors.ts";
import { createDeliverer } from "#src/flow/deliver.ts";
import { startFollower } from "#src/flow/follow.ts";
import { createHygge } from "#src/flow/hygge.ts";
import { createMetrics } from "#src/flow/metrics.ts";
import { startReconciler } from "#src/flow/reconcile.ts";
import { createWriter } from "#src/flow/work.ts";
import { createGrammar } from "#src/grammar.ts";
import { isReady, openHealth } from "#src/health.ts";
import type { Hygge } from "#src/hygge.ts";
import { localSecret } from "#src/local.ts";
import { type Logger, openLog } from "#src/log.ts";
import { keepRetention } from "#src/manage/erase.ts";
import { createCatchUp } from "#src/manage/facts/catch-up.ts";
import { createLogin, dashboardLinks } from "#src/manage/login.ts";
import { createManage } from "#src/manage/manage.ts";
import { layeredBrands } from "#src/manage/rules.ts";
import { roleOf } from "#src/may.ts";
import { approvedCopy } from "#src/store/approved.ts";
import { backup } from "#src/store/backup.ts";
import { lockDataDir } from "#src/store/lock.ts";
import { openDatabase } from "#src/store/open.ts";

export interface Running {
  /** Address of the page, where the web role runs here. */
  url?: string;
  hygge: Hygge;
  /** Rejects when the process can't do its only work any more: a bot whose platform has shut it out. */
  failed: Promise<never>;
  /** Finishes what is at work, then closes everything; idempotent. */
  close(): Promise<void>;
}

/** Where training data that came from the store may lie, besides the data folder. */
const trainingData = path.join(import.meta.dirname, "../training/data");

/**
 * Starts the roles of `config.processRoles` in this process. `chats` are surfaces that the caller serves itself
 * (the command line).
 * @throws HyggeError data_locked, data_unwritable, disk_full, database_down, queue_down, model_missing,
 * model_corrupt, brand_invalid, port_in_use
 */
export async function start(
  config: Config,
  options: { log?: Logger; chats?: Chat[] } = {},
): Promise<Running> {
  const log = options.log ?? openLog(config.logLevel);
  const me = `${process.pid}-${randomUUID().slice(0, 8)}`;
  const has = (role: Config["processRoles"][number]) => config.processRoles.includes(role);
  const opened: { close(): Promise<unknown> }[] = [];
  const keep = <T extends { close(): Promise<unknown> }>(thing: T): T => {
    opened.push(thing);
    return thing;
  };
  let fail: (error: HyggeError) => void = () => {};
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  failed.catch(() => {});
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= (async () => {
      for (const thing of opened.reverse())
        await thing.close().catch((err) => log.warn({ err }, "not closed cleanly"));
    })();
    return closing;
  };

  try {
    const lock = config.databaseUrl === undefined ? await lockDataDir(config.dataDir) : undefined;
    if (lock) keep({ close: () => lock.release() });
    const files = openBrands(config.brandsDir, log);
    keep({ close: async () => files.close() });
    const [database, model, corpus] = await together(
      openDatabase({ dataDir: config.dataDir, databaseUrl: config.databaseUrl, log }).then(keep),
      has("worker")
        ? openModel({ model: config.model, dataDir: config.dataDir, threads: config.threads, log }).then(keep)
        : undefined,
      openTexts({ model: config.model, dataDir: config.dataDir }),
    );
    const brands = await layeredBrands(files, database.db, log);
    keep({ close: async () => brands.close() });
    const queue = keep(
      await openQueue({ redisUrl: config.redisUrl, databaseUrl: config.databaseUrl, database, log }),
    );
    const metrics = createMetrics();
    metrics.watch(queue.counts, model);
    const grammar =
      config.languageToolUrl === undefined ? undefined : createGrammar({ url: config.languageToolUrl, log });
    if (grammar) keep({ close: async () => grammar.close() });
    const hygge = createHygge({
      database,
      queue,
      brands,
      brand: config.brand,
      corpus,
      ...(grammar ? { grammar } : {}),
      metrics,
      log,
    });

    const bots: Record<string, { health(): { up: boolean } }> = {};
    const status = async () => ({
      database: database.kind,
      queue: { kind: queue.kind, ...(await queue.ping()) },
      jobs: await queue.counts().catch(() => undefined),
      model: model && { ...model.health(), name: model.card.name, version: model.card.version },
      chats: Object.fromEntries(Object.entries(bots).map(([name, bot]) => [name, bot.health()])),
    });

    const chats = [...(options.chats ?? [])];
    let url: string | undefined;
    const login = createLogin({ db: database.db, roleOf: (personId) => roleOf(personId, config.roles) });
    const dashboardLink = dashboardLinks(
      login,
      () => config.publicUrl ?? url ?? `http://${config.host}:${config.port}`,
    );
    const forBots = {
      hygge,
      db: database.db,
      brands,
      brand: config.brand,
      dashboardLink,
      roleOf: (personId: string) =>
        roleOf(personId, { ...config.roles, fallback: config.roles.chatFallback }),
      status: async () => {
        const now = await status();
        return { ok: isReady(now), waiting: (now.jobs?.waiting ?? 0) + (now.jobs?.active ?? 0) };
      },
      log,
      // Other roles of this process go on; what is red in /readyz says why.
      onFatal: (error: HyggeError) => {
        if (config.processRoles.every((role) => role === "bot")) fail(error);
      },
    };
    if (has("web")) {
      const web = keep(
        await openWeb({
          hygge,
          config,
          brands,
          metrics: metrics.registry,
          log,
          roleOf: (personId) => roleOf(personId, config.roles),
          status,
          backup: (file) => backup(database, file),
          approved: (brand) => approvedCopy(database.db, brand),
          manage: createManage({
            database,
            brands,
            login,
            catchUp: keep(createCatchUp(database, log)),
            timeZone: config.timeZone,
            dataDir: config.dataDir,
            folders: [trainingData],
            purgeQueue: queue.purge,
            alias: async (personId) => pseudonym(personId, await localSecret(config.dataDir)),
            log,
          }),
        }),
      );
      chats.push(web.chat);
      url = web.url;
      await lock?.setAddress(url);
    }

    if (has("bot") && config.discord) {
      // The platforms' SDKs are loaded only where they are used.
      const { openDiscord } = await import("#bots/discord/server.ts");
      const discord = keep(await openDiscord({ ...forBots, config: config.discord }));
      bots.discord = discord;
      chats.push(discord.chat);
    }

    if (has("bot") && config.slack) {
      const { openSlack } = await import("#bots/slack/server.ts");
      const slack = keep(
        await openSlack({
          ...forBots,
          config: { ...config.slack, approverIds: config.roles.approvers },
          counts: queue.counts,
        }),
      );
      bots.slack = slack;
      chats.push(slack.chat);
    }

    const reconciler = await startReconciler({
      database,
      queue,
      surfaces: chats.map((chat) => chat.surface),
      log,
    });
    keep({ close: () => reconciler.stop() });
    for (const chat of chats) {
      // Before the chats and the database are closed, what is being posted is finished.
      keep(await queue.consume(chat.surface, createDeliverer({ database, chat, log, holder: me })));
      if (chat.update) keep(startFollowing({ database, queue, surface: chat.surface, log }));
    }
    if (model)
      await queue.work(createWriter({ database, queue, brands, corpus, model, metrics, log, worker: me }));
    if (config.retentionDays !== undefined) keep(keepRetention(database, config.retentionDays, log));
    if (config.healthPort !== undefined) {
      keep(
        await openHealth({ host: config.host, port: config.healthPort, status, metrics: metrics.registry }),
      );
    }
    return { ...(url ? { url } : {}), hygge, failed, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function startFollowing(deps: Parameters<typeof startFollower>[0]): { close(): Promise<void> } {
  const follower = startFollower(deps);
  return { close: () => follower.stop() };
}

/** Like Promise.all, but waits for all of them before it rejects, so that what opened can be closed. */
async function together<T extends readonly unknown[]>(
  ...promises: T
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}
