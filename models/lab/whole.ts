/** Files that are the old ones or the new ones, never a part. */
import { rename, rm, writeFile } from "node:fs/promises";

/** Written under another name first, then renamed; a failed write leaves what was there. */
export async function writeWhole(target: string, content: string | Uint8Array): Promise<void> {
  const part = `${target}.${process.pid}.part`;
  try {
    await writeFile(part, content);
    await rename(part, target);
  } finally {
    await rm(part, { force: true });
  }
}
