/** Every message and form in both languages, within Discord's limits; texts shown as they stand. */
import { describe, expect, it } from "vitest";
import {
  cancelledPage,
  type DraftsLook,
  draftPages,
  failedPage,
  type Page,
  requestPage,
  takenPage,
} from "#bots/discord/format.ts";
import { readCustomId } from "#bots/discord/ids.ts";
import { countComponents, countText } from "#bots/discord/limits.ts";
import { texts } from "#bots/discord/messages.ts";
import { briefModal, downModal, editModal, refineModal, rejectModal } from "#bots/discord/modals.ts";
import { commands } from "#bots/discord/register.ts";
import { clip, codeBlock, pieces, plain } from "#bots/discord/text.ts";
import { loadBrand } from "#src/brand.ts";
import { locales } from "#src/chat.ts";
import { draft } from "./drafts.ts";
import { asShown, controls, displays, draftTexts, liveMarks, words } from "./read.ts";
import { problemsOf } from "./validate.ts";

const brand = loadBrand("hygge");
const anna = "300000000000000001";
const look = (locale: "de" | "en", more: Partial<DraftsLook> = {}): DraftsLook => ({
  locale,
  channelLabel: (channel, l) => brand.channels[channel].label[l],
  who: anna,
  ...more,
});
const post = (page: Page) =>
  problemsOf("POST", "/channels/1/messages", {
    ...page,
    allowed_mentions: { parse: [] },
    nonce: "1",
    enforce_nonce: true,
  });
const four = (change: Parameters<typeof draft>[0] = {}, picked = -1) =>
  [1, 2, 3, 4].map((version, i) => draft({ version, id: `g-${version}`, ...change, picked: i === picked }));
const long = "W".repeat(200);

describe.each(locales)("messages in %s", (locale) => {
  const cases: [string, Page[]][] = [
    ["a draft", draftPages([draft()], look(locale))],
    ["four variants", draftPages(four(), look(locale))],
    ["four variants, one picked", draftPages(four({}, 1), look(locale))],
    [
      "four variants, one picked and being rewritten",
      draftPages(
        four({}, 1),
        look(locale, { busy: { briefId: "b", draftId: "g-2", state: { status: "writing" } } }),
      ),
    ],
    ["a draft for nobody here", draftPages([draft()], look(locale, { who: undefined }))],
    [
      "a draft with everything",
      draftPages(
        [
          draft({
            kind: "edited",
            wish: long,
            personName: long,
            state: "rejected",
            decision: {
              personId: "discord:1",
              personName: long,
              at: "2026-11-25T07:00:00.000Z",
              note: long.repeat(3),
            },
            ratings: { up: 120, down: 3, mine: null },
            gates: draft().gates.map((gate) => ({ ...gate, ok: false, found: long })),
          }),
        ],
        look(locale, { busy: { briefId: "b", draftId: "x", state: { status: "queued", position: 3 } } }),
      ),
    ],
    [
      "a text of 4000 signs that all need a backslash",
      draftPages([draft({ text: "*".repeat(4000) })], look(locale)),
    ],
    ["four long variants", draftPages(four({ text: "Ein Satz über ein Sofa. ".repeat(80) }), look(locale))],
    ["a request taken", [takenPage(long.repeat(10), locale)]],
    ...(["queued", "writing", "done", "failed", "cancelled"] as const).map((status): [string, Page[]] => [
      `a request ${status}`,
      [requestPage({ id: "b", text: long.repeat(10), status, position: 12 }, { locale })],
    ]),
    ["a failure", [failedPage({ code: "brief_poisoned", details: { tries: 3 } }, locale, anna)]],
    ["a failure that nobody foresaw", [failedPage({ code: "who knows", details: {} }, locale)]],
    ["a cancel", [cancelledPage(locale)]],
  ];
  it.each(cases)("%s: nothing that Discord would refuse", (_, pages) => {
    for (const page of pages) {
      expect(post(page)).toEqual([]);
      expect(countText(page.components)).toBeLessThanOrEqual(4000);
      expect(countComponents(page.components)).toBeLessThanOrEqual(40);
      for (const { id } of controls(page)) expect(readCustomId(id)).toBeDefined();
    }
  });

  const forms = {
    brief: briefModal(locale, brand, { channel: "antwort", tone: "warm", variants: 2 }),
    refine: refineModal(locale, "g-1"),
    edit: editModal(locale, "g-1", "T".repeat(5000)),
    down: downModal(locale, "g-1"),
    reject: rejectModal(locale, "g-1"),
  };
  it.each(Object.entries(forms))("form: %s", (_, data) => {
    expect(problemsOf("POST", "/interactions/1/t/callback", { type: 9, data })).toEqual([]);
  });

  it("every sentence is there, and none is the other language's", () => {
    const other = texts(locale === "de" ? "en" : "de");
    const same = Object.entries(texts(locale)).filter(
      ([key, text]) => typeof text === "string" && text === other[key as keyof typeof other],
    );
    expect(same.map(([key]) => key).sort()).toEqual([
      "briefExample",
      "editLabel",
      "shorterWish",
      "statusTitle",
    ]);
  });
});

