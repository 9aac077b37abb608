/** Two hundred commands at once over twenty channels: acknowledged in time, delivered once, in order, within budgets. */
import { expect, it } from "vitest";
import { scriptedModel } from "#test/fixtures/scripted-model.ts";
import { eventually, openHouse } from "./house.ts";
import { type Json, type Message, openFakeSlack } from "./our-fake-slack.ts";
import { wordsOf } from "./read.ts";

const ways = ["ruhig", "leise", "weich", "schlicht", "hell", "breit", "tief", "offen"];
const says = ways.map(
  (way) => `Ekeby ist ein Sofa aus Leinen, ${way} und für lange Abende gemacht. Für 899 €.`,
);
const people = ["U01ANNA", "U02BEN", "U03CLEO"];

it("200 commands in a burst", async () => {
  const slack = await openFakeSlack();
  const house = await openHouse(slack, scriptedModel(says));
  try {
    await house.startBot();
    await house.startBot();
    const began = Date.now();
    const acks = await Promise.all(
      Array.from({ length: 200 }, (_, i) =>
        slack.command(people[i % people.length] ?? "", `Sofa Ekeby ${i + 1}er, Leinen, 899 €, Instagram`, {
          channel: `CLOAD${i % 20}`,
          to: i % 2 === 0 ? "all" : "one",
        }),
      ),
    );
    const slowest = Math.max(...acks.map((ack) => ack.ms));
    expect(acks.filter((ack) => !ack.acked)).toEqual([]);
    expect(slowest).toBeLessThan(3_000);
    await house.work();

    const isDraft = (m: Message) => m.blocks.some((b: Json) => b.type === "context_actions");
    await eventually(() => slack.messages.filter(isDraft).length >= 200, "all drafts", 600_000);
    await eventually(
      async () => {
        const { rows } = await house.database.pool.query<{ n: number }>(
          "select count(*)::int as n from hygge.deliveries where status = 'open' or changes > drawn",
        );
        return rows[0]?.n === 0;
      },
      "every message is drawn",
      600_000,
    );
    const seconds = (Date.now() - began) / 1000;

    // Once each, the draft below its own request.
    const roots = slack.messages.filter((m) => !m.threadTs);
    expect(roots).toHaveLength(200);
    expect(new Set(roots.map((m) => m.text)).size).toBe(200);
    for (const root of roots) {
      const replies = slack.messages.filter((m) => m.threadTs === root.ts);
      expect(replies.filter(isDraft)).toHaveLength(1);
      expect(replies).toHaveLength(1);
      expect(slack.messages.indexOf(root)).toBeLessThan(slack.messages.indexOf(replies[0] as Message));
      expect(wordsOf(root.blocks)).toMatch(/✅/);
    }

    // What Slack allows. Two calls may meet on the way, so a tenth of a second is forgiven.
    const posts = slack.calls.filter((call) => call.method === "chat.postMessage");
    for (let channel = 0; channel < 20; channel++) {
      const times = posts.filter((c) => c.args.channel === `CLOAD${channel}`).map((c) => c.at);
      for (const [i, at] of times.entries())
        if (i > 0) expect(at - (times[i - 1] ?? 0)).toBeGreaterThanOrEqual(900);
    }
    const updates = slack.calls.filter((call) => call.method === "chat.update").map((c) => c.at);
    const inAnyMinute = Math.max(
      ...updates.map((at) => updates.filter((t) => t >= at && t < at + 60_000).length),
    );
    expect(inAnyMinute).toBeLessThanOrEqual(50);
    expect(slack.problems).toEqual([]);
    console.log(
      JSON.stringify({
        slowestAckMs: slowest,
        medianAckMs: acks.map((a) => a.ms).sort((a, b) => a - b)[100],
        seconds: Math.round(seconds),
        posts: posts.length,
        updates: updates.length,
        updatesInAnyMinute: inAnyMinute,
      }),
    );
  } finally {
    await house.close();
    await slack.close();
  }
});
