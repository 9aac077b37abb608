/**
 * The real LanguageTool 6.6 from Maven Central, as docker-compose.yml sets it up. Needs Java 17 and Maven (`mvn`);
 * about 150 MB on the first run, in Maven's own cache afterwards.
 */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { loadBrand } from "#src/brand.ts";
import { parseBrief } from "#src/brief.ts";
import { createGrammar, type Grammar } from "#src/grammar.ts";
import { readCompose } from "../compose/compose.ts";
import { freePort } from "../fixtures/servers.ts";

const run = promisify(execFile);
const there = await Promise.all([run("java", ["-version"]), run("mvn", ["-version"])]).then(
  () => true,
  () => false,
);
if (!there && process.env.HYGGE_LIVE === "1") throw new Error("HYGGE_LIVE=1, but Java and Maven are missing");

// German is what is checked; the server's language guesser doesn't start without the others.
const dependency = (artifact: string, more = "") =>
  `<dependency><groupId>org.languagetool</groupId><artifactId>${artifact}</artifactId><version>6.6</version>${more}</dependency>`;
const pom = `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>hygge</groupId><artifactId>languagetool</artifactId><version>1</version><dependencies>
${dependency("languagetool-server", "<exclusions><exclusion><groupId>org.languagetool</groupId><artifactId>language-all</artifactId></exclusion></exclusions>")}
${["de", "en", "es", "ca", "pt"].map((language) => dependency(`language-${language}`)).join("\n")}
</dependencies></project>`;

describe.skipIf(!there)("the real LanguageTool", () => {
  const brand = loadBrand("hygge");
  const about = { brief: parseBrief("Sofa Ekeby, Leinen, sandfarben, 899 €", {}, brand), brand };
  let dir: string;
  let server: ChildProcess | undefined;
  let grammar: Grammar;
  const faults: string[] = [];

  beforeAll(async () => {
    dir = await mkdtemp(path.join(tmpdir(), "hygge-languagetool-"));
    await writeFile(path.join(dir, "pom.xml"), pom);
    await run("mvn", ["-q", "-B", "dependency:copy-dependencies", "-DoutputDirectory=jars"], { cwd: dir });
    const secrets = { POSTGRES_PASSWORD: "x", REDIS_PASSWORD: "x", HYGGE_TOKEN: "x".repeat(16) };
    const { environment } = (await readCompose(secrets)).services.languagetool ?? {};
    const settings = Object.entries(environment ?? {}).flatMap(([key, value]) =>
      key.startsWith("langtool_") ? [`${key.slice("langtool_".length)}=${value}`] : [],
    );
    await writeFile(path.join(dir, "settings"), settings.join("\n"));
    const port = await freePort();
    server = spawn(
      "java",
      [
        ...["-Xmx700m", "-cp", "jars/*", "org.languagetool.server.HTTPServer"],
        ...["--config", "settings", "--port", String(port)],
      ],
      { cwd: dir, stdio: "ignore" },
    );
    const url = `http://127.0.0.1:${port}`;
    const up = async () => expect((await fetch(`${url}/v2/languages`)).ok).toBe(true);
    await vi.waitFor(up, { timeout: 120_000, interval: 500 });
    const log = { warn: (fields: { err: Error }) => void faults.push(fields.err.message) } as never;
    // The first check reads the dictionaries, which takes long on a small machine.
    grammar = createGrammar({ url, log, pace: { waitMs: 300_000, giveUpMs: 300_000 } });
  }, 600_000);

  afterAll(async () => {
    grammar?.close();
    if (server && server.exitCode === null && server.kill()) await once(server, "exit");
    await rm(dir, { recursive: true, force: true });
  });

  const found = async (text: string) => {
    const findings = await grammar.check(text, about);
    for (const { start, end, found } of findings) expect(text.slice(start, end)).toBe(found);
    expect(faults).toEqual([]);
    return findings.map((finding) => finding.found);
  };

  test("finds a wrong case and what to write instead", async () => {
    const [finding] = await grammar.check("Stell die Lampe auf die Tisch.", about);
    expect(finding).toMatchObject({ found: "die Tisch", rule: "grammar", start: 20, end: 29 });
    expect(finding?.suggestions).toContain("den Tisch");
  });

  test("finds it behind umlauts, emoji and German signs, all of which are right", async () => {
    const text =
      "„Schöne Grüße“ – 140\u00a0×\u00a0200\u00a0cm … 🛋️👨‍👩‍👧 geht’s? Füße auf die Tisch. 😀 Wir habe Zeit.";
    expect(await found(text)).toEqual(["die Tisch", "habe"]);
  });

  test("leaves names, materials and colours of the brief alone, and not what stands beside them", async () => {
    expect(
      await found("Das Sofa Ekeby ist aus sandfarbenem Leinen. Ekebys Kissen, die Ekeby-Sofas."),
    ).toEqual([]);
    expect(await found("Ekeby und der Esimer.")).toEqual(["Esimer"]);
  });

  test("the brand's own example texts are right, but for a rare word that the dictionary lacks", async () => {
    const flagged: string[] = [];
    for (const example of brand.examples) {
      const brief = parseBrief(example.brief, {}, brand);
      const words = (await grammar.check(example.text, { brief, brand })).map((finding) => finding.found);
      if (words.length > 0) flagged.push(words.join(", "));
      expect(words).not.toContain(brief.name);
    }
    // "Nas", "Riech": short forms of verse and talk.
    expect(flagged.length, flagged.join("; ")).toBeLessThanOrEqual(brand.examples.length / 5);
  });
});
