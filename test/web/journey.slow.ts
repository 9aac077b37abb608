/** The whole product as a stranger has it: one process, its own model, a browser; and the process killed under it. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasBrowser, openBrowser, type TestBrowser } from "#test/fixtures/browser.ts";

const root = path.join(import.meta.dirname, "../..");
const sofa = "Sofa Ekeby, Leinen, sandfarben, 899 €";

describe.skipIf(!hasBrowser)("Hygge with its own model, in Chromium", () => {
  let dataDir: string;
  let browser: TestBrowser;
  let running: ChildProcess | undefined;
  beforeAll(async () => {
    dataDir = await mkdtemp(path.join(tmpdir(), "hygge-journey-"));
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await stop("SIGTERM");
    await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
  });

  /** Resolves to the address that it prints. */
  async function start(port = 0): Promise<string> {
    const child = spawn(process.execPath, ["bin/hygge.js", "start"], {
      cwd: root,
      env: {
        ...process.env,
        HYGGE_DATA_DIR: dataDir,
        PORT: String(port),
        LOG_LEVEL: "warn",
        HOST: "127.0.0.1",
      },
      stdio: ["ignore", "pipe", "inherit"],
    });
    running = child;
    let printed = "";
    for await (const chunk of child.stdout) {
      printed += chunk;
      const url = /http:\/\/[\w.:]+/.exec(printed)?.[0];
      if (url) return url;
    }
    throw new Error(`it ended: ${printed}`);
  }
  async function stop(signal: NodeJS.Signals) {
    const child = running;
    running = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    child.kill(signal);
    await gone;
  }

  it("writes, is killed while it writes the next, and after a start everything is there, once", async () => {
    const url = await start();
    const page = await (await browser.context({ viewport: { width: 1280, height: 900 } })).newPage();
    page.setDefaultTimeout(120_000);
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(String(error)));
    const version = (n: number) => page.getByRole("region", { name: `Fassung ${n}`, exact: true });

    await page.goto(url);
    await page.getByRole("textbox", { name: "Was soll Hygge schreiben?" }).fill(sofa);
    await page.keyboard.press("Control+Enter");
    await page.getByText("Kandidat 8 von 8").waitFor();
    await version(1).waitFor();
    const first = await version(1).locator(".copy").first().textContent();
    expect(first).toMatch(/Ekeby/);
    expect(first).toMatch(/899\s€/);
    await version(1)
      .getByText(/Modell hygge/)
      .waitFor();
    await page.getByRole("button", { name: "Gut", exact: true }).click();
    await page.getByRole("button", { name: "Gut", exact: true, pressed: true }).waitFor();

    await page.getByRole("button", { name: "Kürzer" }).click();
    await page.getByText("Kandidat 1 von 8").waitFor();
    await stop("SIGKILL");
    await page.getByText("Keine Verbindung zum Server.").first().waitFor();
    await start(Number(new URL(url).port));
    // Nobody touches the page: it finds the server again and the version is written.
    await version(2).waitFor();
    await page.locator(".wish", { hasText: "kürzer" }).waitFor();
    await page.reload();
    await version(2).waitFor();
    expect(await page.getByRole("heading", { level: 2 }).allTextContents()).toEqual([
      "Fassung 1",
      "Fassung 2",
    ]);
    expect(await version(1).locator(".copy").first().textContent()).toBe(first);
    await version(1).getByRole("button", { name: "Gut", exact: true, pressed: true }).waitFor();
    expect(errors).toEqual([]);
  });
});
