/**
 * Exported feedback is proven by training on it. HYGGE_TRL_PYTHON names a Python that has training/trl-requirements.txt;
 * else one is made in training/.venv-trl, once, which downloads some gigabytes.
 */
import { execFile } from "node:child_process";
import { access, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Database } from "#src/store/open.ts";
import { memoryDatabase } from "#test/fixtures/database.ts";
import { manager, openManaged } from "./house.ts";
import { world } from "./world.ts";

const run = promisify(execFile);
const training = path.join(import.meta.dirname, "../../training");

async function python(): Promise<string> {
  const told = process.env.HYGGE_TRL_PYTHON;
  if (told) return told;
  const venv = path.join(training, ".venv-trl");
  const bin = path.join(venv, process.platform === "win32" ? "Scripts/python.exe" : "bin/python");
  const there = await access(path.join(venv, "ready")).then(
    () => true,
    () => false,
  );
  if (!there) {
    await run("python3", ["-m", "venv", venv]);
    await run(bin, ["-m", "pip", "install", "-q", "-r", path.join(training, "trl-requirements.txt")], {
      maxBuffer: 1e8,
    });
    await writeFile(path.join(venv, "ready"), "");
  }
  return bin;
}

describe("exports train", () => {
  let database: Database;
  let dir: string;
  beforeAll(async () => {
    database = await memoryDatabase();
    dir = await mkdtemp(path.join(tmpdir(), "hygge-trl-"));
    const w = world(database);
    for (let i = 0; i < 60; i++) {
      const written = [
        `Das Sofa Nr. ${i} ist gemütlich.`,
        `Nr. ${i}: ein Sofa für „alle“, auch für dich.`,
        `Sofa ${i} – weich & groß.`,
      ];
      const { drafts, generation } = await w.brief(`Sofa Nr. ${i}, Leinen, ${i + 100} €`, written);
      const [first = "", second = "", third = ""] = drafts;
      await w.rate(first, i % 3 === 0 ? "down" : "up");
      if (i % 2 === 0) await w.edit(first, `Das Sofa Nr. ${i} ist behaglich.`);
      if (i % 3 === 0) await w.pick(generation, second);
      if (i % 4 === 0) await w.decide(third, "approve");
    }
    const house = await openManaged(database);
    for (const kind of ["sft", "dpo", "kto"] as const) {
      const sides = { train: "", eval: "" };
      const { examples, report } = await house.manage.examples(manager("boss"), kind, {});
      for await (const { side, line } of examples) sides[side] += `${line}\n`;
      expect(report.eval, `${kind}: the seed's briefs fall on both sides`).toBeGreaterThan(0);
      for (const [side, text] of Object.entries(sides))
        await writeFile(path.join(dir, `${kind}.${side}.jsonl`), text);
    }
    await house.close();
  });
  afterAll(async () => {
    await database?.close();
    await rm(dir, { recursive: true, force: true });
  });

  test("TRL's SFT, DPO and KTO trainers take two steps on them, with the loss on the answer alone", async () => {
    const bin = await python();
    const { stdout } = await run(bin, [path.join(training, "trl_two_steps.py"), dir], {
      maxBuffer: 1e8,
      env: { ...process.env, OMP_NUM_THREADS: "2" },
    });
    const seen = JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
    for (const kind of ["sft", "dpo", "kto"]) expect(seen[kind], kind).toMatchObject({ steps: 2 });
    expect(seen.sft.masked).toBe(seen.sft.train);
    expect(seen.kto.up).toBeGreaterThan(0);
    expect(seen.kto.up).toBeLessThan(seen.kto.train);
    console.log(JSON.stringify(seen));
  });
});
