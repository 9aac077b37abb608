import { expect, test } from "vitest";
import type { Brief } from "#src/brief.ts";
import { isCut, similarity } from "#src/voice/similar.ts";
import { grants, readWish, standingWishes } from "#src/voice/wish.ts";

const brief: Brief = {
  text: "Sessel Almhed, Samt grün, 349 €",
  task: "Sessel Almhed, Samt grün, 349 €",
  channel: "instagram",
  tone: "warm",
  length: "mittel",
  given: { channel: true, tone: false, length: false },
  product: "Sessel",
  name: "Almhed",
  facts: [],
  language: "de",
};
const draft =
  "Nur noch ein Kapitel, sagst du. Dann ist der Tee kalt, und es ist halb elf. Almhed ist ein Sessel aus grünem Samt für 349 €. Er sagt dir nicht, wie spät es ist.";
const ask = (wish: string, text: string, recent: string[] = []) =>
  grants(text, { brief, wish: readWish(wish), draft, recent, max: 400 }).ok;

test.each([
  ["kürzer", "shorter"],
  ["bitte viel kürzer", "shorter"],
  ["make it shorter", "shorter"],
  ["länger", "longer"],
  ["", "anew"],
  ["bitte neu schreiben", "anew"],
  ["Thema: Herbst", "other"],
  ["wärmer", "other"],
])("reads %j as %s", (wish, kind) => {
  expect(readWish(wish).kind).toBe(kind);
});

test("reads a tone out of a wish", () => {
  expect(readWish("etwas sachlicher bitte").tone).toBe("sachlich");
  expect(readWish("lustiger").tone).toBe("heiter");
  expect(readWish("Thema: Herbst").tone).toBeUndefined();
});

test("shorter is at most four fifths, and not the old text cut off", () => {
  expect(
    ask("kürzer", "Der Tee ist kalt, du liest noch. Almhed, ein Sessel aus grünem Samt, kostet 349 €."),
  ).toBe(true);
  expect(ask("kürzer", draft.slice(0, -5))).toBe(false);
  expect(ask("kürzer", "Nur noch ein Kapitel, sagst du. Dann ist der Tee kalt, und es ist halb elf.")).toBe(
    false,
  );
  expect(
    ask("kürzer", "Nur noch ein Kapitel, sagst du. Almhed ist ein Sessel aus grünem Samt für 349 €."),
  ).toBe(false);
});

test("longer is longer by a seventh", () => {
  expect(ask("länger", `${draft} Und das Buch hat noch zwölf Kapitel, da bist du sicher.`)).toBe(true);
  expect(ask("länger", `${draft} Gut.`)).toBe(false);
});

test("a rewrite says something else than every earlier version", () => {
  const other =
    "Am Fenster steht Almhed und wartet auf Regen. Der Sessel aus grünem Samt kostet 349 €, der Regen kommt gratis.";
  expect(ask("", other)).toBe(true);
  expect(ask("", draft.replace("halb elf", "halb zwölf"))).toBe(false);
  expect(ask("", other, [other.replace("Regen", "Schnee")])).toBe(false);
});

test("what should be left out is left out", () => {
  expect(ask("ohne Tee", draft)).toBe(false);
  expect(ask("ohne Tee", draft.replace("Tee", "Kaffee").replace("halb", "kurz nach"))).toBe(true);
});

test("price first, question at the start", () => {
  expect(ask("mit Preis am Anfang", draft)).toBe(false);
  expect(ask("mit Preis am Anfang", "Für 349 € bekommst du Almhed, einen Sessel aus grünem Samt.")).toBe(
    true,
  );
  expect(
    ask(
      "mit Frage am Anfang",
      "Wie spät ist es? Almhed, ein Sessel aus grünem Samt für 349 €, weiß es nicht.",
    ),
  ).toBe(true);
});

test("similarity leaves the facts out", () => {
  const a = "Der Sessel Almhed aus grünem Samt kostet 349 €. Draußen regnet es.";
  const b = "Der Sessel Almhed aus grünem Samt kostet 349 €. Oben bellt ein Hund.";
  expect(similarity(a, b, brief)).toBeLessThan(similarity(a, b));
  expect(similarity(a, a, brief)).toBe(1);
});

test("a cut is a beginning or a choice of whole sentences", () => {
  expect(isCut("Nur noch ein Kapitel", draft)).toBe(true);
  expect(isCut("Er sagt dir nicht, wie spät es ist.", draft)).toBe(true);
  expect(isCut("Nur ein Kapitel noch. Er sagt dir nicht, wie spät es ist.", draft)).toBe(false);
});

test.each<[string[], string, string[]]>([
  [["ohne Preis"], "kürzer", ["ohne Preis"]],
  [["kürzer und ohne Preis"], "", ["ohne Preis"]],
  [["ohne Hund", "bitte keinen Preis nennen"], "wärmer", ["ohne Hund", "keinen Preis"]],
  [["ohne Preis"], "doch mit Preis", []],
  [["ohne Preis", "Preis wieder rein"], "kürzer", []],
  [["ohne Preis"], "ohne Preis und kürzer", []],
  [["without the price"], "shorter", ["without the price"]],
  [["kürzer", "wärmer"], "lustiger", []],
])("after %j, „%s“ still holds: %j", (earlier, now, expected) => {
  expect(standingWishes(earlier, now)).toEqual(expected);
});
