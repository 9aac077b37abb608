import { and, eq, sql } from "drizzle-orm";
import type { RatingInput } from "#src/hygge.ts";
import { type Db, ratings } from "./schema.ts";

/** Sets a person's one vote on a draft, or takes it back with null. */
export async function rate(
  db: Db,
  draftId: string,
  personId: string,
  rating: RatingInput | null,
): Promise<void> {
  if (rating === null) {
    await db.delete(ratings).where(and(eq(ratings.draftId, draftId), eq(ratings.personId, personId)));
    return;
  }
  const set = { value: rating.value, reasons: rating.reasons ?? [], comment: rating.comment ?? null };
  await db
    .insert(ratings)
    .values({ draftId, personId, ...set })
    .onConflictDoUpdate({
      target: [ratings.draftId, ratings.personId],
      set: { ...set, updatedAt: sql`now()` },
    });
}
