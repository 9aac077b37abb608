import { expect, test } from "vitest";
import type { Brief } from "#src/brief.ts";
import { corpusOf } from "#src/corpus.ts";
import { checkGates, type GateContext } from "#src/gates/gates.ts";
import { gateIds } from "#src/views.ts";
import { brief, smallBrand } from "#test/fixtures/small-brand.ts";

const sofa = "Sofa Ekeby, Leinen, sandfarben, 3 Sitze, 180 cm, 899 €";

/** "id: found" of the gates that fail. */
function failed(text: string, about: string | Brief = sofa, more: Partial<GateContext> = {}): string[] {
  const context = { brief: typeof about === "string" ? brief(about) : about, brand: smallBrand, ...more };
  return checkGates(text, context)
    .filter((gate) => !gate.ok)
    .map((gate) => `${gate.id}: ${gate.found}`);
}
const about = (text: string, parts: Partial<Brief>) => brief(text, parts);

test("a good text passes every gate, and every gate answers", () => {
  const text =
    "Drei Sitze, zwölf Freunde: Ekeby ist ein Sofa aus sandfarbenem Leinen. Es kostet 899 €, der Regen nichts.";
  expect(failed(text)).toEqual([]);
  expect(checkGates(text, { brief: brief(sofa), brand: smallBrand }).map((gate) => gate.id)).toEqual([
    ...gateIds,
  ]);
});

test.each([
  ["name missing", "Das Sofa ist aus Leinen und kostet 899 €.", "name: Ekeby"],
  ["name misspelt", "Das Sofa Ekbey ist aus Leinen und kostet 899 €.", "name: Ekbey ≠ Ekeby"],
  ["wrong price", "Das Sofa Ekeby ist aus Leinen und kostet 1.099 €.", "price: 1.099 € ≠ 899 €"],
  ["a second, invented price", "Ekeby kostet 899 €, die Decke dazu nur 49 €.", "price: 49 € ≠ 899 €"],
  ["price in words", "Ekeby kostet achthundert Euro. Genau 899 €.", "price: 800 € ≠ 899 €"],
  ["price left out", "Das Sofa Ekeby ist aus Leinen. Du sitzt gern darauf.", "price: 899 €"],
  ["discount", "Das Sofa Ekeby gibt es für 899 €, reduziert bis Sonntag.", "price: reduziert"],
  ["wrong measure", "Ekeby ist 200 cm lang und kostet 899 €.", "digits: 200 cm"],
  ["right number, wrong unit", "Ekeby wiegt 180 kg und kostet 899 €.", "digits: 180 kg"],
  ["wrong count", "Ekeby hat vier Sitze und kostet 899 €.", "counts: vier Sitze ≠ 3"],
  ["invented count", "Ekeby mit zwei Schubladen kostet 899 €.", "counts: zwei Schubladen"],
  ["invented material", "Ekeby ist aus Leder und kostet 899 €.", "material: Leder"],
  ["invented material in a compound", "Ekeby ist ein Ledersofa für 899 €.", "material: Ledersofa"],
  ["invented colour", "Das rote Sofa Ekeby kostet 899 €.", "colour: rote"],
  ["invented colour of the material", "Ekeby ist aus blauem Leinen und kostet 899 €.", "colour: blauem"],
  ["a kind where the brief says less", "Ekeby ist aus Samt und kostet 899 €.", "material: Samt"],
  ["wrong article", "Der Sofa Ekeby kostet 899 €.", "agreement: Der Sofa"],
  ["wrong adjective", "Ekeby ist ein sandfarbene Sofa für 899 €.", "agreement: ein sandfarbene Sofa"],
  [
    "case of a material",
    "Ekeby ist aus sandfarbener Leinen und kostet 899 €.",
    "agreement: aus sandfarbener Leinen",
  ],
  ["accusative", "Der Sessel gibt es neben Ekeby, 899 €.", "agreement: Der Sessel"],
  ["no word", "Ekeby steht am Fenser und kostet 899 €.", "nonword: Fenser"],
  ["forbidden, compound", "Ekeby ist ein Traumsofa für 899 €.", "forbidden: Traumsofa"],
  ["forbidden, plural", "Ekeby kostet 899 €. Träume kosten nichts.", "forbidden: Träume"],
  ["forbidden, inflected", "Ekeby ist ein perfektes Sofa für 899 €.", "forbidden: perfektes"],
  [
    "forbidden, with a gap",
    "Ekeby ist nicht nur weich, sondern auch groß. 899 €.",
    "forbidden: nicht nur weich, sondern auch",
  ],
  ["exclamation", "Ekeby kostet 899 €. Setz dich!", "forbidden: !"],
  ["superlative", "Ekeby ist das bequemste Sofa für 899 €.", "forbidden: bequemste Sofa"],
  ["repeated sentence", "Ekeby ist da. Ekeby ist da. Es kostet 899 €.", "repetition: Ekeby ist da."],
  ["doubled word", "Ekeby kostet 899 €, und und du sitzt.", "repetition: und und"],
  [
    "repeated run",
    "Ekeby steht am Fenster im Flur, und abends steht am Fenster im Flur keiner. 899 €.",
    "repetition: steht am Fenster im",
  ],
  ["cut off", "Ekeby ist aus Leinen, kostet 899 € und steht", "ending: …, kostet 899 € und steht"],
  ["dangling quote", "Ekeby kostet 899 €. „Setz dich, sagt die Katze.", "ending: „ 1 ≠ 0 “"],
  ["HTML", "Ekeby kostet 899 € <b>sofort</b>.", "markup: <b>"],
  ["markdown", "**Ekeby** kostet 899 €, sagt die Katze.", "markup: **"],
  ["label", "Text: Ekeby kostet 899 €, sagt die Katze.", "markup: Text:"],
  ["hidden character", "Ekeby\u200b kostet 899 €, sagt die Katze.", "markup: U+200B"],
  ["mention", "Ekeby kostet 899 €, sagt @alle heute.", "markup: @a"],
  ["Sie", "Ekeby kostet 899 €, und bald sitzen Sie darauf.", "address: Sie"],
  ["two lines where one is wanted", "Ekeby kostet 899 €.\nDu sitzt darauf.", "limit: 2 ↵ ≠ 1–1"],
])("%s", (_, text, gate) => {
  expect(failed(text)).toEqual([gate]);
});

