/** `hygge dataset add`: approved copy becomes rows of the data set that the next model is trained on. */
import { access } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { openBrands, unknownBrand } from "#src/brand.ts";
import { readConfig } from "#src/config.ts";
import { addApproved, BrokenSet } from "#src/dataset/add.ts";
import { dataDir, setFiles, told } from "#src/dataset/rows.ts";
import { localSecret } from "#src/local.ts";
import { openLog } from "#src/log.ts";
import { type Approved, approvedCopy } from "#src/store/approved.ts";
import { ServerGone } from "./api.ts";
import { withDatabase } from "./data.ts";
import { CliError, exits } from "./exit.ts";
import { connectHolder } from "./house.ts";
import { type Io, print, printable } from "./io.ts";

export async function add(io: Io, target: string | undefined, options: { brand?: string }): Promise<number> {
  const config = readConfig(io.env);
  const { text } = io;
  const brands = openBrands(config.brandsDir, openLog("error"));
  const wanted = options.brand ?? config.brand;
  const brand = brands.get(wanted);
  brands.close();
  if (!brand) throw unknownBrand(brands, wanted);

  const here = await access(dataDir).then(
    () => true,
    () => false,
  );
  if (target === undefined && !here) throw new CliError(text.datasetWhere, exits.usage);
  const file = path.resolve(target ?? path.join(dataDir, "approved.jsonl"));
  const write = async (approved: AsyncIterable<Approved>) =>
    addApproved(file, approved, {
      brand,
      set: here ? setFiles() : [],
      secret: await localSecret(config.dataDir),
    }).catch((error: unknown) => {
      if (error instanceof BrokenSet)
        throw new CliError(error.faults.map(told).join("\n"), exits.usage, error);
      if (error instanceof Error && "code" in error && /^E[A-Z]+$/.test(String(error.code)))
        throw new CliError(text.unwritable(file, String(error.code)), exits.unavailable, error);
      throw error;
    });

  const server = config.databaseUrl ? undefined : await connectHolder(config, io.env, io.locale);
  const { added, known, refused } = server
    ? await write(
        received(
          await server.raw("GET", `/api/dataset?brand=${encodeURIComponent(brand.id)}`),
          server.address,
        ),
      )
    : await withDatabase(config, ({ db }) => write(approvedCopy(db, brand.id)));

  for (const { draft, faults } of refused)
    for (const { kind, what, fix } of faults)
      await print(io.err, `${printable(`${draft} ${kind}: ${what} (${fix})`)}\n`);
  await print(io.err, `${text.datasetAdded(file, added, known, refused.length)}\n`);
  return refused.length > 0 ? exits.imperfect : exits.ok;
}

const end = z.strictObject({ end: z.int() });

/** A server's lines; the last one says how many there are, so that a broken connection isn't taken for the end. */
async function* received(response: Response, address: string): AsyncGenerator<Approved> {
  const gone = () => new ServerGone(address);
  const decoder = new TextDecoder();
  let rest = "";
  let count = 0;
  const chunks = response.body ?? new ReadableStream<Uint8Array>();
  try {
    for await (const chunk of chunks) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        const value: unknown = JSON.parse(line);
        const last = end.safeParse(value);
        if (last.success) {
          if (last.data.end === count) return;
          throw gone();
        }
        count++;
        // The server is this program: its shapes are ours.
        yield value as Approved;
      }
    }
  } catch (error) {
    if (error instanceof TypeError || error instanceof SyntaxError) throw gone();
    throw error;
  }
  throw gone();
}
