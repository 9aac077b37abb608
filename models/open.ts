/** From a model's name to a running model: found, checked, started. Nothing is fetched here (pull.ts does). */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, readdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Logger } from "pino";
import { z } from "zod";
import { HyggeError } from "#src/errors.ts";
import { type CardFile, cardSchema, contextOf, deriveCard, type GgufFacts, toModelCard } from "./card.ts";
import { type ModelProcess, startLlama } from "./llama.ts";
import { isRemote, localPath, parseUri } from "./uri.ts";

export interface OpenOptions {
  /** Absent: the embedded model. A path, or hf:org/repo/file.gguf, hf:org/repo:QUANT, https://… once pulled. */
  model?: string;
  dataDir: string;
  /** At most; absent or more than that: the physical cores. */
  threads?: number;
  log: Logger;
  /** The model process is restarted after this long without a sign of life at work; default five minutes. */
  idleLimitMs?: number;
}

export const embedded = path.join(import.meta.dirname, "hygge-v0-Q4_0.gguf");

/**
 * Resolves as soon as the file is found and checked; the model loads meanwhile (health() tells).
 * @throws HyggeError model_missing, model_corrupt
 */
export async function openModel(options: OpenOptions): Promise<ModelProcess> {
  const { dataDir, log, threads, idleLimitMs } = options;
  const file = await findModel(options.model, dataDir);
  const card = await readCard(file, dataDir, log);
  return startLlama({
    card: toModelCard(card),
    load: {
      path: file,
      candidates: card.candidates,
      context: contextOf(card),
      prompt: card.prompt,
      threads,
    },
    log,
    idleLimitMs,
  });
}

/** The file that a model's name stands for. @throws HyggeError model_missing */
export async function findModel(model: string | undefined, dataDir: string): Promise<string> {
  if (model === undefined) {
    if (await exists(embedded)) return embedded;
    const fix =
      "Restore it from the repository (git checkout -- models), or set HYGGE_MODEL to another GGUF.";
    throw new HyggeError("model_missing", { path: embedded, fix });
  }
  if (!isRemote(model)) {
    const file = path.resolve(model);
    if (await exists(file)) return file;
    const fix = "HYGGE_MODEL=/path/to/model.gguf";
    throw new HyggeError("model_missing", { path: file, fix });
  }
  const uri = parseUri(model);
  const wanted = localPath(uri, path.join(dataDir, "models"));
  const found = uri.kind === "quant" ? await findQuant(wanted, uri.quant) : wanted;
  if (found !== undefined && (await exists(found))) return found;
  throw new HyggeError("model_missing", { path: model, fix: `npx hygge model pull ${model}` });
}

/** The one file of a folder that carries the quant in its name. */
async function findQuant(folder: string, quant: string): Promise<string | undefined> {
  const files = await readdir(folder).catch((): string[] => []);
  const name = files.sort().find((file) => hasQuant(file, quant));
  return name === undefined ? undefined : path.join(folder, name);
}

/** Whether a file's name carries a quant as a whole word: Q4_K_M is not in "…-Q4_K_M_L.gguf". */
export function hasQuant(file: string, quant: string): boolean {
  const words = quant.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`(^|[-._/])${words}(-\\d+-of-\\d+)?\\.gguf$`, "i").test(file);
}

const exists = (file: string) =>
  stat(file).then(
    (found) => found.isFile(),
    () => false,
  );

/** What was found out about a file at a cost, valid while its size and time stay the same. */
const checkedSchema = z.record(
  z.string(),
  z.object({ size: z.number(), mtimeMs: z.number(), hash: z.string(), card: cardSchema.optional() }),
);
type Checked = z.infer<typeof checkedSchema>;

/**
 * The card beside a GGUF or one derived from its metadata, after checking that the file is whole.
 * @throws HyggeError model_missing, model_corrupt
 */
