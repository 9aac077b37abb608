/** The app's manifest, the code's list of scopes and the code itself say the same. */
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { shortcutIds } from "#bots/slack/ids.ts";
import { scopes } from "#bots/slack/scopes.ts";

const room = path.join(import.meta.dirname, "../../bots/slack");
const text = await readFile(path.join(room, "manifest.yaml"), "utf8");
const manifest = parse(text);
const code = (
  await Promise.all(
    (
      await readdir(room)
    )
      .filter((file) => file.endsWith(".ts") && file !== "scopes.ts")
      .map((file) => readFile(path.join(room, file), "utf8")),
  )
).join("\n");
const bot: string[] = manifest.oauth_config.scopes.bot;
const events: string[] = manifest.settings.event_subscriptions.bot_events;

describe("the app's manifest", () => {
  it("asks for the scopes that the code knows, and marks the optional ones", () => {
    expect(bot).toEqual(scopes.map((scope) => scope.name));
    const [needed, optional] = [
      text.slice(0, text.indexOf("# optional")),
      text.slice(text.indexOf("# optional")),
    ];
    for (const scope of scopes)
      expect(scope.needed ? needed : optional).toContain(`\n      - ${scope.name}\n`);
  });

  it("has a scope for each Web API method that the code calls, and no scope without a use", () => {
    const called = [
      ...code.matchAll(/web\s*\.(\w+(?:\.\w+)+)\(/g),
      ...code.matchAll(/\.(conversations\.(?:replies|history))\(/g),
    ]
      .map((match) => match[1] ?? "")
      // auth.test and apps.connections.open need none of these, views.* go with the trigger.
      .filter((method) => !/^(auth|apps|views|then|catch)\b/.test(method));
    expect(called.length).toBeGreaterThan(5);
    const used = scopes.flatMap((scope) => scope.uses);
    for (const method of called) expect(used).toContain(method);
    for (const scope of scopes)
      expect(
        scope.uses.some(
          (use) => called.includes(use) || events.includes(use) || /^\/hygge$|^shortcuts$/.test(use),
        ),
        scope.name,
      ).toBe(true);
  });

  it("subscribes to the events that the code handles, each with its scope", () => {
    for (const event of events) {
      const name = event.startsWith("message.") ? "message" : event;
      expect(code).toContain(name);
    }
    const handled = /app\.event\(\/\^\((.*)\)\$\//.exec(code)?.[1]?.split("|") ?? [];
    expect(new Set(events.map((event) => event.replace(/^message\..*/, "message")))).toEqual(
      new Set(handled),
    );
    for (const event of events.filter((e) => e.startsWith("message.") || e === "app_mention"))
      expect(scopes.flatMap((scope) => scope.uses)).toContain(event);
  });

  it("knows the shortcuts and the command, within Slack's limits", () => {
    const { shortcuts, slash_commands, bot_user } = manifest.features;
    expect(shortcuts.map((s: { callback_id: string }) => s.callback_id).sort()).toEqual(
      Object.values(shortcutIds).sort(),
    );
    for (const { name, description } of shortcuts) {
      expect(name.length).toBeLessThanOrEqual(24);
      expect(description.length).toBeLessThanOrEqual(150);
    }
    expect(slash_commands).toMatchObject([{ command: "/hygge", should_escape: true }]);
    expect(bot_user.display_name.length).toBeLessThanOrEqual(80);
    expect(manifest.display_information.name.length).toBeLessThanOrEqual(35);
    expect(manifest.display_information.description.length).toBeLessThanOrEqual(140);
    expect(manifest.settings.socket_mode_enabled).toBe(true);
  });

  it("is what the setup page tells", async () => {
    const page = await readFile(path.join(room, "../../docs/slack.md"), "utf8");
    for (const scope of scopes.filter((s) => !s.needed)) expect(page).toContain(`\`${scope.name}\``);
  });
});
