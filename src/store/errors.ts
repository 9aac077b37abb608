import { mkdir } from "node:fs/promises";
import { HyggeError } from "#src/errors.ts";

const connectionCodes = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ENOTFOUND",
  "EAI_AGAIN",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "57P01", // admin_shutdown
  "57P02", // crash_shutdown
  "57P03", // cannot_connect_now
  "53300", // too_many_connections
]);
const connectionMessages =
  /Connection terminated|timeout exceeded when trying to connect|timeout expired|Client was closed|not queryable|Cannot use a pool after/;

/**
 * What went wrong with the database or its folder, for people: database_down (retryable), disk_full,
 * data_unwritable. Looks through wrapped causes (Drizzle wraps what the driver throws); anything else is
 * returned as it is. `place` is the data folder or the server, as the message names it.
 */
export function databaseError(error: unknown, place: string): unknown {
  for (let e = error, depth = 0; e instanceof Error && depth < 5; e = e.cause, depth++) {
    if (e instanceof HyggeError) return e;
    const code = "code" in e && typeof e.code === "string" ? e.code : "";
    const log = "log" in e && typeof e.log === "string" ? e.log : "";
    if (code === "ENOSPC" || code === "EDQUOT" || code === "53100" || /No space left|Disc quota/i.test(log))
      return new HyggeError("disk_full", { dir: place }, { retryable: true, cause: error });
    // Node reports a recursive mkdir on a read-only file system as ENOENT.
    const noFolder = code === "ENOENT" && "syscall" in e && e.syscall === "mkdir";
    if (noFolder || code === "EACCES" || code === "EROFS" || code === "EPERM" || code === "ENOTDIR")
      return new HyggeError("data_unwritable", { dir: place, reason: code }, { cause: error });
    if (e.name === "PgliteDied" || connectionCodes.has(code) || connectionMessages.test(e.message))
      return new HyggeError("database_down", {}, { retryable: true, cause: error });
  }
  return error;
}

/** mkdir -p that names the reason where it can: Node's own says ENOENT of a read-only file system. */
export async function makeFolder(dir: string): Promise<void> {
  try {
    await mkdir(dir);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT") await mkdir(dir, { recursive: true });
    else if (code !== "EEXIST") throw error;
  }
}
