import { readFile } from "node:fs/promises";
import path from "node:path";
import type { BrowserContextOptions } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasBrowser } from "#test/fixtures/browser.ts";
import { artifacts, type Dashboard, expectSound, openDashboard } from "./dashboard.ts";
import { manager } from "./house.ts";
import { world } from "./world.ts";

describe.skipIf(!hasBrowser)("the whole dashboard in Chromium", { timeout: 180_000, retry: 1 }, () => {
  let dashboard: Dashboard;
  beforeAll(async () => {
    dashboard = await openDashboard();
  });
  afterAll(() => dashboard?.close());

  it.each([
    ["wide", {}],
    ["dark", { colorScheme: "dark" }],
    ["360 pixels", { viewport: { width: 360, height: 740 } }],
    ["English", { locale: "en-GB" }],
  ] satisfies [string, BrowserContextOptions][])("every page is sound: %s", async (name, options) => {
    const { page, go, leave } = await dashboard.visit(manager("boss", "admin"), options);
    for (const [at, there] of dashboard.pages) {
      await go(at);
      await page.locator(there).first().waitFor();
      const what = `${name.replace(/\W+/g, "-")}-${at.split("/")[0] || "overview"}`;
      await expectSound(page, what);
      await page.screenshot({ path: path.join(artifacts, `manage-${what}.png`), fullPage: true });
    }
    if (name === "English") expect(await page.locator("html").getAttribute("lang")).toBe("en");
    await leave();
  });

  it("charts read as tables, figures can be split, downloads come", async () => {
    const { page, go, leave } = await dashboard.visit(manager("boss"));
    await page.locator(".chart path").first().waitFor();
    await page.getByLabel("Aufgeteilt nach").selectOption("person");
    await page.waitForURL(/by=person/);
    await page.getByText("Als Tabelle").click();
    await page.locator("table thead th").nth(1).waitFor();
    expect(await page.locator(".as-table tbody tr").count()).toBe(12);
    await go("exports");
    for (const [name, begins] of [
      ["Laden", "\ufeff"],
      ["Gute Texte (SFT): Training", '{"messages":'],
    ] as const) {
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("link", { name, exact: true }).click(),
      ]);
      expect((await readFile(await download.path(), "utf8")).startsWith(begins)).toBe(true);
    }
    await leave();
  });

  it("an administrator erases a person after being asked twice; a manager has no such page", async () => {
    const w = world(dashboard.database);
    await w.person("web:erasable", "Erna Vergesslich");
    await w.brief("Karte für Erna Vergesslich", ["Von Erna Vergesslich."], { person: "web:erasable" });
    const { page, go, leave } = await dashboard.visit(manager("root", "admin"));
    await go("people");
    await page.getByLabel("Kennung").fill("web:erasable");
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Auskunft laden" }).click(),
    ]);
    expect(await readFile(await download.path(), "utf8")).toContain("Karte für Erna");
    await page.getByRole("button", { name: "Person löschen" }).click();
    await page.getByRole("button", { name: "Ja, löschen" }).click();
    await page.getByText("Die Person war bekannt.").waitFor();
    await page.getByRole("button", { name: "Mehr laden" }).click();
    await page.locator("td", { hasText: "person.erase" }).first().waitFor();
    await leave();
    const boss = await dashboard.visit(manager("boss"));
    await boss.page.locator(".tile strong").first().waitFor();
    expect(await boss.page.getByRole("link", { name: "Personen" }).count()).toBe(0);
    await boss.go("people");
    await boss.page.getByRole("heading", { level: 1, name: "Diese Woche" }).waitFor();
    await boss.leave();
  });

  it("the provenance record prints without the page around it", async () => {
    const { page, go, leave } = await dashboard.visit(manager("boss"));
    await go(`provenance/${dashboard.edited}`);
    await page.locator(".marking").waitFor();
    await page.emulateMedia({ media: "print" });
    expect(await page.locator(".top").isVisible()).toBe(false);
    expect(await page.locator(".no-print").isVisible()).toBe(false);
    expect(await page.locator(".record").isVisible()).toBe(true);
    await page.screenshot({ path: path.join(artifacts, "manage-print.png"), fullPage: true });
    await leave();
  });

  it("a rule is accepted with one click, and taken back", async () => {
    const { page, go, leave } = await dashboard.visit(manager("boss"));
    await go("rules");
    const card = page.getByRole("listitem").filter({ hasText: "„kuschelige“ durch „weiche“ ersetzen" });
    await card.getByText("3 Bearbeitungen von einer Person; nie blieb es stehen").waitFor();
    await card.getByRole("button", { name: "Als Regel annehmen" }).click();
    const undo = page.getByRole("button", { name: "Zurücknehmen: „kuschelige“ durch „weiche“ ersetzen" });
    await undo.waitFor();
    expect(dashboard.house.brands.get("hygge")?.forbidden.at(-1)?.word).toBe("kuschelige");
    await undo.click();
    await page.getByText(/zurückgenommen von/).waitFor();
    expect(dashboard.house.brands.get("hygge")?.forbidden.at(-1)?.word).not.toBe("kuschelige");
    await leave();
  });

  it("as approver there is nothing but a kind no", async () => {
    const role = "approver";
    const { page, leave } = await dashboard.visit(manager(`low-${role}`, role));
    await page.getByRole("heading", { name: "Hier liest nur, wer die Leitung hat." }).waitFor();
    expect(await page.getByRole("navigation").count()).toBe(0);
    await expectSound(page, role);
    await leave();
  });
});
