/**
 * Messages on a platform: what was sent under which reference. A row is written before its message is sent, so
 * that a process that dies in between leaves a trace: a row without a reference, which the next try looks into.
 */
import { and, eq, isNotNull, sql } from "drizzle-orm";
import type { Surface } from "#src/chat.ts";
import { briefs, type Db, posts } from "./schema.ts";

export type PostRow = typeof posts.$inferSelect;

/**
 * Notes that message `key` is about to be sent. `before` is what an earlier try left: with a reference it is
 * there already, without one nobody knows.
 */
export async function beginPost(
  db: Db,
  surface: Surface,
  key: string,
  thread: string,
): Promise<{ before: PostRow | undefined }> {
  const [created] = await db
    .insert(posts)
    .values({ surface, key, thread })
    .onConflictDoNothing()
    .returning({ key: posts.key });
  return { before: created ? undefined : await getPost(db, surface, key) };
}

/** The message is there: `digest` tells what it shows. */
export async function endPost(
  db: Db,
  surface: Surface,
  key: string,
  ref: string,
  digest: string,
): Promise<void> {
  await db
    .update(posts)
    .set({ ref, digest, postedAt: sql`coalesce(${posts.postedAt}, clock_timestamp())` })
    .where(is(surface, key));
}

/** The message was certainly not sent. */
export async function dropPost(db: Db, surface: Surface, key: string): Promise<void> {
  await db.delete(posts).where(is(surface, key));
}

export async function getPost(db: Db, surface: Surface, key: string): Promise<PostRow | undefined> {
  const [row] = await db.select().from(posts).where(is(surface, key));
  return row;
}

/** The first message of a thread: where it really began. */
export async function firstPost(db: Db, surface: Surface, thread: string): Promise<PostRow | undefined> {
  const [row] = await db
    .select()
    .from(posts)
    .where(and(eq(posts.surface, surface), eq(posts.thread, thread), isNotNull(posts.ref)))
    .orderBy(posts.postedAt, posts.key)
    .limit(1);
  return row;
}

/** The newest brief of a thread, or of the thread that has a message of ours under `ref`. */
export async function briefIn(
  db: Db,
  surface: Surface,
  thread: string,
  ref: string,
): Promise<{ briefId: string; thread: string } | undefined> {
  const [row] = await db
    .select({ briefId: briefs.id, thread: briefs.thread })
    .from(briefs)
    .where(
      and(
        eq(briefs.surface, surface),
        sql`(${briefs.thread} = ${thread} or ${briefs.thread} in (
          select p.thread from hygge.posts p where p.surface = ${surface} and p.ref = ${ref}))`,
      ),
    )
    .orderBy(sql`${briefs.createdAt} desc`)
    .limit(1);
  return row;
}

const is = (surface: Surface, key: string) => and(eq(posts.surface, surface), eq(posts.key, key));
