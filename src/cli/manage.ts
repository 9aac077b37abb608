/** `hygge dashboard`, `export`, `access` and `erase`: what whoever may read the data folder may do, too. */
import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import { readConfig } from "#src/config.ts";
import type { AccessReport, EraseReport } from "#src/manage/erase.ts";
import { type ExportReport, exportKinds } from "#src/manage/export.ts";
import { type Api, ServerGone } from "./api.ts";
import { CliError, exits } from "./exit.ts";
import { connectHolder, openHouse } from "./house.ts";
import { type Io, print, printable } from "./io.ts";

/** Asks the server that owns the folder, or opens the house here, without a model. */
async function asking<T>(io: Io, ask: (api: Api) => Promise<T>): Promise<T> {
  const house = await openHouse({ env: io.env, locale: io.locale, roles: ["web"] });
  try {
    return await ask(await house.ask(async (api) => api));
  } finally {
    await house.close();
  }
}

export async function dashboard(io: Io): Promise<number> {
  const config = readConfig(io.env);
  const server = config.databaseUrl ? undefined : await connectHolder(config, io.env, io.locale);
  const link = async (api: Api) =>
    ((await (await api.raw("POST", "/api/manage/link", {})).json()) as { path: string }).path;
  const at = server ? await link(server) : await asking(io, link);
  const host = config.host.includes(":") ? `[${config.host}]` : config.host;
  const address = config.publicUrl ?? server?.address ?? `http://${host}:${config.port}`;
  await print(io.out, `${address.replace(/\/$/, "")}${at}\n`);
  return exits.ok;
}

export async function exportFeedback(
  io: Io,
  wanted: string,
  options: { out?: string; filter?: string[] },
): Promise<number> {
  const kind = exportKinds.find((known) => known === wanted);
  if (kind === undefined) throw new CliError(io.text.exportKind(printable(wanted)), exits.usage);
  const query = new URLSearchParams();
  for (const filter of options.filter ?? []) {
    const [name, ...value] = filter.split("=");
    if (!name || value.length === 0) throw new CliError(io.text.filterShape(printable(filter)), exits.usage);
    query.set(name, value.join("="));
  }
  if (kind === "csv") {
    query.set("locale", io.locale);
    return asking(io, async (api) => {
      const response = await api.raw("GET", `/api/manage/export/csv?${query}`);
      const body = Readable.fromWeb(response.body as ReadableStream);
      if (options.out === undefined) {
        for await (const piece of body) await print(io.out, (piece as Buffer).toString());
        return exits.ok;
      }
      await into(io, [options.out], async ([out]) =>
        pipeline(body, out as NodeJS.WritableStream, { signal: io.signal }),
      );
      await print(io.err, `${io.text.written(options.out)}\n`);
      return exits.ok;
    });
  }
  query.set("part", "all");
  const name = options.out ?? `hygge-${kind}`;
  const files = ["train", "eval", "sources"].map((part) => `${name}.${part}.jsonl`);
  const report = await asking(io, (api) =>
    into(io, files, async ([train, evaluation, sources]) => {
      const response = await api.raw("GET", `/api/manage/export/${kind}?${query}`);
      const body = Readable.fromWeb(response.body as ReadableStream);
      let ended: ExportReport | undefined;
      const write = async (stream: NodeJS.WritableStream | undefined, line: unknown) => {
        if (stream?.write(`${JSON.stringify(line)}\n`) === false)
          await new Promise((resolve) => stream.once("drain", resolve));
      };
      for await (const text of createInterface({ input: body, crlfDelay: Number.POSITIVE_INFINITY })) {
        io.signal.throwIfAborted();
        // The server is this program: its shapes are ours.
        const entry = JSON.parse(text) as
          | { line: unknown; source: { side: string } }
          | { report: ExportReport };
        if ("report" in entry) ended = entry.report;
        else {
          await write(entry.source.side === "train" ? train : evaluation, entry.line);
          await write(sources, entry.source);
        }
      }
      // A server that died in the middle ends the stream, too.
      if (!ended) throw new ServerGone(api.address);
      return ended;
    }),
  );
  await print(io.err, `${io.text.exported(report)}\n${io.text.written(files.join(", "))}\n`);
  return exits.ok;
}

/** Writes files that appear under their names only when all of them are whole. */
async function into<T>(
  io: Io,
  files: string[],
  write: (streams: NodeJS.WritableStream[]) => Promise<T>,
): Promise<T> {
  const parts = files.map((file) => `${path.resolve(file)}.part`);
  const streams = parts.map((part) => createWriteStream(part));
  const failed = new Promise<never>((_, reject) => {
    for (const stream of streams) stream.once("error", reject);
  });
  try {
    const result = await Promise.race([write(streams), failed]);
    await Promise.race([
      Promise.all(
        streams.map(
          (stream) => new Promise<void>((resolve) => (stream.closed ? resolve() : stream.end(resolve))),
        ),
      ),
      failed,
    ]);
    for (const [i, part] of parts.entries()) await rename(part, path.resolve(files[i] ?? ""));
    return result;
  } catch (error) {
    for (const stream of streams) stream.destroy();
    for (const part of parts) await rm(part, { force: true });
    if (
      error instanceof Error &&
      "code" in error &&
      /^E(ACCES|NOENT|ROFS|NOSPC|ISDIR|PERM)$/.test(String(error.code))
    )
      throw new CliError(io.text.unwritable(files.join(", "), String(error.code)), exits.unavailable, error);
    throw error;
  }
}

interface About {
  person: string;
  also?: string[];
}

const accessOf = async (api: Api, { person, also }: About): Promise<AccessReport> =>
  (await (
    await api.raw("POST", "/api/manage/people/access", { person, also: also ?? [] })
  ).json()) as AccessReport;

export async function access(io: Io, options: About & { out?: string }): Promise<number> {
  const report = await asking(io, (api) => accessOf(api, options));
  const text = `${JSON.stringify(report, null, 2)}\n`;
  if (options.out === undefined) await print(io.out, text);
  else {
    await into(io, [options.out], async ([out]) => out?.write(text));
    await print(io.err, `${io.text.written(options.out)}\n`);
  }
  return exits.ok;
}

export async function erase(
  io: Io,
  options: About & { drafts: string; yes?: boolean; json?: boolean },
): Promise<number> {
  const { person, also, drafts } = options;
  if (!options.yes) {
    const { tables } = await asking(io, (api) => accessOf(api, options));
    const rows = Object.values(tables).reduce((sum, list) => sum + list.length, 0);
    await print(io.err, `${io.text.eraseSure(printable(person), rows)}\n`);
    return exits.usage;
  }
  const report = await asking(
    io,
    async (api) =>
      (await (
        await api.raw("POST", "/api/manage/people/erase", { person, also: also ?? [], drafts })
      ).json()) as EraseReport,
  );
  if (options.json) await print(io.out, `${JSON.stringify(report, null, 2)}\n`);
  const places = Object.values(report.changed).reduce((sum, n) => sum + n, 0);
  const files = report.filesChanged.length + report.filesRemoved.length;
  const { briefsDeleted: briefs, draftsDeleted, jobsRemoved: jobs } = report;
  await print(io.err, `${io.text.erased({ briefs, drafts: draftsDeleted, places, jobs, files })}\n`);
  for (const what of report.remains) await print(io.err, `${io.text.remains(what)}\n`);
  return exits.ok;
}
