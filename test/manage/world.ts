/** A workspace told in a few lines, through the store's own functions. */
import { randomUUID } from "node:crypto";
import { sql } from "drizzle-orm";
import type { Brief, Channel } from "#src/brief.ts";
import type { WrittenCandidate } from "#src/draft.ts";
import type { Decision, RatingReason } from "#src/hygge.ts";
import type { Prompt } from "#src/model.ts";
import { promptHash } from "#src/prompt.ts";
import { addAudit } from "#src/store/audit.ts";
import { insertBrief } from "#src/store/briefs.ts";
import { decideDraft, insertEdit, markPosted } from "#src/store/drafts.ts";
import { claim, draftId, finish, insertGeneration } from "#src/store/generations.ts";
import type { Database } from "#src/store/open.ts";
import { upsertPerson } from "#src/store/people.ts";
import { pick } from "#src/store/picks.ts";
import { rate } from "#src/store/ratings.ts";
import { type GateId, gateIds } from "#src/views.ts";

export const model = { name: "hygge", version: "v0", hash: "f".repeat(64), quant: "Q4_0" };
export const labelsPrompt = (text: string): Prompt => ({ kind: "labels", text: `Auftrag: ${text}\nText:\n` });

export function world({ db, pool }: Database) {
  const score = (total: number) => ({ total, style: 0.8, adherence: 0.9, fluency: 0.7 });
  const candidate = (text: string, index: number, failed?: GateId): WrittenCandidate => ({
    index,
    round: 0,
    text,
    gates: gateIds.map((id) => (id === failed ? { id, ok: false, found: "x" } : { id, ok: true })),
    score: score(80),
    seed: 100 + index,
    tokens: 40,
    stop: "end",
    ms: 900,
  });

  return {
    async person(id: string, name = id): Promise<string> {
      const surface = id.split(":")[0] as "web" | "slack" | "discord";
      await upsertPerson(db, { id, surface, name, locale: "de" });
      return id;
    },

    /** A brief with its texts (several are variants), posted. Returns ids. */
    async brief(
      text: string,
      texts: string[],
      options: {
        person?: string;
        brand?: string;
        channel?: Channel;
        failed?: GateId;
        prompt?: Prompt | null;
        at?: string;
        thread?: string;
        surface?: "web" | "slack" | "discord";
      } = {},
    ): Promise<{ id: string; drafts: string[]; generation: string }> {
      const person = options.person ?? (await this.person("web:anna", "Anna"));
      const id = randomUUID();
      const generation = randomUUID();
      const shape = { channel: options.channel ?? "instagram", tone: "warm", length: "mittel" } as const;
      const parsed: Brief = {
        ...shape,
        text,
        task: text,
        given: { channel: false, tone: false, length: false },
        facts: [],
        language: "de",
      };
      await insertBrief(db, {
        id,
        personId: person,
        surface: options.surface ?? "web",
        thread: options.thread ?? id,
        brand: options.brand ?? "hygge",
        text,
        ...shape,
        variants: texts.length,
        parsed,
        idempotencyKey: randomUUID(),
      });
      await addAudit(db, { personId: person, action: "brief.create", briefId: id });
      await insertGeneration(db, {
        id: generation,
        briefId: id,
        personId: person,
        parentId: null,
        wish: null,
        ...shape,
        variants: texts.length,
      });
      await claim(db, generation, "test", 60_000);
      const sampling = { temperature: 0.5, topP: 0.95, minP: 0.05 };
      const prompt = options.prompt === undefined ? labelsPrompt(text) : options.prompt;
      const drafts = texts.map((one, i) => candidate(one, i, options.failed));
      await finish(db, generation, "test", {
        written: {
          drafts,
          candidates: [...drafts, candidate("Ein anderer Kandidat.", texts.length)],
          promptHash: prompt ? promptHash(prompt) : "0".repeat(64),
          sampling,
          ...(prompt ? { asked: [{ prompt, sampling }] } : {}),
          timings: { totalMs: 900, firstTextMs: 100, tokens: 200, rounds: 1 },
        },
        facts: drafts.map(() => []),
        model,
      });
      await markPosted(db, generation);
      if (options.at) {
        const at = options.at;
        await pool.query("update hygge.briefs set created_at = $2 where id = $1", [id, at]);
        await pool.query("update hygge.drafts set created_at = $2, posted_at = $2 where brief_id = $1", [
          id,
          at,
        ]);
        await pool.query("update hygge.generations set queued_at = $2 where brief_id = $1", [id, at]);
      }
      return { id, generation, drafts: texts.map((_, i) => draftId(generation, i + 1)) };
    },

    async edit(parentId: string, text: string, person = "web:anna"): Promise<string> {
      const id = randomUUID();
      const gates = gateIds.map((gate) => ({ id: gate, ok: true }));
      await insertEdit(db, { id, parentId, personId: person, text, gates, score: score(90), facts: [] });
      return id;
    },

    async decide(draft: string, decision: Decision, by = "web:chef", note?: string): Promise<void> {
      await this.person(by, "Chef");
      await decideDraft(db, draft, decision, { personId: by, ...(note ? { note } : {}) });
    },

    async rate(
      draft: string,
      value: "up" | "down",
      more: { person?: string; reasons?: RatingReason[]; comment?: string } = {},
    ): Promise<void> {
      const person = more.person ?? (await this.person("web:bert", "Bert"));
      await rate(db, draft, person, {
        value,
        reasons: more.reasons ?? [],
        ...(more.comment ? { comment: more.comment } : {}),
      });
    },

    async pick(generation: string, draft: string, person = "web:anna"): Promise<void> {
      await pick(db, generation, person, draft);
    },

    async count(table: string): Promise<number> {
      const { rows } = await db.execute<{ n: number }>(sql`select count(*)::int as n from ${sql.raw(table)}`);
      return rows[0]?.n ?? 0;
    },
  };
}
