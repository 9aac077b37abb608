import { mkdtemp, rm, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { openHub } from "#test/fixtures/model-hub.ts";
import { tinyGguf } from "#test/fixtures/tiny-gguf.ts";
import { call } from "./in-process.ts";

const name = "maker/tiny-GGUF/tiny-Q4_K_M.gguf";
const base = await mkdtemp(path.join(tmpdir(), "hygge-cli-pull-"));
const hub = await openHub({ [name]: tinyGguf({}) });
afterAll(async () => {
  await hub.close();
  await rm(base, { recursive: true });
});

test("a model is missed by its name, pulled, listed, and told apart from a damaged one", async () => {
  const env = { HYGGE_DATA_DIR: path.join(base, "data"), HYGGE_MODEL: `hf:${name}` };
  const missing = await call(["model", "list"], "de", env);
  expect(missing.code).toBe(4);
  expect(missing.stderr).toContain(`hygge model pull hf:${name}`);

  const pulled = await call(["model", "pull", `hf:${name}`, "--endpoint", hub.endpoint], "de", env);
  expect(pulled.code).toBe(0);
  expect(pulled.stderr).toContain("tiny-Q4_K_M.gguf");

  const list = await call(["model", "list", "--json"], "de", env);
  expect(JSON.parse(list.stdout)).toContainEqual(expect.objectContaining({ place: "pulled", inUse: true }));

  await truncate(path.join(env.HYGGE_DATA_DIR, "models", name), 2000);
  const damaged = await call(["model", "list"], "de", env);
  expect(damaged.code).toBe(4);
  expect(damaged.stderr).toMatch(/^Das Modell .*tiny-Q4_K_M\.gguf ist beschädigt .*\n$/);
});
