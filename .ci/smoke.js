// Starts Hygge as a stranger does, asks its page and its API for a draft, and stops it with Ctrl-C.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const dir = mkdtempSync(path.join(tmpdir(), "hygge-smoke-"));
const began = performance.now();
const seconds = () => ((performance.now() - began) / 1000).toFixed(1);
const env = { ...process.env, PORT: "0", HYGGE_DATA_DIR: dir, LOG_LEVEL: "warn", LANG: "C.UTF-8" };
// A group of its own, so that Ctrl-C reaches npm and Hygge as in a terminal.
const child = spawn("npm", ["start"], { env, detached: true, stdio: ["ignore", "pipe", "inherit"] });
const exited = new Promise((resolve) => child.once("exit", (code, signal) => resolve(signal ?? code)));
let code = 1;
try {
  const address = await new Promise((resolve, reject) => {
    let output = "";
    // 15 s are promised on a machine that does nothing else; a busy one is told, not failed.
    setTimeout(() => reject(new Error(`no address within 60 s: ${output}`)), 60_000).unref();
    child.stdout.on("data", (data) => {
      output += data;
      const found = /https?:\/\/\S+/.exec(output)?.[0];
      if (found) resolve(found);
    });
    child.once("exit", () => reject(new Error(`ended before it said where it is: ${output}`)));
  });
  console.log(`${address} after ${seconds()} s${Number(seconds()) > 15 ? " (promised: 15 s)" : ""}`);
  const page = await fetch(address);
  if (!page.ok || !(await page.text()).includes("Hygge")) throw new Error(`the page says ${page.status}`);
  const drafted = spawn(process.execPath, ["bin/hygge.js", "draft", "Lampe Ljus, Messing, 49 €", "--json"], {
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  let json = "";
  drafted.stdout.on("data", (data) => {
    json += data;
  });
  await new Promise((resolve) => drafted.once("close", resolve));
  const [draft] = JSON.parse(json);
  if (!draft?.text) throw new Error("no draft");
  console.log(`first draft after ${seconds()} s: ${draft.text}`);
  code = 0;
} catch (error) {
  console.error(error);
} finally {
  if (child.exitCode === null && child.pid) process.kill(-child.pid, "SIGINT");
  const how = await Promise.race([exited, new Promise((resolve) => setTimeout(resolve, 25_000, "hanging"))]);
  console.log(`ended (${how}) after ${seconds()} s`);
  if (how === "hanging" && child.pid) {
    process.kill(-child.pid, "SIGKILL");
    code = 1;
  }
  rmSync(dir, { recursive: true, force: true });
}
process.exit(code);