export async function readCard(file: string, dataDir: string, log?: Logger): Promise<CardFile> {
  const { size, mtimeMs } = await stat(file);
  const corrupt = (reason: string, cause?: unknown) =>
    new HyggeError("model_corrupt", { path: file, reason }, { cause });
  await checkMagic(file, size, corrupt);

  const memory = path.join(dataDir, "models", "checked.json");
  const checked = await readChecked(memory);
  const known = checked[file];
  const fresh = known?.size === size && known.mtimeMs === mtimeMs ? known : undefined;
  const beside = await readCardFile(file, corrupt);

  if (fresh === undefined && size > 1e9) log?.info({ file }, "checking the model's file once, some seconds");
  const hash = fresh?.hash ?? (await sha256(file));
  if (beside !== undefined && beside.hash !== hash)
    throw corrupt(`sha256 is ${hash}, the card says ${beside.hash}`);
  const card =
    beside ??
    fresh?.card ??
    deriveCard(path.basename(file), size, hash, await readFacts(file, size, corrupt));
  if (fresh === undefined || (beside === undefined && fresh.card === undefined)) {
    checked[file] = { size, mtimeMs, hash, ...(beside === undefined ? { card } : {}) };
    await writeChecked(memory, checked).catch((error: unknown) =>
      log?.debug(
        { error },
        "could not remember the check of the model's file; it is repeated at the next start",
      ),
    );
  }
  return card;
}

/** Spares the next start the hashing of a file whose hash is known already. */
export async function rememberHash(file: string, dataDir: string, hash: string): Promise<void> {
  const { size, mtimeMs } = await stat(file);
  const memory = path.join(dataDir, "models", "checked.json");
  await writeChecked(memory, { ...(await readChecked(memory)), [file]: { size, mtimeMs, hash } });
}

async function checkMagic(file: string, size: number, corrupt: (reason: string) => HyggeError) {
  const handle = await open(file).catch((error: unknown) => {
    throw corrupt(error instanceof Error ? error.message : String(error));
  });
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(128), 0, 128, 0);
    const start = buffer.subarray(0, bytesRead).toString("latin1");
    if (start.startsWith("version https://git-lfs"))
      throw corrupt("only a Git LFS pointer; run git lfs pull");
    if (!start.startsWith("GGUF")) throw corrupt(size === 0 ? "the file is empty" : "the file is not a GGUF");
  } finally {
    await handle.close();
  }
}

/** The card beside a GGUF, undefined where there is none. Throws what `corrupt` makes of a wrong one. */
export async function readCardFile(file: string, corrupt: (reason: string, cause?: unknown) => HyggeError) {
  const cardFile = file.replace(/\.gguf$/i, ".card.json");
  const text = await readFile(cardFile, "utf8").catch(() => undefined);
  if (text === undefined || cardFile === file) return undefined;
  try {
    return cardSchema.parse(JSON.parse(text));
  } catch (error) {
    const problem = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw corrupt(`${path.basename(cardFile)}: ${problem}`, error);
  }
}

/** Reads the metadata, and sees that the file is as long as its table of tensors says. */
async function readFacts(
  file: string,
  size: number,
  corrupt: (reason: string, cause?: unknown) => HyggeError,
): Promise<GgufFacts> {
  // Only needed once for a file, so the library isn't loaded into this process otherwise.
  const { GgufFileType, readGgufFileInfo } = await import("node-llama-cpp");
  const info = await readGgufFileInfo(file, { sourceType: "filesystem", logWarnings: false }).catch(
    (error: unknown) => {
      throw corrupt("its header can't be read to the end", error);
    },
  );
  // The reader takes missing bytes for zeros.
  if (info.metadata.general?.architecture === undefined) throw corrupt("its header is cut off");
  // At least 1.5 bits a weight in every type there is; how many exactly is for llama.cpp to check when it loads.
  const end = (info.fullTensorInfo ?? []).reduce((most, tensor) => {
    const weights = tensor.dimensions.reduce<number>((product, n) => product * Number(n), 1);
    return Math.max(most, Number(tensor.fileOffset) + weights * (1.5 / 8));
  }, 0);
  if (end > size) throw corrupt(`truncated: ${size} bytes, at least ${Math.ceil(end)} expected`);
  const { general, tokenizer } = info.metadata;
  const type = general.file_type;
  return {
    name: general.name,
    version: "version" in general && typeof general.version === "string" ? general.version : undefined,
    license: general.license,
    chatTemplate: typeof tokenizer?.chat_template === "string",
    fileType: type === undefined ? undefined : GgufFileType[type],
    trainContext: info.architectureMetadata?.context_length,
  };
}

export async function sha256(file: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(chunk);
  return hash.digest("hex");
}

async function readChecked(memory: string): Promise<Checked> {
  try {
    return checkedSchema.parse(JSON.parse(await readFile(memory, "utf8")));
  } catch {
    return {};
  }
}

async function writeChecked(memory: string, checked: Checked) {
  await mkdir(path.dirname(memory), { recursive: true });
  const draft = `${memory}.${process.pid}`;
  await writeFile(draft, `${JSON.stringify(checked, null, 1)}\n`);
  await rename(draft, memory);
}
