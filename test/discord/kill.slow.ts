/** The whole program on a local Discord, killed right after it sent a draft and before it could note that. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "./house.ts";
import { draftTexts } from "./read.ts";
import { openTwin, type Peer, people, twinIsHere } from "./twin.ts";

const root = path.join(import.meta.dirname, "../..");
const kills = 3;

describe.skipIf(!twinIsHere)("kill -9 between a post and its note", () => {
  let peer: Peer;
  let dataDir: string;
  let child: ChildProcess | undefined;
  beforeAll(async () => {
    peer = await openTwin();
    dataDir = await mkdtemp(path.join(tmpdir(), "hygge-kill-"));
  });
  afterAll(async () => {
    child?.kill("SIGKILL");
    await peer?.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  async function start() {
    const running = spawn(process.execPath, ["bin/hygge.js", "start"], {
      cwd: root,
      env: {
        PATH: process.env.PATH,
        HOME: dataDir,
        PORT: "0",
        HYGGE_DATA_DIR: dataDir,
        DISCORD_TOKEN: peer.token,
        DISCORD_API_URL: peer.apiUrl,
        DISCORD_COOLDOWN: "0",
        LOG_LEVEL: "warn",
      },
      stdio: ["ignore", "pipe", "inherit"],
    });
    child = running;
    await once(running.stdout, "data");
    return running;
  }

  it(`each of ${kills} drafts is in its thread once`, async () => {
    const channelId = peer.channelIds[0] ?? "";
    for (let n = 1; n <= kills; n++) {
      const running = await start();
      const died = once(running, "exit");
      // The twin has the message; the bot never hears so.
      peer.hooks.after = ({ method, path: route, body }) => {
        if (method !== "POST" || !/^\/channels\/\d+\/messages$/.test(route)) return;
        if (!JSON.stringify(body).includes("v1:anew:")) return;
        running.kill("SIGKILL");
      };
      await peer.twin.simulateInteraction({
        type: 2,
        channelId,
        userId: people.anna,
        data: {
          id: "1",
          name: "hygge",
          type: 1,
          options: [
            { name: "brief", type: 3, value: `Sofa Ekeby, Leinen, ${800 + n} €` },
            { name: "kanal", type: 3, value: "instagram" },
          ],
        },
      });
      await died;
      peer.hooks.after = undefined;
      const again = await start();
      await eventually(
        async () => {
          const threads = await peer.twin.channel(channelId).getThreads();
          const done = (await peer.twin.channel(channelId).getMessages()).filter((m) =>
            JSON.stringify(m.components ?? []).includes("✅"),
          );
          return threads.length === n && done.length === n;
        },
        `request ${n} says that it is done`,
        120_000,
      );
      const ended = once(again, "exit");
      again.kill("SIGTERM");
      await ended;
    }
    const threads = await peer.twin.channel(channelId).getThreads();
    const counts = await Promise.all(
      threads.map(
        async ({ id }) =>
          (await peer.twin.channel(id).getMessages()).filter((message) => draftTexts(message).length > 0)
            .length,
      ),
    );
    expect(counts).toEqual(Array.from({ length: kills }, () => 1));
    expect(peer.problems).toEqual([]);
  });
});
