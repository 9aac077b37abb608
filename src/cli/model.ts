/** `hygge model`: what GGUFs are here, what they say of themselves, and how more get here. */
import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { readConfig } from "#src/config.ts";
import { type Logger, openLog } from "#src/log.ts";
import type { ModelCard } from "#src/model.ts";
import { size } from "./data.ts";
import { exits } from "./exit.ts";
import { footer, type Io, print, progressLine } from "./io.ts";

/** The models' room, as far as commands need it. */
export interface Models {
  /** The file that a model's name stands for; undefined: the embedded one. */
  findModel(model: string | undefined, dataDir: string): Promise<string>;
  /** Its card, after checking that the file is whole. */
  readCard(file: string, dataDir: string, log: Logger): Promise<ModelCard>;
  pullModel(
    uri: string,
    options: {
      dataDir: string;
      endpoint?: string;
      signal?: AbortSignal;
      /** Bytes; `total` is absent if the server doesn't say. */
      onProgress?: (done: number, total: number | undefined) => void;
    },
  ): Promise<string>;
}

interface Found {
  file: string;
  /** Why it is in the list. */
  place: "embedded" | "pulled" | "configured";
  inUse: boolean;
  bytes: number;
  card: ModelCard;
}

export async function list(io: Io, models: Models, options: { json?: boolean }): Promise<number> {
  const { dataDir, model } = readConfig(io.env);
  const log = openLog("error");
  const used = await models.findModel(model, dataDir);
  const embedded = await models.findModel(undefined, dataDir);
  const pulled = await ggufs(path.join(dataDir, "models"));
  const found: Found[] = [];
  for (const file of new Set([embedded, ...pulled, used]))
    found.push({
      file,
      place: file === embedded ? "embedded" : pulled.includes(file) ? "pulled" : "configured",
      inUse: file === used,
      bytes: (await stat(file)).size,
      card: await models.readCard(file, dataDir, log),
    });
  if (options.json) await print(io.out, `${JSON.stringify(found, null, 2)}\n`);
  else
    await print(
      io.out,
      found
        .map(
          ({ file, inUse, bytes, card }) =>
            `${inUse ? "*" : " "} ${card.name} ${card.version}  ${card.quant}  ${size(bytes)}  ${file}\n`,
        )
        .join(""),
    );
  return exits.ok;
}

export async function info(
  io: Io,
  models: Models,
  name: string | undefined,
  options: { json?: boolean },
): Promise<number> {
  const { dataDir, model } = readConfig(io.env);
  const file = await models.findModel(name ?? model, dataDir);
  const card = await models.readCard(file, dataDir, openLog("error"));
  const shown = { file, ...card };
  if (options.json) await print(io.out, `${JSON.stringify(shown, null, 2)}\n`);
  else
    await print(
      io.out,
      Object.entries(shown)
        .map(
          ([key, value]) =>
            `${key.padEnd(12)} ${typeof value === "string" ? value : JSON.stringify(value)}\n`,
        )
        .join(""),
    );
  return exits.ok;
}

export async function pull(
  io: Io,
  models: Models,
  uri: string,
  options: { endpoint?: string },
): Promise<number> {
  const { dataDir } = readConfig(io.env);
  const foot = footer(io);
  const started = performance.now();
  let first: number | undefined;
  await print(io.err, `${io.text.pulling(uri)}\n`);
  try {
    const file = await models.pullModel(uri, {
      dataDir,
      ...(options.endpoint ? { endpoint: options.endpoint } : {}),
      signal: io.signal,
      onProgress: (done, total) => {
        // What an earlier try left says nothing about the speed.
        first ??= done;
        foot.draw([
          total === undefined
            ? size(done)
            : `${size(done)} / ${size(total)}  ${progressLine(io, done - first, total - first, started, false)}`,
        ]);
      },
    });
    foot.clear();
    await print(io.err, `${io.text.pulled(file, uri)}\n`);
    return exits.ok;
  } finally {
    foot.clear();
  }
}

async function ggufs(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true }).catch((): string[] => []);
  return names
    .filter((name) => /\.gguf$/i.test(name))
    .sort()
    .map((name) => path.join(folder, name));
}
