/**
 * kill -9 of the model's child and of the whole process, at random instants of real work on the embedded
 * database: every brief that was accepted ends with exactly one set of drafts, and work goes on within 5 s.
 */
import { readdir, readFile } from "node:fs/promises";
import { afterEach, expect, test } from "vitest";
import type { BriefView, CandidateView } from "#src/views.ts";
import { type Server, startServer, temporary } from "./hygge.ts";

const kills = 20;
/** Milliseconds after the start of work within which the kill falls: from queued to delivered. */
const window = 4_000;
const seed = Number(process.env.HYGGE_TEST_SEED ?? Date.now() % 1e9);
const random = (() => {
  // mulberry32: a failed run can be repeated with its seed.
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
})();

let home: Awaited<ReturnType<typeof temporary>>;
let server: Server | undefined;
afterEach(async () => {
  await server?.stop();
  server = undefined;
  await home.remove();
});

const briefs = [
  "Sofa Ekeby, Leinen, 899 €",
  "Lampe Ljus, Messing, 49 €",
  "Regal Hylla, Kiefer, 129 €",
  "Bett Sova, Eiche, 649 €",
];
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** One person, whichever process answers. */
async function ask<T>(path: string, body?: unknown, key?: string): Promise<T> {
  const secret = await readFile(`${home.dir}/local.secret`, "utf8");
  const response = await fetch(`${server?.url}${path}`, {
    method: body === undefined ? "GET" : "POST",
    headers: {
      authorization: `Bearer ${secret}`,
      "x-hygge-person": "kill-drill",
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...(key === undefined ? {} : { "idempotency-key": key }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}
const brief = (id: string) => ask<BriefView>(`/api/briefs/${id}`);

async function modelPid(of: number): Promise<number | undefined> {
  for (const name of await readdir("/proc")) {
    const stat = /^\d+$/.test(name) ? await readFile(`/proc/${name}/stat`, "utf8").catch(() => "") : "";
    if (Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]) === of) return Number(name);
  }
  return undefined;
}

/** Waits until all have ended, and looks at each: one version, its candidates once. */
async function checkAll(accepted: string[], all = accepted): Promise<void> {
  for (const id of accepted) {
    let view = await brief(id);
    for (let tries = 0; view.status === "queued" || view.status === "writing"; tries++) {
      if (tries > 1200) throw new Error(`${id} is still ${view.status}`);
      await pause(50);
      view = await brief(id);
    }
    for (let tries = 0; view.drafts.length === 0 && tries < 100; tries++) {
      await pause(50);
      view = await brief(id);
    }
    expect({ id, status: view.status, error: view.error }).toEqual({ id, status: "done", error: undefined });
    expect(view.drafts.map((draft) => draft.version)).toEqual([1]);
    const { candidates } = await ask<{ candidates: CandidateView[] }>(
      `/api/drafts/${view.drafts[0]?.id}/candidates`,
    );
    const places = candidates.map((candidate) => `${candidate.round}.${candidate.index}`);
    expect(new Set(places).size).toBe(places.length);
    expect(candidates.filter((candidate) => candidate.draftId !== null)).toHaveLength(1);
  }
  const mine = await ask<{ briefs: BriefView[] }>("/api/briefs?limit=100");
  expect(mine.briefs.map((view) => view.id).sort()).toEqual([...all].sort());
}

/** Seconds until somebody writes again, or nothing is left to write. */
async function resumed(accepted: string[], since: number): Promise<number> {
  for (;;) {
    const views = await Promise.all(accepted.slice(-briefs.length).map(brief));
    if (views.some((view) => view.status === "writing") || views.every((view) => view.status === "done"))
      return (performance.now() - since) / 1000;
    await pause(50);
  }
}

test(`the whole process, ${kills} times (seed ${seed})`, async () => {
  home = await temporary();
  const accepted: string[] = [];
  const starts: number[] = [];
  const resumes: number[] = [];
  server = await startServer({ HYGGE_DATA_DIR: home.dir });
  for (let round = 0; round < kills; round++) {
    const text = briefs[round % briefs.length] ?? "";
    const key = `drill-${round}`;
    accepted.push((await ask<{ briefId: string }>("/api/briefs", { text }, key)).briefId);
    await pause(random() * window);
    await server.kill();
    const killed = performance.now();
    server = await startServer({ HYGGE_DATA_DIR: home.dir });
    const up = performance.now();
    starts.push((up - killed) / 1000);
    // The same request again, as a page does that got no answer.
    expect((await ask<{ briefId: string }>("/api/briefs", { text }, key)).briefId).toBe(accepted.at(-1));
    resumes.push(await resumed(accepted, up));
  }
  await checkAll(accepted);
  console.log(`address after a kill: ${figures(starts)}; work resumed after that: ${figures(resumes)}`);
});

test(`the model's child, ${kills} times (seed ${seed})`, async () => {
  home = await temporary();
  const accepted: string[] = [];
  const resumes: number[] = [];
  server = await startServer({ HYGGE_DATA_DIR: home.dir });
  for (let round = 0; round < kills; round++) {
    const text = briefs[round % briefs.length] ?? "";
    accepted.push((await ask<{ briefId: string }>("/api/briefs", { text }, `child-${round}`)).briefId);
    await pause(random() * window);
    const pid = await modelPid(server.pid);
    // Between two lives there is nobody to kill.
    if (pid !== undefined) process.kill(pid, "SIGKILL");
    resumes.push(await resumed(accepted, performance.now()));
    // A brief on which the model dies three times counts as poisoned: one death each.
    await checkAll(accepted.slice(-1), accepted);
  }
  await checkAll(accepted);
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  console.log(`work resumed after the child's death: ${figures(resumes)}`);
});

function figures(seconds: number[]): string {
  const sorted = [...seconds].sort((a, b) => a - b);
  return `median ${sorted[Math.floor(sorted.length / 2)]?.toFixed(2)} s, worst ${sorted.at(-1)?.toFixed(2)} s of ${sorted.length}`;
}
