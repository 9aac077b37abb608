/**
 * The texts that a model was trained on, as hashes in `<model>.texts` beside its GGUF: drafts are compared with them, so
 * that none is a copy. `npm run model:texts` makes the file.
 */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { type Corpus, unpackCorpus } from "#src/corpus.ts";
import { HyggeError } from "#src/errors.ts";
import { embedded, findModel, readCardFile } from "./open.ts";

export const textsFile = (model: string) => `${model.replace(/\.gguf$/i, "")}.texts`;

/**
 * A model that has no such file, or whose GGUF lies on another machine, is compared with the embedded model's texts.
 * @throws HyggeError model_missing, model_corrupt
 */
export async function openTexts(options: { model?: string; dataDir: string }): Promise<Corpus> {
  const file = await findModel(options.model, options.dataDir).catch((error: unknown) => {
    if (error instanceof HyggeError && options.model !== undefined) return embedded;
    throw error;
  });
  const own = file === embedded ? undefined : await readTexts(file);
  const texts = own ?? (await readTexts(embedded));
  if (texts) return texts;
  const fix = "Restore it from the repository (git checkout -- models).";
  throw new HyggeError("model_missing", { path: textsFile(embedded), fix });
}

async function readTexts(model: string): Promise<Corpus | undefined> {
  const file = textsFile(model);
  const corrupt = (reason: string, cause?: unknown) =>
    new HyggeError("model_corrupt", { path: file, reason }, { cause });
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw corrupt(error.message, error);
  });
  if (bytes === undefined) return undefined;
  const fix = `make it again: npm run model:texts -- ${path.basename(model)} DATA.jsonl`;
  let corpus: ReturnType<typeof unpackCorpus>;
  try {
    corpus = unpackCorpus(bytes);
  } catch (error) {
    throw corrupt(`not whole; ${fix}`, error);
  }
  const card = await readCardFile(model, corrupt);
  if (card && card.hash !== corpus.model) throw corrupt(`of another model than the card's; ${fix}`);
  return corpus;
}
