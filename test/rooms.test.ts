import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";

const root = path.join(import.meta.dirname, "..");
const rooms = ["src", "bots", "queue", "models"];
/** The only files that may know every room. */
const wiring = ["src/main.ts", "src/cli.ts"];
/** Scripts for developers, which no running part imports. */
const scripts = /^models\/lab\/|^queue\/bench\.ts$/;

async function sources(): Promise<{ file: string; room: string; text: string }[]> {
  const found = [];
  for (const room of rooms) {
    for (const name of await readdir(path.join(root, room), { recursive: true })) {
      if (!/\.[jt]s$/.test(name)) continue;
      const file = path.posix.join(room, name.split(path.sep).join("/"));
      found.push({ file, room, text: await readFile(path.join(root, file), "utf8") });
    }
  }
  return found;
}

test("rooms know src, src knows no room, and no room knows another", async () => {
  const files = await sources();
  expect(files.length).toBeGreaterThan(100);
  const wrong = files
    .filter(({ file }) => !wiring.includes(file) && !scripts.test(file))
    .flatMap(({ file, room, text }) =>
      [...text.matchAll(/(?:from|import)\s*\(?\s*"#(\w+)\//g)]
        .map((match) => match[1] ?? "")
        .filter((to) => to !== "src" && to !== room)
        .map((to) => `${file} imports #${to}`),
    );
  expect(wrong).toEqual([]);
});

test("only the queue knows BullMQ, only the models know llama, only the configuration reads the environment", async () => {
  const files = (await sources()).filter(({ file }) => !scripts.test(file));
  const users = (pattern: RegExp) => files.filter(({ text }) => pattern.test(text)).map(({ file }) => file);
  expect(users(/from "(bullmq|ioredis)"/).filter((file) => !file.startsWith("queue/"))).toEqual([]);
  expect(users(/from "node-llama-cpp"/).filter((file) => !file.startsWith("models/"))).toEqual([]);
  expect(users(/from "(hono|@hono\/)/).filter((file) => !file.startsWith("bots/web/"))).toEqual([]);
  // cli.ts hands the environment to readConfig; the model's parent hands on what its child needs.
  expect(users(/process\.env/).sort()).toEqual(["models/llama.ts", "src/cli.ts"]);
});
