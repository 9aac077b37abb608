import { eq } from "drizzle-orm";
import { audit, type Db } from "./schema.ts";

export type AuditRow = typeof audit.$inferSelect;

/** Appends who did what. Call it in the transaction of the deed. */
export async function addAudit(
  db: Db,
  entry: {
    personId: string;
    action: string;
    briefId?: string;
    draftId?: string;
    data?: Record<string, unknown>;
  },
): Promise<void> {
  await db.insert(audit).values(entry);
}

export async function auditOfDraft(db: Db, draftId: string): Promise<AuditRow[]> {
  return db.select().from(audit).where(eq(audit.draftId, draftId)).orderBy(audit.id);
}
