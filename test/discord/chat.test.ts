/** The chat port on our own small Discord: what every surface owes, and what Discord can do to a delivery. */
import { REST } from "discord.js";
import pino from "pino";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { discordChat } from "#bots/discord/chat.ts";
import { createPlaces, writePlace } from "#bots/discord/place.ts";
import { restOptions } from "#bots/discord/rest.ts";
import { type Chat, RetryLater, Undeliverable } from "#src/chat.ts";
import type { Database } from "#src/store/open.ts";
import { type ChatHarness, chatContract } from "#test/contracts/chat.ts";
import { memoryDatabase } from "#test/fixtures/database.ts";
import { delivery, draft } from "./drafts.ts";
import { anna, channelId, type Fake, openFake } from "./fake.ts";
import { draftTexts, liveMarks, words } from "./read.ts";

const log = pino({ level: "silent" });
const label = (channel: string) => channel;

function openChat(fake: Fake, database: Database): Chat {
  const rest = new REST(restOptions(fake.apiUrl)).setToken(fake.token);
  return discordChat({ rest, db: database.db, places: createPlaces(rest), channelLabel: label, log });
}

chatContract(
  "discord",
  async (): Promise<ChatHarness> => {
    const [fake, database] = await Promise.all([openFake(), memoryDatabase()]);
    const places = new Map<string, string>();
    return {
      chat: openChat(fake, database),
      async thread() {
        const at = fake.addChannel();
        const place = writePlace({ channelId: at, messageId: fake.addMessage(at), here: false });
        places.set(place, at);
        return place;
      },
      async seen(place) {
        const messageId = place.split("/")[1] ?? "";
        const posted = fake.channels.has(messageId) ? fake.messages(messageId) : [];
        expect(fake.problems).toEqual([]);
        for (const message of posted)
          for (const display of draftTextsRaw(message)) expect(liveMarks(display)).toEqual([]);
        const pings = fake.calls
          .filter(({ method, path }) => method === "POST" && path === `/channels/${messageId}/messages`)
          .flatMap(
            ({ body }) => (body as { allowed_mentions: { users?: string[] } }).allowed_mentions.users ?? [],
          );
        return posted.map((message) => ({
          ref: `${messageId}/${message.id}`,
          texts: draftTexts(message),
          words: words(message),
          pings,
        }));
      },
      refuseNext: (seconds) =>
        fake.fault({
          method: "POST",
          path: /\/messages$/,
          status: 429,
          body: { message: "You are being rate limited.", retry_after: seconds, global: false },
          // Without a bucket's headers: else the library, too, would hold the next try back for so long.
          headers: { "retry-after": String(seconds), "x-ratelimit-scope": "user" },
        }),
      async close() {
        await fake.close();
        await database.close();
      },
    };
  },
  { refuses: true },
);

/** The drafts' texts as they were sent. */
const draftTextsRaw = (message: Parameters<typeof draftTexts>[0]) =>
  (message.components ?? []).flatMap((component) =>
    "components" in component
      ? component.components.flatMap((inside) =>
          "content" in inside && !inside.content.startsWith("-# ") ? [inside.content] : [],
        )
      : [],
  );

