/** The gates on real texts: the references pass, seeded faults are caught. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { z } from "zod";
import { loadBrand } from "#src/brand.ts";
import { channels, parseBrief, tones } from "#src/brief.ts";
import { type Corpus, openCorpus } from "#src/corpus.ts";
import { checkGates } from "#src/gates/gates.ts";
import { gateIds } from "#src/views.ts";

const root = new URL("../../", import.meta.url);
const brand = await loadBrand("hygge");
const files = ["plain", "rich"].map((name) => new URL(`training/data/${name}.jsonl`, root).pathname);

const Row = z.object({
  channel: z.enum(channels),
  brief: z.string(),
  tone: z.enum(tones).optional(),
  response: z.string(),
  draft: z.string().optional(),
  wish: z.string().optional(),
});
const rows = ["plain", "rich"].flatMap((name) =>
  lines(`training/data/${name}.jsonl`).map((line, index) => ({
    id: `${name}:${index + 1}`,
    ...Row.parse(line),
  })),
);
const Fault = z.object({
  channel: z.enum(channels),
  brief: z.string(),
  text: z.string(),
  fault: z.string(),
  expect: z.array(z.enum(gateIds)),
});

function lines(file: string): unknown[] {
  return readFileSync(new URL(file, root), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

test("at least 98% of the reference texts pass every gate, near copies of other products' texts included", async () => {
  const corpus = await openCorpus(files);
  const briefs = rows.map((row) =>
    parseBrief(row.brief, { channel: row.channel, ...(row.tone ? { tone: row.tone } : {}) }, brand),
  );
  // Twins and revisions of one product share their words on purpose.
  const families = new Map<string, Set<string>>();
  for (const [index, row] of rows.entries()) {
    const name = (briefs[index]?.name ?? row.id).toLowerCase();
    families.set(name, (families.get(name) ?? new Set()).add(row.id));
  }
  const failures: string[] = [];
  for (const [index, row] of rows.entries()) {
    const brief = briefs[index];
    if (!brief) continue;
    const family = families.get((brief.name ?? row.id).toLowerCase());
    const others: Corpus = { size: corpus.size, nearCopy: (text) => corpus.nearCopy(text, family) };
    const revision = row.draft === undefined ? {} : { revision: { draft: row.draft, wish: row.wish ?? "" } };
    const failed = checkGates(row.response, { brief, brand, corpus: others, ...revision }).filter(
      (gate) => !gate.ok,
    );
    if (failed.length > 0)
      failures.push(
        `${row.id} ${failed.map((gate) => `${gate.id}: ${gate.found}`).join(" | ")} ${row.response}`,
      );
  }
  expect(failures.length, failures.slice(0, 40).join("\n")).toBeLessThanOrEqual(rows.length * 0.02);
});

test("at least 95% of 300 seeded faults are caught by the gate they are for, and most of every kind", async () => {
  const corpus = await openCorpus(files);
  const faults = lines("test/fixtures/faults.jsonl").map((line) => Fault.parse(line));
  expect(faults.length).toBe(300);
  const kinds = new Map<string, { caught: number; missed: string[] }>();
  for (const fault of faults) {
    const brief = parseBrief(fault.brief, { channel: fault.channel }, brand);
    const failed = checkGates(fault.text, { brief, brand, corpus }).filter((gate) => !gate.ok);
    const kind = kinds.get(fault.fault) ?? { caught: 0, missed: [] };
    if (failed.some((gate) => fault.expect.includes(gate.id))) kind.caught++;
    else kind.missed.push(`${fault.fault}: ${fault.brief} || ${fault.text}`);
    kinds.set(fault.fault, kind);
  }
  const missed = [...kinds.values()].flatMap((kind) => kind.missed);
  expect(missed.length, missed.join("\n")).toBeLessThanOrEqual(faults.length * 0.05);
  for (const [kind, { caught, missed: left }] of kinds)
    expect(caught / (caught + left.length), kind).toBeGreaterThanOrEqual(0.75);
});
