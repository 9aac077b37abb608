import { eq, sql } from "drizzle-orm";
import type { Actor } from "#src/may.ts";
import { type Db, people } from "./schema.ts";

export type PersonRow = typeof people.$inferSelect;

/** Keeps the person of an action, with the name and locale as last seen. */
export async function upsertPerson(
  db: Db,
  person: Pick<Actor, "id" | "surface" | "name" | "locale">,
): Promise<void> {
  const { id, surface, name, locale } = person;
  await db
    .insert(people)
    .values({ id, surface, name, locale })
    .onConflictDoUpdate({ target: people.id, set: { name, locale, seenAt: sql`now()` } });
}

export async function getPerson(db: Db, id: string): Promise<PersonRow | undefined> {
  const [row] = await db.select().from(people).where(eq(people.id, id));
  return row;
}