/** Slips that small models make, each with a neighbour that is right. */
const about349 = "Sessel Fridholm, Cord, rostrot, Stauraum, Durchmesser 65 cm, 349 €";
test.each([
  ["Ekeby ist ein Sandfarbenes Sofa für 899 €.", "agreement: ein Sandfarbenes Sofa"],
  ["Ekeby kostet 899 €, und du hörst den Regen zu.", "agreement: hörst den Regen zu"],
  ["Du hörst die Musik zu. Ekeby kostet 899 €.", "agreement: hörst die Musik zu"],
  [
    "Ekeby kostet 899 €. Da sitzt die Nachbarin, die lange bleiben.",
    "agreement: die Nachbarin, die lange bleiben",
  ],
  ["Ekeby kostet 899 €. Die Gäste, die lange bleibt, sind nett.", "agreement: Die Gäste, die lange bleibt"],
  ["Ekeby kostet 899 €, und die Füße liegt hoch.", "agreement: die Füße liegt"],
  ["Ekeby kostet 899 €. Oben liegen die Katze.", "agreement: Oben liegen die Katze"],
  ["Drei Kissen, drei Sofa: Ekeby für 899 €.", "agreement: drei Sofa"],
  ["Ekeby hat einen Schubladen und kostet 899 €.", "agreement: einen Schubladen"],
  ["Du bekommst ihn für 899 €: das Sofa Ekeby.", "agreement: Du bekommst ihn für 899 €"],
  ["Ekeby kostet 899 €. Du stellst es auf dem Boden.", "agreement: stellst es auf dem Boden"],
  ["Da ist es: Ekeby, der Sofa aus Leinen, kostet 899 €.", "agreement: der Sofa"],
  ["Es gibt es für 899 €, das Sofa Ekeby.", "agreement: Es gibt es"],
  ["Ekeby kostet 899 €. Neben das Sofa passt eine nasse Jacken.", "agreement: eine nasse Jacken"],
  ["Ekeby kostet 899 €, ein Kind, ein Kind und ein Hund.", "repetition: ein Kind, ein Kind"],
  ["Ekeby ist ein Regal und kostet 899 €.", "name: Regal ≠ Sofa"],
  ["Der Schrank Ekeby kostet 899 €.", "name: Schrank ≠ Sofa"],
  ["Ekeby ist da. Der Sessel kostet 899 €.", "name: Sessel ≠ Sofa"],
  ["Du bekommst Ekeby für 180 cm zu haben, 899 €.", "price: für 180 cm zu haben"],
  ["Ekeby aus Leinen, 899 € breit, steht da.", "price: 899 € breit"],
  ["Ekeby ist aus sandfarbenem Baum und kostet 899 €.", "material: aus … Baum"],
  ["Ekeby kostet 899 €, wenn du aufste sagst.", "nonword: aufste"],
  ["Ekeby kostet 899 €, am viersten Tag.", "nonword: viersten"],
  ["Ekeby ist ein Sitzer-Sofa für 899 €.", "nonword: Sitzer-Sofa"],
])("slip: %s", (text, gate) => {
  expect(failed(text)).toEqual([gate]);
});

