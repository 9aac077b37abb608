/**
 * local-slack, a real local Slack (npm, MIT). It listens on every interface, so it runs in a network namespace of its
 * own; a Unix socket leads out of there, to a port of loopback.
 */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { freePort } from "#test/fixtures/servers.ts";
import { eventually } from "./house.ts";
import type { Json } from "./our-fake-slack.ts";
import { openClient } from "./websocket.ts";

const binary = path.join(import.meta.dirname, "../peers/node_modules/local-slack-linux-x64/bin/local-slack");
/** As root, or where people may make namespaces of their own. */
const unshare = process.getuid?.() === 0 ? ["-n"] : ["-rn"];

/** `npm ci --prefix test/peers --ignore-scripts` installs it; with HYGGE_LIVE it must be there and run. */
export const peerIsHere =
  process.env.HYGGE_LIVE === "1" ||
  (existsSync(binary) &&
    (await promisify(execFile)("unshare", [...unshare, "true"]).then(
      () => true,
      () => false,
    )));

export interface PeerMessage {
  ts: string;
  thread_ts?: string;
  user: string;
  text: string;
  blocks?: Json[];
  subtype?: string;
  ephemeral_to?: string;
}

export type Peer = Awaited<ReturnType<typeof openPeer>>;

export async function openPeer() {
  const dir = await mkdtemp(path.join(tmpdir(), "hygge-slack-"));
  const port = await freePort();
  const door = path.join(dir, "door");
  const config = path.join(dir, "config.yaml");
  await writeFile(
    config,
    `workspace: {name: Hygge Test, domain: hygge-test, teamId: T01TEST}
app: {appId: A01APP, botUserId: U0BOT, botName: hygge, botToken: xoxb-test-token, appToken: xapp-test-token, signingSecret: s, mode: socket}
users:
  - {id: U01ANNA, name: anna, real_name: Anna Adler}
  - {id: U03CLEO, name: cleo, real_name: Cleo Clausen}
channels:
  - {id: C01GEN, name: general, members: [U01ANNA, U03CLEO, U0BOT]}
`,
  );
  const inside = `
    const { createServer, connect } = require("node:net");
    createServer((from) => {
      const to = connect(${port}, "127.0.0.1");
      from.pipe(to).pipe(from);
      from.on("error", () => to.destroy());
      to.on("error", () => from.destroy());
    }).listen(${JSON.stringify(door)});`;
  // The shell lives as long as our end of its stdin: however this process ends, the peer ends, too.
  const script = `ip link set lo up
    "${binary}" --config "${config}" --port ${port} --base-host 127.0.0.1 </dev/null & peer=$!
    "${process.execPath}" -e '${inside}' </dev/null & door=$!
    cat >/dev/null; kill -9 $peer $door`;
  const shell: ChildProcess = spawn("unshare", [...unshare, "sh", "-c", script], {
    stdio: ["pipe", "pipe", "pipe"],
  });
  let said = "";
  shell.stdout?.on("data", (data) => {
    said = (said + data).slice(-2_000);
  });
  shell.stderr?.on("data", (data) => {
    said = (said + data).slice(-2_000);
  });
  const lines = new Set<Socket>();
  const outside = createServer((from) => {
    const to = connect(door);
    from.pipe(to).pipe(from);
    for (const [one, other] of [
      [from, to],
      [to, from],
    ] as const) {
      lines.add(one);
      one.on("error", () => other.destroy());
      one.on("close", () => {
        other.destroy();
        lines.delete(one);
      });
    }
  });
  await new Promise<void>((resolve) => outside.listen(port, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${port}`;
  const ask = async (method: string, route: string, body?: Json): Promise<Json> => {
    const response = await fetch(`${url}${route}`, {
      method,
      ...(body ? { headers: { "content-type": "application/json" }, body: JSON.stringify(body) } : {}),
    });
    return response.json();
  };
  await eventually(
    () => ask("GET", "/_control/state").catch(() => undefined),
    "the local Slack",
    60_000,
  ).catch((error) => {
    throw new Error(`${error.message}\n${said}`);
  });
  const ui = await openClient(port, "/ui");

  return {
    url,
    apiUrl: `${url}/api/`,
    messages: async (channel = "C01GEN"): Promise<PeerMessage[]> =>
      (await ask("GET", `/_control/messages/${channel}`)).messages,
    command: (user: string, text: string) =>
      ask("POST", "/_control/command", { channel: "C01GEN", user, command: "/hygge", text }),
    say: (user: string, text: string, threadTs?: string) =>
      ask("POST", "/_control/message", {
        channel: "C01GEN",
        user,
        text,
        ...(threadTs ? { thread_ts: threadTs } : {}),
      }),
    click: (user: string, messageTs: string, action: Json) =>
      ask("POST", "/_control/interact", { channel: "C01GEN", messageTs, user, action }),
    openHome: (user: string) => ask("POST", "/_control/open-home", { user }),
    submit: (user: string, values: Json) => ui.send(JSON.stringify({ t: "view_submit", user, values })),
    /** What went to the bot and came from it. */
    log: async (): Promise<Json[]> => (await ask("GET", "/_control/log")).log,
    async close() {
      ui.close();
      for (const line of lines) line.destroy();
      outside.close();
      shell.stdin?.end();
      await new Promise((resolve) => shell.once("close", resolve));
      await rm(dir, { recursive: true, force: true });
    },
  };
}
