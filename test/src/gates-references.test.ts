/** The gates on real texts: references pass (all of them in the slow suite), seeded faults are caught. */
import { expect, test } from "vitest";
import { z } from "zod";
import { channels, parseBrief } from "#src/brief.ts";
import { checkGates } from "#src/gates/gates.ts";
import { gateIds } from "#src/views.ts";
import { brand, failing, lines, openReferences, references } from "#test/fixtures/references.ts";

const Fault = z.object({
  channel: z.enum(channels),
  brief: z.string(),
  text: z.string(),
  fault: z.string(),
  expect: z.array(z.enum(gateIds)),
});

test("at least 98% of every eighth reference text pass every gate, copies of other products' texts included", async () => {
  const some = references.filter((_, index) => index % 8 === 0);
  const failures = failing(some, await openReferences());
  expect(failures.length, failures.join("\n")).toBeLessThanOrEqual(some.length * 0.02);
});

test("at least 95% of 300 seeded faults are caught by the gate they are for, and most of every kind", async () => {
  const corpus = await openReferences();
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
