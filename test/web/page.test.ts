import { mkdir } from "node:fs/promises";
import path from "node:path";
import type { BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { expectSoundPage, hasBrowser, openBrowser, type TestBrowser } from "../fixtures/browser.ts";
import { type MemoryHygge, memoryHygge } from "../fixtures/memory-hygge.ts";
import { person } from "../fixtures/person.ts";
import { openTestWeb, type TestWebOptions } from "../fixtures/web.ts";

const artifacts = path.join(import.meta.dirname, "../.artifacts");
const sofa = "Sofa Ekeby, Leinen, sandfarben, 899 €";
let browser: TestBrowser;
let opened: { close(): Promise<void>; hygge: MemoryHygge }[] = [];

// One more try: on two busy cores a browser now and then outruns or trails what a test waits for.
describe.skipIf(!hasBrowser)("the page in Chromium", { timeout: 90_000, retry: 1 }, () => {
  beforeAll(async () => {
    browser = await openBrowser();
    await mkdir(artifacts, { recursive: true });
  });
  afterAll(() => browser?.close());
  afterEach(async () => {
    for (const { hygge, close } of opened) {
      hygge.go();
      await close();
    }
    opened = [];
  });

  async function house(options: TestWebOptions & Parameters<typeof memoryHygge>[0] = {}) {
    const { pace, candidates, texts, ...rest } = options;
    const hygge = memoryHygge({
      ...(pace === undefined ? {} : { pace }),
      ...(candidates === undefined ? {} : { candidates }),
      ...(texts ? { texts } : {}),
    });
    const web = await openTestWeb(hygge, rest);
    opened.push({ hygge, close: web.close });
    return { hygge, ...web };
  }

  /** A person at the page. Anything in the browser's console that is an error fails the test. */
  async function visit(url: string, options: BrowserContextOptions = {}) {
    const context = await browser.context({ viewport: { width: 1280, height: 900 }, ...options });
    const errors: string[] = [];
    const newPage = async (at = url) => {
      const page = await context.newPage();
      page.setDefaultTimeout(20_000);
      page.on("pageerror", (error) => errors.push(String(error)));
      page.on("console", (message) => {
        // Refusals are part of the tests; the browser logs them all.
        if (message.type() === "error" && !/Failed to load resource|ERR_/.test(message.text()))
          errors.push(message.text());
      });
      await page.goto(at);
      return page;
    };
    const page = await newPage();
    return {
      page,
      newPage,
      async leave() {
        await context.close();
        expect(errors).toEqual([]);
      },
    };
  }

  const box = (page: Page) => page.getByRole("textbox", { name: "Was soll Hygge schreiben?" });
  async function send(page: Page, text = sofa) {
    await box(page).fill(text);
    await page.keyboard.press("Control+Enter");
    await page.getByRole("heading", { level: 1, name: text }).waitFor();
  }
  const version = (page: Page, n: number) => page.getByRole("region", { name: `Fassung ${n}`, exact: true });
  const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });

  /** Presses Tab until the control has the focus. */
  async function tabTo(page: Page, name: string) {
    for (let i = 0; i < 60; i++) {
      const now = await page.evaluate(
        "document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent?.trim()",
      );
      if (now === name) return;
      await page.keyboard.press("Tab");
    }
    throw new Error(`Tab never came to “${name}”`);
  }

  it("takes a whole journey by keyboard alone: brief, draft, shorter, refined, edited, rated, approved", async () => {
    const { url } = await house();
    const { page, leave } = await visit(url, { permissions: ["clipboard-read", "clipboard-write"] });
    // The page waits at the box.
    await page.locator("#brief:focus").waitFor();
    await page.keyboard.type(sofa);
    await page.keyboard.press("Control+Enter");
    await version(page, 1).waitFor();
    for (const fact of ["Ekeby", "Leinen", "sandfarben", "899 €"])
      await version(page, 1).locator(".facts li.ok", { hasText: fact }).waitFor();
    await version(page, 1).getByText("Modell scripted v1 · F16").waitFor();
    await tabTo(page, "Kopieren");
    await page.keyboard.press("Enter");
    await button(page, "Kopiert").waitFor();
    const copied = await version(page, 1).locator(".copy").first().textContent();
    expect(await page.evaluate("navigator.clipboard.readText()")).toBe(copied);

    await tabTo(page, "Kürzer");
    await page.keyboard.press("Enter");
    await version(page, 2).waitFor();
    await page.getByText("kürzer", { exact: true }).waitFor();
    await tabTo(page, "Ton");
    await page.keyboard.press("Enter");
    await page.locator("[data-choice]:focus").waitFor();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await version(page, 3).waitFor();
    await page.locator(".wish", { hasText: "ruhig" }).waitFor();
    await page.getByRole("textbox", { name: "Was soll anders werden?" }).focus();
    await page.keyboard.type("mehr Ruhe");
    await page.keyboard.press("Enter");
    await version(page, 4).waitFor();

    await version(page, 4).getByRole("heading", { level: 2 }).focus();
    await tabTo(page, "Bearbeiten");
    await page.keyboard.press("Enter");
    await page.locator("textarea:focus").waitFor();
    await page.keyboard.press("Control+A");
    await page.keyboard.type("Ein perfektes Sofa: Ekeby, Leinen, sandfarben, 899 €.");
    await page.getByText("53 Zeichen, erlaubt 20 bis 400").waitFor();
    await tabTo(page, "Durch „stimmig“ ersetzen");
    await page.keyboard.press("Enter");
    await page.getByText("51 Zeichen, erlaubt 20 bis 400").waitFor();
    await page.keyboard.press("Control+Enter");
    await version(page, 5).getByText("Ein stimmig Sofa: Ekeby, Leinen, sandfarben, 899 €.").waitFor();
    await version(page, 5).getByText("von Hand bearbeitet").waitFor();

    await version(page, 5).getByRole("heading", { level: 2 }).focus();
    await tabTo(page, "Nicht gut");
    await page.keyboard.press("Enter");
    await page.getByText("Woran liegt es?").waitFor();
    await page.getByRole("checkbox", { name: "Ton passt nicht" }).focus();
    await page.keyboard.press("Space");
    await tabTo(page, "Senden");
    await page.keyboard.press("Enter");
    await page.getByText("Woran liegt es?").waitFor({ state: "detached" });
    await version(page, 5).getByRole("button", { name: "Nicht gut", pressed: true }).waitFor();
    // One vote, to be changed.
    await version(page, 5).getByRole("button", { name: "Gut", exact: true }).focus();
    await page.keyboard.press("Enter");
    await version(page, 5).getByRole("button", { name: "Gut", exact: true, pressed: true }).waitFor();
    await version(page, 5).getByRole("button", { name: "Nicht gut", pressed: false }).waitFor();

    await version(page, 5).getByRole("heading", { level: 2 }).focus();
    await tabTo(page, "Freigabe anfragen");
    await page.keyboard.press("Enter");
    await version(page, 5).getByText("Freigabe angefragt").waitFor();
    await tabTo(page, "Freigeben");
    await page.keyboard.press("Enter");
    await version(page, 5).getByText("Freigegeben").waitFor();
    // All versions are still there, in order.
    const order = await page.getByRole("heading", { level: 2 }).allTextContents();
    expect(order).toEqual([1, 2, 3, 4, 5].map((n) => `Fassung ${n}`));
    await leave();
  });

  it("shows the place in the queue, candidates as they are written, and the same after a reload", async () => {
    const { url, hygge } = await house({ candidates: 4 });
    hygge.hold();
    const other = person(url);
    const ahead = (await other.post("/api/briefs", { text: "Lampe Ljus, 49 €" })).json.briefId;
    const { page, leave } = await visit(url);
    await send(page);
    await page.getByText("Platz 2", { exact: true }).waitFor();
    await expectSoundPage(page, "queued");
    await other.post(`/api/briefs/${ahead}/cancel`);
    await page.getByText("Als Nächstes dran", { exact: true }).waitFor();
    hygge.go(3);
    await page.getByText("Kandidat 4 von 4").waitFor();
    await expectSoundPage(page, "writing");
    const texts = () => page.locator(".candidates .copy").allTextContents();
    // What stands there is the beginning of candidates; nothing is there as a result.
    await vi.waitFor(async () => expect((await texts()).every((t) => t.length > 0)).toBe(true));
    const before = await vi.waitFor(async () => {
      const [one, two] = [await texts(), await texts()];
      expect(one).toEqual(two);
      return one;
    });
    await page.reload();
    await vi.waitFor(async () => expect(await texts()).toEqual(before));
    await expect(version(page, 1).count()).resolves.toBe(0);
    hygge.go();
    await version(page, 1).waitFor();
    await page.getByText("Kandidat 4 von 4").waitFor({ state: "detached" });
    const winner = await version(page, 1).locator(".copy").first().textContent();
    expect(before.some((text) => winner?.startsWith(text.trimEnd()))).toBe(true);
    await leave();
  });

  it("cancels what waits and what is written, and tries again what failed", async () => {
    const { url, hygge } = await house();
    hygge.hold();
    const { page, leave } = await visit(url);
    await send(page);
    await button(page, "Abbrechen").click();
    await page.getByRole("heading", { name: "Abgebrochen" }).waitFor();
    await expectSoundPage(page, "cancelled");
    hygge.failNext("model_down");
    hygge.go();
    await button(page, "Noch einmal versuchen").click();
    await page
      .getByText("Das Modell läuft gerade nicht und wird neu gestartet. Dein Auftrag bleibt in der Schlange.")
      .last()
      .waitFor();
    await expectSoundPage(page, "failed");
    await button(page, "Noch einmal versuchen").click();
    await version(page, 1).waitFor();
    await leave();
  });

  it("puts variants side by side and goes on from the one that was taken", async () => {
    const { url } = await house();
    const { page, leave } = await visit(url);
    await page.getByLabel("Varianten").selectOption("3");
    await send(page);
    await version(page, 3).waitFor();
    const tops = await Promise.all([1, 2, 3].map(async (n) => (await version(page, n).boundingBox())?.y));
    expect(new Set(tops).size).toBe(1);
    await expectSoundPage(page, "variants");
    await version(page, 2).getByRole("button", { name: "Diese nehmen" }).click();
    await version(page, 2).getByText("Gewählt").waitFor();
    await button(page, "Länger").click();
    await version(page, 4).waitFor();
    await page.getByText("Alle Kandidaten").last().click();
    await version(page, 4).getByText("Kandidat 8 von 8").waitFor();
    await version(page, 4).getByText("gewählt").waitFor();
    await expectSoundPage(page, "candidates");
    await leave();
  });

  it("keeps two tabs and two people in step", async () => {
    const { url, hygge } = await house({ role: "requester", roles: { "cli:chef": "approver" } });
    const { page, newPage, leave } = await visit(url);
    await send(page);
    await version(page, 1).waitFor();
    const second = await newPage(page.url());
    await version(second, 1).waitFor();
    // Who may not approve is not offered it.
    expect(await button(second, "Freigeben").count()).toBe(0);
    await version(second, 1).getByRole("button", { name: "Gut", exact: true }).click();
    await version(page, 1).getByRole("button", { name: "Gut", exact: true, pressed: true }).waitFor();
    await button(page, "Neu schreiben").click();
    await version(second, 2).waitFor();
    await version(page, 2).getByRole("button", { name: "Freigabe anfragen" }).click();
    await version(second, 2).getByText("Freigabe angefragt").waitFor();
    const id = page.url().split("/").at(-1) ?? "";
    const chef = { id: "cli:chef", name: "Chef", surface: "cli", role: "approver", locale: "de" } as const;
    const { drafts } = await hygge.brief(chef, id);
    await hygge.decide(chef, drafts[1]?.id ?? "", "reject", "zu <b>kurz</b>");
    await page.evaluate("window.dispatchEvent(new Event('focus'))");
    await version(page, 2).getByText("zu <b>kurz</b>").waitFor();
    await leave();
  });

  it("makes one brief of a double click and of two quick keys", async () => {
    const { url } = await house();
    const { page, leave } = await visit(url);
    await box(page).fill(sofa);
    await button(page, "Schreiben").dblclick();
    await version(page, 1).waitFor();
    await button(page, "Kürzer").dblclick();
    await version(page, 2).waitFor();
    await page.getByRole("link", { name: "Meine Texte" }).click();
    await page.getByText("2 Fassungen").waitFor();
    expect(await page.locator(".texts li").count()).toBe(1);
    await leave();
  });

  it("shows what people and models write as text, whatever it is", async () => {
    const evil = `<img src=x onerror="window.pwned=1"><script>window.pwned=2</script> @everyone {name}`;
    const { url } = await house({ texts: [evil], pace: 5 });
    const { page, leave } = await visit(url);
    const text = `<b onclick=x>Sofa</b> "><svg/onload=window.pwned=3>`;
    await send(page, text);
    await version(page, 1).waitFor();
    expect(await version(page, 1).locator(".copy").first().textContent()).toContain(
      evil.replace(" {name}", ""),
    );
    await page.goto(`${url}/#/texts`);
    await page.getByText(text).waitFor();
    expect(await page.evaluate("'pwned' in window")).toBe(false);
    await leave();
  });

  it("finds own texts again: list, search, more, and a deep link that is not there", async () => {
    const { url } = await house();
    const { page, leave } = await visit(url);
    await page.goto(`${url}/#/texts`);
    await page.getByText("Noch nichts geschrieben.").waitFor();
    await expectSoundPage(page, "no texts");
    await page.evaluate(async () => {
      for (let i = 1; i <= 23; i++) {
        const body = JSON.stringify({ text: `${i % 2 ? "Lampe" : "Sofa"} Nr${i}, ${i} €` });
        await fetch("/api/briefs", { method: "POST", headers: { "content-type": "application/json" }, body });
      }
    });
    await page.reload();
    await page.getByText("Lampe Nr23").waitFor();
    expect(await page.locator(".texts li").count()).toBe(20);
    await button(page, "Mehr laden").click();
    await page.getByText("Lampe Nr1,").first().waitFor();
    expect(await page.locator(".texts li").count()).toBe(23);
    await page.getByRole("searchbox").fill("lampe nr2");
    await vi.waitFor(async () => expect(await page.locator(".texts li").count()).toBe(2));
    await page.getByRole("searchbox").fill("Schrank");
    await page.getByText("Nichts gefunden für „Schrank“.").waitFor();
    await page.goto(`${url}/#/brief/none`);
    await page.getByText("Auftrag none gibt es nicht (mehr).").waitFor();
    await page.getByRole("link", { name: "Zum Anfang" }).click();
    await box(page).waitFor();
    await leave();
  });

  it("says when the server is away, and goes on by itself", async () => {
    const first = await house({ pace: 20 });
    const { page, leave } = await visit(first.url);
    await send(page);
    await version(page, 1).waitFor();
    const port = Number(new URL(first.url).port);
    await first.close();
    await button(page, "Neu schreiben").click();
    await page.getByText("Keine Verbindung zum Server.").first().waitFor();
    await expectSoundPage(page, "no connection");
    const web = await openTestWeb(first.hygge, { port });
    opened.push({ hygge: first.hygge, close: web.close });
    await page.locator(".banner").waitFor({ state: "detached" });
    // A proxy refuses the stream for a moment; the browser alone would give up.
    let refused = 0;
    await page.route("**/events", (route) => {
      refused += 1;
      return refused === 1 ? route.fulfill({ status: 502 }) : route.continue();
    });
    await button(page, "Neu schreiben").click();
    await version(page, 2).waitFor();
    expect(refused).toBe(2);
    await leave();
  });

  it("speaks the browser's language, and the other one when asked; keeps a name", async () => {
    const { url } = await house();
    const { page, leave } = await visit(url, { locale: "en-GB" });
    await page.getByRole("textbox", { name: "What shall Hygge write?" }).waitFor();
    await page.getByRole("button", { name: "Write", exact: true }).click();
    await page
      .getByRole("alert")
      .getByText("The brief is empty. Write for example: Sofa Ekeby, Leinen, 899 €")
      .waitFor();
    await page.getByLabel("What's your name?").fill("Jörg");
    await page.getByRole("button", { name: "Save" }).first().click();
    await page.getByLabel("What's your name?").waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Name and language" }).click();
    await expectSoundPage(page, "settings");
    await page.getByRole("combobox", { name: "Language" }).selectOption("de");
    await button(page, "Schließen").click();
    await page.reload();
    await box(page).waitFor();
    await button(page, "Schreiben").click();
    await page
      .getByRole("alert")
      .getByText("Der Auftrag ist leer. Schreib zum Beispiel: Sofa Ekeby, Leinen, 899 €")
      .waitFor();
    await expectSoundPage(page, "a refused brief");
    expect(await page.evaluate("document.documentElement.lang")).toBe("de");
    await leave();
  });

  it("asks for the token where there is one", async () => {
    const token = "a token of some length";
    const { url } = await house({ token });
    const { page, leave } = await visit(url);
    await page.getByLabel("Kennwort").fill("wrong");
    await button(page, "Anmelden").click();
    await page.getByText("Hier braucht es das Kennwort (HYGGE_TOKEN).").waitFor();
    await expectSoundPage(page, "login");
    await page.getByLabel("Kennwort").fill(token);
    await page.keyboard.press("Enter");
    await send(page);
    await version(page, 1).waitFor();
    await leave();
  });

  for (const [look, options] of Object.entries({
    "on 360 pixels": { viewport: { width: 360, height: 740 } },
    "in the dark": { colorScheme: "dark" as const },
  }))
    it(`fits and reads well ${look}`, async () => {
      const { url, hygge } = await house();
      const { page, leave } = await visit(url, options);
      const state = async (name: string) => {
        await expectSoundPage(page, name);
        await page.screenshot({
          path: path.join(artifacts, `${look.replace(/\W+/g, "-")}-${name}.png`),
          fullPage: true,
        });
      };
      await box(page).waitFor();
      await state("home");
      await send(page);
      await page.getByText("Kandidat 8 von 8").or(version(page, 1)).first().waitFor();
      hygge.hold();
      await state("writing");
      hygge.go();
      await version(page, 1).waitFor();
      await state("draft");
      await button(page, "Nicht gut").click();
      await page.getByText("Woran liegt es?").waitFor();
      await button(page, "Ton").click();
      await state("rating");
      await page.keyboard.press("Escape");
      await button(page, "Bearbeiten").click();
      await page.getByLabel("Text bearbeiten").fill("Ein perfektes Sofa.");
      await page.getByText("19 Zeichen, erlaubt 20 bis 400").waitFor();
      await state("editing");
      await button(page, "Als neue Fassung sichern").click();
      await version(page, 2).getByText("Preis genau wie im Auftrag").waitFor();
      await button(page, "Freigabe anfragen").click();
      await button(page, "Ablehnen").click();
      await state("rejecting");
      await page.getByRole("link", { name: "Meine Texte" }).click();
      await page.getByText("2 Fassungen").waitFor();
      await state("texts");
      await page.goto(`${url}/docs`);
      await state("docs");
      await leave();
    });
});
