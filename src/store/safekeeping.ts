/** The embedded database's own backups: one a day and one before each migration, in `backups/` of the folder. */
import { mkdir, readdir, rm } from "node:fs/promises";
import path from "node:path";
import type { Logger } from "#src/log.ts";
import { backup, check } from "./backup.ts";
import type { Database } from "./database.ts";

const kept = 5;
const day = 24 * 60 * 60_000;

const folder = (dataDir: string) => path.join(dataDir, "backups");

/** Files of automatic backups, newest first; the time of each is in its name. */
async function files(dataDir: string): Promise<{ file: string; at: number }[]> {
  const names = await readdir(folder(dataDir)).catch(() => []);
  return names
    .flatMap((name) => {
      const at = /^auto-(\d+)\.gz$/.exec(name)?.[1];
      return at === undefined ? [] : [{ file: path.join(folder(dataDir), name), at: Number(at) }];
    })
    .sort((a, b) => b.at - a.at);
}

/** Takes a backup now and forgets all but the newest few. */
export async function keepOne(database: Database, dataDir: string): Promise<string> {
  await mkdir(folder(dataDir), { recursive: true });
  const file = path.join(folder(dataDir), `auto-${Date.now()}.gz`);
  await backup(database, file);
  for (const old of (await files(dataDir)).slice(kept)) await rm(old.file, { force: true });
  return file;
}

/** Forgets all automatic backups, as what they hold must not come back. Returns the files. */
export async function removeBackups(dataDir: string): Promise<string[]> {
  const all = await files(dataDir);
  for (const { file } of all) await rm(file, { force: true });
  return all.map(({ file }) => file);
}

/** The newest automatic backup that is whole. */
export async function newestGood(dataDir: string): Promise<string | undefined> {
  for (const { file } of await files(dataDir))
    if (
      await check(file).then(
        () => true,
        () => false,
      )
    )
      return file;
  return undefined;
}

/** Takes one a day for as long as the database is open, the first a minute after the start. */
export function keepDaily(database: Database, dataDir: string, log: Logger): { stop(): void } {
  const run = async () => {
    try {
      const newest = (await files(dataDir))[0];
      if (newest && Date.now() - newest.at < day) return;
      const { rows } = await database.pool.query<{ some: boolean }>(
        "select exists (select from hygge.briefs) as some",
      );
      if (rows[0]?.some) log.info({ file: await keepOne(database, dataDir) }, "backup taken");
    } catch (error) {
      log.warn({ err: error }, "no backup could be taken");
    }
  };
  const first = setTimeout(run, 60_000).unref();
  const hourly = setInterval(run, 60 * 60_000).unref();
  return {
    stop: () => {
      clearTimeout(first);
      clearInterval(hourly);
    },
  };
}
