/**
 * One process owns a data folder. A pid proves nothing (in a container it is the same after kill -9), so each
 * contender listens on a socket of its own in `lock/` and the kernel says who lives: a connection that is
 * refused comes from the dead, and is taken over at once.
 *
 * Protocol: put up your own entry, then look at all others. A living one that holds the folder wins; two that
 * are both still asking step back and try again after a random pause. Entries have unique names, so nobody can
 * remove a living one by mistake.
 */
import { randomBytes } from "node:crypto";
import { open, readdir, readFile, rename, rm, stat, utimes } from "node:fs/promises";
import net from "node:net";
import path from "node:path";
import { z } from "zod";
import { HyggeError } from "#src/errors.ts";
import { databaseError, makeFolder } from "./errors.ts";

export interface Lock {
  /** Tells later comers where the owner's HTTP API is. */
  setAddress(url: string): Promise<void>;
  release(): Promise<void>;
}

export interface Holder {
  address?: string;
  pid: number;
  /** ISO 8601. */
  startedAt: string;
}

const entrySchema = z.object({
  pid: z.number(),
  startedAt: z.string(),
  held: z.boolean(),
  address: z.string().optional(),
  /** Socket or pipe whose listener proves life; absent where the folder can't hold one: then the file is touched. */
  endpoint: z.string().optional(),
});
type Entry = z.infer<typeof entrySchema>;

// Without a socket, life is a touched file; long enough for a busy or swapping machine.
const beatMs = 2_000;
const staleMs = 10_000;

/**
 * Takes the folder, creating it if missing, or throws at once.
 * @throws HyggeError data_locked {dir, address}, data_unwritable {dir, reason}, disk_full {dir}
 */
export async function lockDataDir(dir: string): Promise<Lock> {
  try {
    await makeFolder(dir);
    await makeFolder(path.join(dir, "lock"));
    for (let tries = 0; ; tries++) {
      const lock = await contend(dir);
      if (!("other" in lock)) return lock;
      if (lock.other.held || tries > 20)
        throw new HyggeError("data_locked", { dir, address: lock.other.address ?? `pid ${lock.other.pid}` });
      await new Promise((resolve) => setTimeout(resolve, 20 + Math.random() * 80));
    }
  } catch (error) {
    throw databaseError(error, dir);
  }
}

/** Who owns the folder right now; null: nobody alive. @throws HyggeError data_unwritable */
export async function holder(dir: string): Promise<Holder | null> {
  const files = await entries(dir).catch((error: unknown) => {
    throw databaseError(error, dir);
  });
  for (const file of files) {
    const entry = await alive(file);
    if (entry?.held) {
      const { pid, startedAt, address } = entry;
      return { pid, startedAt, ...(address ? { address } : {}) };
    }
  }
  return null;
}

async function contend(dir: string): Promise<Lock | { other: Entry }> {
  const name = randomBytes(8).toString("hex");
  const file = path.join(dir, "lock", `${name}.json`);
  const server = await listen(dir, name);
  const entry: Entry = {
    pid: process.pid,
    startedAt: new Date().toISOString(),
    held: false,
    ...(server ? { endpoint: server.endpoint } : {}),
  };
  // Renamed into place, so that nobody reads half of it; synced, so that a full disk says so now.
  const write = async () => {
    const handle = await open(`${file}.new`, "w");
    await handle.writeFile(JSON.stringify(entry)).finally(() => handle.close());
    await rename(`${file}.new`, file);
  };
  const beat = server
    ? undefined
    : setInterval(() => void utimes(file, new Date(), new Date()).catch(() => {}), beatMs).unref();
  const release = async () => {
    clearInterval(beat);
    await rm(file, { force: true });
    await rm(`${file}.new`, { force: true });
    await server?.close();
  };
  try {
    await write();
    for (const other of await entries(dir)) {
      if (other === file) continue;
      const living = await alive(other);
      if (living) {
        await release();
        return { other: living };
      }
      await bury(other);
    }
    entry.held = true;
    await write();
  } catch (error) {
    await release().catch(() => {});
    throw error;
  }
  return {
    setAddress: async (url) => {
      entry.address = url;
      await write();
    },
    release,
  };
}

async function entries(dir: string): Promise<string[]> {
  const names = await readdir(path.join(dir, "lock")).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return [];
    throw error;
  });
  return names.filter((name) => name.endsWith(".json")).map((name) => path.join(dir, "lock", name));
}

/** The entry if its process lives. */
async function alive(file: string): Promise<Entry | undefined> {
  let text: string;
  let touched: number;
  try {
    text = await readFile(file, "utf8");
    touched = (await stat(file)).mtimeMs;
  } catch {
    return undefined;
  }
  const parsed = entrySchema.safeParse(json(text));
  if (!parsed.success) return undefined;
  const entry = parsed.data;
  if (entry.endpoint === undefined) return Date.now() - touched < staleMs ? entry : undefined;
  return (await answers(reachable(file, entry.endpoint))) ? entry : undefined;
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function bury(file: string): Promise<void> {
  for (const dead of [file, `${file}.new`, file.replace(/json$/, "sock")]) await rm(dead, { force: true });
}

/** Whether somebody listens. A stopped process counts: the kernel accepts for it. */
function answers(endpoint: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(endpoint);
    const end = (result: boolean) => {
      socket.destroy();
      resolve(result);
    };
    socket.setTimeout(2_000, () => end(true));
    socket.once("connect", () => end(true));
    socket.once("error", (error: NodeJS.ErrnoException) =>
      // Refused or gone: dead. Anything else (another user's socket) is no proof of death.
      end(error.code !== "ECONNREFUSED" && error.code !== "ENOENT"),
    );
  });
}

/** A relative endpoint is a socket beside the entry; an absolute one is a Windows pipe. */
function reachable(file: string, endpoint: string): string {
  return endpoint.startsWith("\\\\") ? endpoint : short(path.join(path.dirname(file), endpoint));
}

// Addresses of Unix sockets hold about a hundred bytes; from the working directory most paths are shorter.
function short(socketPath: string): string {
  const relative = path.relative(process.cwd(), socketPath);
  return relative.length < socketPath.length ? relative : socketPath;
}

async function listen(
  dir: string,
  name: string,
): Promise<{ endpoint: string; close(): Promise<void> } | undefined> {
  const windows = process.platform === "win32";
  const endpoint = windows ? `\\\\.\\pipe\\hygge-${name}` : `${name}.sock`;
  const socketPath = windows ? endpoint : short(path.join(dir, "lock", endpoint));
  // Node cuts a longer one off silently.
  if (!windows && Buffer.byteLength(socketPath) > 100) return undefined;
  const server = net.createServer((socket) => socket.destroy());
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      // Some mounted folders hold no sockets; an unwritable one is told by the entry's own write.
      if (error.code === "ENOSPC") reject(error);
      else resolve(undefined);
    });
    server.listen(socketPath, () => {
      server.unref();
      resolve({
        endpoint,
        // Node removes the socket's file.
        close: () => new Promise((closed) => server.close(() => closed())),
      });
    });
  });
}
