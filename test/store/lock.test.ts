import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HyggeError } from "#src/errors.ts";
import { holder, lockDataDir } from "#src/store/lock.ts";

let root: string;
let dir: string;
const children: ChildProcess[] = [];
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), "hygge-lock-"));
  dir = root;
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  await rm(root, { recursive: true, force: true });
});

/** Another process that holds the folder. */
async function otherProcess(): Promise<ChildProcess> {
  const module = new URL("../../src/store/lock.ts", import.meta.url);
  const script = `
    const { lockDataDir } = await import(${JSON.stringify(module.href)});
    const lock = await lockDataDir(${JSON.stringify(dir)});
    await lock.setAddress("http://127.0.0.1:4711");
    console.log("held");
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  await once(child.stdout, "data");
  return child;
}

const refused = (address: string) =>
  expect.objectContaining({ code: "data_locked", details: { dir, address } });

describe("the data folder's lock", () => {
  it("lets one owner in, names it to the second, and is free after its release", async () => {
    expect(await holder(dir)).toBeNull();
    const lock = await lockDataDir(dir);
    await lock.setAddress("http://127.0.0.1:3000");
    await expect(lockDataDir(dir)).rejects.toThrow(refused("http://127.0.0.1:3000"));
    expect(await holder(dir)).toMatchObject({ address: "http://127.0.0.1:3000", pid: process.pid });
    await lock.release();
    expect(await holder(dir)).toBeNull();
    await (await lockDataDir(dir)).release();
    expect(await readdir(path.join(dir, "lock"))).toEqual([]);
  });

  it("lets exactly one of many in", async () => {
    const results = await Promise.allSettled(Array.from({ length: 12 }, () => lockDataDir(dir)));
    const won = results.filter((result) => result.status === "fulfilled");
    const lost = results.flatMap((result) => (result.status === "rejected" ? [result.reason] : []));
    expect(won).toHaveLength(1);
    for (const error of lost) expect(error).toMatchObject({ code: "data_locked" });
    for (const result of won) await result.value.release();
  });

  it("is taken over at once from an owner that was killed", async () => {
    const child = await otherProcess();
    expect(await holder(dir)).toMatchObject({ address: "http://127.0.0.1:4711", pid: child.pid });
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(await holder(dir)).toBeNull();
    await (await lockDataDir(dir)).release();
  });

  it.skipIf(process.platform === "win32")("stays with an owner that is stopped", async () => {
    const child = await otherProcess();
    child.kill("SIGSTOP");
    await expect(lockDataDir(dir)).rejects.toThrow(refused("http://127.0.0.1:4711"));
  });

  it("survives whatever lies in its place", async () => {
    await (await lockDataDir(dir)).release();
    await writeFile(path.join(dir, "lock", "broken.json"), "{");
    await writeFile(
      path.join(dir, "lock", "old.json"),
      '{"pid":1,"startedAt":"","held":true,"endpoint":"x.sock"}',
    );
    const lock = await lockDataDir(dir);
    await lock.release();
    expect(await readdir(path.join(dir, "lock"))).toEqual([]);
  });

  it("works where the path is too long for a socket", async () => {
    dir = path.join(root, "ein-sehr-langer-ordner".repeat(6));
    const lock = await lockDataDir(dir);
    await expect(lockDataDir(dir)).rejects.toThrow(HyggeError);
    await lock.release();
    await (await lockDataDir(dir)).release();
  });

  it("says so when the folder can't be made", async () => {
    const file = path.join(root, "file");
    await writeFile(file, "");
    await expect(lockDataDir(path.join(file, "data"))).rejects.toMatchObject({ code: "data_unwritable" });
  });
});
