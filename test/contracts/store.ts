import { randomUUID } from "node:crypto";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Brief } from "#src/brief.ts";
import type { Surface } from "#src/chat.ts";
import type { Written, WrittenCandidate } from "#src/draft.ts";
import { addAudit, auditOfDraft } from "#src/store/audit.ts";
import { briefIdsOf, insertBrief } from "#src/store/briefs.ts";
import {
  deliveryDead,
  deliveryPosted,
  deliveryRetry,
  leaseThread,
  loadDelivery,
  nextDelivery,
  openThreads,
  releaseThread,
} from "#src/store/deliveries.ts";
import { candidatesOf, decideDraft, insertEdit, recentTexts, versionTexts } from "#src/store/drafts.ts";
import {
  cancel,
  claim,
  draftId,
  type Finished,
  fail,
  finish,
  getGeneration,
  insertGeneration,
  openGenerations,
  recordCrash,
  renew,
  requeue,
  requeueAll,
} from "#src/store/generations.ts";
import type { Database } from "#src/store/open.ts";
import { upsertPerson } from "#src/store/people.ts";
import { pick } from "#src/store/picks.ts";
import { position } from "#src/store/positions.ts";
import { rate } from "#src/store/ratings.ts";
import { briefView, briefViews, draftView } from "#src/store/read.ts";

const parsed: Brief = {
  text: "Sofa Ekeby, Leinen, sandfarben, 899 €",
  task: "Sofa Ekeby, Leinen, sandfarben, 899 €",
  channel: "instagram",
  tone: "warm",
  length: "mittel",
  given: { channel: false, tone: false, length: false },
  product: "Sofa",
  name: "Ekeby",
  facts: [{ kind: "price", text: "899 €", numbers: ["899"] }],
  language: "de",
};
const options = { channel: "instagram", tone: "warm", length: "mittel" } as const;

export const candidate = (index: number, text: string, round = 0): WrittenCandidate => ({
  index,
  round,
  text,
  gates: [{ id: "price", ok: true }],
  score: { total: 80, style: 0.8, adherence: 1, fluency: 0.7 },
  seed: 4_294_967_295 - index,
  tokens: 40,
  stop: "end",
  ms: 812.4,
});

export const finished = (...texts: string[]): Finished => {
  const all = texts.map((text, i) => candidate(i, text));
  const written: Written = {
    drafts: all,
    candidates: [...all, candidate(texts.length, "Ein Text mit 1.099 €.")],
    promptHash: "aa".repeat(32),
    sampling: { temperature: 0.8, topP: 0.95, minP: 0.05 },
    timings: { totalMs: 2100, firstTextMs: 300, tokens: 320, rounds: 1 },
  };
  return {
    written,
    facts: texts.map((text) => [{ text: "899 €", kind: "price", found: text.includes("899") }]),
    model: { name: "hygge", version: "v0", hash: "bb".repeat(32), quant: "Q4_0" },
  };
};

