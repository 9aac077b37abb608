/** What people send that isn't right, on the real use cases: the exact sentence, by the API and on the page. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasBrowser, openBrowser } from "#test/fixtures/browser.ts";
import { openHouse } from "#test/fixtures/house.ts";
import { person } from "#test/fixtures/person.ts";
import { scriptedModel } from "#test/fixtures/scripted-model.ts";
import { openTestWeb } from "#test/fixtures/web.ts";

const good =
  "Am Sonntag bleibt die Zeitung liegen, und der Kaffee wird zweimal warm gemacht. Das Sofa Ekeby ist aus sandfarbenem Leinen und hat Platz für beides. Ekeby kostet 899 €, der Sonntag ist umsonst.";
let house: Awaited<ReturnType<typeof openHouse>>;
let web: Awaited<ReturnType<typeof openTestWeb>>;
let draftId: string;
beforeAll(async () => {
  house = await openHouse(scriptedModel([good]));
  await house.work();
  web = await openTestWeb(house.hygge);
  const { json } = await person(web.url).post("/api/briefs", {
    text: "Sofa Ekeby, Leinen, sandfarben, 899 €",
  });
  draftId = (await person(web.url).finished(json.briefId)).drafts[0].id;
});
afterAll(async () => {
  await web?.close();
  await house?.close();
});

const channels = "instagram, produkttext, newsletter, schild, gedicht, antwort, anzeige";
const empty = {
  de: "Der Auftrag ist leer. Schreib zum Beispiel: Sofa Ekeby, Leinen, 899 €",
  en: "The brief is empty. Write for example: Sofa Ekeby, Leinen, 899 €",
};
const wordless = {
  de: "Im Auftrag steht kein Wort. Nenne wenigstens ein Produkt, zum Beispiel: Lampe Ljus, 49 €",
  en: "The brief has no words. Name at least a product, for example: Lampe Ljus, 49 €",
};

/** Briefs that are refused, on every surface alike. */
const briefs: [string, string, { de: string; en: string }][] = [
  ["nothing", "", empty],
  ["spaces and an invisible sign", " \n\t \u200b", empty],
  [
    "ten thousand characters",
    "a".repeat(10_000),
    {
      de: "Der Auftrag hat 10000 Zeichen, 2000 sind erlaubt. Kürze ihn auf Produkt, Name und Fakten.",
      en: "The brief has 10000 characters, 2000 are allowed. Shorten it to product, name and facts.",
    },
  ],
  ["only emojis", "🛋️🛋️❤️ 👨‍👩‍👧", wordless],
  ["only signs", "!!! ??? 899 €", wordless],
  ["only a tag", "<br><hr/>", wordless],
  [
    "facts that contradict each other",
    "Sofa Ekeby, Leinen, 899 €, nein, 999 €",
    {
      de: "Im Auftrag widersprechen sich „899 €“ und „999 €“. Welches gilt? Schick ihn mit nur einem davon noch einmal.",
      en: "“899 €” and “999 €” contradict each other in the brief. Which one holds? Send it again with just one of them.",
    },
  ],
];

/** What only the API can be sent: the page offers no such choice. */
const bodies: [string, object, { de: string; en: string }][] = [
  ["no text", {}, empty],
  ["null for a text", { text: null }, empty],
  [
    "a number for a text",
    { text: 899 },
    {
      de: "Die Eingabe stimmt nicht: text: Invalid input: expected string, received number",
      en: "The input is not right: text: Invalid input: expected string, received number",
    },
  ],
  [
    "an unknown channel",
    { text: "Sofa Ekeby", channel: "tiktok" },
    {
      de: `Den Kanal „tiktok“ gibt es nicht. Möglich sind: ${channels}`,
      en: `There is no channel “tiktok”. Use one of: ${channels}`,
    },
  ],
  [
    "an unknown tone",
    { text: "Sofa Ekeby", tone: "laut" },
    {
      de: "Den Ton „laut“ gibt es nicht. Möglich sind: warm, heiter, ruhig, sachlich",
      en: "There is no tone “laut”. Use one of: warm, heiter, ruhig, sachlich",
    },
  ],
  [
    "an unknown length",
    { text: "Sofa Ekeby", length: 5 },
    {
      de: "Die Länge „5“ gibt es nicht. Möglich sind: kurz, mittel, lang",
      en: "There is no length “5”. Use one of: kurz, mittel, lang",
    },
  ],
  [
    "an unknown brand",
    { text: "Sofa Ekeby", brand: "<b>" },
    {
      de: "Die Marke „<b>“ gibt es nicht. Möglich sind: hygge",
      en: "There is no brand “<b>”. Use one of: hygge",
    },
  ],
  [
    "nine variants",
    { text: "Sofa Ekeby", variants: 9 },
    { de: "9 Varianten gehen nicht. Wähle 1 bis 4.", en: "9 variants won't work. Choose 1 to 4." },
  ],
  [
    "variants in words",
    { text: "Sofa Ekeby", variants: "drei" },
    { de: "drei Varianten gehen nicht. Wähle 1 bis 4.", en: "drei variants won't work. Choose 1 to 4." },
  ],
];

