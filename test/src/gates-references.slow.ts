import { expect, test } from "vitest";
import { failing, openReferences, references } from "#test/fixtures/references.ts";

test("at least 98% of all reference texts pass every gate", async () => {
  const failures = failing(references, await openReferences());
  console.info(`${failures.length} of ${references.length} references fail a gate`);
  expect(failures.length, failures.join("\n")).toBeLessThanOrEqual(references.length * 0.02);
});
