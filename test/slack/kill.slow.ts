/** kill -9 between "posted" and "its ts is stored", with the whole program as it is started by people. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it } from "vitest";
import { actionIds as ids } from "#bots/slack/ids.ts";
import { freePort } from "#test/fixtures/servers.ts";
import { eventually } from "./house.ts";
import { type Json, type Message, openFakeSlack } from "./our-fake-slack.ts";
import { draftTexts } from "./read.ts";

const root = path.join(import.meta.dirname, "../..");
const isDraft = (m: Message) => m.blocks.some((b: Json) => b.type === "context_actions");

it("a bot that dies right after a message was posted posts nothing twice and loses nothing", async () => {
  const slack = await openFakeSlack();
  const dataDir = await mkdtemp(path.join(tmpdir(), "hygge-slack-kill-"));
  const port = await freePort();
  let child: ChildProcess | undefined;
  const start = async () => {
    const sockets = slack.connections;
    child = spawn(process.execPath, ["bin/hygge.js", "start"], {
      cwd: root,
      env: {
        PATH: process.env.PATH,
        HYGGE_DATA_DIR: dataDir,
        PORT: String(port),
        HYGGE_THREADS: "2",
        LOG_LEVEL: "error",
        SLACK_BOT_TOKEN: "xoxb-test-token",
        SLACK_APP_TOKEN: "xapp-test-token",
        SLACK_API_URL: slack.apiUrl,
      },
      stdio: ["ignore", "ignore", "inherit"],
    });
    await eventually(() => slack.connections > sockets && slack.sockets > 0, "the bot is connected", 120_000);
  };
  const kill = async () => {
    const exit = child && once(child, "exit");
    child?.kill("SIGKILL");
    await exit;
  };
  /** Restarts the program that dies in the middle of its next post. */
  const diesAtNextPost = () =>
    new Promise<void>((resolve) => {
      slack.fail("chat.postMessage", { meanwhile: () => void kill().then(resolve) });
    });
  try {
    await start();
    // The request's own message.
    let died = diesAtNextPost();
    await slack.command("U01ANNA", "Sofa Ekeby, Leinen, 899 €, Instagram");
    await died;
    await start();
    const first = await eventually(() => slack.messages.find(isDraft), "the draft", 120_000);
    expect(slack.messages.filter((m) => !m.threadTs)).toHaveLength(1);

    // Three drafts, each posted by a process that dies of it.
    for (let n = 2; n <= 4; n++) {
      died = diesAtNextPost();
      await slack.click("U01ANNA", first, ids.anew);
      await died;
      expect(slack.messages.filter(isDraft)).toHaveLength(n);
      await start();
    }
    // A last one by a process that lives: nothing may come after it that belongs before.
    await slack.click("U01ANNA", first, ids.anew);
    await eventually(() => slack.messages.filter(isDraft).length >= 5, "the last draft", 120_000);
    const drafts = slack.messages.filter(isDraft);
    expect(drafts).toHaveLength(5);
    expect(new Set(drafts.map((m) => draftTexts(m.blocks)[0])).size).toBe(5);
    expect(slack.messages).toHaveLength(6);
    expect(slack.problems).toEqual([]);
  } finally {
    await kill();
    await slack.close();
    await rm(dataDir, { recursive: true, force: true });
  }
});