/** Around a draft. */
const around: [string, string, string, object | undefined, { de: string; en: string }][] = [
  [
    "an unknown brief",
    "GET",
    "/api/briefs/none",
    undefined,
    {
      de: "Auftrag none gibt es nicht (mehr). Lade die Seite neu, oder prüfe die Nummer.",
      en: "There is no brief none (any more). Reload the page, or check the number.",
    },
  ],
  [
    "an unknown draft",
    "POST",
    "/api/drafts/none/approve",
    {},
    {
      de: "Entwurf none gibt es nicht (mehr). Lade die Seite neu, oder prüfe die Nummer.",
      en: "There is no draft none (any more). Reload the page, or check the number.",
    },
  ],
  [
    "an edit without text",
    "POST",
    "/api/drafts/DRAFT/edit",
    { text: "  " },
    {
      de: "Der Text ist leer. Schreib etwas, oder brich die Bearbeitung ab.",
      en: "The text is empty. Write something, or cancel the edit.",
    },
  ],
  [
    "an edit too long",
    "POST",
    "/api/drafts/DRAFT/edit",
    { text: "x".repeat(4001) },
    {
      de: "Der Text hat 4001 Zeichen, 4000 sind erlaubt. Kürze ihn.",
      en: "The text has 4001 characters, 4000 are allowed. Shorten it.",
    },
  ],
  [
    "a wish too long",
    "POST",
    "/api/drafts/DRAFT/regenerate",
    { wish: "x".repeat(501) },
    {
      de: "Der Wunsch hat 501 Zeichen, 500 sind erlaubt. Kürze ihn auf einen Satz.",
      en: "The wish has 501 characters, 500 are allowed. Shorten it to one sentence.",
    },
  ],
  [
    "a rating of five stars",
    "PUT",
    "/api/drafts/DRAFT/rating",
    { value: 5 },
    { de: "Eine Bewertung ist „up“ oder „down“, nicht „5“.", en: "A rating is “up” or “down”, not “5”." },
  ],
  [
    "an unknown reason",
    "PUT",
    "/api/drafts/DRAFT/rating",
    { value: "down", reasons: ["weil"] },
    {
      de: "Den Grund „weil“ gibt es nicht. Möglich sind: facts, tone, grammar, sense, length, boring, repetition, other",
      en: "There is no reason “weil”. Use any of: facts, tone, grammar, sense, length, boring, repetition, other",
    },
  ],
  [
    "a comment too long",
    "PUT",
    "/api/drafts/DRAFT/rating",
    { value: "down", comment: "x".repeat(2001) },
    {
      de: "Der Kommentar hat 2001 Zeichen, 2000 sind erlaubt. Kürze ihn.",
      en: "The comment has 2001 characters, 2000 are allowed. Shorten it.",
    },
  ],
];

describe("by the API", () => {
  const ask = (locale: string) => person(web.url, { "accept-language": locale });
  for (const locale of ["de", "en"] as const) {
    for (const [what, text, message] of briefs)
      it(`${what}, told in ${locale}`, async () => {
        const { status, json } = await ask(locale).post("/api/briefs", { text });
        expect([status, json.error.message]).toEqual([400, message[locale]]);
      });
    for (const [what, body, message] of bodies)
      it(`${what}, told in ${locale}`, async () => {
        const { status, json } = await ask(locale).post("/api/briefs", body);
        expect([status, json.error.message]).toEqual([400, message[locale]]);
      });
    for (const [what, method, place, body, message] of around)
      it(`${what}, told in ${locale}`, async () => {
        const { status, json } = await ask(locale).call(method, place.replace("DRAFT", draftId), body);
        expect(json.error.message).toBe(message[locale]);
        expect(status).toBe(json.error.code === "not_found" ? 404 : 400);
      });
  }

  it("and of all these, nothing was kept", async () => {
    const { json } = await person(web.url).get("/api/briefs");
    expect(json.briefs).toEqual([]);
    expect(await house.queue.counts()).toMatchObject({ waiting: 0, failed: 0 });
  });
});

describe.skipIf(!hasBrowser)("on the page in Chromium", { timeout: 90_000 }, () => {
  for (const [locale, name, write] of [
    ["de", "Was soll Hygge schreiben?", "Schreiben"],
    ["en", "What shall Hygge write?", "Write"],
  ] as const)
    it(`each refused brief says why, beside what was typed, in ${locale}`, async () => {
      const browser = await openBrowser();
      try {
        const page = await (await browser.context({ locale })).newPage();
        await page.goto(web.url);
        for (const [what, text, message] of briefs) {
          await page.getByRole("textbox", { name }).fill(text);
          await page.getByRole("button", { name: write, exact: true }).click();
          await page.getByRole("alert").getByText(message[locale], { exact: true }).waitFor();
          expect(await page.getByRole("textbox", { name }).inputValue(), what).toBe(text);
        }
      } finally {
        await browser.close();
      }
    });
});