describe("a card", () => {
  it("offers what can be done with a draft, and rests while it is rewritten", () => {
    const [page] = draftPages([draft()], look("de"));
    expect(controls(page as Page).map((c) => c.label)).toEqual([
      "Neu schreiben",
      "Kürzer",
      "Verfeinern",
      "3 Varianten",
      "Bearbeiten",
      "",
      "Freigabe anfragen",
      "Freigeben",
      "👍",
      "👎",
      "Kopieren",
    ]);
    const own = draft();
    const [busy] = draftPages(
      [own],
      look("de", { busy: { briefId: "b", draftId: own.id, state: { status: "queued", position: 4 } } }),
    );
    expect(words(busy as Page)).toContain("Platz 4");
    expect(
      controls(busy as Page)
        .filter((c) => !c.disabled)
        .map((c) => c.action),
    ).toEqual(["request", "approve", "up", "down", "copy", "cancel"]);
  });

  it.each([
    ["requested", ["approve", "reject", "withdraw"]],
    ["approved", []],
    ["rejected", []],
  ] as const)("a draft that is %s can be decided accordingly", (state, actions) => {
    const [page] = draftPages([draft({ state })], look("de"));
    const decisions = controls(page as Page).filter((c) =>
      ["request", "approve", "reject", "withdraw"].includes(c.action),
    );
    expect(decisions.map((c) => c.action)).toEqual(actions);
  });

  it("names the checks that failed", () => {
    const gates = [{ id: "price" as const, ok: false, found: "1.099 € statt 899 €" }];
    expect(words(draftPages([draft({ gates })], look("de"))[0] as Page)).toContain(
      "⚠️ Preis genau wie im Auftrag: 1.099 € statt 899 €",
    );
  });
});

const nasty = [
  "# Titel\n## Zwei\n-# klein\n> Zitat\n>>> alles\n- Punkt\n* Stern\n+ plus\n1. eins\n  2. zwei",
  "`code` ```js\nblock``` ||geheim|| ~~weg~~ __unter__ ***alles***",
  "<@123> <@!123> <@&1> <#2> @everyone @here <t:1:R> </hygge:1> <id:guide> <:e:1> <a:e:1>",
  "https://evil.example http://a.b steam://x <https://x.y> [a](https://b) [a][b]",
  ":smile: a:b c :) 12:30 Uhr ¯\\_(ツ)_/¯",
  "\\ \\\\ \\* ende\\",
];

describe("texts", () => {
  it.each(nasty)("are shown as they stand: %j", (text) => {
    expect(liveMarks(plain(text))).toEqual([]);
    expect(asShown(plain(text))).toBe(text);
  });

  it("lose nothing when they are cut, and are cut between paragraphs, sentences, words, in that order", () => {
    const text = [`${"Eins zwei. ".repeat(20).trim()}`, "Kurz.", `${"x".repeat(300)}`].join("\n\n");
    const cut = pieces(text, 120);
    expect(cut.every((piece) => plain(piece).length <= 120)).toBe(true);
    expect(cut.join("").replace(/\s/g, "")).toBe(text.replace(/\s/g, ""));
    expect(cut[0]).toMatch(/zwei\.$/);
    expect(pieces("Kurz.", 120)).toEqual(["Kurz."]);
  });

  it("are never cut inside a sign", () => {
    const family = "👨‍👩‍👧";
    for (const piece of pieces(family.repeat(60), 50)) expect(piece.replaceAll(family, "")).toBe("");
    expect(clip(family.repeat(3), 18)).toBe(`${family}${family}…`);
  });

  it("stay inside a block that is for copying", () => {
    expect(codeBlock("a```b")).toBe("```\na`\u200b``b\n```");
  });

  it("of drafts that are too long go on in the next message, the controls under the end", () => {
    const pages = draftPages([draft({ text: "Ein Satz über ein Sofa. ".repeat(400).trim() })], look("de"));
    expect(pages.length).toBeGreaterThan(2);
    expect(pages.slice(0, -1).flatMap((page) => controls(page))).toEqual([]);
    expect(controls(pages.at(-1) as Page).length).toBeGreaterThan(5);
    expect(
      pages
        .flatMap((page) => displays(page))
        .filter((text) => text.includes("Sofa"))
        .join(" "),
    ).toBe("Ein Satz über ein Sofa. ".repeat(400).trim());
    expect(draftTexts(pages.at(-1) as Page)).toHaveLength(1);
  });
});

describe("commands", () => {
  it("are nothing that Discord would refuse", () => {
    expect(problemsOf("PUT", "/applications/1/commands", commands())).toEqual([]);
  });

  it("are named and described in German and English", () => {
    const everything = commands().flatMap((command) => [
      command,
      ...("options" in command ? (command.options ?? []) : []),
    ]);
    for (const named of everything) {
      expect(Object.keys(named.name_localizations ?? {})).toEqual(["de", "en-US", "en-GB"]);
      if ("description" in named)
        expect(Object.keys(named.description_localizations ?? {})).toEqual(["de", "en-US", "en-GB"]);
    }
  });

  it("work on servers and in direct messages, installed by a server; the managers' ones are hidden from others", () => {
    for (const command of commands()) {
      expect(command.contexts).toEqual([0, 1]);
      expect(command.integration_types).toEqual([0]);
      expect(command.default_member_permissions ?? null).toBe(
        ["hygge-dashboard", "Im Dashboard zeigen"].includes(command.name) ? "32" : null,
      );
    }
    expect(commands().map((command) => command.name)).toEqual([
      "hygge",
      "hygge-hilfe",
      "hygge-meine",
      "hygge-status",
      "hygge-dashboard",
      "In Hygge-Ton umschreiben",
      "Antwort vorschlagen",
      "Im Dashboard zeigen",
    ]);
  });
});
