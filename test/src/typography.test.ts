import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { plain, typeset } from "#src/typography.ts";

const shown = (text: string) => typeset(text).replaceAll("\u00a0", "~");

describe("typeset", () => {
  test.each([
    ['Er sagt "Ja" und bleibt.', "Er sagt „Ja“ und bleibt."],
    ["Er sagt “Ja” und bleibt.", "Er sagt „Ja“ und bleibt."],
    ["Er sagt „Ja“ und bleibt.", "Er sagt „Ja“ und bleibt."],
    ['Er sagt „Ja" und bleibt.', "Er sagt „Ja“ und bleibt."],
    ["»Ja«, sagt er.", "„Ja“, sagt er."],
    ['"Sie sagte "Nein" dazu", sagt er.', "„Sie sagte ‚Nein‘ dazu“, sagt er."],
    ["\"Das heißt 'Nein' bei ihr.\"", "„Das heißt ‚Nein‘ bei ihr.“"],
    ["So geht's, Hans' Sofa und 'ne Lampe.", "So geht’s, Hans’ Sofa und ’ne Lampe."],
    ["Das Wort 'Sofa' genügt.", "Das Wort ‚Sofa‘ genügt."],
    ["Für 899€ gehört es dir.", "Für 899~€ gehört es dir."],
    ["Für 899 € gehört es dir.", "Für 899~€ gehört es dir."],
    ["120cm breit, 3,5 kg, 60 %", "120~cm breit, 3,5~kg, 60~%"],
    ["140 x 200 cm, 140x200 cm, 140*200", "140~×~200~cm, 140~×~200~cm, 140~×~200"],
    ["2 × 90 × 200 cm", "2~×~90~×~200~cm"],
    ["Ein 3er-Set, 4x Becher, 5 lange Tage", "Ein 3er-Set, 4x Becher, 5 lange Tage"],
    ["Regen - und Tee.", "Regen – und Tee."],
    ["Regen — und Tee -- ach.", "Regen – und Tee – ach."],
    ["Regen—und Tee.", "Regen – und Tee."],
    ["Ess- und Schreibtisch, 48-58 cm", "Ess- und Schreibtisch, 48-58~cm"],
    ["Und dann...", "Und dann…"],
    ["Viel  zu   weit , oder ?", "Viel zu weit, oder?"],
    ["Unsicht\u00adbar\u200b.", "Unsichtbar."],
    ["z. B. am Sonntag", "z.~B. am Sonntag"],
    ['ein 24" Rad', 'ein 24" Rad'],
  ])("%s", (given, wanted) => {
    expect(shown(given)).toBe(wanted);
  });

  test("line breaks of poems and ads stay", () => {
    expect(typeset("Im Flur steht Rönnsta,\r\neine Bank.  \n\n\n\nDu sitzt.")).toBe(
      "Im Flur steht Rönnsta,\neine Bank.\n\nDu sitzt.",
    );
  });

  test("typesetting twice changes nothing, and no letter or number is lost", () => {
    const texts = ["plain", "rich"].flatMap((name) =>
      readFileSync(new URL(`../../training/data/${name}.jsonl`, import.meta.url), "utf8")
        .split("\n")
        .filter(Boolean)
        .map((line) => (JSON.parse(line) as { response: string }).response),
    );
    const letters = (text: string) => text.replace(/[^\p{L}\p{N}]/gu, "").replace(/(?<=\d)x(?=\d)/g, "");
    for (const text of texts) {
      const once = typeset(text);
      expect(typeset(once)).toBe(once);
      expect(letters(once)).toBe(letters(text));
      expect(once.split("\n").length).toBe(text.split("\n").length);
      expect(plain(once)).toBe(plain(text));
    }
  });

  test("typesetting junk twice changes nothing", () => {
    const signs = [..."\"'„“”‚‘’«»‹› x×-–—.…,89€cm%()?!aB \n\u00a0"];
    let seed = 7;
    const next = () => {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      return seed / 2 ** 32;
    };
    for (let i = 0; i < 3000; i++) {
      const text = Array.from({ length: 24 }, () => signs[Math.floor(next() * signs.length)]).join("");
      const once = typeset(text);
      expect(typeset(once), JSON.stringify(text)).toBe(once);
    }
  });
});

test("plain is the same for all ways to typeset", () => {
  expect(plain("„Ja“ – für 899\u00a0€, 140\u00a0×\u00a0200\u00a0cm …")).toBe(
    plain('"Ja" - für 899€, 140x200cm ...'),
  );
});
