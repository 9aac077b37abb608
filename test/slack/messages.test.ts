/** Every message and window, in both languages: within Slack's limits whatever is in it, and kept as a snapshot. */
import type { InputBlock } from "@slack/types";
import { describe, expect, it } from "vitest";
import { messagesOf } from "#bots/slack/format.ts";
import { help, homeView } from "#bots/slack/home.ts";
import { clip, limits, splitText } from "#bots/slack/limits.ts";
import type { Room } from "#bots/slack/room.ts";
import { inert, plain, without } from "#bots/slack/text.ts";
import { badView, briefView, editView, joinedText, refineView, rejectView } from "#bots/slack/views.ts";
import type { Brand } from "#src/brand.ts";
import { type Delivery, type Locale, locales, type RequestState } from "#src/chat.ts";
import type { BriefView, DraftView, Lint } from "#src/views.ts";
import { draftView } from "#test/fixtures/draft.ts";
import { buttonsOf, draftTexts, pingsOf, wordsOf } from "./read.ts";
import { messageProblems, viewProblems } from "./validate.ts";

const briefId = "7973be64-38b4-486f-a662-a36b244f552f";
const generationId = "b11d3878-9fa8-425d-9eaf-198f51ac6763";
const text = "Ekeby ist ein Sofa aus Leinen für 899 €. Der Hund darf darauf sitzen.";

const draft = (more: Partial<DraftView> = {}): DraftView =>
  draftView({
    id: `${generationId}-1`,
    briefId,
    generationId,
    version: 2,
    text,
    facts: [],
    model: { name: "hygge", version: "v1", hash: "0".repeat(64), quant: "F16" },
    personId: "slack:T1/U1",
    postedAt: "2026-11-25T07:00:00.000Z",
    ...more,
  });
const request = (more: Partial<RequestState> = {}): RequestState => ({
  text: "Sofa Ekeby, Leinen, 899 €",
  personId: "slack:T1/U1",
  personName: "Anna",
  brand: "hygge",
  status: "done",
  versions: 1,
  ...more,
});
const delivery = (locale: Locale, more: Partial<Delivery>): Delivery => ({
  id: `${generationId}-delivery`,
  thread: "T1/C1/+x",
  seq: 1,
  kind: "drafts",
  briefId,
  generationId,
  drafts: [],
  locale,
  request: request(),
  ...more,
});
const decision = { personId: "slack:T1/U3", personName: "Cleo", at: "2026-11-25T07:00:00.000Z", note: null };
const lint: Lint = {
  score: { total: 60, style: 0.6, adherence: 0.6, fluency: 0.6 },
  light: "yellow",
  gates: [{ id: "price", ok: false, found: "989 € statt 899 €" }],
  findings: [{ start: 0, end: 7, found: "perfekt", rule: "forbidden", suggestions: ["stimmig", "passend"] }],
  graphemes: { count: 80, min: 20, max: 400 },
};
const nasty = "<!channel> <@U1> *fett* & &amp; <https://x|y> ".repeat(100);
const full = "&".repeat(4_000);

