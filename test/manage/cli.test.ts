import { expect, test } from "vitest";
import { call } from "#test/cli/in-process.ts";

test("wrong calls say what is right, in both languages, before anything is opened", async () => {
  const cases: [string[], RegExp, RegExp][] = [
    [["export", "xml"], /„xml“ gibt es nicht.*csv, sft, dpo, kto/, /no “xml”.*csv, sft, dpo, kto/],
    [["export", "csv", "--filter", "brand"], /„brand“ ist kein Filter/, /“brand” is no filter/],
    [["erase"], /--person/, /--person/],
    [["access"], /--person/, /--person/],
    [["erase", "--person", "web:x", "--drafts", "burn"], /burn/, /burn/],
  ];
  for (const [args, de, en] of cases)
    for (const [locale, expected] of [
      ["de", de],
      ["en", en],
    ] as const) {
      const { code, stdout, stderr } = await call(args, locale);
      expect(`${args.join(" ")}: ${code}`).toBe(`${args.join(" ")}: 2`);
      expect(stdout).toBe("");
      expect(stderr).toMatch(expected);
    }
});

test("the help names the commands", async () => {
  const { stdout } = await call(["--help"], "en");
  for (const command of ["dashboard", "export", "access", "erase"]) expect(stdout).toContain(`  ${command} `);
});
