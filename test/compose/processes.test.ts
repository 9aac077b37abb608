/**
 * docker-compose.yml without Docker: the commands and the environment that it gives its services, run as
 * processes on a real PostgreSQL and on a Redis that its own command starts.
 */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { BriefView } from "#src/views.ts";
import { freePort, freshDatabase, livePostgres, liveRedis } from "#test/fixtures/servers.ts";
import { environment, temporary } from "../cli/hygge.ts";
import { type Compose, readCompose, readDockerfile, root } from "./compose.ts";

const run = promisify(execFile);
const secret = (name: string) => `${name}-${Math.random().toString(36).slice(2)}-0123456789`;
const variables = {
  POSTGRES_PASSWORD: secret("postgres"),
  REDIS_PASSWORD: secret("redis"),
  HYGGE_TOKEN: secret("token"),
  HYGGE_THREADS: "1",
};
const postgres = await livePostgres();
const there = postgres !== undefined && (await liveRedis()) !== undefined;

interface Container {
  url: string;
  output(): string;
  /** Sum of a metric over its labels. */
  metric(name: string): Promise<number>;
  /** As `docker stop` does; resolves to the exit code. */
  down(): Promise<number | null>;
}

describe.skipIf(!there)("compose's services as processes", () => {
  let compose: Compose;
  let home: Awaited<ReturnType<typeof temporary>>;
  let database: Awaited<ReturnType<typeof freshDatabase>>;
  let redis: ChildProcess;
  let redisPort: number;
  const running: Container[] = [];

  beforeAll(async () => {
    compose = await readCompose(variables);
    home = await temporary();
    database = await freshDatabase(postgres ?? "");
    redisPort = await freePort();
    const [program = "", ...args] = compose.services.redis?.command ?? [];
    const here = ["--port", String(redisPort), "--bind", "127.0.0.1", "--dir", home.dir];
    redis = spawn(program, [...args, ...here], { stdio: "ignore" });
    await until(async () => {
      const env = { ...process.env, ...compose.services.redis?.environment };
      return run("redis-cli", ["-p", String(redisPort), "ping"], { env }).then(
        ({ stdout }) => stdout.trim() === "PONG",
        () => false,
      );
    });
  });

  afterAll(async () => {
    const codes = await Promise.all(running.map((container) => container.down()));
    if (redis?.exitCode === null) {
      const ended = new Promise((resolve) => redis.once("close", resolve));
      redis.kill("SIGINT");
      await ended;
    }
    await database?.drop();
    await home?.remove();
    // As `docker compose down` sees it: SIGTERM is a clean end.
    expect(codes).toEqual(codes.map(() => 0));
  });

  /** One container of a service, healthy. */
  async function up(service: "web" | "worker" | "bot"): Promise<Container> {
    const { command = [], environment: given = {}, healthcheck } = compose.services[service] ?? {};
    const { stages } = await readDockerfile();
    const [init, dashes, node = "", ...entry] = stages.at(-1)?.entrypoint ?? [];
    expect([init, dashes, node]).toEqual(["tini", "--", "node"]);
    const [port, health] = [String(await freePort()), String(await freePort())];
    const env = { ...stages.at(-1)?.env, ...given, HYGGE_DATA_DIR: home.dir, HYGGE_HEALTH_PORT: health };
    // Inside its network a container is reached by its service's name; here all are on loopback.
    const to = (url: string | undefined, host: string, path?: string) => {
      const parsed = new URL(url ?? "");
      parsed.host = host;
      if (path) parsed.pathname = path;
      return parsed.href;
    };
    const server = new URL(database.url);
    const child = spawn(node, [...entry, ...command], {
      cwd: root,
      env: environment({
        ...env,
        HOST: "127.0.0.1",
        PORT: port,
        DATABASE_URL: to(given.DATABASE_URL, server.host, server.pathname),
        REDIS_URL: to(given.REDIS_URL, `127.0.0.1:${redisPort}`),
      }),
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (data: string) => {
        output += data;
      });
    const exited = new Promise<number | null>((resolve) => child.once("close", resolve));
    const container = {
      url: `http://127.0.0.1:${port}`,
      output: () => output,
      metric: async (name: string) => {
        const text = await (await fetch(`http://127.0.0.1:${health}/metrics`)).text();
        const lines = text.split("\n").filter((line) => line.startsWith(name));
        return lines.reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0);
      },
      down: () => {
        child.kill("SIGTERM");
        return exited;
      },
    };
    running.push(container);
    const [kind, program = "", ...args] = healthcheck?.test ?? [];
    expect(kind).toBe("CMD");
    await until(async () => {
      if (child.exitCode !== null) throw new Error(`${service} ended with ${child.exitCode}:\n${output}`);
      return run(
        program,
        args.map((arg) => arg.replace(given.HYGGE_HEALTH_PORT ?? "", health)),
      ).then(
        () => true,
        () => false,
      );
    }, 1_000);
    return container;
  }

  const headers = { authorization: `Bearer ${variables.HYGGE_TOKEN}`, "content-type": "application/json" };
  async function request(url: string, text: string): Promise<string> {
    const response = await fetch(`${url}/api/briefs`, {
      method: "POST",
      headers,
      body: JSON.stringify({ text }),
    });
    expect(response.status).toBe(202);
    return ((await response.json()) as { briefId: string }).briefId;
  }
  async function written(url: string, id: string): Promise<BriefView> {
    let brief: BriefView | undefined;
    await until(async () => {
      brief = (await (await fetch(`${url}/api/briefs/${id}`, { headers })).json()) as BriefView;
      if (brief.status === "failed") throw new Error(JSON.stringify(brief.error));
      return brief.status === "done" && brief.drafts.length > 0;
    });
    if (brief === undefined) throw new Error("not written");
    return brief;
  }

  test("a brief enters at one process, is written by a second and read at a third; it waits while no worker is there", async () => {
    const [asked, read, bot] = await Promise.all([up("web"), up("web"), up("bot")]);
    expect((await fetch(`${asked.url}/api/briefs`)).status).toBe(401);
    const id = await request(asked.url, "Lampe Ljus, Messing, 49 €");
    const waiting = (await (await fetch(`${read.url}/api/briefs/${id}`, { headers })).json()) as BriefView;
    expect(waiting).toMatchObject({ status: "queued", position: 1, drafts: [] });

    const live = await fetch(`${read.url}/api/briefs/${id}/events`, { headers });
    const worker = await up("worker");
    const events = await live.text();
    expect(events).toContain('"type":"token"');
    expect(events).toContain('"type":"draft"');
    const brief = await written(read.url, id);
    expect(brief.drafts).toHaveLength(1);
    expect(brief.drafts[0]?.text).toContain("Ljus");
    expect(await worker.metric("hygge_drafts_total")).toBe(1);
    expect(await asked.metric("hygge_drafts_total")).toBe(0);
    expect(bot.output()).toContain("no chat tokens are set");

    const second = await up("worker");
    const ids = await Promise.all(
      [
        "Sofa Ekeby, Leinen, 899 €",
        "Regal Hylla, Kiefer, 129 €",
        "Tisch Bord, Eiche, 199 €",
        "Stuhl Sitta, Birke, 59 €",
        "Bett Sova, Eiche, 649 €",
      ].map((text, i) => request(i % 2 === 0 ? asked.url : read.url, text)),
    );
    for (const other of ids) {
      const done = await written(asked.url, other);
      expect(done.drafts.map((draft) => draft.version)).toEqual([1]);
    }
    const counts = await Promise.all([worker, second].map((one) => one.metric("hygge_drafts_total")));
    expect(counts.reduce((a, b) => a + b)).toBe(6);
    for (const count of counts) expect(count).toBeGreaterThan(0);
  }, 240_000);
});

/** Asks again and again, for as long as the test may take. */
async function until(done: () => Promise<boolean>, everyMs = 100): Promise<void> {
  while (!(await done())) await new Promise((resolve) => setTimeout(resolve, everyMs));
}
