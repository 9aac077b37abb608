/** What Slack does when it has a bad day, on our fake: nothing is lost, nothing comes twice, nobody is left waiting. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { actionIds as ids } from "#bots/slack/ids.ts";
import { scriptedModel } from "#test/fixtures/scripted-model.ts";
import { type Bot, eventually, type House, openHouse } from "./house.ts";
import { type FakeSlack, type Json, type Message, openFakeSlack } from "./our-fake-slack.ts";
import { wordsOf } from "./read.ts";

const ways = ["ruhig", "leise", "weich", "schlicht", "hell", "breit", "tief", "offen"];
const says = ways.map(
  (way) => `Ekeby ist ein Sofa aus Leinen, ${way} und für lange Abende gemacht. Für 899 €.`,
);
const brief = "Sofa Ekeby, Leinen, 899 €, Instagram";

let slack: FakeSlack;
let house: House;
let bot: Bot;
beforeAll(async () => {
  slack = await openFakeSlack();
  house = await openHouse(slack, scriptedModel(says), {
    unpaced: true,
    config: { revokedPauseSeconds: 2 },
  });
  bot = await house.startBot();
  await house.work();
});
afterEach(() => expect(slack.problems).toEqual([]));
afterAll(async () => {
  await house?.close();
  await slack?.close();
});

const isDraft = (m: Message) => m.blocks.some((b: Json) => b.type === "context_actions");
const inChannel = (channel: string) => slack.messages.filter((m) => m.channel === channel);
const draftIn = (channel: string, n = 0) =>
  eventually(() => inChannel(channel).filter(isDraft)[n], `draft ${n + 1} in ${channel}`);
const briefsIn = async (channel: string) => {
  const { rows } = await house.database.pool.query<{ n: number }>(
    "select count(*)::int as n from hygge.briefs where thread like $1",
    [`%/${channel}/%`],
  );
  return rows[0]?.n;
};
const settled = (channel: string) =>
  eventually(async () => {
    const { rows } = await house.database.pool.query<{ n: number }>(
      "select count(*)::int as n from hygge.deliveries where thread like $1 and (status = 'open' or changes > drawn)",
      [`%/${channel}/%`],
    );
    return rows[0]?.n === 0;
  }, `nothing left to deliver in ${channel}`);

describe("what comes twice", () => {
  it("a command that Slack sends again is one brief", async () => {
    const trigger = slack.trigger();
    const first = slack.command("U01ANNA", brief, { channel: "C1TWICE", trigger });
    const second = slack.command("U01ANNA", brief, { channel: "C1TWICE", trigger });
    expect((await first).acked && (await second).acked).toBe(true);
    await draftIn("C1TWICE");
    await settled("C1TWICE");
    expect(inChannel("C1TWICE")).toHaveLength(2);
    expect(await briefsIn("C1TWICE")).toBe(1);
  });

  it("an event is handled when only its retry arrives, and once when both do", async () => {
    const event = {
      type: "app_mention",
      channel: "C2RETRY",
      user: "U01ANNA",
      text: `<@U0BOT> ${brief}`,
      ts: slack.nextTs(),
    };
    await slack.event(event, { id: "EvX", retry: 2 });
    await slack.event(event, { id: "EvX", retry: 3 });
    await draftIn("C2RETRY");
    await settled("C2RETRY");
    expect(await briefsIn("C2RETRY")).toBe(1);
  });

  it("two bots get every envelope: nothing is done or posted twice", async () => {
    const other = await house.startBot();
    expect(slack.sockets).toBe(2);
    await slack.command("U01ANNA", brief, { channel: "C3BOTS", to: "all" });
    const draft = await draftIn("C3BOTS");
    await slack.click("U01ANNA", draft, ids.anew, { to: "all" });
    await draftIn("C3BOTS", 1);
    await slack.click("U01ANNA", draft, ids.feedback, { choose: "good", to: "all" });
    await eventually(() => wordsOf(draft.blocks).includes("👍 1"), "the vote shows");
    await settled("C3BOTS");
    expect(inChannel("C3BOTS")).toHaveLength(3);
    await other.stop();
  });
});

describe("what doesn't arrive", () => {
  it("a message whose answer got lost is found in the thread, not sent again", async () => {
    await slack.command("U01ANNA", brief, { channel: "C4LOST" });
    const draft = await draftIn("C4LOST");
    slack.fail("chat.postMessage", "lost answer");
    await slack.click("U01ANNA", draft, ids.anew);
    await draftIn("C4LOST", 1);
    await settled("C4LOST");
    expect(inChannel("C4LOST")).toHaveLength(3);
    expect(slack.calls.some((call) => call.method === "conversations.replies")).toBe(true);
    // It is known by then: it can be redrawn.
    const second = await draftIn("C4LOST", 1);
    await slack.click("U01ANNA", second, ids.feedback, { choose: "good" });
    await eventually(() => wordsOf(second.blocks).includes("👍 1"), "the vote shows");
  });

  it("without the history scopes it is rather sent twice than never", async () => {
    slack.grantHistory(false);
    slack.fail("chat.postMessage", "lost answer");
    await slack.command("U01ANNA", brief, { channel: "C5BLIND" });
    await draftIn("C5BLIND");
    await settled("C5BLIND");
    expect(inChannel("C5BLIND").filter((m) => !m.threadTs)).toHaveLength(2);
    slack.grantHistory(true);
  });

  it("a 429 is waited out, nothing overtakes, and nobody knocks meanwhile", async () => {
    await slack.command("U01ANNA", brief, { channel: "C6LIMIT" });
    const draft = await draftIn("C6LIMIT");
    await settled("C6LIMIT");
    slack.fail("chat.postMessage", { retryAfter: 1 });
    const before = slack.calls.length;
    await slack.click("U01ANNA", draft, ids.anew);
    await slack.click("U01ANNA", draft, ids.change, { choose: "Kürzer" });
    await draftIn("C6LIMIT", 2);
    const posts = slack.calls.slice(before).filter((call) => call.method === "chat.postMessage");
    expect(posts[0]?.error).toBe("ratelimited");
    expect((posts[1]?.at ?? 0) - (posts[0]?.at ?? 0)).toBeGreaterThanOrEqual(1_000);
    const versions = inChannel("C6LIMIT")
      .filter(isDraft)
      .map((m) => wordsOf(m.blocks).slice(0, 9));
    expect(versions).toEqual(["Entwurf 1", "Entwurf 2", "Entwurf 3"]);
  });

  it("a server error of Slack is tried again", async () => {
    slack.fail("chat.postMessage", { status: 503 });
    await slack.command("U01ANNA", brief, { channel: "C7DOWN" });
    await draftIn("C7DOWN");
    expect(inChannel("C7DOWN")).toHaveLength(2);
  });

  it("a message that was deleted meanwhile is left alone", async () => {
    await slack.command("U01ANNA", brief, { channel: "C8GONE" });
    const draft = await draftIn("C8GONE");
    await settled("C8GONE");
    slack.messages.splice(slack.messages.indexOf(draft), 1);
    await slack.click("U01ANNA", draft, ids.feedback, { choose: "good" });
    await settled("C8GONE");
  });
});

describe("closed doors", () => {
  it("where the bot isn't in, the invite line comes at once and the text as a direct message", async () => {
    slack.closeChannel("C10SECRET", "channel_not_found");
    const before = slack.answers.length;
    await slack.command("U03CLEO", brief, { channel: "C10SECRET" });
    const told = await eventually(
      () => slack.answers.slice(before).find((a) => a.body.text.includes("<#C10SECRET>")),
      "the answer",
    );
    expect(told.body).toMatchObject({ response_type: "ephemeral" });
    expect(told.body.text).toContain("/invite @Hygge");
    const draft = await draftIn("D03CLEO");
    expect(draft.threadTs).toBe(inChannel("D03CLEO")[0]?.ts);
    // What is clicked there goes on there.
    await slack.click("U03CLEO", draft, ids.anew);
    await draftIn("D03CLEO", 1);
  });

  it("a channel that is archived while the text is written: the text comes as a direct message that says so", async () => {
    await slack.command("U02BEN", brief, { channel: "C11OLD" });
    const draft = await draftIn("C11OLD");
    await settled("C11OLD");
    slack.closeChannel("C11OLD", "is_archived");
    await slack.click("U02BEN", draft, ids.anew);
    const direct = await draftIn("D02BEN");
    expect(wordsOf(direct.blocks)).toContain("#C11OLD is archived");
  });

  it("a person without an account any more is given up, and the next thread goes on", async () => {
    slack.closeChannel("C12X", "channel_not_found");
    slack.closeChannel("D09GONE", "channel_not_found");
    await slack.command("U09GONE", brief, { channel: "C12X" });
    await settled("C12X");
    await slack.command("U01ANNA", brief, { channel: "C12Y" });
    await draftIn("C12Y");
  });

  it("an expired window is told", async () => {
    await slack.command("U01ANNA", brief, { channel: "C13LATE" });
    const draft = await draftIn("C13LATE");
    const before = slack.answers.length;
    await slack.click("U01ANNA", draft, ids.edit, { trigger: "used.up" });
    const told = await eventually(() => slack.answers.slice(before)[0], "the answer");
    expect(wordsOf(told.body.blocks)).toContain("Klick bitte noch einmal");
  });

  it("a missing scope is named", async () => {
    const draft = await draftIn("C13LATE");
    slack.fail("views.open", { error: "missing_scope", extra: { needed: "some:scope" } });
    const before = slack.answers.length;
    await slack.click("U01ANNA", draft, ids.edit);
    const told = await eventually(() => slack.answers.slice(before)[0], "the answer");
    expect(wordsOf(told.body.blocks)).toContain("some:scope");
  });

  it("a draft that isn't there any more is told", async () => {
    const draft = await draftIn("C13LATE");
    const gone = { type: "button", action_id: ids.anew, value: "nobody|nothing", text: {} };
    const before = slack.answers.length;
    await slack.click("U01ANNA", { ...draft, blocks: [{ type: "actions", elements: [gone] }] }, ids.anew);
    const told = await eventually(() => slack.answers.slice(before)[0], "the answer");
    expect(wordsOf(told.body.blocks)).toContain("gibt es nicht mehr");
  });

  it("somebody else's brief can't be cancelled", async () => {
    const { body } = await cancelledBy("U02BEN");
    expect(wordsOf(body.blocks)).toContain("“approver”");
    async function cancelledBy(user: string) {
      const draft = await draftIn("C13LATE");
      const element = draft.blocks.flatMap((b: Json) => b.elements ?? []).find((e: Json) => e.value);
      const button = { type: "button", action_id: ids.cancel, value: element.value, text: {} };
      const before = slack.answers.length;
      await slack.click(user, { ...draft, blocks: [{ type: "actions", elements: [button] }] }, ids.cancel);
      return eventually(() => slack.answers.slice(before)[0], "the answer");
    }
  });
});

describe("time", () => {
  it("is acknowledged within the second although the work takes longer, and the answer comes after", async () => {
    const { request } = house.hygge;
    house.hygge.request = async (...args) => {
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      return request(...args);
    };
    const before = slack.answers.length;
    const { acked, payload, ms } = await slack.command("U01ANNA", "🎉", { channel: "C20SLOW" });
    expect(acked).toBe(true);
    expect(ms).toBeLessThan(3_000);
    expect(payload?.text).toBeUndefined();
    const late = await eventually(() => slack.answers.slice(before)[0], "the late answer");
    expect(wordsOf(late.body.blocks)).toContain("kein Wort");
    house.hygge.request = request;
  });

  it("while the database is away people are told, and an event is not acknowledged, so that it comes again", async () => {
    const { query } = house.database.pool;
    const broken = () => Promise.reject(Object.assign(new Error("away"), { code: "ECONNREFUSED" }));
    Object.assign(house.database.pool, { query: broken });
    const { payload } = await slack.command("U01ANNA", brief, { channel: "C21AWAY" });
    const event = {
      type: "app_mention",
      channel: "C21AWAY",
      user: "U01ANNA",
      text: brief,
      ts: slack.nextTs(),
    };
    const first = await slack.event(event, { waitMs: 500 });
    Object.assign(house.database.pool, { query });
    expect(payload.response_type).toBe("ephemeral");
    expect(first.acked).toBe(false);
    const again = await slack.event(event, { retry: 1 });
    expect(again.acked).toBe(true);
    await draftIn("C21AWAY");
  });

  it("a bot that is stopped in the middle finishes, and what it could not post the next one posts", async () => {
    const { request } = house.hygge;
    let asked: () => void = () => {};
    const reached = new Promise<void>((resolve) => {
      asked = resolve;
    });
    house.hygge.request = async (...args) => {
      asked();
      await new Promise((resolve) => setTimeout(resolve, 300));
      return request(...args);
    };
    const command = slack.command("U01ANNA", brief, { channel: "C22STOP" });
    await reached;
    await bot.stop();
    expect((await command).acked).toBe(true);
    house.hygge.request = request;
    await eventually(() => slack.sockets === 0, "the socket is closed");
    expect(inChannel("C22STOP").filter(isDraft)).toHaveLength(0);
    bot = await house.startBot();
    await draftIn("C22STOP");
  });
});

describe("the line to Slack", () => {
  it.each(["refresh", "drop"] as const)("is opened again after a %s", async (how) => {
    const { connections } = slack;
    slack.endSockets(how);
    await eventually(() => slack.connections > connections && slack.sockets === 1, "a new socket alone");
    const { acked } = await slack.command("U01ANNA", "hilfe");
    expect(acked).toBe(true);
    expect(bot.slack.health().up).toBe(true);
  });

  it("a revoked token is red at once, and isn't tried over and over; what is to be delivered waits", async () => {
    await slack.command("U01ANNA", brief, { channel: "C30END" });
    const draft = await draftIn("C30END");
    await settled("C30END");
    slack.revoke("token_revoked");
    await slack.event({ type: "tokens_revoked", tokens: { bot: ["U0BOT"] } });
    expect(bot.slack.health()).toEqual({ up: false, error: "tokens_revoked" });
    const before = slack.calls.length;
    await slack.click("U01ANNA", draft, ids.anew);
    slack.endSockets("drop");
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(slack.calls.length - before).toBeLessThanOrEqual(3);
    const { rows } = await house.database.pool.query(
      "select status from hygge.deliveries where thread like '%C30END%' and status = 'open'",
    );
    expect(rows.length).toBeLessThanOrEqual(1);
    slack.revoke(undefined);
    await bot.stop();
    await house.database.pool.query("update hygge.deliveries set not_before = now() where status = 'open'");
    bot = await house.startBot();
    await draftIn("C30END", 1);
    expect(bot.slack.health()).toEqual({ up: true });
  });
});
