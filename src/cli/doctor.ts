/** `hygge doctor`: what a start needs, one line each, and what to do where it is missing. */
import { mkdir, rm, statfs, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import path from "node:path";
import { type Config, readConfig } from "#src/config.ts";
import { HyggeError } from "#src/errors.ts";
import { openLog } from "#src/log.ts";
import { message } from "#src/messages.ts";
import { databaseError } from "#src/store/errors.ts";
import { holder } from "#src/store/lock.ts";
import type { Bots } from "./bots.ts";
import { size } from "./data.ts";
import { exits } from "./exit.ts";
import { type Io, print } from "./io.ts";
import type { Models } from "./model.ts";

type Check = { ok: true; text: string } | { ok: false; text: string };
const good = (text: string): Check => ({ ok: true, text });
const bad = (text: string): Check => ({ ok: false, text });

export async function doctor(
  io: Io,
  models: Models,
  bots: () => Promise<Bots>,
  options: { discordChannel?: string } = {},
): Promise<number> {
  const t = io.text.doctor;
  const checks: Check[] = [];
  const add = async (what: () => Promise<Check>) => {
    const check = await what().catch((error: unknown) => bad(sentence(io, error)));
    checks.push(check);
    await print(io.out, `${check.ok ? "✓" : "✗"} ${check.text.replaceAll("\n", "\n  ")}\n`);
  };

  await add(async () =>
    nodeIsNew() ? good(t.node(process.versions.node)) : bad(t.nodeOld(process.versions.node)),
  );
  let config: Config | undefined;
  await add(async () => {
    config = readConfig(io.env);
    return good(t.config);
  });
  if (config) {
    const { dataDir, model, databaseUrl, redisUrl, port, host } = config;
    await add(async () => {
      await tryWriting(dataDir);
      return good(t.dataDir(dataDir));
    });
    await add(async () => {
      const { bavail, bsize } = await statfs(dataDir);
      const free = bavail * bsize;
      return free < 500e6 ? bad(t.diskLow(size(free))) : good(t.disk(size(free)));
    });
    await add(async () => {
      const free = process.availableMemory();
      return free < 900e6 ? bad(t.memoryLow(size(free))) : good(t.memory(size(free)));
    });
    await add(async () => {
      const file = await models.findModel(model, dataDir);
      const card = await models.readCard(file, dataDir, openLog("error"));
      return good(t.model(`${card.name} ${card.version}, ${card.quant}: ${file}`));
    });
    if (databaseUrl) await add(async () => good(t.database(await askPostgres(databaseUrl))));
    if (redisUrl) await add(async () => good(t.queue(await askRedis(redisUrl))));
    await add(async () => {
      const owner = databaseUrl ? null : await holder(dataDir);
      if (owner?.address) {
        const alive = await fetch(`${owner.address}/healthz`, { signal: AbortSignal.timeout(5_000) }).then(
          (response) => response.ok,
          () => false,
        );
        return alive ? good(t.server(owner.address)) : bad(t.serverSilent(owner.address));
      }
      if (owner) return good(t.server(`pid ${owner.pid}`));
      if (port !== 0) await tryPort(port, host);
      return good(t.noServer);
    });
    if (config.slack) {
      const { checkSlack } = await bots();
      for await (const found of checkSlack(config.slack, io.locale)) await add(async () => found);
    }
    if (config.discord) {
      const { checkDiscord } = await bots();
      for await (const found of checkDiscord(config.discord, io.locale, options.discordChannel))
        await add(async () => found);
    }
  }
  const problems = checks.filter((check) => !check.ok).length;
  await print(io.out, `${problems === 0 ? t.ok : t.problems(problems)}\n`);
  return problems === 0 ? exits.ok : exits.failed;
}

function sentence(io: Io, error: unknown): string {
  if (error instanceof HyggeError) return message(io.locale, error.code, error.details);
  return error instanceof Error ? error.message : String(error);
}

function nodeIsNew(): boolean {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  return major > 20 || (major === 20 && minor >= 19);
}

async function tryWriting(dataDir: string): Promise<void> {
  const file = path.join(dataDir, `doctor.${process.pid}`);
  try {
    await mkdir(dataDir, { recursive: true });
    await writeFile(file, "").finally(() => rm(file, { force: true }));
  } catch (error) {
    throw databaseError(error, dataDir);
  }
}

async function askPostgres(url: string): Promise<string> {
  const { default: pg } = await import("pg");
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  try {
    await client.connect();
    const { rows } = await client.query<{ version: string }>("show server_version");
    return `PostgreSQL ${rows[0]?.version ?? ""}`;
  } catch (error) {
    throw databaseError(error, "DATABASE_URL");
  } finally {
    await client.end().catch(() => {});
  }
}

async function askRedis(url: string): Promise<string> {
  const { Redis } = await import("ioredis");
  const redis = new Redis(url, { lazyConnect: true, retryStrategy: () => null, connectTimeout: 5_000 });
  // The promises below tell.
  redis.on("error", () => {});
  try {
    await redis.connect();
    const [, policy = ""] = (await redis.config("GET", "maxmemory-policy")) as string[];
    if (policy !== "noeviction")
      throw new HyggeError("config_invalid", {
        problems: `Redis: maxmemory-policy is ${policy}: set it to noeviction`,
      });
    const [, aof = ""] = (await redis.config("GET", "appendonly")) as string[];
    return aof === "yes" ? "Redis" : "Redis (appendonly no: set it to yes)";
  } catch (error) {
    if (error instanceof HyggeError) throw error;
    throw new HyggeError("queue_down", {}, { cause: error });
  } finally {
    redis.disconnect();
  }
}

async function tryPort(port: number, host: string): Promise<void> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once("error", (error: NodeJS.ErrnoException) =>
      reject(error.code === "EADDRINUSE" ? new HyggeError("port_in_use", { port }) : error),
    );
    probe.listen(port, host, () => probe.close(() => resolve()));
  });
}
