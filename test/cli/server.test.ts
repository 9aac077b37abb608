/** The command line with the real model: beside a server, and all by itself. */
import { chmod, copyFile, mkdir, readFile, stat, truncate, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { Locale } from "#src/chat.ts";
import type { BriefView, DraftView } from "#src/views.ts";
import { hygge, type Server, startServer, temporary } from "./hygge.ts";
import { call } from "./in-process.ts";

// Whole processes with a model each, on whatever machine.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const embedded = path.resolve(import.meta.dirname, "../../models/hygge-v0-Q4_0.gguf");

describe("beside a running server", () => {
  let home: Awaited<ReturnType<typeof temporary>>;
  let server: Server;
  let env: Record<string, string>;

  beforeAll(async () => {
    home = await temporary();
    env = { HYGGE_DATA_DIR: home.dir };
    server = await startServer(env);
  });
  afterAll(async () => {
    expect(await server?.stop()).toBe(0);
    await home?.remove();
  });

  test("a draft: the text on stdout, nothing else there; --json gives everything", async () => {
    const { code, stdout, stderr } = await hygge(
      ["draft", "Lampe Ljus, Messing, 49 €", "--channel", "instagram"],
      { env },
    );
    expect([0, 3]).toContain(code);
    expect(stdout).toContain("Ljus");
    if (code === 0) expect(stderr).toBe("");
    const json = await call(["draft", "Lampe Ljus, Messing, 49 €", "--json", "--variants", "2"], "en", env);
    const drafts: DraftView[] = JSON.parse(json.stdout);
    expect(drafts).toHaveLength(2);
    for (const draft of drafts) {
      expect(draft).toMatchObject({ kind: "generated", state: "draft", channel: expect.any(String) });
      expect(draft.personId).toMatch(/^cli:/);
      expect(draft.gates.length).toBeGreaterThan(5);
      expect(draft.model?.hash).toMatch(/^[0-9a-f]{64}$/);
    }
    expect(json.code).toBe(drafts.every((d) => d.gates.every((g) => g.ok)) ? 0 : 3);
  });

  test("candidates are shown as they grow when asked for, on stderr", async () => {
    const { stdout, stderr } = await hygge(
      ["draft", "Sofa Ekeby, Leinen, 899 €", "--verbose", "--locale", "de"],
      { env },
    );
    expect(stderr).toMatch(/Kandidat [1-8] von 8 {2}\S/);
    expect(stdout).not.toContain("Kandidat");
  });

  test("what was written can be found and read again", async () => {
    await call(["draft", "Regal Hylla, Kiefer, 129 €"], "en", env);
    const { stdout } = await call(["mine", "--search", "Hylla"], "en", env);
    const [id = ""] = stdout.split(" ");
    expect(stdout).toContain("Regal Hylla");
    const shown = await call(["show", id], "en", env);
    expect(shown.stdout).toContain("Regal Hylla, Kiefer, 129 €");
    expect(shown.stdout).toContain("Version 1");
    const json: BriefView = JSON.parse((await call(["show", id, "--json"], "en", env)).stdout);
    expect(json.drafts).toHaveLength(1);
    const unknown = await call(["show", "nowhere"], "de", env);
    expect(unknown).toMatchObject({
      code: 2,
      stderr: "Auftrag nowhere gibt es nicht (mehr). Lade die Seite neu, oder prüfe die Nummer.\n",
    });
  });

  test.each([
    [
      "x".repeat(10_000),
      /^The brief has 10000 characters, \d+ are allowed\. Shorten it to product, name and facts\.\n$/,
    ],
    ["🛋️✨🎉", /^The brief has no words\. Name at least a product, for example: Lampe Ljus, 49 €\n$/],
    [
      "Sofa Ekeby, Leinen, Leder, 899 €, Preis 799 €",
      /contradict each other in the brief\. Which one holds\? Send it again with just one of them\.\n$/,
    ],
  ])("a brief that can't be written is told in one line", async (brief, line) => {
    const { code, stdout, stderr } = await call(["draft", brief], "en", env);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(line);
  });

  test("a text is held against the brand", async () => {
    const { code, stdout } = await hygge(["lint", "--json", "--channel", "anzeige", "-"], {
      env,
      input: "Ein Sofa, das wartet.\n",
    });
    expect([0, 3]).toContain(code);
    expect(JSON.parse(stdout)).toMatchObject({ light: expect.any(String), graphemes: { count: 21 } });
  });

  test("Ctrl-C cancels the draft", async () => {
    let sent = false;
    const { code, stdout, stderr } = await hygge(["draft", "Bett Sova, Eiche, 649 €", "--verbose"], {
      env,
      onStderr: (text, child) => {
        if (sent || !text.includes("Candidate")) return;
        sent = true;
        child.kill("SIGINT");
      },
    });
    expect({ code, stdout }).toEqual({ code: 130, stdout: "" });
    expect(stderr).toMatch(/Cancelled\.\n$/);
    const [brief]: BriefView[] = JSON.parse(
      (await call(["mine", "--search", "Sova", "--json"], "en", env)).stdout,
    );
    expect(brief).toMatchObject({ status: "cancelled", drafts: [] });
  });

  test("a second start on the same data names the first one's address", async () => {
    for (const [locale, line] of [
      [
        "de",
        `Der Ordner ${home.dir} gehört einem laufenden Hygge (${server.url}). Öffne das, beende es, oder setze HYGGE_DATA_DIR.\n`,
      ],
      [
        "en",
        `The folder ${home.dir} belongs to a running Hygge (${server.url}). Open that, stop it, or set HYGGE_DATA_DIR.\n`,
      ],
    ] as const) {
      const { code, stderr } = await hygge(["start", "--locale", locale], {
        env: { ...env, LOG_LEVEL: "silent" },
      });
      expect({ code, stderr }).toEqual({ code: 4, stderr: line });
    }
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  });

  test("only who can read the folder is let in as its owner", async () => {
    const file = path.join(home.dir, "local.secret");
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const ask = (secret: string) =>
      fetch(`${server.url}/api/backup`, { headers: { authorization: `Bearer ${secret}` } });
    expect((await ask("x".repeat(32))).status).toBe(401);
    expect((await ask(await readFile(file, "utf8"))).status).toBe(200);
  });

  test("a backup is taken while it runs; restoring asks to stop it first", async () => {
    const file = path.join(home.dir, "b.backup");
    expect((await call(["backup", file], "en", env)).code).toBe(0);
    const refused = await call(["restore", file], "en", env);
    expect(refused).toMatchObject({ code: 4, stderr: expect.stringContaining(server.url) });
  });

  test("a batch: one row each, faults in their row, and it goes on where it stopped", async () => {
    const csv = path.join(home.dir, "briefs.csv");
    const out = path.join(home.dir, "drafts.csv");
    await writeFile(
      csv,
      "brief;channel;tone\nTisch Bord, Eiche, 199 €;anzeige;\nStuhl Sitta, Birke, 59 €;tiktok;\n🎉;;\n",
    );
    const first = await call(["draft", "--csv", csv, "--out", out], "en", env);
    expect(first.code).toBe(3);
    expect(first.stderr).toMatch(/\d written, \d with a failed check, 2 failed: .*drafts\.csv\n$/);
    const lines = (await readFile(out, "utf8")).split("\r\n");
    expect(lines[0]).toBe("\ufeffbrief,channel,tone,length,text,score,failed_gates,error,brief_id,draft_id");
    expect(lines[1]).toContain("Bord");
    expect(lines[2]).toContain("There is no channel “tiktok”");
    expect(lines[3]).toContain("The brief has no words.");

    await writeFile(
      csv,
      "brief;channel;tone\nTisch Bord, Eiche, 199 €;anzeige;\nStuhl Sitta, Birke, 59 €;anzeige;\n",
    );
    const second = await call(["draft", "--csv", csv, "--out", out], "en", env);
    expect(second.stderr).toContain("1 row is finished already and skipped.\n");
    const again = (await readFile(out, "utf8")).split("\r\n");
    expect(again[1]).toBe(lines[1]);
    expect(again).toHaveLength(4);
    expect([0, 3]).toContain(second.code);
  });
});

describe("by itself", () => {
  test("two at once share: both get their text", async () => {
    const home = await temporary();
    const env = { HYGGE_DATA_DIR: home.dir };
    const both = await Promise.all(
      ["Lampe Ljus, Messing, 49 €", "Sofa Ekeby, Leinen, 899 €"].map((brief) =>
        hygge(["draft", brief], { env }),
      ),
    );
    for (const { code, stdout, stderr } of both) {
      expect(stderr).not.toMatch(/not have happened/);
      expect([0, 3]).toContain(code);
      expect(stdout.length).toBeGreaterThan(20);
    }
    await home.remove();
  });
});

describe("what a start needs and doesn't find is told in one line that names the fix", () => {
  let home: Awaited<ReturnType<typeof temporary>>;
  beforeAll(async () => {
    home = await temporary();
  });
  afterAll(() => home.remove());
  const start = (locale: Locale, env: Record<string, string>) =>
    call(["start"], locale, { HYGGE_DATA_DIR: home.dir, LOG_LEVEL: "silent", ...env });

  test("a port in use", async () => {
    const squatter = createServer();
    await new Promise<void>((resolve) => squatter.listen(0, "127.0.0.1", resolve));
    const address = squatter.address();
    const port = typeof address === "object" && address ? String(address.port) : "";
    expect(await start("de", { PORT: port })).toEqual({
      code: 4,
      stdout: "",
      stderr: `Port ${port} ist belegt. Beende, was dort läuft, oder setze PORT.\n`,
    });
    await new Promise((resolve) => squatter.close(resolve));
  });

  test("a folder that can't be written", async () => {
    const dir = path.join(home.dir, "read-only");
    await mkdir(dir);
    await chmod(home.dir, 0o755);
    await chmod(dir, 0o555);
    // Root may write anywhere: then as nobody.
    const uid = process.getuid?.() === 0 ? 65534 : undefined;
    const { code, stderr } = await hygge(["start"], {
      env: { HYGGE_DATA_DIR: dir, LOG_LEVEL: "silent" },
      ...(uid === undefined ? {} : { uid }),
    });
    expect({ code, stderr }).toEqual({
      code: 4,
      stderr: `The folder ${dir} can't be written (EACCES). Grant write access, or set HYGGE_DATA_DIR.\n`,
    });
    await chmod(dir, 0o755);
  });

  test("a model that isn't there, is cut off, or is none", async () => {
    const missing = path.join(home.dir, "missing.gguf");
    const absent = await start("en", { HYGGE_MODEL: missing });
    expect(absent.code).toBe(4);
    expect(absent.stderr).toMatch(/^The model .*missing\.gguf is not there\. .*HYGGE_MODEL.*\n$/);
    const remote = await start("en", { HYGGE_MODEL: "hf:org/repo/model.gguf" });
    expect(remote.code).toBe(4);
    expect(remote.stderr).toContain("hygge model pull hf:org/repo/model.gguf");

    const cut = path.join(home.dir, "cut.gguf");
    await copyFile(embedded, cut);
    await truncate(cut, 30_000_000);
    const truncated = await start("en", { HYGGE_MODEL: cut });
    expect(truncated.code).toBe(4);
    expect(truncated.stderr).toMatch(
      /^The model .*cut\.gguf is damaged \(truncated: .*\)\. Pull or copy it again, or unset HYGGE_MODEL\.\n$/,
    );
    const text = path.join(home.dir, "text.gguf");
    await writeFile(text, "not a model");
    const none = await start("de", { HYGGE_MODEL: text });
    expect(none.code).toBe(4);
    expect(none.stderr).toMatch(
      /^Das Modell .*text\.gguf ist beschädigt \(.*\)\. Lade oder kopiere es noch einmal, oder lass HYGGE_MODEL weg\.\n$/,
    );
  });

  test("the doctor says what is right and what isn't", async () => {
    const env = { HYGGE_DATA_DIR: home.dir };
    const well = await call(["doctor"], "en", env);
    expect(well.stdout).toMatch(/✓ Node\.js 2\d/);
    expect(well).toMatchObject({ code: 0, stdout: expect.stringContaining("Everything is all right.") });
    const ill = await call(["doctor"], "en", {
      ...env,
      HYGGE_MODEL: "/nowhere.gguf",
      DATABASE_URL: "postgres://127.0.0.1:1/x",
    });
    expect(ill.code).toBe(1);
    expect(ill.stdout).toContain("✗ The model /nowhere.gguf is not there.");
    expect(ill.stdout).toContain("✗ The database does not answer.");
    expect(ill.stdout).toContain("2 points need your hand.");
  });
});
