/** Approved copy with what it came from, for the data set. */
import { sql } from "drizzle-orm";
import type { Channel, Length, Tone } from "#src/brief.ts";
import type { DraftView } from "#src/views.ts";
import type { Db } from "./schema.ts";

export interface Approved {
  draftId: string;
  brief: string;
  channel: Channel;
  tone: Tone;
  length: Length;
  text: string;
  /** A revision: the text that was there, and what was wished of it. */
  revision: { draft: string; wish: string } | null;
  /** What the model had written, where a person changed it. */
  before: string | null;
  /** Null where a text was not written by a model. */
  model: DraftView["model"];
  approvedBy: string;
  approvedAt: string;
}

interface ApprovedRow extends Record<string, unknown> {
  id: string;
  brief: string;
  channel: Channel;
  tone: Tone;
  length: Length;
  text: string;
  kind: DraftView["kind"];
  wish: string | null;
  earlier: string | null;
  origin: string;
  model: DraftView["model"];
  decided_by: string;
  decided_at: string;
}

const step = 200;

/**
 * Approved texts of a brand, the last decision first. Read in small steps: the embedded database answers one query at a
 * time.
 */
export async function* approvedCopy(db: Db, brand: string): AsyncGenerator<Approved> {
  let before: { at: string; id: string } | undefined;
  for (;;) {
    const { rows } = await db.execute<ApprovedRow>(sql`
      with recursive page as (
        select d.* from hygge.drafts d join hygge.briefs b on b.id = d.brief_id
        where d.state = 'approved' and d.decided_at is not null and b.brand = ${brand}
        ${before ? sql`and (d.decided_at, d.id) < (${before.at}::timestamptz, ${before.id})` : sql``}
        order by d.decided_at desc, d.id desc limit ${step}
      ), chain as (
        select id as root, id, parent_id, kind, text, wish, model from page
        union all
        select c.root, d.id, d.parent_id, d.kind, d.text, d.wish, d.model
        from chain c join hygge.drafts d on d.id = c.parent_id where c.kind = 'edited'
      )
      select page.id, b.text as brief, page.channel, page.tone, page.length, page.text, page.kind, o.wish,
        earlier.text as earlier, o.text as origin, o.model, page.decided_by,
          to_json(page.decided_at)#>>'{}' as decided_at
      from page join hygge.briefs b on b.id = page.brief_id
        join chain o on o.root = page.id and o.kind = 'generated'
        left join hygge.drafts earlier on earlier.id = o.parent_id
      order by page.decided_at desc, page.id desc`);
    for (const row of rows)
      yield {
        draftId: row.id,
        brief: row.brief,
        channel: row.channel,
        tone: row.tone,
        length: row.length,
        text: row.text,
        revision: row.wish && row.earlier !== null ? { draft: row.earlier, wish: row.wish } : null,
        before: row.kind === "edited" && row.origin !== row.text ? row.origin : null,
        model: row.model,
        approvedBy: row.decided_by,
        approvedAt: new Date(row.decided_at).toISOString(),
      };
    const last = rows.at(-1);
    if (!last || rows.length < step) return;
    before = { at: last.decided_at, id: last.id };
  }
}
