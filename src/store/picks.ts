import { sql } from "drizzle-orm";
import { type Db, picks } from "./schema.ts";

/** Keeps which of a generation's variants a person prefers; a later pick replaces it. */
export async function pick(db: Db, generationId: string, personId: string, draftId: string): Promise<void> {
  await db
    .insert(picks)
    .values({ generationId, personId, draftId })
    .onConflictDoUpdate({
      target: [picks.generationId, picks.personId],
      set: { draftId, createdAt: sql`now()` },
    });
}
