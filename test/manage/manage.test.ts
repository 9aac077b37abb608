import { parse } from "csv-parse/sync";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ExportKind } from "#src/manage/export.ts";
import { sideOf } from "#src/manage/export.ts";
import type { Database } from "#src/store/open.ts";
import { memoryDatabase, serverDatabase } from "#test/fixtures/database.ts";
import { livePostgres } from "#test/fixtures/servers.ts";
import { manager, openManaged } from "./house.ts";
import { labelsPrompt, model, world } from "./world.ts";

const boss = manager("boss");

function suite(name: string, open: () => Promise<Database>) {
  describe(`managers on ${name}`, () => {
    let database: Database;
    let house: Awaited<ReturnType<typeof openManaged>>;
    let w: ReturnType<typeof world>;
    const texts = async (query: Record<string, string>) =>
      (await house.manage.drafts(boss, query)).drafts.map((draft) => draft.text);

    beforeAll(async () => {
      database = await open();
      house = await openManaged(database);
      w = world(database);
    });
    afterAll(async () => {
      await house?.close();
      await database?.close();
    });

    describe("the list", () => {
      const at = (day: number) => `2025-03-${String(day).padStart(2, "0")}T22:30:00Z`;
      beforeAll(async () => {
        await w.person("slack:T1/U1", "Carla");
        const eck = await w.brief("Ecksofa Ekeby, Leinen", ["Ein Ecksofa für alle."], { at: at(1) });
        const sofas = await w.brief("Zwei Möbel", ["Lauter Sofas, und keins ist schmal."], {
          at: at(2),
          brand: "nord",
        });
        await w.brief("Stuhl Birger", ["Die Stühle stehen am Tisch. Kleine Häuser."], {
          at: at(3),
          channel: "schild",
          person: "slack:T1/U1",
          failed: "price",
        });
        await w.brief("Decke Moln, Leinen", ["Eine Decke aus Leinen."], { at: at(4) });
        await w.decide(eck.drafts[0] ?? "", "approve");
        await w.rate(sofas.drafts[0] ?? "", "down", { reasons: ["tone"], comment: "Klingt nach Katalog." });
        await w.edit(eck.drafts[0] ?? "", "Ein Ecksofa für euch alle.");
      });

      test("is newest first, and each has what it needs", async () => {
        const { total, drafts } = await house.manage.drafts(boss, { to: "2025-12-31" });
        expect(total).toBe(4);
        expect(drafts.map((draft) => draft.brief)).toEqual([
          "Decke Moln, Leinen",
          "Stuhl Birger",
          "Zwei Möbel",
          "Ecksofa Ekeby, Leinen",
        ]);
        expect(drafts[1]).toMatchObject({
          personName: "Carla",
          failed: ["price"],
          kind: "generated",
          model: "hygge v0 Q4_0",
        });
        expect(drafts[2]).toMatchObject({ brand: "nord", down: 1, comments: 1 });
      });

      test("“Sofa” finds “Ecksofa” and “Sofas”; “Sofas” finds “Ecksofa”", async () => {
        for (const search of ["Sofa", "sofas", "SOFA"])
          expect((await texts({ search, to: "2025-12-31" })).sort()).toEqual([
            "Ein Ecksofa für alle.",
            "Lauter Sofas, und keins ist schmal.",
          ]);
      });

      test("umlauts of the plural are found, and what only contains the letters is not", async () => {
        expect(await texts({ search: "Stuhl" })).toEqual(["Die Stühle stehen am Tisch. Kleine Häuser."]);
        expect(await texts({ search: "Stühle" })).toEqual(["Die Stühle stehen am Tisch. Kleine Häuser."]);
        // "Leinen" is in "kleinen", which means something else.
        expect(await texts({ search: "Leinen", to: "2025-12-31" })).toHaveLength(2);
        expect(await texts({ search: "Leinen Decke" })).toEqual(["Eine Decke aus Leinen."]);
      });

      test("comments are searched, too; what occurs nowhere finds nothing", async () => {
        expect(await texts({ search: "Katalog" })).toEqual(["Lauter Sofas, und keins ist schmal."]);
        expect(await texts({ search: "Qwertz" })).toEqual([]);
      });

      test("every filter narrows", async () => {
        const count = async (query: Record<string, string>) => (await house.manage.drafts(boss, query)).total;
        expect(await count({ brand: "nord" })).toBe(1);
        expect(await count({ channel: "schild" })).toBe(1);
        expect(await count({ person: "slack:T1/U1" })).toBe(1);
        expect(await count({ model: "hygge v0 Q4_0", kind: "generated" })).toBe(4);
        expect(await count({ state: "approved" })).toBe(1);
        expect(await count({ kind: "edited" })).toBe(1);
        expect(await count({ vote: "down" })).toBe(1);
        expect(await count({ vote: "none", kind: "generated" })).toBe(3);
        expect(await count({ reason: "tone" })).toBe(1);
        expect(await count({ reason: "grammar" })).toBe(0);
        expect(await count({ gate: "price" })).toBe(1);
        expect(await count({ gate: "any" })).toBe(1);
        expect(await count({ light: "red" })).toBe(0);
        expect(await count({ commented: "yes" })).toBe(1);
        // 22:30 UTC on the 3rd is the 3rd in Berlin's winter: 23:30.
        expect(await count({ from: "2025-03-03", to: "2025-03-03" })).toBe(1);
        expect(await count({ brand: "nord", vote: "down", search: "sofa" })).toBe(1);
      });

      test("what is no filter is told so", async () => {
        const wrong: Record<string, string>[] = [
          { channel: "fax" },
          { from: "gestern" },
          { sort: "random" },
          { page: "0" },
          { page: "x" },
        ];
        for (const query of wrong)
          await expect(house.manage.drafts(boss, query)).rejects.toMatchObject({ code: "input_invalid" });
      });

      test("orders and pages agree from both ends", async () => {
        for (let i = 0; i < 13; i++) {
          const texts = [1, 2, 3, 4].map((n) => `Regal Nummer ${i}.${n} steht an der Wand.`);
          await w.brief(`Regal ${i}`, texts, { brand: "viele", at: at(5 + i) });
        }
        for (const sort of ["newest", "oldest", "best", "worst", "edited", "liked", "disliked", "slow"]) {
          const all: string[] = [];
          for (const page of [1, 2, 3])
            all.push(
              ...(await house.manage.drafts(boss, { brand: "viele", sort, page: String(page) })).drafts.map(
                (d) => d.id,
              ),
            );
          expect(new Set(all).size, sort).toBe(52);
        }
        const oldest = (await house.manage.drafts(boss, { brand: "viele", sort: "oldest" })).drafts[0];
        const last = await house.manage.drafts(boss, { brand: "viele", page: "99" });
        expect(last).toMatchObject({ page: 3, pages: 3, total: 52 });
        expect(last.drafts.at(-1)?.createdAt).toBe(oldest?.createdAt);
      });

      test("choices are what occurs", async () => {
        const choices = await house.manage.choices(boss);
        expect(choices.brands).toEqual(["hygge", "nord", "viele"]);
        expect(choices.people).toContainEqual({ id: "slack:T1/U1", name: "Carla" });
        expect(choices.channelNames.schild?.de).toBeTruthy();
      });
    });

    describe("a brief's page", () => {
      test("has versions, candidates, votes, the edit as a diff, the decision and the message", async () => {
        const { drafts, id } = await w.brief("Lampe Ljus", ["Die Lampe ist gemütlich."], {
          surface: "slack",
          thread: "T1/C2/1700000000.000100",
        });
        const first = drafts[0] ?? "";
        await database.pool.query(
          "update hygge.deliveries set status = 'posted', ref = 'C2/1700000001.000200', posted_at = now() where brief_id = $1",
          [id],
        );
        const edited = await w.edit(first, "Die Lampe ist behaglich.");
        await w.rate(first, "up");
        await w.decide(edited, "approve", "web:chef", "Schön.");
        for (const by of [id, first, edited]) {
          const detail = await house.manage.detail(boss, by);
          expect(detail.brief.text).toBe("Lampe Ljus");
          expect(detail.drafts.map((draft) => draft.version)).toEqual([1, 2]);
          expect(detail.drafts[0]?.candidates).toHaveLength(2);
          expect(detail.drafts[1]?.diff).toEqual([
            { sign: "=", text: "Die Lampe ist " },
            { sign: "-", text: "gemütlich" },
            { sign: "+", text: "behaglich" },
            { sign: "=", text: "." },
          ]);
          expect(detail.drafts[1]?.decision).toMatchObject({ personName: "Chef", note: "Schön." });
          expect(detail.votes).toMatchObject([{ draftId: first, value: "up", personName: "Bert" }]);
          expect(detail.messages).toMatchObject([
            {
              surface: "slack",
              link: "https://slack.com/archives/C2/p1700000001000200?thread_ts=1700000000.000100&cid=C2",
            },
          ]);
          expect(detail.story[0]).toMatchObject({ action: "brief.create" });
        }
        await expect(house.manage.detail(boss, "nothing")).rejects.toMatchObject({ code: "not_found" });
      });

      test("every text has its provenance, with model, prompt, people and the AI Act's marking", async () => {
        const { drafts } = await w.brief("Hocker Pall", ["Der Hocker ist schmal."]);
        const edited = await w.edit(drafts[0] ?? "", "Der Hocker ist schlank.");
        await w.decide(edited, "approve");
        const record = await house.manage.provenance(boss, edited);
        expect(record).toMatchObject({
          record: "hygge-provenance",
          text: "Der Hocker ist schlank.",
          generatedText: "Der Hocker ist schmal.",
          model: { ...model, adapter: null },
          seed: 100,
          requested: { personId: "web:anna", brief: "Hocker Pall" },
          approved: { personId: "web:chef", name: "Chef" },
          marking: { aiGenerated: true, humanEdited: true, humanApproved: true },
        });
        expect(record.edits).toMatchObject([{ personId: "web:anna", version: 2 }]);
        expect(record.promptHash).toMatch(/^[0-9a-f]{64}$/);
        expect(record.marking.digitalSourceType).toMatch(/compositeWithTrainedAlgorithmicMedia$/);
        expect((await house.manage.provenance(boss, drafts[0] ?? "")).marking.digitalSourceType).toMatch(
          /\/trainedAlgorithmicMedia$/,
        );
      });
    });

    describe("figures", () => {
      test("this week counts drafts, decisions, edits, thumbs and the wait", async () => {
        const before = await house.manage.glance(boss);
        const { drafts } = await w.brief("Bank Aftonsol", ["Die Bank steht im Garten."]);
        const first = drafts[0] ?? "";
        const edited = await w.edit(first, "Die Bank steht im Hof.");
        await w.decide(edited, "approve");
        await w.rate(first, "up");
        const other = await w.brief("Bank Morgonsol", ["Die Bank ist nass."]);
        await w.decide(other.drafts[0] ?? "", "reject");
        const { week } = await house.manage.glance(boss);
        expect(week.drafts - before.week.drafts).toBe(2);
        expect(week.approved - before.week.approved).toBe(1);
        expect(week.rejected - before.week.rejected).toBe(1);
        expect(week.edits - before.week.edits).toBe(1);
        expect(week.up - before.week.up).toBe(1);
        expect(week.approvalRate).toBeGreaterThan(0);
        expect(week.medianDistance).toBeGreaterThan(0);
        expect(week.medianWait).not.toBeNull();
      });

      test("a week begins on Monday in the workspace's time zone", async () => {
        const { monday } = await house.manage.glance(boss);
        expect(new Date(`${monday}T12:00:00Z`).getUTCDay()).toBe(1);
      });

      test("trends have a point for each week and series", async () => {
        const asked = [
          ...["model", "brand", "channel", "person"].map((by) => ({ by, figure: "drafts" })),
          ...["approvalRate", "unedited", "medianDistance", "medianWait", "up", "down"].map((figure) => ({
            by: "all",
            figure,
          })),
        ];
        for (const one of asked) {
          const { buckets, series } = await house.manage.trends(boss, { ...one, weeks: "12" });
          expect(buckets).toHaveLength(12);
          for (const { points } of series) expect(points).toHaveLength(12);
        }
        const { series, step } = await house.manage.trends(boss, { by: "all", figure: "drafts", weeks: "4" });
        expect(step).toBe("day");
        expect(series[0]?.points.at(-1)).toBeGreaterThan(0);
        await expect(house.manage.trends(boss, { by: "shoe" })).rejects.toMatchObject({
          code: "input_invalid",
        });
      });

      test("patterns: reasons, failed checks, difficult briefs", async () => {
        const { drafts, id } = await w.brief("Kerze Stille", ["Die Kerze brennt."], { failed: "digits" });
        await w.rate(drafts[0] ?? "", "down", { reasons: ["boring", "facts"] });
        const { reasons, gates, worst } = await house.manage.patterns(boss, { weeks: "4" });
        expect(reasons.series.map((one) => one.id)).toEqual(expect.arrayContaining(["boring", "facts"]));
        expect(gates.series.find((one) => one.id === "digits")?.points.at(-1)).toBe(1);
        expect(worst[0]).toMatchObject({ briefId: id, down: 1, failed: 1 });
      });

      test("near duplicates of other briefs are paired, versions of one brief are not", async () => {
        const text =
          "Draußen regnet es, und du hast heute nichts mehr vor. Das Sofa hat drei Sitze, und du liegst auf allen.";
        const one = await w.brief("Sofa A", [text]);
        await w.edit(one.drafts[0] ?? "", `${text} Schön.`);
        const two = await w.brief("Sofa B", [text.replace("drei", "vier")]);
        const { pairs } = await house.manage.duplicates(boss, {});
        const ours = pairs.filter((pair) => pair.draft.brief.startsWith("Sofa "));
        expect(ours).toHaveLength(1);
        expect(ours[0]).toMatchObject({ draft: { id: two.drafts[0] }, twin: { brief: "Sofa A" } });
        expect(ours[0]?.alike).toBeGreaterThan(0.8);
      });
    });

    describe("rules from edits", () => {
      test("a word that is always replaced is proposed with its evidence, accepted, and taken back", async () => {
        for (const [i, form] of ["kuscheligen", "kuschelige", "kuscheliger", "kuscheligen"].entries()) {
          const { drafts } = await w.brief(`Plaid ${i}`, [
            `Am ${form} Abend liegt das Plaid Nummer ${i} bereit.`,
          ]);
          await w.person(`web:editor-${i % 2}`);
          await w.edit(
            drafts[0] ?? "",
            `Am ${form.replace("kuschelig", "weich")} Abend liegt das Plaid Nummer ${i} bereit.`,
            `web:editor-${i % 2}`,
          );
        }
        const { proposals } = await house.manage.rules(boss);
        const proposal = proposals.find((one) => one.pattern.startsWith("kuschelig"));
        expect(proposal).toMatchObject({
          brand: "hygge",
          kind: "replace",
          pattern: "kuschelige",
          replacement: "weiche",
          times: 4,
          people: 2,
          kept: 0,
        });
        expect(proposal?.examples[0]?.diff).toContainEqual({
          sign: "-",
          text: expect.stringMatching(/^kuschelig/),
        });

        const words = () => house.brands.get("hygge")?.forbidden.map((entry) => entry.word) ?? [];
        const before = words().length;
        const { id } = await house.manage.acceptRule(boss, proposal);
        expect(words()).toHaveLength(before + 1);
        expect(house.brands.get("hygge")?.forbidden.at(-1)).toMatchObject({
          word: "kuschelige",
          replacements: ["weiche"],
        });
        // Accepted twice it is one rule, and is no longer proposed.
        expect((await house.manage.acceptRule(boss, proposal)).id).toBe(id);
        const after = await house.manage.rules(boss);
        expect(after.proposals.find((one) => one.pattern === "kuschelige")).toBeUndefined();
        expect(after.rules.find((rule) => rule.id === id)).toMatchObject({
          acceptedBy: boss.id,
          undoneAt: null,
        });

        await house.manage.undoRule(boss, id);
        expect(words()).toHaveLength(before);
        expect((await house.manage.rules(boss)).rules.find((rule) => rule.id === id)).toMatchObject({
          undoneBy: boss.id,
        });
        await expect(house.manage.undoRule(boss, "none")).rejects.toMatchObject({ code: "not_found" });
      });

      test("a word that people leave standing as often is no rule", async () => {
        for (let i = 0; i < 3; i++) {
          const { drafts } = await w.brief(`Topf ${i}`, [`Der Topf Nummer ${i} ist prächtig und groß.`]);
          await w.edit(drafts[0] ?? "", `Der Topf Nummer ${i} ist kräftig und groß.`);
          const kept = await w.brief(`Pfanne ${i}`, [`Die Pfanne ${i} ist prächtig, wirklich wahr.`]);
          await w.edit(kept.drafts[0] ?? "", `Die Pfanne ${i} ist prächtig, und heiß.`);
        }
        const { proposals } = await house.manage.rules(boss);
        expect(proposals.filter((one) => one.pattern === "prächtig")).toEqual([]);
      });

      test("a price that is always moved, a phrase that is always deleted", async () => {
        for (let i = 0; i < 4; i++) {
          const { drafts } = await w.brief(
            `Tisch ${i}`,
            [`Für ${300 + i} € zieht er ein. Wie durch Zauberhand wird der Tisch zur Tafel.`],
            { brand: "nord" },
          );
          await w.edit(drafts[0] ?? "", `Der Tisch wird zur Tafel. Für ${300 + i} € zieht er ein.`);
          const other = await w.brief(
            `Bett ${i}`,
            [`Das Bett ist wie durch Zauberhand gemacht, Nummer ${i}.`],
            { brand: "nord" },
          );
          await w.edit(other.drafts[0] ?? "", `Das Bett ist gemacht, Nummer ${i}.`);
        }
        const { proposals } = await house.manage.rules(boss);
        expect(proposals).toContainEqual(
          expect.objectContaining({ brand: "nord", kind: "price", pattern: "end", times: 4 }),
        );
        expect(proposals).toContainEqual(
          expect.objectContaining({
            brand: "nord",
            kind: "delete",
            pattern: "wie durch Zauberhand",
            times: 4,
          }),
        );
        // A place of the price is a rule that the ranking and the prompt follow.
        const { id } = await house.manage.acceptRule(boss, { brand: "hygge", kind: "price", pattern: "end" });
        expect(house.brands.get("hygge")?.pricePlace).toBe("end");
        await house.manage.undoRule(boss, id);
        expect(house.brands.get("hygge")?.pricePlace).toBeUndefined();
      });

      test("an accepted rule reaches another process within seconds, and an unchanged brand stays the same object", async () => {
        const other = await openManaged(database);
        const same = other.brands.get("hygge");
        await other.brands.refresh();
        expect(other.brands.get("hygge")).toBe(same);
        const { id } = await house.manage.acceptRule(boss, {
          brand: "hygge",
          kind: "delete",
          pattern: "Zauberhand",
        });
        await expect
          .poll(() => other.brands.get("hygge")?.forbidden.at(-1)?.word, { timeout: 10_000 })
          .toBe("Zauberhand");
        await house.manage.undoRule(boss, id);
        await other.close();
      });
    });

    describe("exports", () => {
      const collect = async (kind: Exclude<ExportKind, "csv">, query: Record<string, string> = {}) => {
        const { examples, report } = await house.manage.examples(boss, kind, query);
        const list = [];
        for await (const example of examples) list.push({ ...example, json: JSON.parse(example.line) });
        return { list, report };
      };
      const user = (text: string) => [{ role: "user", content: `Auftrag: ${text}\nText:\n` }];
      const said = (text: string) => [{ role: "assistant", content: text }];

      test("SFT: approved and edited finals, with the prompt that the model had", async () => {
        const a = await w.brief("Export A", ["Der erste Text.", "Die Variante."], { brand: "aus" });
        const edited = await w.edit(a.drafts[0] ?? "", "Der bearbeitete Text.");
        const again = await w.edit(edited, "Der noch einmal bearbeitete Text.");
        const b = await w.brief("Export B", ["Ein freigegebener Text."], { brand: "aus" });
        await w.decide(b.drafts[0] ?? "", "approve");
        const c = await w.brief("Export C", ["Ein abgelehnter Text."], { brand: "aus" });
        await w.decide(await w.edit(c.drafts[0] ?? "", "Abgelehnt, bearbeitet."), "reject");
        await w.brief("Export D", ["Weder noch."], { brand: "aus" });
        const { list, report } = await collect("sft", { brand: "aus" });
        expect(list.map(({ json }) => json)).toEqual([
          { messages: [...user("Export A"), ...said("Der noch einmal bearbeitete Text.")] },
          { messages: [...user("Export B"), ...said("Ein freigegebener Text.")] },
        ]);
        expect(list[0]?.source).toMatchObject({
          draftId: again,
          from: "edited",
          model,
          promptHash: expect.stringMatching(/^[0-9a-f]{64}$/),
        });
        expect(report).toMatchObject({ examples: 2, duplicates: 0, withoutPrompt: 0 });
      });

      test("DPO: the edit against the draft, the pick against its siblings; never the same text twice", async () => {
        const p = await w.brief("Wahl", ["Eins.", "Zwei.", "Drei."], { brand: "wahl" });
        await w.pick(p.generation, p.drafts[1] ?? "");
        const e = await w.brief("Änderung", ["Vorher."], { brand: "wahl" });
        const there = await w.edit(e.drafts[0] ?? "", "Nachher.");
        await w.edit(e.drafts[0] ?? "", "Vorher."); // back to what it was: no preference
        const { list } = await collect("dpo", { brand: "wahl" });
        expect(list).toHaveLength(3);
        expect(list.map(({ json }) => json)).toEqual(
          expect.arrayContaining([
            { prompt: user("Wahl"), chosen: said("Zwei."), rejected: said("Eins.") },
            { prompt: user("Wahl"), chosen: said("Zwei."), rejected: said("Drei.") },
            { prompt: user("Änderung"), chosen: said("Nachher."), rejected: said("Vorher.") },
          ]),
        );
        expect(list.find(({ source }) => source.from === "edited")?.source).toMatchObject({
          draftId: there,
          rejectedId: e.drafts[0],
        });
      });

      test("KTO: thumbs, where they are not even", async () => {
        const up = await w.brief("Hoch", ["Gut."], { brand: "daumen" });
        const down = await w.brief("Runter", ["Schlecht."], { brand: "daumen" });
        const even = await w.brief("Beides", ["So so."], { brand: "daumen" });
        await w.rate(up.drafts[0] ?? "", "up");
        await w.rate(down.drafts[0] ?? "", "down");
        await w.rate(even.drafts[0] ?? "", "up");
        await w.rate(even.drafts[0] ?? "", "down", { person: "web:anna" });
        const { list } = await collect("kto", { brand: "daumen" });
        expect(list.map(({ json }) => json)).toEqual([
          { prompt: user("Hoch"), completion: said("Gut."), label: true },
          { prompt: user("Runter"), completion: said("Schlecht."), label: false },
        ]);
      });

      test("the same twice is once; without its prompt nothing is exported; names of people are nowhere", async () => {
        for (let i = 0; i < 2; i++) {
          const same = await w.brief("Doppelt", ["Derselbe Text."], { brand: "doppelt" });
          await w.decide(same.drafts[0] ?? "", "approve");
        }
        const old = await w.brief("Von früher", ["Ein alter Text."], { brand: "doppelt", prompt: null });
        await w.decide(old.drafts[0] ?? "", "approve");
        const { list, report } = await collect("sft", { brand: "doppelt" });
        expect(list).toHaveLength(1);
        expect(report).toMatchObject({ examples: 1, duplicates: 1, withoutPrompt: 1 });
        expect(JSON.stringify(list)).not.toMatch(/web:|Anna|Chef/);
      });

      test("a chat model's prompt is exported turn by turn", async () => {
        const chat = {
          kind: "chat" as const,
          system: "Du schreibst.",
          examples: [{ user: "Auftrag: Bank", assistant: "Eine Bank." }],
          user: "Auftrag: Tisch",
        };
        const t = await w.brief("Tisch", ["Ein Tisch."], { brand: "chat", prompt: chat });
        await w.decide(t.drafts[0] ?? "", "approve");
        expect((await collect("sft", { brand: "chat" })).list[0]?.json.messages).toEqual([
          { role: "system", content: "Du schreibst." },
          { role: "user", content: "Auftrag: Bank" },
          { role: "assistant", content: "Eine Bank." },
          { role: "user", content: "Auftrag: Tisch" },
          { role: "assistant", content: "Ein Tisch." },
        ]);
      });

      test("no brief is on both sides of the split, however it is spelt", async () => {
        for (let i = 0; i < 20; i++) {
          const b = await w.brief(
            i % 2 ? `Sessel ${i >> 1}, grau` : `  SESSEL ${i >> 1},  Grau`,
            [`Text ${i}.`],
            { brand: "split" },
          );
          await w.decide(b.drafts[0] ?? "", "approve");
        }
        const { list, report } = await collect("sft", { brand: "split" });
        expect(report.examples).toBe(20);
        const sides = new Map<string, Set<string>>();
        for (const { side, json } of list) {
          const key = json.messages[0].content.toLowerCase().match(/sessel (\d+)/)[1];
          sides.set(key, (sides.get(key) ?? new Set()).add(side));
        }
        expect([...sides.values()].every((set) => set.size === 1)).toBe(true);
        const evaluation = [...Array(2000).keys()].filter((i) => sideOf(`Sessel ${i}`) === "eval").length;
        expect(evaluation).toBeGreaterThan(120);
        expect(evaluation).toBeLessThan(280);
      });

      const evil = [
        "=1+1",
        "+49 123",
        "-2+3",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        '=HYPERLINK("http://x")',
        "＝1+1",
      ];
      test("CSV: nothing is a formula, umlauts and line breaks survive, separators are the reader's", async () => {
        await w.person("web:eve", "=cmd|' /C calc'!A0");
        for (const text of evil) {
          const b = await w.brief(`${text} Brief`, [`${text}\nzweite Zeile; mit "Zeichen", ä`], {
            brand: "csv",
            person: "web:eve",
          });
          await w.rate(b.drafts[0] ?? "", "down", { comment: `${text} Kommentar` });
        }
        for (const [locale, delimiter] of [
          ["de", ";"],
          ["en", ","],
        ] as const) {
          let text = "";
          for await (const piece of await house.manage.csv(boss, { brand: "csv", locale, sort: "oldest" }))
            text += piece;
          expect(text.startsWith("\ufeff")).toBe(true);
          // Spreadsheets end a row at either, outside of quotes.
          const rows: string[][] = parse(text, { bom: true, delimiter, record_delimiter: ["\r\n", "\n"] });
          const head = rows[0] ?? [];
          expect(rows).toHaveLength(evil.length + 1);
          for (const cell of rows.flat()) expect(cell).not.toMatch(/^[=+\-@\t\r\n＝＋－＠]/u);
          for (const [i, row] of rows.slice(1).entries()) {
            expect(row[head.indexOf("person")]).toBe("'=cmd|' /C calc'!A0");
            expect(row[head.indexOf("text")]).toContain(`\nzweite Zeile; mit "Zeichen", ä`);
            expect(row[head.indexOf("comments")]).toContain("Kommentar");
            expect(row[head.indexOf("score")], String(i)).toBe("80");
          }
        }
      });

      test("prompts that were written for this are the ones at inference, by their hash", async () => {
        expect(labelsPrompt("Export A")).toMatchObject({ kind: "labels" });
        const { rows } = await database.pool.query(
          "select count(*)::int as n from hygge.drafts d left join hygge.prompts p on p.hash = d.prompt_hash where d.kind = 'generated' and p.hash is null and d.text <> 'Ein alter Text.'",
        );
        expect(rows[0].n).toBe(0);
      });
    });
  });
}

suite("PGlite", memoryDatabase);
const postgres = await livePostgres();
describe.skipIf(postgres === undefined)("live", () => {
  suite("PostgreSQL", () => serverDatabase(postgres ?? ""));
});
