/** What a row's brief is about, as the product reads it. */
import type { Brand } from "#src/brand.ts";
import { type Brief, parseBrief } from "#src/brief.ts";
import { HyggeError } from "#src/errors.ts";
import type { Row } from "./rows.ts";

/** A row with its brief; `refused` where the product would ask back instead of writing. */
export type Read = Row & { read: Brief | undefined; refused?: string };

const known = new WeakMap<Row, { brand: Brand; read: Read }>();

/** In the order of the rows. A row that is read again is not parsed again. */
export function readBriefs(rows: readonly Row[], brand: Brand): Read[] {
  return rows.map((row) => {
    const before = known.get(row);
    if (before?.brand === brand) return before.read;
    const read = readBrief(row, brand);
    known.set(row, { brand, read });
    return read;
  });
}

function readBrief(row: Row, brand: Brand): Read {
  try {
    const options = { channel: row.channel, tone: row.tone, length: row.length };
    return { ...row, read: parseBrief(row.brief, options, brand) };
  } catch (error) {
    if (!(error instanceof HyggeError)) throw error;
    return { ...row, read: undefined, refused: error.code };
  }
}