test.each([
  ["Fridholm hat einen Durchmesser von 349 € und ist rostrot.", "price: Durchmesser von 349 €"],
  ["Fridholm ist aus rostrotem Stauraum und kostet 349 €.", "material: aus … Stauraum"],
  ["Fridholm ist ein Sofa aus Cord und kostet 349 €.", "name: Sofa ≠ Sessel"],
])("slip: %s", (text, gate) => {
  expect(failed(text, about349)).toContain(gate);
});

test.each([
  "Ekeby kostet 899 €, und du hörst dem Regen zu.",
  "Ekeby kostet 899 €. Abends hört die Katze zu.",
  "Ekeby kostet 899 €. Du hörst den Vögeln zu.",
  "Ekeby kostet 899 €. Du hörst eine Weile zu.",
  "Ekeby kostet 899 €. Da sitzt die Nachbarin, die lange bleibt.",
  "Ekeby kostet 899 €. Die Frage, die alle haben, stellt keiner.",
  "Ekeby kostet 899 €. Die Kinder, die lange bleiben, sind nett.",
  "Ekeby kostet 899 €. Die Bücher trägt der Hund.",
  "Ekeby kostet 899 €. Oben liegen die Katze und der Hund.",
  "Um drei Kissen, um vier Kaffee: Ekeby für 899 €.",
  "Ekeby kostet 899 €. Du stellst es auf den Boden.",
  "Ekeby kostet 899 €. Das Etwas im Flur sagt Guten Tag.",
  "Du bekommst es für 899 €: das Sofa Ekeby.",
  "Der Preis für so viel Ruhe ist 899 €: das Sofa Ekeby.",
  "Was für ein Tag: Das Sofa Ekeby kostet 899 €.",
  "Ekeby ist ein Ecksofa und kostet 899 €.",
  "Ekeby ist eine Leseecke für 899 €.",
  "Ekeby kostet 899 €. Der Sessel steht daneben.",
  "Der Sessel ist ein Sessel, aber das Sofa Ekeby kostet 899 €.",
  "Für 899 € hoch genug: Ekeby ist 180 cm lang.",
  "Ekeby kostet 899 €. Du isst Suppe aus der Tasse.",
  "Ekeby kostet 899 €, wenn du aufstehst.",
  "Ekeby kostet 899 €. Tag und Nacht, Kind für Kind.",
])("no slip: %s", (text) => {
  expect(failed(text)).toEqual([]);
});

