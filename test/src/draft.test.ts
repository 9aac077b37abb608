import { expect, test } from "vitest";
import { loadBrand } from "#src/brand.ts";
import { parseBrief } from "#src/brief.ts";
import { type DraftJob, trimmed, writeDraft } from "#src/draft.ts";
import { HyggeError } from "#src/errors.ts";
import { similarity } from "#src/voice/similar.ts";
import { scriptedModel } from "#test/fixtures/scripted-model.ts";

const brand = loadBrand("hygge");

const scripted = (texts: string[]) => scriptedModel(texts, { card: { candidates: 4 } });

const good = [
  "Draußen regnet es, und du hast heute nichts mehr vor. Das Sofa Ekeby ist aus sandfarbenem Leinen und kostet 899 €. Der Regen ist umsonst.",
  "Am Sonntag kommt die halbe Familie zum Kaffee. Auf Ekeby rückt ihr zusammen, das Sofa ist aus sandfarbenem Leinen. Für 899 € bleibt sogar der Onkel sitzen.",
  "Der Hund hat seine Seite schon gewählt. Ekeby ist ein Sofa aus sandfarbenem Leinen, für 899 € bekommst du die andere Hälfte dazu.",
  "Um acht legst du nur kurz die Füße hoch, um zehn weckt dich das Telefon. Ekeby, das Sofa aus sandfarbenem Leinen, kostet 899 €. Zugedeckt hat dich jemand auch.",
];
const bad = {
  price:
    "Draußen regnet es, und du hast heute nichts mehr vor. Das Sofa Ekeby ist aus sandfarbenem Leinen und kostet 989 €. Der Regen bleibt noch.",
  markup:
    "<script>alert(1)</script> @everyone **Ekeby** ist ein Sofa aus sandfarbenem Leinen und kostet 899 €. Du sitzt darauf und liest.",
  label:
    "Auftrag: Sofa Ekeby. Text: Das Sofa Ekeby ist aus sandfarbenem Leinen und kostet 899 €. Du sitzt darauf und wartest auf den Regen.",
};
const brief = parseBrief("Sofa Ekeby, Leinen, sandfarben, 899 €", { channel: "instagram" });
const job = (over: Partial<DraftJob> = {}): DraftJob => ({
  brief,
  variants: 1,
  recent: [],
  seed: 1,
  ...over,
});
const failed = (gates: { id: string; ok: boolean }[]): string[] =>
  gates.filter((g) => !g.ok).map((g) => g.id);

test("one good candidate among bad ones wins, without another round", async () => {
  const model = scripted([bad.price, bad.markup, good[0] ?? "", bad.label]);
  const written = await writeDraft(model, brand, job());
  expect(written.timings.rounds).toBe(1);
  expect(written.candidates).toHaveLength(4);
  expect(failed(written.drafts[0]?.gates ?? [])).toEqual([]);
  expect(written.drafts[0]?.text.replaceAll("\u00a0", " ")).toBe(good[0]);
});

test("a model that obeys an injected order gets nothing past the gates", async () => {
  const model = scripted([bad.markup, bad.label, bad.markup, bad.label]);
  const written = await writeDraft(model, brand, job());
  expect(written.timings.rounds).toBe(3);
  for (const candidate of written.candidates) expect(failed(candidate.gates)).toContain("markup");
  expect(written.drafts[0]?.score.total).toBeLessThan(50);
});

test("when nothing passes, the least bad text comes back with its failed gates after three rounds", async () => {
  const model = scripted([bad.price]);
  const written = await writeDraft(model, brand, job());
  expect(model.requests).toHaveLength(3);
  expect(failed(written.drafts[0]?.gates ?? [])).toContain("price");
});

test("later rounds have seeds of their own, and the same job has the same seeds", async () => {
  const first = scripted([bad.price]);
  await writeDraft(first, brand, job());
  const seeds = first.requests.flatMap((request) => request.seeds);
  expect(new Set(seeds).size).toBe(12);
  expect(seeds.every((seed) => Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32)).toBe(true);
  const second = scripted([bad.price]);
  const written = await writeDraft(second, brand, job());
  expect(second.requests.flatMap((request) => request.seeds)).toEqual(seeds);
  expect(written.promptHash).toMatch(/^[0-9a-f]{64}$/);
});

