/** What every surface owes the deliverer, whichever platform is behind it. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Chat, type Delivery, RetryLater } from "#src/chat.ts";
import { message } from "#src/messages.ts";
import { draftView } from "#test/fixtures/draft.ts";

export interface ChatHarness {
  chat: Chat;
  /** A new, empty place to post to, as the surface names places. */
  thread(): Promise<string>;
  /** What deliverer and store do around a post, where the surface shows rows of the store. */
  post?(delivery: Delivery): Promise<{ ref: string }>;
  /** What people see in a thread, oldest first. */
  seen(thread: string, locale: Delivery["locale"]): Promise<Seen[]>;
  /** Lets the platform answer the next post with a 429. With `refuses` only. */
  refuseNext?(seconds: number): void;
  close(): Promise<void>;
}

export interface Seen {
  ref: string;
  /** The drafts' texts as a reader sees them: marks of the platform resolved, escapes undone. */
  texts: string[];
  /** Everything else that the message says. */
  words: string;
  /** People and groups that the platform notifies because of it. */
  pings: string[];
}

/** Signs that mean something to a browser, to Slack, to Discord or to a terminal. */
const nasty = [
  `<script>alert(1)</script><img src=x onerror="alert(2)">`,
  "@everyone @here <!channel> <!here> <@U012AB3CD> <#C012AB3CD> <@&123>",
  "*fett* _kursiv_ ~weg~ **sehr fett** `code` > Zitat\n```Block```",
  "[Link](https://evil.example) <https://evil.example|hier> www.evil.example",
  "R&D &amp; &lt;b&gt; \\*kein Stern\\* || Spoiler ||",
  "„Leinen“ – 1.299 € 👨‍👩‍👧 ﷽ \u202eabc",
];

/** `refuses`: the surface has a platform that can answer with a 429, which the harness can bring about. */
export function chatContract(
  name: string,
  open: () => Promise<ChatHarness>,
  { refuses }: { refuses: boolean },
): void {
  describe(`chat: ${name}`, () => {
    let harness: ChatHarness;
    beforeAll(async () => {
      harness = await open();
    });
    afterAll(() => harness?.close());

    const post = (delivery: Delivery) => (harness.post ?? ((d) => harness.chat.post(d)))(delivery);
    const texts = async (thread: string) => (await harness.seen(thread, "de")).map((m) => m.texts);

    it("posts a thread's messages in the order of their delivery", async () => {
      const thread = await harness.thread();
      for (let seq = 1; seq <= 3; seq++) await post(delivery(thread, seq, { texts: [`Text ${seq}.`] }));
      expect(await texts(thread)).toEqual([["Text 1."], ["Text 2."], ["Text 3."]]);
    });

    it("keeps threads apart", async () => {
      const [one, two] = [await harness.thread(), await harness.thread()];
      await post(delivery(one, 1, { texts: ["Für den einen."] }));
      await post(delivery(two, 1, { texts: ["Für den anderen."] }));
      expect(await texts(one)).toEqual([["Für den einen."]]);
      expect(await texts(two)).toEqual([["Für den anderen."]]);
    });

    it("shows a delivery that comes twice once, under one reference", async () => {
      const thread = await harness.thread();
      const twice = delivery(thread, 1, { texts: ["Nur einmal."] });
      const first = await post(twice);
      await post(delivery(thread, 2, { texts: ["Danach."] }));
      expect(await post(twice)).toEqual(first);
      expect(await texts(thread)).toEqual([["Nur einmal."], ["Danach."]]);
    });

    it("shows variants together, by version", async () => {
      const thread = await harness.thread();
      await post(delivery(thread, 1, { texts: ["Eins.", "Zwei.", "Drei."] }));
      expect((await texts(thread)).flat()).toEqual(["Eins.", "Zwei.", "Drei."]);
    });

    it.each(nasty)("shows as text, and notifies nobody: %s", async (text) => {
      const thread = await harness.thread();
      await post(delivery(thread, 1, { texts: [text] }));
      const [seen] = await harness.seen(thread, "de");
      expect(seen?.texts).toEqual([text]);
      expect(seen?.pings).toEqual([]);
    });

    it.each(["de", "en"] as const)("says in the asker's language why nothing came (%s)", async (locale) => {
      const thread = await harness.thread();
      const error = { code: "brief_poisoned", details: { tries: 3 } };
      await post(delivery(thread, 1, { kind: "failed", error, locale }));
      const [seen] = await harness.seen(thread, locale);
      expect(seen?.texts).toEqual([]);
      expect(seen?.words).toContain(message(locale, error.code, error.details));
    });

    it("says that something was cancelled", async () => {
      const thread = await harness.thread();
      await post(delivery(thread, 1, { kind: "cancelled" }));
      const [seen] = await harness.seen(thread, "de");
      expect(seen?.texts).toEqual([]);
      expect(seen?.words).not.toBe("");
    });

    const refusing = "asks for a pause when the platform does, and has posted nothing then";
    // The page has no platform that could refuse: it is not a test left out.
    if (refuses)
      it(refusing, async () => {
        const thread = await harness.thread();
        const late = delivery(thread, 1, { texts: ["Etwas später."] });
        harness.refuseNext?.(7);
        const refused = await post(late).catch((error: unknown) => error);
        expect(refused).toBeInstanceOf(RetryLater);
        expect((refused as RetryLater).seconds).toBe(7);
        expect(await texts(thread)).toEqual([]);
        await post(late);
        expect(await texts(thread)).toEqual([["Etwas später."]]);
      });

    it("closes, and closing again does no harm", async () => {
      const other = await open();
      await other.chat.close();
      await other.chat.close();
      await other.close();
    });
  });
}

function delivery(
  thread: string,
  seq: number,
  options: Partial<Pick<Delivery, "kind" | "error" | "locale">> & { texts?: string[] },
): Delivery {
  const { kind = "drafts", error, locale = "de", texts = [] } = options;
  const generationId = randomUUID();
  return {
    id: `${generationId}-delivery`,
    thread,
    seq,
    kind,
    briefId: thread,
    generationId,
    drafts: texts.map((text, i) => draftView({ briefId: thread, generationId, version: i + 1, text })),
    ...(error ? { error } : {}),
    locale,
  };
}
