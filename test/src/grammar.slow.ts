/** The product's grammar check against the real LanguageTool. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadBrand } from "#src/brand.ts";
import { parseBrief } from "#src/brief.ts";
import { createGrammar, type Grammar } from "#src/grammar.ts";
import { languageToolThere, startLanguageTool } from "../fixtures/languagetool.ts";

describe.skipIf(!languageToolThere)("the real LanguageTool", () => {
  const brand = loadBrand("hygge");
  const about = { brief: parseBrief("Sofa Ekeby, Leinen, sandfarben, 899 €", {}, brand), brand };
  let server: Awaited<ReturnType<typeof startLanguageTool>> | undefined;
  let grammar: Grammar;
  const faults: string[] = [];

  beforeAll(async () => {
    server = await startLanguageTool();
    const { url } = server;
    const log = { warn: (fields: { err: Error }) => void faults.push(fields.err.message) } as never;
    // The first check reads the dictionaries, which takes long on a small machine.
    grammar = createGrammar({ url, log, pace: { waitMs: 300_000, giveUpMs: 300_000 } });
  }, 600_000);

  afterAll(async () => {
    grammar?.close();
    await server?.stop();
  });

  const found = async (text: string) => {
    const findings = await grammar.check(text, about);
    for (const { start, end, found } of findings) expect(text.slice(start, end)).toBe(found);
    expect(faults).toEqual([]);
    return findings.map((finding) => finding.found);
  };

  test("finds a wrong case and what to write instead", async () => {
    const [finding] = await grammar.check("Stell die Lampe auf die Tisch.", about);
    expect(finding).toMatchObject({ found: "die Tisch", rule: "grammar", start: 20, end: 29 });
    expect(finding?.suggestions).toContain("den Tisch");
  });

  test("finds it behind umlauts, emoji and German signs, all of which are right", async () => {
    const text =
      "„Schöne Grüße“ – 140\u00a0×\u00a0200\u00a0cm … 🛋️👨‍👩‍👧 geht’s? Füße auf die Tisch. 😀 Wir habe Zeit.";
    expect(await found(text)).toEqual(["die Tisch", "habe"]);
  });

  test("leaves names, materials and colours of the brief alone, and not what stands beside them", async () => {
    expect(
      await found("Das Sofa Ekeby ist aus sandfarbenem Leinen. Ekebys Kissen, die Ekeby-Sofas."),
    ).toEqual([]);
    expect(await found("Ekeby und der Esimer.")).toEqual(["Esimer"]);
  });

  test("the brand's own example texts are right, but for a rare word that the dictionary lacks", async () => {
    const flagged: string[] = [];
    for (const example of brand.examples) {
      const brief = parseBrief(example.brief, {}, brand);
      const words = (await grammar.check(example.text, { brief, brand })).map((finding) => finding.found);
      if (words.length > 0) flagged.push(words.join(", "));
      expect(words).not.toContain(brief.name);
    }
    // "Nas", "Riech": short forms of verse and talk.
    expect(flagged.length, flagged.join("; ")).toBeLessThanOrEqual(brand.examples.length / 5);
  });
});
