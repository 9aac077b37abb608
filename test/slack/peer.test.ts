/** End to end on a real local Slack, with the embedded model: the whole way of a text, bots that come and go. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { actionIds as ids } from "#bots/slack/ids.ts";
import { openModel } from "#models/open.ts";
import { type Bot, eventually, type House, openHouse, testLog } from "./house.ts";
import type { Json } from "./our-fake-slack.ts";
import { openPeer, type Peer, type PeerMessage, peerIsHere } from "./peer.ts";
import { draftTexts, wordsOf } from "./read.ts";

describe.skipIf(!peerIsHere)("on a local Slack", () => {
  let dir: string;
  let peer: Peer;
  let house: House;
  let bot: Bot;
  beforeAll(async () => {
    dir = await mkdtemp(path.join(tmpdir(), "hygge-slack-"));
    const [opened, model] = await Promise.all([openPeer(), openModel({ dataDir: dir, log: testLog })]);
    peer = opened;
    house = await openHouse(peer, model, {
      config: { approverIds: ["slack:T01TEST/U03CLEO"] },
      approvers: ["slack:T01TEST/U03CLEO"],
    });
    bot = await house.startBot();
    await house.work();
  });
  afterAll(async () => {
    await house?.close();
    await peer?.close();
    await rm(dir, { recursive: true, force: true });
  });

  const drafts = async (): Promise<PeerMessage[]> =>
    (await peer.messages()).filter((m) => m.blocks?.some((b) => b.type === "context_actions"));
  const draft = (n: number) => eventually(async () => (await drafts())[n - 1], `draft ${n}`, 60_000);
  const shows = (ts: string, what: string) =>
    eventually(
      async () => {
        const message = (await peer.messages()).find((m) => m.ts === ts);
        return message && wordsOf(message.blocks ?? []).includes(what) ? message : undefined;
      },
      what,
      60_000,
    );
  /** The element of a message with this action id, as the peer's page would send it. */
  const element = (message: PeerMessage, id: string): Json =>
    message.blocks?.flatMap((b) => b.elements ?? []).find((e: Json) => e.action_id === id);
  const press = async (user: string, message: PeerMessage, id: string) => {
    const { type, value, text } = element(message, id);
    await peer.click(user, message.ts, { type, action_id: id, block_id: "x", value, text });
  };
  const viewOpened = async (since: number) =>
    eventually(
      async () => (await peer.log()).slice(since).some((e) => JSON.stringify(e).includes("views.open")),
      "the window",
      60_000,
    );

  it("takes a text from the brief to the approval, through two bots and a restart", async () => {
    await peer.command("U01ANNA", "Sofa Ekeby, Leinen, 899 €, Instagram");
    const first = await draft(1);
    const root = (await peer.messages())[0];
    expect(wordsOf(root?.blocks ?? [])).toContain("Sofa Ekeby, Leinen, 899 €, Instagram");
    expect(first.thread_ts).toBe(root?.ts);
    expect(draftTexts(first.blocks ?? [])[0]).toMatch(/Ekeby/);

    // Rewritten, with a second bot that gets every envelope, too.
    const other = await house.startBot();
    await press("U01ANNA", first, ids.anew);
    await draft(2);

    // Refined by a mention, after the first bot went and a new one came.
    await bot.stop();
    bot = await house.startBot();
    await peer.say("U01ANNA", "<@U0BOT> kürzer", root?.ts);
    const third = await draft(3);
    expect(wordsOf(third.blocks ?? [])).toContain("Wunsch: kürzer");

    const menu = element(third, ids.change);
    const two = menu.option_groups.flatMap((g: Json) => g.options).find((o: Json) => /=2$/.test(o.value));
    await peer.click("U01ANNA", third.ts, {
      type: "static_select",
      action_id: ids.change,
      block_id: "x",
      selected_option: two,
    });
    const variants = await draft(4);
    expect(draftTexts(variants.blocks ?? [])).toHaveLength(2);
    await press("U01ANNA", variants, ids.pick);
    await shows(variants.ts, "✔️ Ausgewählt");
    // The peer takes the first acknowledgement of any bot for the answer: from here on there is one.
    await other.stop();

    const since = (await peer.log()).length;
    await press("U01ANNA", first, ids.edit);
    await viewOpened(since);
    const text = "Ekeby ist ein Sofa aus Leinen für 899 €. Der Hund darf darauf sitzen.";
    const values = { text0: { text: { type: "plain_text_input", value: text } } };
    peer.submit("U01ANNA", values);
    // Where something was noticed, the second time means it.
    await new Promise((resolve) => setTimeout(resolve, 500));
    peer.submit("U01ANNA", values);
    const edited = await shows(first.ts, "bearbeitet von");
    expect(draftTexts(edited.blocks ?? [])[0]).toBe(text);

    await press("U01ANNA", edited, ids.request);
    const asked = await shows(first.ts, "🔎 Freigabe angefragt");
    await eventually(
      async () =>
        (await peer.messages()).some((m) =>
          /@U03CLEO anna\b.* bittet um Freigabe/i.test(wordsOf(m.blocks ?? [])),
        ),
      "the approver is pinged",
    );
    await press("U03CLEO", asked, ids.approve);
    await shows(first.ts, "✅ Freigegeben von");

    const { positive_button: good } = element(asked, ids.feedback);
    await peer.click("U03CLEO", first.ts, {
      type: "feedback_buttons",
      action_id: ids.feedback,
      block_id: "x",
      value: good.value,
      text: good.text,
    });
    await shows(first.ts, "👍 1");

    // All that with two bots and a restart, and still: one request, four messages with drafts, a ping, an approval.
    const posted = async () =>
      (await peer.messages()).filter((m) => m.user === "U0BOT" && m.subtype !== "ephemeral");
    await eventually(
      async () => (await posted()).some((m) => wordsOf(m.blocks ?? []).includes("freigegeben. ✅")),
      "who asked is told",
    );
    const all = await posted();
    expect(await drafts()).toHaveLength(4);
    expect(all.filter((m) => m.thread_ts === undefined)).toHaveLength(1);
    expect(all).toHaveLength(7);
  }, 240_000);
});