const deliveries: [string, Partial<Delivery>][] = [
  ["a request in the queue", { kind: "request", request: request({ status: "queued", position: 3 }) }],
  [
    "a request far back in the queue",
    { kind: "request", request: request({ status: "queued", position: 37 }) },
  ],
  ["a request that is next", { kind: "request", request: request({ status: "queued", position: 1 }) }],
  ["a request that is being written", { kind: "request", request: request({ status: "writing" }) }],
  [
    "a request that is being rewritten",
    {
      kind: "request",
      request: request({
        status: "writing",
        revision: { draftId: "x", wish: "kürzer", personName: "Ben" },
      }),
    },
  ],
  ["a request that is done", { kind: "request", request: request({ versions: 3 }) }],
  ["a request that failed", { kind: "request", request: request({ status: "failed" }) }],
  ["a request that was cancelled", { kind: "request", request: request({ status: "cancelled" }) }],
  ["a draft", { drafts: [draft()] }],
  [
    "a draft on a wish, with what to check and votes",
    {
      drafts: [
        draft({
          wish: "kürzer",
          gates: [
            { id: "price", ok: false, found: "989 € statt 899 €" },
            { id: "limit", ok: false },
          ],
          score: { total: 41, style: 0.4, adherence: 0.4, fluency: 0.4 },
          ratings: { up: 2, down: 1, mine: null },
        }),
      ],
    },
  ],
  ["an edited draft", { drafts: [draft({ kind: "edited", personName: "Ben", model: null })] }],
  [
    "a draft that is being rewritten",
    {
      drafts: [draft()],
      request: request({
        status: "queued",
        position: 2,
        revision: { draftId: `${generationId}-1`, wish: null, personName: "Ben" },
      }),
    },
  ],
  ["a draft that waits for approval", { drafts: [draft({ state: "requested" })] }],
  ["an approved draft", { drafts: [draft({ state: "approved", decision })] }],
  [
    "a rejected draft",
    { drafts: [draft({ state: "rejected", decision: { ...decision, note: "Preis veraltet" } })] },
  ],
  [
    "variants",
    { drafts: [1, 2, 3].map((n) => draft({ id: `${generationId}-${n}`, version: n, picked: false })) },
  ],
  [
    "variants with a pick",
    { drafts: [1, 2].map((n) => draft({ id: `${generationId}-${n}`, version: n, picked: n === 2 })) },
  ],
  ["a failure", { kind: "failed", error: { code: "brief_poisoned", details: { tries: 3 } } }],
  ["a cancellation", { kind: "cancelled" }],
];

const brands = {
  list: () =>
    [
      { id: "hygge", name: "Hygge" },
      { id: "nord", name: "Nord" },
    ] as Brand[],
};
const views: [string, (locale: Locale) => unknown][] = [
  [
    "the brief's window",
    (locale) =>
      briefView(locale, { ...brands } as never, "nord", { thread: "T1/C1/+x" }, { goesTo: "→ #general" }),
  ],
  ["the window for a wish", (locale) => refineView(locale, draft(), { briefId })],
  ["the editor", (locale) => editView(locale, draft(), { briefId })],
  ["the editor with what was noticed", (locale) => editView(locale, draft(), {}, { sent: text, lint })],
  ["the reasons", (locale) => badView(locale, { briefId })],
  ["the rejection", (locale) => rejectView(locale, draft(), { briefId })],
];

describe.each(locales)("in %s", (locale) => {
  it.each(deliveries)("%s", (_, more) => {
    const messages = messagesOf(delivery(locale, more));
    for (const message of messages) expect(messageProblems(message)).toEqual([]);
    expect(
      messages.map(({ text: said, blocks }) => ({
        said,
        words: wordsOf(blocks).split("\n"),
        buttons: buttonsOf(blocks),
      })),
    ).toMatchSnapshot();
  });

  it.each(views)("%s", (_, view) => {
    const made = view(locale);
    expect(viewProblems(made)).toEqual([]);
    expect(made).toMatchSnapshot();
  });

  it("the App Home and help", async () => {
    const brief: BriefView = {
      ...draft(),
      id: briefId,
      status: "queued",
      position: 4,
      text: "Sofa Ekeby, Leinen, 899 €",
      brand: "hygge",
      facts: [],
      generationId,
      drafts: [],
    };
    const room = {
      hygge: { mine: async () => [{ ...brief, status: "done", drafts: [draft()] }, brief] },
      week: async () => ({ briefs: 12, drafts: 30, approved: 7, up: 9, down: 2 }),
      history: false,
    } as unknown as Room;
    const view = await homeView(room, {
      id: "slack:T1/U1",
      name: "Anna",
      surface: "slack",
      role: "requester",
      locale,
    });
    expect(viewProblems(view)).toEqual([]);
    expect(wordsOf(view.blocks).split("\n")).toMatchSnapshot();
    expect(messageProblems(help(locale))).toEqual([]);
  });
});