test("half of a pair of colours is another colour, both apart are the pair", () => {
  const two = "Sofa Ekeby, Leinen, blau-weiß, 899 €";
  expect(failed("Das blaue Sofa Ekeby kostet 899 €.", two)).toEqual(["colour: blaue"]);
  expect(failed("Das blau-weiße Sofa Ekeby kostet 899 €.", two)).toEqual([]);
  expect(failed("Ekeby ist blau und weiß und kostet 899 €.", two)).toEqual([]);
});

test("a misspelt product noun and a noun written small are no words", () => {
  const lamp = "Stehlampe Ekeby, Altbaunische, 49 €";
  expect(failed("Die Stelampe Ekeby kostet 49 €.", lamp)).toEqual(["nonword: Stelampe"]);
  expect(failed("Ekeby passt in altbaunische Ecken, 49 €.", lamp)).toEqual(["nonword: altbaunische"]);
  expect(failed("Die Stehlampe Ekeby passt in die Altbaunische, 49 €.", lamp)).toEqual([]);
});

test("what is found is also placed", () => {
  const text = "Ekeby kostet 1.099 €, die Decke 899 €.";
  const price = checkGates(text, { brief: brief(sofa), brand: smallBrand }).find(
    (gate) => gate.id === "price",
  );
  expect(price?.at?.map(({ start, end }) => text.slice(start, end))).toEqual(["1.099"]);
});

test.each([
  ["genitive of the name", "Ekebys Leinen ist sandfarben, und es kostet 899 €."],
  ["price with a no-break space", "Ekeby kostet 899\u00a0€, sagt die Katze."],
  ["inflected colour", "Ekeby ist ein sandfarbenes Sofa für 899 €."],
  ["kin of the material", "Ekeby ist mit Stoff bezogen und kostet 899 €."],
  ["scene with numbers", "Zwölf Freunde, sechs Stühle: Ekeby kostet 899 €."],
  ["scene with colours", "Der Himmel ist grau, aber Ekeby wartet für 899 €."],
  ["scene with materials", "Du trinkst aus dem Glas und liegst auf Ekeby, 899 €."],
  ["some of the parts", "Ekeby hat drei Sitze für 899 €. Auf zwei Sitzen liegt der Hund."],
  ["a verb that looks like a noun", "Ekeby kostet 899 €, im Liegen merkst du es kaum."],
  ["a relative pronoun before a bare noun", "Ekeby ist für alle, die Leinen mögen, und kostet 899 €."],
  ["a subject in the dative", "Dem Sofa ist es gleich: Ekeby kostet 899 €."],
  ["an adverb like a superlative", "Am besten liegst du auf Ekeby, 899 €."],
  ["sentences that begin alike", "Ekeby kostet 899 €. Du drehst dich zum Fenster. Du drehst dich zum Hund."],
])("passes: %s", (_, text) => {
  expect(failed(text)).toEqual([]);
});

test("a wish lifts what it names", () => {
  const text = "Das Sofa Ekeby ist aus Leinen. Du sitzt gern darauf.";
  expect(failed(text, sofa, { revision: { draft: `${text} 899 €.`, wish: "ohne Preis" } })).toEqual([]);
  expect(failed(`${text} 899 €.`, sofa, { revision: { draft: text, wish: "ohne Preis" } })).toEqual([
    "price: 899 €",
  ]);
  expect(failed(text.replace("Ekeby ", ""), about(`${sofa}, ohne Namen, ohne Preis`, {}))).toEqual([]);
});

test("a wish may change a fact", () => {
  const draft = "Ekeby ist aus Leinen und kostet 899 €, sagt die Katze.";
  expect(
    failed("Ekeby kostet jetzt 799 €, und die Katze bleibt.", sofa, {
      revision: { draft, wish: "Preis 799 €" },
    }),
  ).toEqual([]);
});