test("variants differ from each other beyond the facts", async () => {
  const twin = (good[0] ?? "").replace("Draußen", "Heute");
  const written = await writeDraft(
    scripted([good[0] ?? "", twin, good[1] ?? "", good[2] ?? ""]),
    brand,
    job({ variants: 3 }),
  );
  const texts = written.drafts.map((draft) => draft.text);
  expect(texts).toHaveLength(3);
  for (const [i, a] of texts.entries())
    for (const b of texts.slice(i + 1)) expect(similarity(a, b, brief)).toBeLessThan(0.5);
});

test("fewer variants come back when fewer distinct texts were written", async () => {
  const written = await writeDraft(scripted([good[0] ?? ""]), brand, job({ variants: 3 }));
  expect(written.drafts).toHaveLength(1);
});

test("shorter: the shorter text that is not the old one cut off", async () => {
  const draft = good[0] ?? "";
  const cut = "Das Sofa Ekeby ist aus sandfarbenem Leinen und kostet 899 €. Der Regen ist umsonst.";
  const short = "Es regnet, du bleibst sitzen. Ekeby, das Sofa aus sandfarbenem Leinen, kostet 899 €.";
  const written = await writeDraft(
    scripted([good[1] ?? "", cut, short, draft]),
    brand,
    job({ revision: { draft, wish: "kürzer" }, recent: [draft] }),
  );
  expect(written.drafts[0]?.text.replaceAll("\u00a0", " ")).toBe(short);
});

test("a rewrite is none of the earlier versions again", async () => {
  const [first = "", second = "", third = ""] = good;
  const written = await writeDraft(
    scripted([first, second, third, first]),
    brand,
    job({ revision: { draft: second, wish: "" }, recent: [first, second] }),
  );
  expect(written.drafts[0]?.text.replaceAll("\u00a0", " ")).toBe(third);
});

test("a text that the model did not end loses to one that it did", async () => {
  const model = scripted([good[0] ?? "", good[1] ?? "", good[2] ?? "", good[3] ?? ""]);
  const write = model.write;
  model.write = async (request) =>
    (await write(request)).map((raw, index) => ({ ...raw, stop: index === 1 ? "end" : "length" }));
  const written = await writeDraft(model, brand, job());
  expect(written.drafts[0]?.index).toBe(1);
});

test("previews name the candidate and how many there are", async () => {
  const seen = new Map<number, string>();
  await writeDraft(scripted(good), brand, job(), {
    onText: (index, of, text) => {
      expect(of).toBe(4);
      seen.set(index, text);
    },
  });
  expect([...seen.keys()].sort()).toEqual([0, 1, 2, 3]);
  expect([...seen.values()].sort()).toEqual([...good].sort());
});

test("an abort rejects with its reason, before and during the writing", async () => {
  const reason = new Error("cancelled by the person");
  await expect(writeDraft(scripted(good), brand, job(), { signal: AbortSignal.abort(reason) })).rejects.toBe(
    reason,
  );
  const controller = new AbortController();
  const model = scripted(good);
  await expect(
    writeDraft(model, brand, job(), { signal: controller.signal, onText: () => controller.abort(reason) }),
  ).rejects.toBe(reason);
  expect(model.requests).toHaveLength(1);
});

test("a dead model's error is the job's error", async () => {
  const model = scriptedModel(() => new HyggeError("model_down", {}, { retryable: true }));
  await expect(writeDraft(model, brand, job())).rejects.toThrow("model_down");
});

test("a new text is trimmed to whole sentences that name the product and its price", () => {
  const text = `${good[3]} Und jetzt ist es still im Haus.`;
  expect(trimmed(text, 150, brief)).toBe(
    "Um acht legst du nur kurz die Füße hoch, um zehn weckt dich das Telefon. Ekeby, das Sofa aus sandfarbenem Leinen, kostet 899 €.",
  );
  expect(trimmed(text, 80, brief)).toBe("Ekeby, das Sofa aus sandfarbenem Leinen, kostet 899 €.");
  expect(trimmed(text, 40, brief)).toBeUndefined();
});