/** What every store does, whichever database is under it. */
export function storeContract(name: string, open: () => Promise<Database>): void {
  describe(`store on ${name}`, () => {
    let database: Database;
    let db: Database["db"];
    beforeAll(async () => {
      database = await open();
      db = database.db;
    });
    afterAll(() => database?.close());
    beforeEach(async () => {
      await db.execute(sql`truncate hygge.people, hygge.thread_leases, hygge.audit cascade`);
    });

    const person = async (who: string) => {
      await upsertPerson(db, { id: `web:${who}`, surface: "web", name: who, locale: "de" });
      return `web:${who}`;
    };
    const brief = async (
      personId: string,
      more: { text?: string; thread?: string; surface?: Surface; brand?: string; key?: string } = {},
    ) => {
      const id = randomUUID();
      const inserted = await insertBrief(db, {
        id,
        personId,
        surface: more.surface ?? "web",
        thread: more.thread ?? id,
        brand: more.brand ?? "hygge",
        text: more.text ?? parsed.text,
        ...options,
        variants: 1,
        parsed,
        idempotencyKey: more.key,
      });
      return inserted.id;
    };
    const generation = async (
      personId: string,
      briefId: string,
      more: { wish?: string; parentId?: string; variants?: number; key?: string } = {},
    ) => {
      const inserted = await insertGeneration(db, {
        id: randomUUID(),
        briefId,
        personId,
        parentId: more.parentId ?? null,
        wish: more.wish ?? null,
        ...options,
        variants: more.variants ?? 1,
        idempotencyKey: more.key,
      });
      return inserted.generation;
    };
    /** A brief of a person with its first generation. */
    const ask = async (personId: string) => {
      const briefId = await brief(personId);
      const { id, tag } = await generation(personId, briefId);
      return { briefId, id, tag };
    };
    /** A written and posted brief. */
    const written = async (personId: string, ...texts: string[]) => {
      const asked = await ask(personId);
      await claim(db, asked.id, "w1", 10_000);
      await finish(db, asked.id, "w1", finished(...(texts.length > 0 ? texts : ["Ekeby für 899 €."])));
      await deliveryPosted(db, `${asked.id}-delivery`, "ref");
      return asked;
    };

    it("keeps a brief with everything that was read from it", async () => {
      const anna = await person("Anna");
      const { briefId } = await ask(anna);
      const view = await briefView(db, briefId, anna);
      expect(view).toMatchObject({
        id: briefId,
        status: "queued",
        position: 1,
        text: "Sofa Ekeby, Leinen, sandfarben, 899 €",
        brand: "hygge",
        facts: parsed.facts,
        personName: "Anna",
        drafts: [],
      });
      expect(Math.abs(Date.parse(view?.createdAt ?? "") - Date.now())).toBeLessThan(60_000);
      expect(await briefView(db, "nope", anna)).toBeUndefined();
    });

    it("stores a double click once, and two people's equal keys apart", async () => {
      const [anna, bo] = [await person("Anna"), await person("Bo")];
      const [first, second] = await Promise.all([brief(anna, { key: "k" }), brief(anna, { key: "k" })]);
      expect(second).toBe(first);
      expect(await brief(bo, { key: "k" })).not.toBe(first);
      const [g1, g2] = await Promise.all([
        generation(anna, first, { key: "g" }),
        generation(anna, first, { key: "g" }),
      ]);
      expect(g2.id).toBe(g1.id);
    });

    it("lets the n-th person wait for at most one draft of each of the others", async () => {
      const anna = await person("Anna");
      for (let i = 0; i < 20; i++) await ask(anna);
      const bo = await ask(await person("Bo"));
      const cleo = await ask(await person("Cleo"));
      expect(await position(db, bo.id)).toBe(2);
      expect(await position(db, cleo.id)).toBe(3);
      // Anna's first five are written meanwhile: a newcomer still comes before her seventh.
      const order = (await openGenerations(db)).map((g) => g.id);
      const annas = order.filter((id) => id !== bo.id && id !== cleo.id).slice(0, 5);
      for (const id of [...annas, bo.id, cleo.id]) {
        await claim(db, id, "w1", 10_000);
        await finish(db, id, "w1", finished("Ein Text."));
      }
      const dora = await ask(await person("Dora"));
      expect(await position(db, dora.id)).toBe(2);
    });

    it("gives concurrent briefs of one person rising tags", async () => {
      const anna = await person("Anna");
      const briefIds = await Promise.all(Array.from({ length: 8 }, () => brief(anna)));
      const tags = (await Promise.all(briefIds.map((id) => generation(anna, id)))).map((g) => g.tag);
      expect(tags.sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    });

    it("hands a generation to one of many workers", async () => {
      const { id } = await ask(await person("Anna"));
      const claims = await Promise.all(Array.from({ length: 6 }, (_, i) => claim(db, id, `w${i}`, 10_000)));
      expect(claims.filter((c) => c !== undefined)).toHaveLength(1);
      expect((await getGeneration(db, id))?.attempts).toBe(1);
    });

    it("lets a dead worker's generation be taken over, and its late result changes nothing", async () => {
      const { id, briefId } = await ask(await person("Anna"));
      expect(await claim(db, id, "dead", -1)).toBeDefined();
      expect(await claim(db, id, "alive", 10_000)).toMatchObject({ attempts: 2, worker: "alive" });
      expect(await renew(db, id, "dead", 10_000)).toBe(false);
      expect(await requeue(db, id, "dead")).toBe(false);
      expect(await finish(db, id, "dead", finished("Zu spät."))).toBe(false);
      expect(await fail(db, id, { code: "internal", details: {} }, "dead")).toBe(false);
      expect(await renew(db, id, "alive", 10_000)).toBe(true);
      expect(await finish(db, id, "alive", finished("Rechtzeitig."))).toBe(true);
      expect(await finish(db, id, "alive", finished("Noch einmal."))).toBe(false);
      expect(await versionTexts(db, briefId)).toEqual(["Rechtzeitig."]);
    });

    it("resumes its own half-written generation and counts crashes for the poison check", async () => {
      const { id } = await ask(await person("Anna"));
      await claim(db, id, "w1", 10_000);
      expect(await claim(db, id, "w1", 10_000)).toMatchObject({ attempts: 2 });
      expect(await recordCrash(db, id)).toBe(1);
      expect(await recordCrash(db, id)).toBe(2);
      expect(await requeue(db, id, "w1")).toBe(true);
      expect(await getGeneration(db, id)).toMatchObject({ status: "queued", worker: null, crashes: 2 });
      await claim(db, id, "w2", 10_000);
      expect(await openGenerations(db)).toEqual([
        { id, tag: 1, status: "writing", worker: "w2", leased: true },
      ]);
      expect(await requeueAll(db)).toEqual([id]);
      expect(await openGenerations(db)).toMatchObject([{ status: "queued", leased: false }]);
    });

    it("stores drafts, candidates, versions and the delivery in one commit", async () => {
      const anna = await person("Anna");
      const { id, briefId } = await ask(anna);
      await claim(db, id, "w1", 10_000);
      expect(await finish(db, id, "w1", finished("Ekeby für 899 €.", "Ekeby, sandfarben."))).toBe(true);
      // Written, but not visible before it is posted.
      expect(await briefView(db, briefId, anna)).toMatchObject({ status: "done", drafts: [] });
      const next = await nextDelivery(db, "web", briefId);
      expect(next).toMatchObject({ waitMs: 0, delivery: { kind: "drafts", seq: 1, generationId: id } });
      if (!next) return;
      const delivery = await loadDelivery(db, next.delivery);
      expect(delivery.drafts.map((draft) => [draft.id, draft.version])).toEqual([
        [draftId(id, 1), 1],
        [draftId(id, 2), 2],
      ]);
      await deliveryPosted(db, delivery.id, "ref");
      await deliveryPosted(db, delivery.id, "again");
      const view = await briefView(db, briefId, anna);
      expect(view?.drafts[0]).toMatchObject({
        text: "Ekeby für 899 €.",
        kind: "generated",
        gates: [{ id: "price", ok: true }],
        score: { total: 80 },
        facts: [{ text: "899 €", found: true }],
        model: { name: "hygge", quant: "Q4_0" },
        state: "draft",
        decision: null,
        ratings: { up: 0, down: 0, mine: null },
        picked: false,
      });
      expect(view?.drafts[0]?.postedAt).toBeTruthy();
      const candidates = await candidatesOf(db, id);
      expect(candidates.map((c) => [c.index, c.draftId, c.seed])).toEqual([
        [0, draftId(id, 1), 4_294_967_295],
        [1, draftId(id, 2), 4_294_967_294],
        [2, null, 4_294_967_293],
      ]);
    });

    it("lets a cancel win over a finish that comes later, and a finish over a late cancel", async () => {
      const anna = await person("Anna");
      const first = await ask(anna);
      await claim(db, first.id, "w1", 10_000);
      expect(await cancel(db, first.id)).toBe(true);
      expect(await renew(db, first.id, "w1", 10_000)).toBe(false);
      expect(await finish(db, first.id, "w1", finished("Zu spät."))).toBe(false);
      expect(await briefView(db, first.briefId, anna)).toMatchObject({ status: "cancelled", drafts: [] });
      const next = await nextDelivery(db, "web", first.briefId);
      expect(next?.delivery.kind).toBe("cancelled");
      const second = await written(anna);
      expect(await cancel(db, second.id)).toBe(false);
    });

    it("says why a generation failed, to the person and to the chat", async () => {
      const anna = await person("Anna");
      const { id, briefId } = await ask(anna);
      await claim(db, id, "w1", 10_000);
      const error = { code: "brief_poisoned", details: { tries: 3 } };
      expect(await fail(db, id, error, "w1")).toBe(true);
      expect(await fail(db, id, error)).toBe(false);
      expect(await briefView(db, briefId, anna)).toMatchObject({ status: "failed", error });
      const next = await nextDelivery(db, "web", briefId);
      expect(next && (await loadDelivery(db, next.delivery))).toMatchObject({
        kind: "failed",
        error,
        drafts: [],
        locale: "de",
      });
    });

    it("posts a thread in order: a row that must wait holds back the ones behind it", async () => {
      const anna = await person("Anna");
      const ids: string[] = [];
      for (let i = 0; i < 3; i++) {
        const briefId = await brief(anna, { surface: "slack", thread: "T1/C1/1.2" });
        const { id } = await generation(anna, briefId);
        await claim(db, id, "w1", 10_000);
        await finish(db, id, "w1", finished(`Text ${i}.`));
        ids.push(id);
      }
      expect(await openThreads(db, ["slack"])).toEqual([{ surface: "slack", thread: "T1/C1/1.2" }]);
      expect(await openThreads(db, ["web"])).toEqual([]);
      const next = () => nextDelivery(db, "slack", "T1/C1/1.2");
      expect((await next())?.delivery).toMatchObject({ seq: 1, generationId: ids[0] });
      expect(await deliveryRetry(db, `${ids[0]}-delivery`, "429", 30_000)).toBe(1);
      const waiting = await next();
      expect(waiting?.delivery.seq).toBe(1);
      expect(waiting?.waitMs).toBeGreaterThan(20_000);
      await deliveryPosted(db, `${ids[0]}-delivery`, "1.3");
      expect((await next())?.delivery.seq).toBe(2);
      await deliveryDead(db, `${ids[1]}-delivery`, "channel_not_found");
      expect(await next()).toMatchObject({ waitMs: 0, delivery: { seq: 3 } });
      await deliveryPosted(db, `${ids[2]}-delivery`, "1.4");
      expect(await next()).toBeUndefined();
      expect(await openThreads(db, ["slack", "web"])).toEqual([]);
    });

    it("numbers a thread's deliveries without gaps when many end at once", async () => {
      const anna = await person("Anna");
      const ids: string[] = [];
      for (let i = 0; i < 6; i++) {
        const briefId = await brief(anna, { surface: "discord", thread: "42" });
        ids.push((await generation(anna, briefId)).id);
      }
      await Promise.all(ids.map((id) => cancel(db, id)));
      const { rows } = await db.execute<{ seq: number }>(sql`select seq from hygge.deliveries order by seq`);
      expect(rows.map((row) => row.seq)).toEqual([1, 2, 3, 4, 5, 6]);
    });

    it("lets one process drain a thread, until its lease runs out or is given back", async () => {
      expect(await leaseThread(db, "slack", "T", "a", 10_000)).toBe(true);
      expect(await leaseThread(db, "slack", "T", "b", 10_000)).toBe(false);
      expect(await leaseThread(db, "slack", "T", "a", -1)).toBe(true);
      expect(await leaseThread(db, "slack", "T", "b", 10_000)).toBe(true);
      await releaseThread(db, "slack", "T", "a");
      expect(await leaseThread(db, "slack", "T", "a", 10_000)).toBe(false);
      await releaseThread(db, "slack", "T", "b");
      expect(await leaseThread(db, "slack", "T", "a", 10_000)).toBe(true);
    });

    it("numbers versions in one row, also when an edit and a revision meet", async () => {
      const anna = await person("Anna");
      const { briefId, id } = await written(anna);
      const revision = await generation(anna, briefId, { wish: "kürzer", parentId: draftId(id, 1) });
      await claim(db, revision.id, "w1", 10_000);
      const { gates, score } = candidate(0, "");
      await Promise.all([
        finish(db, revision.id, "w1", finished("Kurz.")),
        ...["a", "b", "c"].map((text) =>
          insertEdit(db, {
            id: randomUUID(),
            parentId: draftId(id, 1),
            personId: anna,
            text,
            gates,
            score,
            facts: [],
          }),
        ),
      ]);
      await deliveryPosted(db, `${revision.id}-delivery`, "ref");
      const view = await briefView(db, briefId, anna);
      expect(view?.drafts.map((draft) => draft.version)).toEqual([1, 2, 3, 4, 5]);
      expect(view?.generationId).toBe(revision.id);
      expect(view?.drafts.find((draft) => draft.text === "Kurz.")).toMatchObject({
        wish: "kürzer",
        parentId: draftId(id, 1),
        picked: null,
      });
      expect(view?.drafts.find((draft) => draft.text === "a")).toMatchObject({
        kind: "edited",
        model: null,
        channel: "instagram",
      });
      const orphan = { id: "x", parentId: "nope", personId: anna, text: "d", gates, score, facts: [] };
      expect(await insertEdit(db, orphan)).toBeUndefined();
    });

    it("keeps one changeable vote for a person and draft", async () => {
      const [anna, bo] = [await person("Anna"), await person("Bo")];
      const { id } = await written(anna);
      const draft = draftId(id, 1);
      await rate(db, draft, anna, { value: "up" });
      await rate(db, draft, anna, { value: "down", reasons: ["tone"], comment: "zu süß" });
      await rate(db, draft, bo, { value: "up" });
      expect((await draftView(db, draft, anna))?.ratings).toEqual({
        up: 1,
        down: 1,
        mine: { value: "down", reasons: ["tone"], comment: "zu süß" },
      });
      await rate(db, draft, anna, null);
      expect((await draftView(db, draft, anna))?.ratings).toEqual({ up: 1, down: 0, mine: null });
    });

    it("keeps each person's pick among variants", async () => {
      const [anna, bo] = [await person("Anna"), await person("Bo")];
      const { id, briefId } = await written(anna, "Eins.", "Zwei.", "Drei.");
      await pick(db, id, anna, draftId(id, 1));
      await pick(db, id, anna, draftId(id, 2));
      const picked = async (who: string) =>
        (await briefView(db, briefId, who))?.drafts.map((draft) => draft.picked);
      expect(await picked(anna)).toEqual([false, true, false]);
      expect(await picked(bo)).toEqual([false, false, false]);
    });

    it("decides a draft once: of two at a time one counts", async () => {
      const [anna, bo] = [await person("Anna"), await person("Bo")];
      const { id } = await written(anna);
      const draft = draftId(id, 1);
      const by = { personId: anna };
      expect(await decideDraft(db, draft, "withdraw", by)).toEqual({ changed: false, state: "draft" });
      expect(await decideDraft(db, draft, "request", by)).toEqual({ changed: true, state: "requested" });
      expect(await decideDraft(db, draft, "withdraw", by)).toEqual({ changed: true, state: "draft" });
      await decideDraft(db, draft, "request", by);
      const both = await Promise.all([
        decideDraft(db, draft, "approve", { personId: bo, note: "schön" }),
        decideDraft(db, draft, "reject", { personId: bo, note: "schön" }),
      ]);
      expect(both.filter((result) => result?.changed)).toHaveLength(1);
      expect((await draftView(db, draft, anna))?.decision).toMatchObject({
        personId: bo,
        personName: "Bo",
        note: "schön",
      });
      expect(await decideDraft(db, "nope", "approve", by)).toBeUndefined();
    });

    it("finds a person's own briefs by brief and by draft, page by page, newest first", async () => {
      const [anna, bo] = [await person("Anna"), await person("Bo")];
      // All at once, as a batch comes.
      await Promise.all(
        Array.from({ length: 7 }, (_, i) => brief(anna, { text: `Lampe Ljus ${i}, 100% Öl_1` })),
      );
      await brief(bo);
      const { briefId } = await written(anna, "Abends wird es still.");
      const all = await briefIdsOf(db, anna);
      expect(all).toHaveLength(8);
      expect(all[0]).toBe(briefId);
      const pages: string[] = [];
      for (let before: string | undefined; ; ) {
        const ids = await briefIdsOf(db, anna, { before, limit: 3 });
        if (ids.length === 0) break;
        pages.push(...ids);
        before = (await briefViews(db, ids, anna)).at(-1)?.createdAt;
      }
      expect(pages).toEqual(all);
      expect(await briefIdsOf(db, anna, { search: "abends WIRD" })).toEqual([briefId]);
      expect(await briefIdsOf(db, anna, { search: "100% öl_1" })).toHaveLength(7);
      expect(await briefIdsOf(db, anna, { search: "%" })).toHaveLength(7);
      expect(await briefIdsOf(db, anna, { search: "l_us" })).toEqual([]);
    });

    it("names a brand's recent texts, newest first, and no other brand's", async () => {
      const anna = await person("Anna");
      await written(anna, "Eins.");
      await written(anna, "Zwei.");
      expect(await recentTexts(db, "hygge", 1)).toEqual(["Zwei."]);
      expect(await recentTexts(db, "hygge", 9)).toEqual(["Zwei.", "Eins."]);
      expect(await recentTexts(db, "other", 9)).toEqual([]);
    });

    it("keeps who did what, and nothing of a transaction that was rolled back", async () => {
      const anna = await person("Anna");
      await addAudit(db, { personId: anna, action: "draft.rate", draftId: "d", data: { value: "up" } });
      await expect(
        db.transaction(async (tx) => {
          await addAudit(tx, { personId: anna, action: "draft.edit", draftId: "d" });
          throw new Error("no");
        }),
      ).rejects.toThrow("no");
      expect(await auditOfDraft(db, "d")).toMatchObject([{ action: "draft.rate", data: { value: "up" } }]);
    });

    it("never lets a statement slip into somebody else's transaction", async () => {
      const anna = await person("Anna");
      await Promise.all([
        db
          .transaction(async (tx) => {
            await addAudit(tx, { personId: anna, action: "inside" });
            await new Promise((resolve) => setTimeout(resolve, 30));
            throw new Error("roll back");
          })
          .catch(() => {}),
        (async () => {
          await new Promise((resolve) => setTimeout(resolve, 10));
          await addAudit(db, { personId: anna, action: "outside" });
        })(),
      ]);
      const { rows } = await db.execute<{ action: string }>(sql`select action from hygge.audit`);
      expect(rows).toEqual([{ action: "outside" }]);
    });

    it("takes every character of a text back out", async () => {
      const anna = await person("Änne O'Hara “🛋️” \\ % _ ’");
      const text = "Zeile 1\nZeile 2\t„Sofa“ ‚x‘ 899 € 🛋️ \\n $1 'a'' ; -- /* */";
      const briefId = await brief(anna, { text });
      expect(await briefView(db, briefId, anna)).toMatchObject({
        text,
        personName: "Änne O'Hara “🛋️” \\ % _ ’",
      });
    });
  });
}
