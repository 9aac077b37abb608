/** A copy of everything, for whoever may read the data folder anyway: `hygge backup` while a server owns it. */
import { createReadStream } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";

/** `backup` writes the file; it is sent and removed, also when the caller goes away. */
export async function sendBackup(
  dataDir: string,
  backup: (file: string) => Promise<unknown>,
): Promise<Response> {
  await mkdir(dataDir, { recursive: true });
  const dir = await mkdtemp(path.join(dataDir, "sending-"));
  const remove = () => rm(dir, { recursive: true, force: true });
  try {
    const file = path.join(dir, "backup.gz");
    await backup(file);
    const stream = createReadStream(file).once("close", () => void remove().catch(() => {}));
    // Node's and the web's types of the same stream.
    return new Response(Readable.toWeb(stream) as ReadableStream, {
      headers: { "Content-Type": "application/gzip" },
    });
  } catch (error) {
    await remove();
    throw error;
  }
}
