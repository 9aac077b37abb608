/**
 * Fetches a model file: the one place that talks to the network, and only when a person says so. Resumes what
 * broke off, checks length and sha256, and puts the file in place in one step.
 */
import { mkdir, open, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { HyggeError } from "#src/errors.ts";
import { hasQuant, readCard, rememberHash, sha256 } from "./open.ts";
import { localPath, type ModelUri, parseUri } from "./uri.ts";

export interface PullOptions {
  dataDir: string;
  /** Base of the Hugging Face API; default https://huggingface.co. */
  endpoint?: string;
  /** For repositories that ask for a login or a licence. */
  token?: string;
  /** Bytes so far and in all; `total` is absent if the server doesn't say. */
  onProgress?: (done: number, total: number | undefined) => void;
  signal?: AbortSignal;
  /** Pause before the second try; doubles with each. */
  retryMs?: number;
}

interface Source {
  uri: string;
  url: URL;
  target: string;
  /** Known beforehand for files in LFS, which GGUFs are. */
  sha256?: string;
  size?: number;
  headers: Record<string, string>;
}

const tries = 4;

/**
 * @returns the file's path
 * @throws HyggeError model_pull_failed {uri, reason}, model_pull_hash {uri, expected, actual}, model_corrupt,
 *   disk_full {dir}, data_unwritable {dir, reason}; the signal's reason when aborted
 */
export async function pullModel(text: string, options: PullOptions): Promise<string> {
  const uri = parseUri(text);
  const folder = path.join(options.dataDir, "models");
  const source = await locate(uri, folder, options);
  const { target } = source;
  await onDisk(source, () => mkdir(path.dirname(target), { recursive: true }));

  const there = await stat(target).catch(() => undefined);
  if (there !== undefined && (source.size === undefined || there.size === source.size)) {
    if (source.sha256 === undefined || (await sha256(target)) === source.sha256) return target;
  }
  const part = `${target}.part`;
  for (let attempt = 1; ; attempt++) {
    try {
      await download(source, part, options);
      break;
    } catch (error) {
      options.signal?.throwIfAborted();
      if (error instanceof HyggeError && !error.retryable) throw error;
      if (attempt === tries) throw error instanceof HyggeError ? error : failed(text, reasonOf(error), error);
      await sleep((options.retryMs ?? 500) * 2 ** (attempt - 1), undefined, { signal: options.signal });
    }
  }

  const actual = await sha256(part);
  if (source.sha256 !== undefined && actual !== source.sha256) {
    await rm(part, { force: true });
    await rm(`${part}.json`, { force: true });
    throw new HyggeError("model_pull_hash", { uri: text, expected: source.sha256, actual });
  }
  await onDisk(source, () => rename(part, target));
  await rm(`${part}.json`, { force: true });
  await rememberHash(target, options.dataDir, actual);
  try {
    // Reads the header: what isn't a whole GGUF is told now, not at the next start.
    await readCard(target, options.dataDir);
  } catch (error) {
    await rm(target, { force: true });
    throw error;
  }
  return target;
}

const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  // fetch says "fetch failed" and keeps what failed in the cause.
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
};
const failed = (uri: string, reason: string, cause?: unknown, retryable = false) =>
  new HyggeError("model_pull_failed", { uri, reason }, { cause, retryable });

async function onDisk<T>({ target }: Source, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    const dir = path.dirname(target);
    if (code === "ENOSPC" || code === "EDQUOT") throw new HyggeError("disk_full", { dir }, { cause: error });
    if (["EACCES", "EROFS", "EPERM", "ENOTDIR", "EEXIST"].includes(String(code)))
      throw new HyggeError("data_unwritable", { dir, reason: String(code) }, { cause: error });
    throw error;
  }
}

async function locate(uri: ModelUri, folder: string, options: PullOptions): Promise<Source> {
  const target = localPath(uri, folder);
  if (uri.kind === "url") return { uri: uri.text, url: uri.url, target, headers: {} };
  const base = (options.endpoint || "https://huggingface.co").replace(/\/+$/, "");
  const headers: Record<string, string> =
    options.token === undefined ? {} : { authorization: `Bearer ${options.token}` };
  const name = uri.kind === "file" ? uri.file : await findFile(uri, base, headers, options.signal);
  if (/-\d{5}-of-\d{5}\.gguf$/i.test(name))
    throw failed(uri.text, `${name} is split into several files, choose one that is whole`);
  const url = new URL(
    `${base}/${uri.repo}/resolve/main/${name.split("/").map(encodeURIComponent).join("/")}`,
  );
  const file = uri.kind === "file" ? target : path.join(target, ...name.split("/"));
  // The first answer, before the redirect to the storage, tells the file's hash and size.
  const answer = await ask(uri.text, url, {
    method: "HEAD",
    redirect: "manual",
    headers,
    signal: options.signal,
  });
  if (answer.status >= 400) throw refused(uri.text, answer);
  const etag = (answer.headers.get("x-linked-etag") ?? "").replace(/^(W\/)?"|"$/g, "");
  const size = Number(answer.headers.get("x-linked-size") ?? Number.NaN);
  return {
    uri: uri.text,
    url,
    target: file,
    headers,
    ...(/^[0-9a-f]{64}$/.test(etag) ? { sha256: etag } : {}),
    ...(Number.isFinite(size) ? { size } : {}),
  };
}

