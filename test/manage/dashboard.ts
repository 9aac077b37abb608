/** The dashboard in a browser, with something of everything to see. Shared by the quick and the slow suite. */
import { mkdir } from "node:fs/promises";
import path from "node:path";
import type { BrowserContextOptions, Page } from "playwright-core";
import { expect } from "vitest";
import type { Actor } from "#src/may.ts";
import { expectSoundPage, openBrowser } from "#test/fixtures/browser.ts";
import { memoryDatabase } from "#test/fixtures/database.ts";
import { openManagedWeb } from "./house.ts";
import { seed } from "./seed.ts";
import { world } from "./world.ts";

export const artifacts = path.join(import.meta.dirname, "../.artifacts");
/** Each would rename the page if anything of it were run. */
const evils = [
  `"><img src=x onerror="document.title='pwned'">`,
  `<script>document.title='pwned'</script>`,
  `<svg/onload=document.title='pwned'>`,
  `</textarea><iframe srcdoc="<script>parent.document.title='pwned'</script>">`,
  `javascript:document.title='pwned'//`,
  `<a href="javascript:document.title='pwned'">x</a><details open ontoggle=document.title='pwned'>`,
  `{{constructor.constructor("document.title='pwned'")()}}\${document.title='pwned'}`,
  `\u202e<math><mtext></form><form><mglyph><style></math><img src onerror=document.title='pwned'>`,
];

/** `small`: a handful of texts, for what needs only a page. */
export async function openDashboard(options: { small?: boolean } = {}) {
  await mkdir(artifacts, { recursive: true });
  const browser = await openBrowser();
  const database = await memoryDatabase();
  await seed(database, options.small ? 40 : 80, { days: 60 });
  const w = world(database);
  await w.person("slack:T1/evil", evils[0]);
  for (const evil of options.small ? evils.slice(0, 1) : evils) {
    const { drafts } = await w.brief(evil, [evil], { person: "slack:T1/evil", brand: "hygge" });
    const changed = await w.edit(drafts[0] ?? "", `${evil} x`, "slack:T1/evil");
    await w.decide(changed, "reject", "web:chef", evil);
  }
  await w.rate(
    (await w.brief("Sofa Ekeby", ["Das Ecksofa Ekeby."], { failed: "price" })).drafts[0] ?? "",
    "down",
    {
      reasons: ["tone"],
      comment: evils.join(" "),
    },
  );
  const lamp = await w.brief("Lampe Ljus", ["Die gemütliche Lampe."]);
  const edited = await w.edit(lamp.drafts[0] ?? "", "Die behagliche Lampe.");
  await w.decide(edited, "approve");
  for (let i = 0; i < 3; i++) {
    const { drafts } = await w.brief(`Hocker ${i}`, [`Der kuschelige Hocker Nummer ${i} ist da.`]);
    await w.edit(drafts[0] ?? "", `Der weiche Hocker Nummer ${i} ist da.`);
  }
  const house = await openManagedWeb(database, { role: "requester" });
  await house.catchUp.all();

  return {
    browser,
    database,
    house,
    edited,
    /** Every page, and what is on it when it is there. */
    pages: [
      ["", ".chart path"],
      ["drafts", ".draft-line"],
      [`draft/${edited}`, ".diff ins"],
      [`provenance/${edited}`, ".marking"],
      ["patterns", ".bars rect"],
      ["rules", ".cards button"],
      ["exports", ".cards a"],
      ["people", ".person-form"],
    ] as [path: string, there: string][],

    /** A person's window, opened by a one-time link. Errors in the browser's console fail the test. */
    async visit(actor: Actor, options: BrowserContextOptions = {}) {
      const context = await browser.context({ viewport: { width: 1280, height: 900 }, ...options });
      const page = await context.newPage();
      page.setDefaultTimeout(20_000);
      const errors: string[] = [];
      page.on("pageerror", (error) => errors.push(String(error)));
      page.on("console", (message) => {
        if (message.type() === "error" && !/Failed to load resource|ERR_/.test(message.text()))
          errors.push(message.text());
      });
      await page.goto(`${house.url}${await house.login.link(actor)}`);
      return {
        page,
        go: (to: string) => page.goto(`${house.url}/manage#/${to}`),
        async leave() {
          await context.close();
          expect(errors).toEqual([]);
        },
      };
    },

    async close() {
      await browser.close();
      await house.close();
      await database.close();
    },
  };
}
export type Dashboard = Awaited<ReturnType<typeof openDashboard>>;

/** Sound as every page is, and nothing of what people wrote was run. */
export async function expectSound(page: Page, what: string) {
  await expectSoundPage(page, what);
  expect(await page.title(), what).not.toBe("pwned");
}
