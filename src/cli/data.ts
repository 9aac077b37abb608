/** `hygge backup`, `hygge restore` and `hygge move`: everything that is stored, in one piece. */
import { constants, createWriteStream } from "node:fs";
import { access, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import { type Config, readConfig } from "#src/config.ts";
import { HyggeError } from "#src/errors.ts";
import { openLog } from "#src/log.ts";
import {
  check,
  move as copy,
  type Progress,
  restore as readBackup,
  backup as writeBackup,
} from "#src/store/backup.ts";
import { holder, lockDataDir } from "#src/store/lock.ts";
import { type Database, openDatabase } from "#src/store/open.ts";
import { CliError, exits } from "./exit.ts";
import { connectHolder } from "./house.ts";
import { footer, type Io, print, progressLine } from "./io.ts";

export async function backup(io: Io, target: string | undefined): Promise<number> {
  const config = readConfig(io.env);
  const file = path.resolve(
    target ?? `hygge-${new Date().toISOString().slice(0, 19).replace(/[T:]/g, "-")}.backup`,
  );
  await access(path.dirname(file), constants.W_OK).catch((error: NodeJS.ErrnoException) => {
    throw new CliError(io.text.unwritable(file, error.code ?? ""), exits.usage, error);
  });
  const server = config.databaseUrl ? undefined : await connectHolder(config, io.env, io.locale);
  const bytes = server
    ? await download(io, await server.raw("GET", "/api/backup"), file)
    : await withDatabase(config, (database) =>
        progressing(io, async (onProgress) => (await writeBackup(database, file, onProgress)).bytes),
      );
  await print(io.err, `${io.text.backedUp(file, size(bytes))}\n`);
  return exits.ok;
}

export async function restore(io: Io, file: string, options: { force?: boolean }): Promise<number> {
  const config = readConfig(io.env);
  await check(file);
  await refuseWhileServed(io, config);
  const { rows } = await withDatabase(config, (database) =>
    progressing(io, (onProgress) => readBackup(database, file, { ...options, onProgress })),
  );
  await print(io.err, `${io.text.restored(rows)}\n`);
  return exits.ok;
}

export async function move(io: Io, options: { to: string; force?: boolean }): Promise<number> {
  const config = readConfig(io.env);
  if (config.databaseUrl) throw new CliError(io.text.moveNeedsEmbedded, exits.usage);
  // The same rules and words as for the variable that will hold it.
  const { databaseUrl } = readConfig({ ...io.env, DATABASE_URL: options.to });
  if (databaseUrl === undefined) throw new HyggeError("config_invalid", { problems: "--to: postgres://…" });
  await refuseWhileServed(io, config);
  const { rows, place } = await withDatabase(config, (from) =>
    withDatabase({ ...config, databaseUrl }, async (to) => ({
      ...(await progressing(io, (onProgress) =>
        copy(from, to, { ...(options.force ? { force: true } : {}), onProgress }),
      )),
      place: to.place,
    })),
  );
  await print(io.err, `${io.text.moved(rows, place)}\n`);
  return exits.ok;
}

async function refuseWhileServed(io: Io, config: Config): Promise<void> {
  const owner = config.databaseUrl ? null : await holder(config.dataDir);
  if (owner) throw new CliError(io.text.stopFirst(owner.address ?? `pid ${owner.pid}`), exits.unavailable);
}

export async function withDatabase<T>(config: Config, use: (database: Database) => Promise<T>): Promise<T> {
  const log = openLog("error");
  const lock = config.databaseUrl ? undefined : await lockDataDir(config.dataDir);
  try {
    const database = await openDatabase({
      dataDir: config.dataDir,
      ...(config.databaseUrl ? { databaseUrl: config.databaseUrl } : {}),
      log,
    });
    try {
      return await use(database);
    } finally {
      await database.close();
    }
  } finally {
    await lock?.release();
  }
}

async function progressing<T>(io: Io, work: (onProgress: Progress) => Promise<T>): Promise<T> {
  const foot = footer(io);
  const started = performance.now();
  let drawn = started;
  try {
    return await work((done, total) => {
      if (performance.now() - drawn < 100) return;
      drawn = performance.now();
      foot.draw([progressLine(io, done, total, started)]);
    });
  } finally {
    foot.clear();
  }
}

async function download(io: Io, response: Response, file: string): Promise<number> {
  const part = `${file}.part`;
  try {
    // fetch's and Node's types of the same stream.
    await pipeline(Readable.fromWeb(response.body as ReadableStream), createWriteStream(part), {
      signal: io.signal,
    });
    // A server that died in the middle ends the stream, too.
    await check(part);
    await rename(part, file);
    return (await stat(file)).size;
  } catch (error) {
    await rm(part, { force: true });
    if (error instanceof Error && "code" in error && /^E[A-Z]+$/.test(String(error.code)))
      throw new CliError(io.text.unwritable(file, String(error.code)), exits.unavailable, error);
    throw error;
  }
}

/** "12,3 MB" as people read it, in steps of 1000. */
export function size(bytes: number): string {
  if (bytes < 1e6) return `${Math.ceil(bytes / 1e3)} kB`;
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}
