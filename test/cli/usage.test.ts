import { describe, expect, test } from "vitest";
import { hygge } from "./hygge.ts";
import { call } from "./in-process.ts";

/** Input x language: the exact line and the exit code, before anything is opened. */
const wrong: [string[], string, string][] = [
  [
    ["dratf"],
    "Den Befehl „dratf“ gibt es nicht. Meintest du „draft“? Alle Befehle: hygge --help",
    "There is no command “dratf”. Did you mean “draft”? All commands: hygge --help",
  ],
  [
    ["draft", "--chanel", "instagram", "Lampe"],
    "Die Option „--chanel“ gibt es nicht. Meintest du „--channel“? Alle Optionen: hygge --help",
    "There is no option “--chanel”. Did you mean “--channel”? All options: hygge --help",
  ],
  [
    ["draft"],
    "Der Auftrag ist leer. Schreib zum Beispiel: Sofa Ekeby, Leinen, 899 €",
    "The brief is empty. Write for example: Sofa Ekeby, Leinen, 899 €",
  ],
  [
    ["draft", "  \n "],
    "Der Auftrag ist leer. Schreib zum Beispiel: Sofa Ekeby, Leinen, 899 €",
    "The brief is empty. Write for example: Sofa Ekeby, Leinen, 899 €",
  ],
  [
    ["draft", "Lampe", "--channel", "tiktok"],
    "Den Kanal „tiktok“ gibt es nicht. Möglich sind: instagram, produkttext, newsletter, schild, gedicht, antwort, anzeige",
    "There is no channel “tiktok”. Use one of: instagram, produkttext, newsletter, schild, gedicht, antwort, anzeige",
  ],
  [
    ["draft", "Lampe", "--tone", "laut"],
    "Den Ton „laut“ gibt es nicht. Möglich sind: warm, heiter, ruhig, sachlich",
    "There is no tone “laut”. Use one of: warm, heiter, ruhig, sachlich",
  ],
  [
    ["draft", "Lampe", "--length", "xxl"],
    "Die Länge „xxl“ gibt es nicht. Möglich sind: kurz, mittel, lang",
    "There is no length “xxl”. Use one of: kurz, mittel, lang",
  ],
  [
    ["draft", "Lampe", "--variants", "zehn"],
    "zehn Varianten gehen nicht. Wähle 1 bis 4.",
    "zehn variants won't work. Choose 1 to 4.",
  ],
  [
    ["draft", "Lampe", "--csv", "briefs.csv"],
    "Entweder ein Auftrag oder --csv, nicht beides.",
    "Either a brief or --csv, not both.",
  ],
  [
    ["draft", "--csv", "/nowhere/briefs.csv"],
    "/nowhere/briefs.csv kann nicht gelesen werden (ENOENT). Prüfe Pfad und Rechte.",
    "/nowhere/briefs.csv can't be read (ENOENT). Check path and permissions.",
  ],
  [
    ["start", "--role", "chef"],
    "Die Rolle „chef“ gibt es nicht. Möglich sind: web, worker, bot",
    "There is no role “chef”. Use any of: web, worker, bot",
  ],
  [["show"], "Es fehlt: id. Beispiele: hygge --help", "Missing: id. Examples: hygge --help"],
  [["mine", "--limit", "0"], "--limit geht von 1 bis 100.", "--limit goes from 1 to 100."],
  [
    ["move", "--to", "mysql://host/db"],
    "Die Konfiguration stimmt nicht:\nDATABASE_URL: must start with postgres:// or postgresql://",
    "The configuration is not right:\nDATABASE_URL: must start with postgres:// or postgresql://",
  ],
  [
    ["restore", "/nowhere.backup"],
    "/nowhere.backup ist keine vollständige Sicherung (not found). Nimm eine andere; geändert wurde nichts.",
    "/nowhere.backup is not a complete backup (not found). Take another one; nothing was changed.",
  ],
];

describe("wrong calls are told in one line, with the fix, and exit 2", () => {
  test.each(wrong)("%j", async (args, german, english) => {
    expect(await call(args, "de")).toEqual({ code: 2, stdout: "", stderr: `${german}\n` });
    expect(await call(args, "en")).toEqual({ code: 2, stdout: "", stderr: `${english}\n` });
  });
});

test("the language is that of the system, unless --locale says otherwise", async () => {
  const german = await hygge(["dratf"], { env: { LANG: "de_DE.UTF-8" } });
  expect(german.stderr).toContain("Den Befehl");
  const english = await hygge(["dratf", "--locale", "en"], { env: { LANG: "de_DE.UTF-8" } });
  expect(english).toMatchObject({ code: 2, stderr: expect.stringContaining("There is no command") });
});

test("all bad settings are told together", async () => {
  const { code, stderr } = await call(["start"], "en", {
    PORT: "99999",
    HYGGE_TOKEN: "short",
    REDIS_URL: "redis://localhost",
  });
  expect(code).toBe(2);
  for (const key of ["PORT", "HYGGE_TOKEN", "REDIS_URL"]) expect(stderr).toContain(`${key}: `);
});

test("binding beyond loopback without a token is refused", async () => {
  const { code, stderr } = await call(["start"], "en", { HOST: "0.0.0.0" });
  expect(code).toBe(2);
  expect(stderr).toBe(
    "Binding to 0.0.0.0 needs a secret. Set HYGGE_TOKEN (at least 16 characters), or HOST=127.0.0.1.\n",
  );
});

test("the help shows every command with an example and the exit codes, in both languages", async () => {
  const commands = "start draft mine show lint model backup restore move doctor".split(" ");
  for (const locale of ["de", "en"] as const) {
    const { code, stdout } = await call(["--help"], locale);
    expect(code).toBe(0);
    const [usage = "", examples = ""] = stdout.split(locale === "de" ? "Beispiele:" : "Examples:");
    for (const command of commands) {
      expect(usage).toMatch(new RegExp(`^  ${command}\\b`, "m"));
      if (command !== "show") expect(examples).toContain(`hygge ${command}`);
    }
    for (const code of [0, 1, 2, 3, 4, 130]) expect(examples).toMatch(new RegExp(`^  ${code} `, "m"));
  }
});

test("the version is that of the package", async () => {
  expect((await hygge(["--version"])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});
