import { expect, test } from "vitest";
import type { Brief, Fact } from "#src/brief.ts";
import { adherence, factCheck } from "#src/voice/facts.ts";

function brief(facts: Partial<Fact>[], over: Partial<Brief> = {}): Brief {
  return {
    text: "",
    task: "",
    channel: "instagram",
    tone: "warm",
    length: "mittel",
    given: { channel: true, tone: false, length: false },
    facts: facts.map((fact) => ({ kind: "other", text: "", numbers: [], ...fact })),
    language: "de",
    ...over,
  };
}

const missing = (text: string, of: Brief): string[] =>
  factCheck(text, of)
    .filter((fact) => !fact.found)
    .map((fact) => fact.text);

const ekeby = brief(
  [
    { kind: "material", text: "Leinen" },
    { kind: "colour", text: "sandfarben" },
    { kind: "count", text: "3 Sitze", numbers: ["3"] },
    { kind: "price", text: "899 €", numbers: ["899"] },
  ],
  { product: "Schlafsofa", name: "Ekeby" },
);

test("finds facts inflected, as number words and in compounds", () => {
  expect(
    missing("Ekeby ist ein Sofa mit drei Sitzen aus sandfarbenem Leinen und kostet 899 €.", ekeby),
  ).toEqual([]);
  expect(
    missing("Auf Ekebys drei Sitzen liegt sandfarbener Leinenstoff. Das Schlafsofa kostet 899 €.", ekeby),
  ).toEqual([]);
});

test("misses what is not said, and what is said otherwise", () => {
  expect(missing("Ekeby ist ein Sofa aus Leder und kostet 989 €.", ekeby)).toEqual([
    "Leinen",
    "sandfarben",
    "3 Sitze",
    "899 €",
  ]);
  expect(missing("Ein Schlafsofa aus sandfarbenem Leinen, drei Sitze, 899 €.", ekeby)).toEqual(["Ekeby"]);
});

test("reads prices and measures as Germans write them", () => {
  const of = brief([
    { kind: "price", text: "1.099,50 €", numbers: ["1099.50"] },
    { kind: "measure", text: "140 × 200 cm", numbers: ["140", "200"] },
  ]);
  expect(missing("140 x 200 cm groß, für 1.099,50 €.", of)).toEqual([]);
  expect(missing("140 x 220 cm groß, für 1.099 €.", of)).toEqual(["1.099,50 €", "140 × 200 cm"]);
});

test("an umlaut plural is the same product, another product is not", () => {
  const of = brief([], { product: "Stuhl", name: "Dalhem" });
  expect(missing("Vier Stühle Dalhem.", of)).toEqual([]);
  expect(missing("Vier Tische Dalhem.", of)).toEqual(["Stuhl"]);
});

test("adherence falls with each missing fact and each kind of invention", () => {
  const about = { brief: ekeby, gates: [], brand: undefined };
  const full = adherence("Das Sofa Ekeby, drei Sitze, sandfarbenes Leinen, 899 €.", about);
  const some = adherence("Das Sofa Ekeby, drei Sitze, 899 €.", about);
  expect(full).toBe(1);
  expect(some).toBeLessThan(full);
  expect(
    adherence("Das Sofa Ekeby, drei Sitze, sandfarbenes Leinen, 899 €.", {
      ...about,
      gates: [{ id: "material", ok: false }],
    }),
  ).toBe(0.75);
});

test("a price that the person wants left out is not missed", () => {
  const text = "Das Sofa Ekeby, drei Sitze, sandfarbenes Leinen.";
  expect(adherence(text, { brief: ekeby, gates: [], wish: "ohne Preis" })).toBe(1);
  expect(adherence(text, { brief: ekeby, gates: [] })).toBeLessThan(1);
});

test("a subject line needs the name and little else", () => {
  const of: Brief = { ...ekeby, channel: "newsletter" };
  expect(adherence("Ekeby hat noch einen Platz frei", { brief: of, gates: [] })).toBeGreaterThan(0.75);
  expect(adherence("Ein Sofa hat noch einen Platz frei", { brief: of, gates: [] })).toBeLessThan(0.5);
});
