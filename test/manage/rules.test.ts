import { expect, test } from "vitest";
import { findForbidden } from "#src/gates/forbidden.ts";
import { withRules } from "#src/manage/rules.ts";
import { buildPrompt } from "#src/prompt.ts";
import { pricePlace } from "#src/voice/price.ts";
import { brief, smallBrand } from "#test/fixtures/small-brand.ts";

test("an accepted rule forbids the word in all its forms, and suggests what to write instead", () => {
  const brand = withRules(smallBrand, [{ kind: "replace", pattern: "kuschelig", replacement: "weich" }]);
  expect(findForbidden("Ein kuscheliges Sofa.", brand)).toMatchObject([
    { found: "kuscheliges", suggestions: ["weich"] },
  ]);
  expect(findForbidden("Ein kuscheliges Sofa.", smallBrand)).toEqual([]);
  expect(withRules(smallBrand, [])).toBe(smallBrand);
});

test("what the brand's file forbids already stays the file's", () => {
  const brand = withRules(smallBrand, [{ kind: "delete", pattern: "perfekt", replacement: null }]);
  expect(brand.forbidden).toEqual(smallBrand.forbidden);
});

test("a place for the price stands in a chat model's prompt", () => {
  const brand = withRules(smallBrand, [{ kind: "price", pattern: "end", replacement: null }]);
  const prompt = buildPrompt({ prompt: "chat" }, brand, brief("Sofa Ekeby, 899 €"));
  expect(prompt.kind === "chat" && prompt.system).toContain("Der Preis steht im letzten Satz.");
  const plain = buildPrompt({ prompt: "chat" }, smallBrand, brief("Sofa Ekeby, 899 €"));
  expect(plain.kind === "chat" && plain.system).not.toContain("Der Preis steht");
});

test("where a price stands", () => {
  expect(pricePlace("Für 899 € gehört es dir. Es ist weich.")).toBe("start");
  expect(pricePlace("Es ist weich. Es kostet 899 €. Nimm Platz.")).toBe("middle");
  expect(pricePlace("Es ist weich. Es kostet 899 €.")).toBe("end");
  expect(pricePlace("Es kostet 899 €.")).toBeUndefined();
  expect(pricePlace("Es ist weich. Nimm Platz.")).toBeUndefined();
});
