import { expect, test } from "vitest";
import { lintText } from "#src/lint.ts";
import { brief, smallBrand } from "#test/fixtures/small-brand.ts";

const context = { brief: brief("Sofa Ekeby, Leinen, sandfarben, 899 €"), brand: smallBrand };

test("marks forbidden words and failed gates where they stand, in reading order, with what to write instead", () => {
  const text = "Das Traumsofa Ekbey kostet 799 € und ist perfekt.";
  const { findings, graphemes, gates } = lintText(text, context);
  expect(findings.map(({ rule, found, suggestions }) => [rule, found, suggestions])).toEqual([
    ["forbidden", "Traumsofa", ["Sofa"]],
    ["name", "Ekbey", ["Ekeby"]],
    ["price", "799", ["899 €"]],
    ["forbidden", "perfekt", ["gut"]],
  ]);
  for (const { start, end, found } of findings) expect(text.slice(start, end)).toBe(found);
  expect(graphemes).toEqual({ count: text.length, min: 20, max: 400 });
  expect(gates.filter((gate) => !gate.ok).map((gate) => gate.id)).toEqual(["name", "price", "forbidden"]);
});

test("a clean text has no findings", () => {
  expect(lintText("Ekeby ist aus sandfarbenem Leinen und kostet 899 €.", context).findings).toEqual([]);
});

test("typed with combining marks it reads the same", () => {
  const text = "Für 899 € steht Ekeby am Fenster, schöner als der Regen.";
  expect(lintText(text.normalize("NFD"), context)).toEqual(lintText(text, context));
});