describe("a delivery on Discord", () => {
  let fake: Fake;
  let database: Database;
  let chat: Chat;
  let requestId: string;
  let thread: string;
  beforeAll(async () => {
    database = await memoryDatabase();
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    fake = await openFake();
    chat = openChat(fake, database);
    requestId = fake.addMessage();
    thread = writePlace({ channelId, messageId: requestId, here: false });
  });
  afterEach(() => fake.close());
  const posts = (to: string) =>
    fake.calls.filter(({ method, path }) => method === "POST" && path === `/channels/${to}/messages`);

  it("starts the thread of a request, and takes one that is there already for its own", async () => {
    const request = delivery({ thread, kind: "request" });
    expect(await chat.post(request)).toEqual({ ref: requestId });
    expect(fake.threads().map((t) => t.name)).toEqual(["Sofa Ekeby, 899 €"]);
    const restarted = openChat(fake, database);
    expect(await restarted.post(request)).toEqual({ ref: requestId });
    expect(fake.threads()).toHaveLength(1);
  });

  it("mentions who asked, once, and nobody when it is redrawn", async () => {
    const drafts = delivery({ thread, drafts: [draft({ personId: `discord:${anna}` })] });
    const { ref } = await chat.post(drafts);
    await chat.update?.({ ...drafts, ref });
    const mentions = fake.calls
      .filter(({ body }) => JSON.stringify(body ?? {}).includes("allowed_mentions"))
      .map(({ body }) => (body as { allowed_mentions: unknown }).allowed_mentions);
    expect(mentions).toEqual([{ parse: [], users: [anna] }, { parse: [] }]);
  });

  it("posts nothing twice when it died before it could note the first time", async () => {
    const drafts = delivery({ thread, drafts: [draft()] });
    fake.fault({ method: "GET", path: /nothing/, status: 500 });
    const { ref } = await chat.post(drafts);
    await database.db.execute("update hygge.posts set ref = null");
    expect(await openChat(fake, database).post(drafts)).toEqual({ ref });
    expect(fake.messages(requestId)).toHaveLength(1);
    expect(posts(requestId)).toHaveLength(1);
  });

  it("sends the same nonce when an answer was lost on the way", async () => {
    const drafts = delivery({ thread, drafts: [draft()] });
    await chat.post(drafts);
    await database.db.execute("delete from hygge.posts");
    await openChat(fake, database).post(drafts);
    const nonces = posts(requestId).map(({ body }) => body as { nonce: string; enforce_nonce: boolean });
    expect(new Set(nonces.map(({ nonce }) => nonce)).size).toBe(1);
    expect(nonces.every(({ nonce, enforce_nonce }) => nonce.length <= 25 && enforce_nonce)).toBe(true);
    expect(fake.messages(requestId)).toHaveLength(1);
  });

  it.each([
    [401, 0],
    [403, 50001],
  ])("does not try again on %i", async (status, code) => {
    fake.fault({ method: "POST", path: /messages$/, status, body: { code, message: "no" } });
    const error = await chat.post(delivery({ thread, drafts: [draft()] })).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(status === 401 ? RetryLater : Undeliverable);
    expect(posts(requestId)).toHaveLength(1);
  });

  it("tries again on a server's fault", async () => {
    fake.fault({ method: "POST", path: /messages$/, status: 502 });
    await chat.post(delivery({ thread, drafts: [draft()] }));
    expect(fake.messages(requestId)).toHaveLength(1);
  });

  it.each([
    ["deleted", 404, 10003],
    ["locked", 400, 160005],
    ["archived", 400, 50083],
    ["closed to the bot", 403, 50013],
  ])("reaches the person by direct message when the thread is %s", async (_, status, code) => {
    fake.fault({ method: "POST", path: /messages$/, status, body: { code, message: "no" } });
    const { ref } = await chat.post(
      delivery({ thread, drafts: [draft({ personId: `discord:${anna}`, text: "Trotzdem da." })] }),
    );
    const dm = ref.split("/")[0] ?? "";
    expect(fake.channels.get(dm)?.type).toBe(1);
    expect(fake.messages(dm).flatMap(draftTexts)).toEqual(["Trotzdem da."]);
  });

  it("goes on in the next message where a text is too long for one, and redraws it there", async () => {
    const text = Array.from({ length: 40 }, (_, i) => `Absatz ${i}: ${"*Wort* ".repeat(20)}Ende.`).join(
      "\n\n",
    );
    const drafts = delivery({ thread, drafts: [draft({ text })] });
    const { ref } = await chat.post(drafts);
    const before = fake.messages(requestId).map((message) => JSON.stringify(message.components));
    expect(before.length).toBeGreaterThan(1);
    expect(fake.messages(requestId).flatMap(draftTexts).at(-1)).toContain("Absatz 39");
    await chat.update?.({ ...drafts, ref });
    expect(fake.messages(requestId).map((message) => JSON.stringify(message.components))).toEqual(before);
    expect(fake.problems).toEqual([]);
  });

  it("grows by a message when an edit no longer fits, and shrinks again", async () => {
    const short = delivery({ thread, drafts: [draft({ text: "Kurz." })] });
    const { ref } = await chat.post(short);
    const long = {
      ...short,
      drafts: short.drafts.map((d) => ({ ...d, text: "Lang und länger. ".repeat(230) })),
    };
    await chat.update?.({ ...long, ref });
    await chat.update?.({ ...long, ref });
    expect(fake.messages(requestId)).toHaveLength(2);
    await chat.update?.({
      ...short,
      ref: `${requestId}/${fake
        .messages(requestId)
        .map((m) => m.id)
        .join("+")}`,
    });
    expect(fake.messages(requestId).flatMap(draftTexts)).toEqual(["Kurz."]);
  });

  it("leaves a message alone that somebody deleted", async () => {
    const drafts = delivery({ thread, drafts: [draft()] });
    await chat.post(drafts);
    await chat.update?.({ ...drafts, ref: `${requestId}/699999999999999999` });
  });

  it("shows how a request stands", async () => {
    const request = delivery({ thread, kind: "request" });
    const state = request.request;
    if (!state || !chat.update) throw new Error("no request");
    const shown = () => words(fake.messages()[0] ?? { components: [] });
    await chat.update({ ...request, ref: requestId, request: { ...state, status: "queued", position: 3 } });
    expect(shown()).toContain("Platz 3");
    await chat.update({ ...request, ref: requestId, request: { ...state, status: "writing" } });
    expect(shown()).toContain("Wird geschrieben");
    await chat.update({ ...request, ref: requestId, request: { ...state, status: "done" } });
    expect(shown()).toContain("Fertig");
    expect(fake.problems).toEqual([]);
  });
});
