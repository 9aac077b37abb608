/**
 * Where the CLI finds Hygge: the server that owns the data folder, if one lives; else it opens everything in
 * this process, on a free port of loopback, so that every command has one way to ask.
 */
import { userInfo } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import type { Locale } from "#src/chat.ts";
import { type Config, type ProcessRole, readConfig } from "#src/config.ts";
import { HyggeError } from "#src/errors.ts";
import { localSecret } from "#src/local.ts";
import { holder } from "#src/store/lock.ts";
import { type Api, connectApi, ServerGone } from "./api.ts";

export interface House {
  /** Tries `ask` against whoever owns the folder, and again when that server goes away meanwhile. `ask` must bear being repeated. */
  ask<T>(ask: (api: Api) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export interface HouseOptions {
  env: NodeJS.ProcessEnv;
  locale: Locale;
  /** Roles to run where no server does: reading needs no worker, hence no model. */
  roles: ProcessRole[];
  verbose?: boolean;
}

interface Place {
  api: Api;
  close(): Promise<void>;
}

/** A server that starts, stops or restarts on a slow machine needs so long; after that it is gone for good. */
const patienceMs = 60_000;
const pauseMs = 100;

export async function openHouse(options: HouseOptions): Promise<House> {
  let place: Promise<Place> | undefined = findPlace(options);
  await place;
  return {
    async ask(ask) {
      let lost: number | undefined;
      for (;;) {
        place ??= findPlace(options);
        const current = place;
        const began = performance.now();
        try {
          return await ask((await current).api);
        } catch (error) {
          if (!(error instanceof ServerGone)) throw error;
          // A connection that held for a while begins a new story.
          if (lost === undefined || performance.now() - began > 1_000) lost = performance.now();
          if (performance.now() - lost > patienceMs) throw error;
          await sleep(pauseMs);
          if (place === current) {
            place = undefined;
            await (await current).close().catch(() => {});
          }
        }
      }
    },
    close: async () => {
      await (await place)?.close();
    },
  };
}

async function findPlace(options: HouseOptions): Promise<Place> {
  const read = readConfig(options.env);
  const began = performance.now();
  for (;;) {
    const patient = performance.now() - began < patienceMs;
    const owner = read.databaseUrl ? null : await holder(read.dataDir);
    if (owner?.address)
      return { api: await api(owner.address, read.dataDir, options), close: async () => {} };
    // It holds the folder and is still starting: soon it will say where.
    if (owner && patient) {
      await sleep(pauseMs);
      continue;
    }
    try {
      return await openHere(read, options);
    } catch (error) {
      // Somebody else was quicker.
      const taken = error instanceof HyggeError && error.code === "data_locked";
      if (!taken || !patient) throw error;
      await sleep(pauseMs);
    }
  }
}

/** The server that owns the data folder, if one lives. */
export async function connectHolder(
  config: Config,
  env: NodeJS.ProcessEnv,
  locale: Locale,
): Promise<Api | undefined> {
  const owner = await holder(config.dataDir);
  return owner?.address ? api(owner.address, config.dataDir, { env, locale }) : undefined;
}

async function openHere(read: Config, options: HouseOptions): Promise<Place> {
  const { start } = await import("#src/main.ts");
  const quiet = options.env.LOG_LEVEL === undefined && !options.verbose;
  const { publicUrl: _, healthPort: __, ...config } = read;
  const running = await start({
    ...config,
    host: "127.0.0.1",
    port: 0,
    processRoles: options.roles,
    ...(quiet ? { logLevel: "error" } : {}),
  });
  if (running.url === undefined) throw new Error("the web role has no address");
  return { api: await api(running.url, config.dataDir, options), close: () => running.close() };
}

async function api(
  address: string,
  dataDir: string,
  options: Pick<HouseOptions, "env" | "locale">,
): Promise<Api> {
  return connectApi(address, await localSecret(dataDir), personName(options.env), options.locale);
}

function personName(env: NodeJS.ProcessEnv): string {
  try {
    return userInfo().username;
  } catch {
    // In a container the uid may have no name.
    return env.USER || env.USERNAME || "cli";
  }
}
