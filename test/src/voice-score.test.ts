import { statSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import { auc, type Example, examples } from "#models/lab/voice-data.ts";
import { loadBrand } from "#src/brand.ts";
import { channels, parseBrief } from "#src/brief.ts";
import { checkGates } from "#src/gates/gates.ts";
import { lightOf, voiceScore } from "#src/voice/score.ts";
import { style, unheard } from "#src/voice/style.ts";

const brand = loadBrand("hygge");
let unseen: (Example & { style: number })[];
const styles = (keep: (example: Example) => boolean): number[] => unseen.filter(keep).map((e) => e.style);

beforeAll(() => {
  unseen = examples()
    .filter((example) => example.part === "unseen")
    .map((example) => ({ ...example, style: style(example.text, example, brand.id) }));
});

test("brand texts of unseen names rank above base-model answers to such briefs", () => {
  const ours = styles((e) => e.source === "brand");
  expect(ours.length).toBeGreaterThan(800);
  expect(
    auc(
      ours,
      styles((e) => e.source === "base"),
    ),
  ).toBeGreaterThan(0.95);
  expect(
    auc(
      ours,
      styles((e) => e.source === "base" && !e.copied),
    ),
  ).toBeGreaterThan(0.95);
  expect(
    auc(
      ours,
      styles((e) => e.source === "shop"),
    ),
  ).toBeGreaterThan(0.9);
});

test.each(channels)("so they do in %s", (channel) => {
  const ours = styles((e) => e.source === "brand" && e.channel === channel);
  const base = styles((e) => e.source === "base" && e.channel === channel);
  expect(base.length).toBeGreaterThanOrEqual(8);
  expect(auc(ours, base)).toBeGreaterThan(0.9);
});

test("neither length nor typography does it", () => {
  const by = (source: Example["source"], value: (text: string) => number): number[] =>
    unseen.filter((e) => e.source === source).map((e) => value(e.text));
  const marks = (text: string): number => (text.match(/[^\p{L}\p{N}\s]/gu)?.length ?? 0) / text.length;
  for (const value of [(text: string) => text.length, marks]) {
    const reached = auc(by("brand", value), by("base", value));
    expect(Math.max(reached, 1 - reached)).toBeLessThan(0.8);
  }
});

function total(example: { task: string; channel: Example["channel"]; text: string }): number {
  const brief = parseBrief(example.task, { channel: example.channel });
  const gates = checkGates(example.text, { brief, brand });
  return voiceScore(example.text, { brief, brand, gates }).total;
}

test("most brand texts are green and most base texts are red", () => {
  const sample = (source: Example["source"], every: number): number[] =>
    unseen
      .filter((e) => e.source === source)
      .filter((_, i) => i % every === 0)
      .map(total);
  const ours = sample("brand", 8);
  const base = sample("base", 1);
  expect(ours.filter((t) => t >= 75).length / ours.length).toBeGreaterThan(0.75);
  expect(base.filter((t) => t < 50).length / base.length).toBeGreaterThan(0.75);
});

const brief = parseBrief("Sofa Ekeby, Leinen, sandfarben, 899 €", { channel: "instagram" });
const score = (text: string) => voiceScore(text, { brief, brand, gates: checkGates(text, { brief, brand }) });
const ours =
  "Draußen regnet es, und du hast heute nichts mehr vor. Das Sofa Ekeby ist aus sandfarbenem Leinen und kostet 899 €. Der Regen ist umsonst.";
const shop =
  "Entdecken Sie das exklusive Sofa Ekeby: Edles Leinen in zeitlosem Sand verleiht Ihrem Zuhause ein unvergleichliches Flair! Jetzt für nur 899 € sichern.";

test("the same facts in shop copy get another style", () => {
  expect(score(ours).style).toBeGreaterThan(0.75);
  expect(score(shop).style).toBeLessThan(0.25);
  expect(lightOf(score(ours))).toBe("green");
  expect(lightOf(score(shop))).toBe("red");
});

test("a wrong price makes a beautiful text red, a small slip yellow", () => {
  expect(lightOf(score(ours.replace("899", "989")))).toBe("red");
  const slip = ours.replace("aus sandfarbenem Leinen", "aus sandfarbener Leinen");
  expect(lightOf(score(slip))).toBe("yellow");
});

test("a text that repeats itself is less fluent", () => {
  const twice = ours.replace(
    "Der Regen ist umsonst.",
    "Draußen regnet es, und du hast heute nichts mehr vor.",
  );
  expect(score(twice).fluency).toBeLessThan(score(ours).fluency - 0.2);
});

test("the name does not tell the voice", () => {
  const named = (name: string): number =>
    style(ours.replace("Ekeby", name), { name, channel: "instagram" }, brand.id);
  expect(named("Zyx")).toBeCloseTo(named("Ekeby"), 3);
});

test("nonsense is made of unheard words in a row", () => {
  const sense = "Du setzt dich hin und hörst den Regen.";
  const nonsense = "Du hörst die Blätter zu, und der Schnee steht auf dem Nachbar.";
  expect(unheard(nonsense, {}, brand.id)).toBeGreaterThan(unheard(sense, {}, brand.id));
});

test("a brand without fitted weights gets a middling style, not an error", () => {
  expect(style(ours, { channel: "instagram" }, "other")).toBe(0.75);
});

test("the weights are small", () => {
  expect(statSync("brands/hygge.voice.json").size).toBeLessThan(200_000);
});
