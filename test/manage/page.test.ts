import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasBrowser } from "#test/fixtures/browser.ts";
import { type Dashboard, expectSound, openDashboard } from "./dashboard.ts";
import { manager } from "./house.ts";

// One more try: on two busy cores a browser now and then outruns or trails what a test waits for.
describe.skipIf(!hasBrowser)("the dashboard in Chromium", { timeout: 90_000, retry: 1 }, () => {
  let dashboard: Dashboard;
  beforeAll(async () => {
    dashboard = await openDashboard({ small: true });
  });
  afterAll(() => dashboard?.close());

  it("a link leads to its draft, is out of the address at once, and says so when it was used before", async () => {
    const link = `${dashboard.house.url}${await dashboard.house.login.link(manager("carla"), { draftId: dashboard.edited })}`;
    const context = await dashboard.browser.context();
    const page = await context.newPage();
    await page.goto(link);
    await page.getByRole("heading", { level: 1, name: "Lampe Ljus" }).waitFor();
    expect(page.url()).toBe(`${dashboard.house.url}/manage#/draft/${dashboard.edited}`);
    await context.clearCookies();
    const again = await context.newPage();
    await again.goto(link);
    await again.getByText("Der Link gilt nicht mehr").waitFor();
    await context.close();
  });

  it("search, filters, order and pages by keyboard alone", async () => {
    const { page, leave } = await dashboard.visit(manager("boss"), {
      viewport: { width: 360, height: 740 },
      colorScheme: "dark",
    });
    const tabTo = async (name: string) => {
      for (let i = 0; i < 80; i++) {
        const now = await page.evaluate(
          "(document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.closest('label')?.textContent ?? document.activeElement?.textContent ?? '').trim()",
        );
        if (String(now).startsWith(name)) return;
        await page.keyboard.press("Tab");
      }
      throw new Error(`Tab never came to “${name}”`);
    };
    await page.locator(".tile strong").first().waitFor();
    await tabTo("Texte");
    await page.keyboard.press("Enter");
    await page.locator(".draft-line").first().waitFor();
    await tabTo("Suchen");
    await page.keyboard.type("sofa");
    await page.keyboard.press("Enter");
    await page.waitForURL(/search=sofa/);
    await page.locator(".line-text", { hasText: "Ecksofa" }).waitFor();
    // The slow suite looks at every page in every way.
    await expectSound(page, "a search on 360 pixels in the dark");
    await tabTo("Stand");
    await page.keyboard.press("ArrowDown");
    await page.waitForURL(/state=draft/);
    await tabTo("Filter löschen");
    await page.keyboard.press("Enter");
    await page.waitForURL(/#\/drafts$/);
    await tabTo("Reihenfolge");
    await page.keyboard.press("End");
    await page.waitForURL(/sort=slow/);
    await tabTo("Nächste");
    await page.keyboard.press("Enter");
    await page.getByText(/Seite 2 von/).waitFor();
    await tabTo("Vorige");
    await page.keyboard.press("Enter");
    await page.getByText(/Seite 1 von/).waitFor();
    await leave();
  });
});
