import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkSlack } from "#bots/slack/doctor.ts";
import { type FakeSlack, openFakeSlack } from "./our-fake-slack.ts";

describe("hygge doctor on Slack", () => {
  let slack: FakeSlack;
  beforeAll(async () => {
    slack = await openFakeSlack();
  });
  afterAll(() => slack.close());
  const check = async (more: { approverGroups?: string[] } = {}, locale: "de" | "en" = "en") => {
    const found = [];
    const config = {
      botToken: "xoxb-test",
      appToken: "xapp-test",
      apiUrl: slack.apiUrl,
      approverGroups: ["@freigabe"],
      managerGroups: [],
      ...more,
    };
    for await (const { ok, text } of checkSlack(config, locale)) found.push(`${ok ? "✓" : "✗"} ${text}`);
    return found;
  };

  it("says what works, what is missing and what to do", async () => {
    const found = await check();
    expect(found[0]).toContain("✓ Slack: connected to “Hygge Test”");
    expect(found[1]).toBe("✓ Slack: Socket Mode works");
    expect(found[2]).toMatch(/✗ Slack: app_mentions:read, im:history is missing\. Add it: .*OAuth/);
    expect(found[3]).toBe("✓ Slack: Hygge is in #general");
    expect(found[4]).toBe("✓ Slack: user groups found: @freigabe");
  });

  it("names a group that isn't there, and a token that is void, in German too", async () => {
    expect((await check({ approverGroups: ["@nobody"] }))[4]).toContain(
      "✗ Slack: there is no user group @nobody",
    );
    slack.revoke("invalid_auth");
    const [only, ...rest] = await check({}, "de");
    expect(only).toMatch(
      /✗ Slack: SLACK_BOT_TOKEN wird nicht angenommen \(invalid_auth\)\. Kopiere das Token neu/,
    );
    expect(rest).toEqual([]);
    slack.revoke(undefined);
  });

  it("says it when Slack doesn't answer", async () => {
    slack.fail("auth.test", { status: 503 });
    expect((await check())[0]).toContain("✗");
  });
});
