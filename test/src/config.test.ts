import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { environment, readConfig } from "#src/config.ts";
import { HyggeError } from "#src/errors.ts";

const problemsOf = (env: NodeJS.ProcessEnv, roles?: Parameters<typeof readConfig>[1]): string => {
  try {
    readConfig(env, roles);
  } catch (error) {
    if (error instanceof HyggeError) return `${error.code}: ${error.details.problems ?? ""}`;
    throw error;
  }
  return "none";
};

describe("configuration", () => {
  test("an empty environment is a working one, bound to loopback", () => {
    const config = readConfig({});
    expect(config).toMatchObject({ port: 3000, host: "127.0.0.1", brand: "hygge" });
    expect(config.roles.fallback).toBe("approver");
    expect(config.processRoles).toEqual(["web", "worker", "bot"]);
  });

  test("empty values read as unset", () => {
    expect(readConfig({ HYGGE_MODEL: " ", DATABASE_URL: "", HYGGE_TOKEN: "" })).toMatchObject({
      model: undefined,
      databaseUrl: undefined,
      token: undefined,
    });
  });

  test("all bad keys are reported together", () => {
    const problems = problemsOf({
      PORT: "99999",
      LOG_LEVEL: "loud",
      HYGGE_TOKEN: "short",
      REDIS_URL: "http://x",
    });
    for (const key of ["PORT", "LOG_LEVEL", "HYGGE_TOKEN", "REDIS_URL"])
      expect(problems).toContain(`${key}: `);
  });

  test("a LanguageTool server is an address, and none is asked unless one is set", () => {
    expect(readConfig({ LANGUAGETOOL_URL: "http://languagetool:8010" }).languageToolUrl).toBe(
      "http://languagetool:8010",
    );
    expect(readConfig({ LANGUAGETOOL_URL: "" }).languageToolUrl).toBeUndefined();
    for (const wrong of ["languagetool:8010", "http://", "http://me:secret@languagetool"])
      expect(problemsOf({ LANGUAGETOOL_URL: wrong })).toContain("LANGUAGETOOL_URL: must");
  });

  test("Redis without a database server is refused with the fix", () => {
    expect(problemsOf({ REDIS_URL: "redis://127.0.0.1" })).toContain("set DATABASE_URL too");
  });

  test("roles split over processes need a database server", () => {
    expect(problemsOf({}, ["worker"])).toContain("DATABASE_URL");
    expect(problemsOf({ DATABASE_URL: "postgres://127.0.0.1/x" }, ["worker"])).toBe("none");
  });

  test("nothing binds beyond loopback without a token, and strangers may not approve there", () => {
    expect(problemsOf({ HOST: "0.0.0.0" })).toContain("token_required");
    expect(readConfig({ HOST: "0.0.0.0", HYGGE_TOKEN: "0123456789abcdef" }).roles.fallback).toBe("requester");
  });

  test("README's table is what the code reads", async () => {
    const readme = await readFile(new URL("../../README.md", import.meta.url), "utf8");
    const rows = Object.entries(environment.shape).map(([key, schema]) => {
      const fallback = schema.safeParse(undefined).data;
      // The default depends on the machine.
      const text = fallback === undefined ? "" : String(fallback);
      const shown = key === "HYGGE_THREADS" ? "all cores" : text === "" ? "" : `\`${text}\``;
      return `| \`${key}\` | ${shown} | ${schema.description} |`;
    });
    const table = ["| variable | default | meaning |", "|---|---|---|", ...rows].join("\n");
    expect(readme).toContain(`<!-- environment -->\n${table}\n<!-- /environment -->`);
  });
});