const listing = z.object({ siblings: z.array(z.object({ rfilename: z.string() })) });

async function findFile(
  uri: Extract<ModelUri, { kind: "quant" }>,
  base: string,
  headers: Record<string, string>,
  signal?: AbortSignal,
): Promise<string> {
  const answer = await ask(uri.text, new URL(`${base}/api/models/${uri.repo}`), { headers, signal });
  if (!answer.ok) throw refused(uri.text, answer);
  const parsed = listing.safeParse(await answer.json().catch(() => undefined));
  if (!parsed.success) throw failed(uri.text, "the server's list of files can't be read");
  const files = parsed.data.siblings.map((file) => file.rfilename).filter((file) => /\.gguf$/i.test(file));
  const found = files.find((file) => hasQuant(file, uri.quant));
  if (found !== undefined) return found;
  const there = files.length === 0 ? "no GGUF there" : `there is: ${files.slice(0, 20).join(", ")}`;
  throw failed(uri.text, `no file for ${uri.quant}; ${there}`);
}

async function ask(uri: string, url: URL, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    init.signal?.throwIfAborted();
    throw failed(uri, reasonOf(error), error, true);
  }
}

function refused(uri: string, { status, statusText }: Response): HyggeError {
  const reasons: Record<number, string> = {
    401: "login needed (HTTP 401): accept the licence on the model's page and set HF_TOKEN",
    403: "no access (HTTP 403): accept the licence on the model's page and set HF_TOKEN",
    404: "not found (HTTP 404): check the name",
  };
  const reason = reasons[status] ?? `HTTP ${status} ${statusText}`.trim();
  return failed(uri, reason, undefined, status === 429 || status >= 500);
}

const stateSchema = z.object({ url: z.string(), validator: z.string() });

async function download(source: Source, part: string, { onProgress, signal }: PullOptions): Promise<void> {
  // A rest is only continued from the same version of the same file.
  const state = await readFile(`${part}.json`, "utf8").then(
    (text) => stateSchema.safeParse(JSON.parse(text)).data,
    () => undefined,
  );
  const have = state?.url === source.url.href ? ((await stat(part).catch(() => undefined))?.size ?? 0) : 0;
  if (have > 0 && have === source.size) return;
  const resume: Record<string, string> =
    have > 0 && state !== undefined ? { range: `bytes=${have}-`, "if-range": state.validator } : {};
  const headers = { ...source.headers, ...resume, "accept-encoding": "identity" };
  const answer = await ask(source.uri, source.url, { headers, signal });
  if (answer.status === 416) {
    await rm(part, { force: true });
    throw failed(source.uri, "the rest that was here fits no more", undefined, true);
  }
  if (!answer.ok || answer.body === null) throw refused(source.uri, answer);
  const start = answer.status === 206 ? have : 0;
  const length = Number(answer.headers.get("content-length") ?? Number.NaN);
  const total = source.size ?? (Number.isFinite(length) ? start + length : undefined);
  const validator = answer.headers.get("etag") ?? answer.headers.get("last-modified");
  if (validator !== null && !validator.startsWith("W/")) {
    const text = JSON.stringify({ url: source.url.href, validator });
    await onDisk(source, () => writeFile(`${part}.json`, text));
  } else await rm(`${part}.json`, { force: true });

  let done = start;
  onProgress?.(done, total);
  const { body } = answer;
  await onDisk(source, async () => {
    // Written piece by piece: a pipeline would drop what it has in hand when the connection breaks.
    const file = await open(part, start > 0 ? "a" : "w");
    try {
      for await (const piece of body) {
        await file.writeFile(piece);
        done += piece.length;
        onProgress?.(done, total);
      }
    } finally {
      await file.close();
    }
  });
  if (total !== undefined && done < total)
    throw failed(source.uri, `the connection broke after ${done} of ${total} bytes`, undefined, true);
  if (total !== undefined && done > total) {
    await rm(part, { force: true });
    throw failed(source.uri, `${done} bytes came, ${total} were announced`);
  }
}