test("shorter must be shorter, longer longer, neither a cut", () => {
  const draft = "Ekeby ist aus Leinen und kostet 899 €. Die Katze liegt schon darauf.";
  const revise = (text: string, wish: string) => failed(text, sofa, { revision: { draft, wish } });
  expect(revise("Leinen, 899 €: Ekeby.", "kürzer")).toEqual([]);
  expect(revise("Ekeby ist aus Leinen und kostet 899 €.", "kürzer")).toEqual(["copy: = 1–1"]);
  expect(revise(`${draft} Sie schnurrt leise.`, "kürzer")).toContainEqual(expect.stringMatching(/^limit/));
  expect(revise(`${draft} Sie schnurrt leise.`, "länger")).toEqual([]);
  expect(revise(draft, "wärmer")).toEqual(["copy: 100 %"]);
});

test("near copies: of a training text, of a recent draft, of what should be written anew", () => {
  const known =
    "Ekeby steht am Fenster und wartet auf den Regen, der am Sonntag kommt. Das Sofa kostet 899 €.";
  const corpus = corpusOf([{ id: "plain:7", text: known.replace("899", "499") }]);
  expect(failed(known, sofa, { corpus })).toEqual(["copy: plain:7 100 %"]);
  expect(failed(known, sofa, { recent: [known] })).toEqual([expect.stringContaining("copy: 100 %")]);
  expect(failed(`${known} Setz dich.`, sofa, { revision: { draft: known, wish: "" } })).toEqual([
    expect.stringContaining("copy"),
  ]);
  // Other wishes keep what they don't mention.
  expect(
    failed(`${known} Setz dich.`, sofa, { recent: [known], revision: { draft: known, wish: "wärmer" } }),
  ).toEqual([]);
});

test("each channel's shape", () => {
  const poem =
    "Der Regen fällt, das Licht geht aus,\nEkeby wartet still im Haus.\nDu legst die Füße langsam hin\nund hast nur noch den Schlaf im Sinn.";
  expect(failed(poem, about(sofa, { channel: "gedicht" }))).toEqual([]);
  expect(failed(poem.split("\n").slice(0, 3).join("\n"), about(sofa, { channel: "gedicht" }))).toContainEqual(
    "limit: 3 ↵ ≠ 4–6",
  );
  expect(
    failed("Drei Sitze frei\nDas Sofa Ekeby kostet 899 €.", about(sofa, { channel: "anzeige" })),
  ).toEqual([]);
  expect(failed("Das Sofa Ekeby kostet 899 €.", about(sofa, { channel: "anzeige" }))).toEqual([
    "limit: 1 ↵ ≠ 2–2",
  ]);
  expect(failed("Regen draußen, Ekeby drinnen", about(sofa, { channel: "newsletter" }))).toEqual([]);
  expect(failed("Regen draußen, Ekeby und", about(sofa, { channel: "newsletter" }))).toEqual([
    expect.stringMatching(/^ending/),
  ]);
  expect(failed("x".repeat(60), about("Frage", { channel: "newsletter" }))).toContainEqual("limit: 60 > 55");
});

test("length is counted as people count", () => {
  const text = `Ekeby ${"👩‍👩‍👧‍👦".repeat(40)}`;
  expect(
    failed(text, about(sofa, { channel: "newsletter" })).filter((gate) => gate.startsWith("limit")),
  ).toEqual([]);
});

test("a brand that says Sie refuses du", () => {
  const brand = { ...smallBrand, address: "sie" as const };
  expect(failed("Ekeby kostet 899 €, und du sitzt darauf.", sofa, { brand })).toEqual(["address: du"]);
  expect(failed("Ekeby kostet 899 €, und bald sitzen Sie darauf.", sofa, { brand })).toEqual([]);
});

test("hostile input ends quickly and never throws", () => {
  for (const text of [
    "",
    " ",
    "\u0000",
    "€".repeat(5000),
    "a".repeat(10_000),
    "ein ".repeat(2500),
    "1.".repeat(4000),
    "„".repeat(3000),
    "Wollwollwollwollwollwollwollwollwollwollwollwoll",
  ])
    expect(() => checkGates(text, { brief: brief(text || "x"), brand: smallBrand })).not.toThrow();
});
