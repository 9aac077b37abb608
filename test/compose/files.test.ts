import { execFile } from "node:child_process";
import { access, readFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { environment, readConfig } from "#src/config.ts";
import { dockerignore, readCompose, readDockerfile, root } from "./compose.ts";

const secrets = {
  POSTGRES_PASSWORD: "p".repeat(24),
  REDIS_PASSWORD: "r".repeat(24),
  HYGGE_TOKEN: "t".repeat(24),
};
const hyggeRoles = ["web", "worker", "bot"] as const;

test("compose starts nothing without its secrets, and the example names them all", async () => {
  const example = await readFile(path.join(root, ".env.example"), "utf8");
  for (const name of Object.keys(secrets)) {
    await expect(readCompose({ ...secrets, [name]: "" })).rejects.toThrow(name);
    expect(example).toMatch(new RegExp(`^${name}=$`, "m"));
  }
});

test("compose's settings are ones that Hygge knows and accepts", async () => {
  const { services } = await readCompose(secrets);
  for (const role of hyggeRoles) {
    const service = services[role];
    expect(service?.command).toEqual(["start", "--role", role]);
    for (const key of Object.keys(service?.environment ?? {}))
      expect(Object.keys(environment.shape)).toContain(key);
    expect(readConfig(service?.environment ?? {}, [role]).redisUrl).toContain("redis:6379");
  }
});

test("every service that runs has a health check; nothing is open beyond loopback; roots are read-only", async () => {
  const { services, volumes } = await readCompose(secrets);
  expect(Object.keys(services).sort()).toEqual(["bot", "languagetool", "postgres", "redis", "web", "worker"]);
  for (const [name, service] of Object.entries(services)) {
    for (const port of service.ports) expect(port).toMatch(/^127\.0\.0\.1:/);
    for (const volume of service.volumes) expect(Object.keys(volumes)).toContain(volume.split(":")[0]);
    for (const needed of Object.keys(service.depends_on)) expect(services[needed]?.healthcheck).toBeDefined();
    if (service.profiles) continue;
    expect(service.healthcheck, name).toBeDefined();
    expect(service.read_only, name).toBe(true);
    expect(service.restart, name).toBe("unless-stopped");
  }
  // What can be scaled has no name and no port of its own.
  expect(services.worker).toMatchObject({ ports: [] });
  expect(services.worker?.container_name).toBeUndefined();
  expect(services.languagetool?.profiles).toEqual(["languagetool"]);
});

test("Redis keeps what it was given", async () => {
  const command = (await readCompose(secrets)).services.redis?.command?.join(" ");
  expect(command).toContain("--appendonly yes");
  expect(command).toContain("--maxmemory-policy noeviction");
});

test("what the image copies is there, and reaches the build", async () => {
  const ignored = await dockerignore();
  const { stages } = await readDockerfile();
  const copied = stages.flatMap((stage) => stage.copied);
  expect(copied).toContain("src");
  for (const source of copied) {
    await access(path.join(root, source));
    expect(ignored(source), source).toBe(false);
  }
});

test("data, secrets, packages and history stay out of the image", async () => {
  const ignored = await dockerignore();
  for (const file of [
    "data/db/base/1",
    "data",
    ".env",
    "node_modules/zod/index.js",
    ".git/config",
    "test/cli/hygge.ts",
    "training/data/plain.jsonl",
  ])
    expect(ignored(file), file).toBe(true);
  for (const file of [
    "src/main.ts",
    "models/hygge-v0-Q4_0.gguf",
    "models/hygge-v0-Q4_0.texts",
    "models/none/package.json",
  ])
    expect(ignored(file), file).toBe(false);
});

test("every committed file that Hygge needs to run is copied", async () => {
  const { stages } = await readDockerfile();
  const copied = stages.at(-1)?.copied ?? [];
  const { stdout } = await promisify(execFile)(
    "git",
    ["ls-files", "bin", "bots", "brands", "models", "queue", "src"],
    {
      cwd: root,
    },
  ).catch(() => ({ stdout: "" }));
  for (const file of stdout.split("\n").filter((name) => name !== ""))
    expect(
      copied.some((source) => file === source || file.startsWith(`${source}/`)),
      file,
    ).toBe(true);
});

test("the image runs as nobody special, under an init, without GPU binaries", async () => {
  const { text, stages } = await readDockerfile();
  const last = stages.at(-1);
  expect(last).toMatchObject({ user: "node", env: { HYGGE_DATA_DIR: "/data" } });
  expect(last?.entrypoint).toEqual(["tini", "--", "node", "bin/hygge.js"]);
  expect(text).toContain("npm ci --omit=dev");
  const lock: unknown = JSON.parse(await readFile(path.join(root, "package-lock.json"), "utf8"));
  const heavy = Object.entries(
    (lock as { packages: Record<string, { link?: boolean; resolved?: string }> }).packages,
  )
    .filter(([name]) => /node-llama-cpp\/.*(cuda|vulkan)/.test(name))
    .filter(([, entry]) => !(entry.link && entry.resolved?.endsWith("models/none")));
  expect(heavy).toEqual([]);
});
