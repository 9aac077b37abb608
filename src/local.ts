import { randomBytes } from "node:crypto";
import { chmod, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { databaseError } from "#src/store/errors.ts";

/**
 * The data folder's own secret: whoever shows it may read the folder, so the server that owns the folder takes
 * its CLI for the person it says it is. Made when first asked for (by the folder's owner, before it says where it
 * is); readable by the owner of the file only.
 * @throws HyggeError data_unwritable, disk_full
 */
export async function localSecret(dataDir: string): Promise<string> {
  const file = path.join(dataDir, "local.secret");
  try {
    const known = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return "";
      throw error;
    });
    if (known.length >= 32) {
      await chmod(file, 0o600);
      return known;
    }
    const secret = randomBytes(24).toString("base64url");
    await mkdir(dataDir, { recursive: true });
    await writeFile(`${file}.new`, secret, { mode: 0o600 });
    await rename(`${file}.new`, file);
    return secret;
  } catch (error) {
    throw databaseError(error, dataDir);
  }
}
