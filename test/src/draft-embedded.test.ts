import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import pino from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openModel } from "#models/open.ts";
import { loadBrand } from "#src/brand.ts";
import { parseBrief } from "#src/brief.ts";
import { writeDraft } from "#src/draft.ts";
import { countGraphemes } from "#src/gates/read.ts";
import type { Model } from "#src/model.ts";
import { factCheck } from "#src/voice/facts.ts";
import { isCut } from "#src/voice/similar.ts";

// Three briefs through the real model; draft.slow.ts has fifty.

const brand = loadBrand("hygge");
let dir: string;
let model: Model;

beforeAll(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), "hygge-draft-"));
  model = await openModel({ dataDir: dir, log: pino({ level: "silent" }) });
});
afterAll(async () => {
  await model.close();
  await rm(dir, { recursive: true, force: true });
});

test.each([
  ["Sessel Ormsta, Cord, grün, 449 €", "instagram"],
  ["Lampe Ljusdal, Messing, 49 €", "schild"],
  ["Kommode Vretsta, Birke, 4 Schubladen, 239 €", "anzeige"],
])(
  "%s (%s): a draft that passes every gate and keeps name and price",
  async (text, channel) => {
    const brief = parseBrief(text, { channel });
    const written = await writeDraft(model, brand, { brief, variants: 1, recent: [], seed: 7 });
    const [draft] = written.drafts;
    expect(draft?.gates.filter((gate) => !gate.ok)).toEqual([]);
    const kept = factCheck(draft?.text ?? "", brief, brand).filter((fact) => fact.found);
    expect(kept.map((fact) => fact.kind)).toEqual(expect.arrayContaining(["name", "price"]));
  },
  120_000,
);

test("kürzer is shorter, keeps name and price, and is a text of its own", async () => {
  const brief = parseBrief("Sessel Ormsta, Cord, grün, 449 €", { channel: "instagram" });
  const draft =
    "Am Sonntag regnet es, und keiner will nach draußen. Ormsta ist ein Sessel aus grünem Cord und kostet 449 €. Du liest ein Kapitel, und die Katze liegt auf deinen Füßen. Der Tee wird kalt, das macht nichts.";
  const revision = { draft, wish: "kürzer" };
  const written = await writeDraft(model, brand, { brief, revision, variants: 1, recent: [draft], seed: 7 });
  const text = written.drafts[0]?.text ?? "";
  expect(countGraphemes(text)).toBeLessThanOrEqual(0.8 * countGraphemes(draft));
  expect(text).toContain("Ormsta");
  expect(text).toContain("449");
  expect(isCut(text, draft)).toBe(false);
}, 120_000);