describe("whatever is in it", () => {
  const worst: Partial<DraftView> = {
    text: full,
    wish: nasty.slice(0, 500),
    gates: [{ id: "price", ok: false, found: nasty }],
    personName: nasty,
    decision: { ...decision, personName: nasty, note: nasty },
    state: "rejected",
    kind: "edited",
  };
  it.each([
    ["one long draft", [worst]],
    [
      "four long variants",
      [1, 2, 3, 4].map((n) => ({ ...worst, id: `${generationId}-${n}`, picked: false })),
    ],
  ])("%s keeps to Slack's limits, and nothing of the text is lost", (_, drafts) => {
    const messages = messagesOf(
      delivery("de", { drafts: drafts.map(draft), request: request({ text: nasty, personName: nasty }) }),
    );
    for (const message of messages) {
      expect(messageProblems(message)).toEqual([]);
      expect(pingsOf(message.blocks, message.text)).toEqual([]);
    }
    expect(messages.flatMap((m) => draftTexts(m.blocks)).join("")).toBe(full.repeat(drafts.length));
  });

  it("a request with a brief of any kind", () => {
    for (const wild of [nasty, full.slice(0, 2_000), "\u202e😀".repeat(500)]) {
      const [message] = messagesOf(delivery("de", { kind: "request", request: request({ text: wild }) }));
      expect(messageProblems(message)).toEqual([]);
      expect(pingsOf(message?.blocks ?? [], message?.text ?? "")).toEqual([
        JSON.stringify({ type: "user", user_id: "U1" }),
      ]);
    }
  });

  it("windows with the longest texts", () => {
    const long = draft({ text: `${"Wort ".repeat(790)}\n\nEnde.` });
    for (const view of [
      editView("de", long, { briefId }),
      editView("de", long, {}, { sent: full, lint: { ...lint, findings: Array(50).fill(lint.findings[0]) } }),
      refineView("de", draft({ text: full }), {}),
      rejectView("de", draft({ text: full }), {}),
    ])
      expect(viewProblems(view)).toEqual([]);
  });

  it("a text that is edited in parts comes back whole, even where Slack trims the parts", () => {
    const long = `${"Ein Satz über Leinen. ".repeat(100).trim()}\n\n${"Noch einer über Holz. ".repeat(80).trim()}`;
    const inputs = editView("de", draft({ text: long }), {}).blocks.filter(
      (b): b is InputBlock => b.type === "input",
    );
    expect(inputs.length).toBe(2);
    const values = Object.fromEntries(
      inputs.map((b) => [
        b.block_id ?? "",
        {
          text: {
            type: "plain_text_input",
            value: (b.element as { initial_value: string }).initial_value.trim(),
          },
        },
      ]),
    );
    expect(joinedText(values)).toBe(long);
  });
});

describe("text", () => {
  it("splits at paragraphs, and joined it is the same", () => {
    const parts = splitText(`${"a".repeat(60)}\n\n${"b".repeat(30)} ${"c".repeat(30)}`, 100);
    expect(parts).toEqual([`${"a".repeat(60)}\n\n`, `${"b".repeat(30)} ${"c".repeat(30)}`]);
    const emoji = "👍".repeat(100);
    expect(splitText(emoji, 51).join("")).toBe(emoji);
    expect(splitText(emoji, 51).every((part) => !/[\uD800-\uDBFF]$/.test(part))).toBe(true);
    expect(clip(emoji, limits.buttonText).length).toBeLessThanOrEqual(limits.buttonText);
  });

  it.each([
    ["Sofa &lt;b&gt; R&amp;D", "Sofa <b> R&D"],
    ["&amp;lt;", "&lt;"],
    ["frag <@U1|anna> oder <@U2>", "frag @anna oder @Ben"],
    ["in <#C1|general> und <#C2>", "in #general und #C2"],
    ["<!channel> <!here|here> <!subteam^S1|@team>", "@channel @here @team"],
    ["<https://x.de|Link> <https://y.de> <mailto:a@b.de|a@b.de>", "Link https://y.de a@b.de"],
  ])("reads %s as people saw it", (marked, seen) => {
    expect(plain(marked, (id) => (id === "U2" ? "Ben" : undefined))).toBe(seen);
  });

  it("takes the mention of the bot out, wherever it stands", () => {
    expect(without("<@U0BOT> kürzer", "U0BOT")).toBe("kürzer");
    expect(without("bitte <@U0BOT|hygge> kürzer <@U1>", "U0BOT")).toBe("bitte kürzer <@U1>");
  });

  it("makes notifications that mean nothing to Slack", () => {
    expect(inert("<!channel> & *fett*")).toBe("&lt;!channel&gt; &amp; *\u2060fett*\u2060");
  });
});
