/**
 * Writes what a model was trained on beside it, as hashes: `npm run model:texts -- models/NAME.gguf DATA.jsonl…`. A
 * part of every release of a model: the data set changes later, what the model has read doesn't.
 */
import { packCorpus, readTexts } from "#src/corpus.ts";
import { sha256 } from "../open.ts";
import { textsFile } from "../texts.ts";
import { writeWhole } from "./whole.ts";

const [model, ...data] = process.argv.slice(2);
if (model === undefined || data.length === 0) {
  console.error("usage: npm run model:texts -- models/NAME.gguf DATA.jsonl…");
  process.exit(1);
}
try {
  const texts = await readTexts(data);
  const bytes = packCorpus(texts, await sha256(model));
  const target = textsFile(model);
  await writeWhole(target, bytes);
  console.log(`${target}: ${texts.length} texts, ${bytes.length} bytes`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
