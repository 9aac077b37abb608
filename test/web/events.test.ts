import { afterEach, describe, expect, it, vi } from "vitest";
import type { Web } from "#bots/web/server.ts";
import type { BriefEvent } from "#src/views.ts";
import { type MemoryHygge, memoryHygge } from "../fixtures/memory-hygge.ts";
import { person } from "../fixtures/person.ts";
import { openTestWeb } from "../fixtures/web.ts";

let opened: { web: Web; hygge: MemoryHygge } | undefined;
async function open() {
  const hygge = memoryHygge({ candidates: 3 });
  const web = await openTestWeb(hygge);
  opened = { web, hygge };
  return { hygge, url: web.url, close: web.close, anna: person(web.url) };
}
afterEach(async () => {
  opened?.hygge.go();
  await opened?.web.close();
  opened = undefined;
});

async function* watch(url: string, id: string, signal?: AbortSignal, headers?: Record<string, string>) {
  const response = await fetch(`${url}/api/briefs/${id}/events`, {
    ...(signal ? { signal } : {}),
    ...(headers ? { headers } : {}),
  });
  expect(response.headers.get("content-type")).toMatch(/^text\/event-stream/);
  expect(response.headers.get("x-accel-buffering")).toBe("no");
  let rest = "";
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    rest += decoder.decode(chunk, { stream: true });
    const blocks = rest.split("\n\n");
    rest = blocks.pop() ?? "";
    for (const block of blocks) {
      const data = /^data: (.*)$/m.exec(block)?.[1];
      if (data === undefined) continue;
      const event = JSON.parse(data) as BriefEvent;
      expect(/^event: (.*)$/m.exec(block)?.[1]).toBe(event.type);
      yield event;
    }
  }
}
const send = async (anna: ReturnType<typeof person>) =>
  (await anna.post("/api/briefs", { text: "Sofa Ekeby, Leinen, 899 €" })).json.briefId as string;

describe("the live events of a brief", () => {
  it("tell the whole story in order, and end with it", async () => {
    const { hygge, url, anna } = await open();
    hygge.hold();
    const [first, second] = [await send(anna), await send(anna)];
    const story = (async () => {
      const events: BriefEvent[] = [];
      for await (const event of watch(url, second)) {
        events.push(event);
        if (event.type === "queued" && event.position === 2) hygge.go();
      }
      return events;
    })();
    const events = await story;
    expect(events.map((e) => e.type).filter((type, i, all) => type !== all[i - 1])).toEqual([
      "queued",
      "started",
      "token",
      "draft",
    ]);
    expect(events.filter((e) => e.type === "queued").map((e) => e.position)).toEqual([2, 1]);
    // Each candidate only grows, and the draft is one of them.
    const texts: string[] = [];
    for (const event of events) {
      if (event.type !== "token") continue;
      expect(event.candidates).toBe(3);
      expect(event.text.startsWith(texts[event.candidate] ?? "")).toBe(true);
      texts[event.candidate] = event.text;
    }
    const last = events.at(-1);
    expect(last?.type === "draft" && texts.includes(last.draft.text)).toBe(true);
    expect((await anna.finished(first)).status).toBe("done");
  });

  it("say again what is, to whoever comes back with a Last-Event-ID or comes late", async () => {
    const { hygge, url, anna } = await open();
    hygge.hold();
    const id = await send(anna);
    for await (const event of watch(url, id)) {
      expect(event).toMatchObject({ type: "queued", position: 1 });
      break;
    }
    for await (const event of watch(url, id, undefined, { "last-event-id": "1" })) {
      expect(event).toMatchObject({ type: "queued", position: 1 });
      break;
    }
    hygge.go();
    await anna.finished(id);
    const after: string[] = [];
    for await (const event of watch(url, id)) after.push(event.type);
    expect(after).toEqual(["draft"]);
  });

  it("tell of failing and of cancelling", async () => {
    const { hygge, url, anna } = await open();
    hygge.failNext("model_down");
    const failing = await send(anna);
    const types: string[] = [];
    for await (const event of watch(url, failing)) types.push(event.type);
    expect(types.at(-1)).toBe("failed");
    hygge.hold();
    const id = await send(anna);
    const seen: string[] = [];
    for await (const event of watch(url, id)) {
      seen.push(event.type);
      if (event.type === "queued") await anna.post(`/api/briefs/${id}/cancel`);
    }
    expect(seen).toEqual(["queued", "cancelled"]);
  });

  it("cost nothing once the reader has gone, and end when the server closes", async () => {
    const { hygge, url, anna, close } = await open();
    hygge.hold();
    const id = await send(anna);
    const gone = new AbortController();
    const reading = (async () => {
      for await (const _ of watch(url, id, gone.signal)) {
        // Only reading.
      }
    })().catch(() => {});
    await vi.waitFor(() => expect(hygge.listening).toBe(1));
    gone.abort();
    await reading;
    await vi.waitFor(() => expect(hygge.listening).toBe(0));

    const left: string[] = [];
    const staying = (async () => {
      for await (const event of watch(url, id)) left.push(event.type);
    })().catch(() => {});
    await vi.waitFor(() => expect(left).toEqual(["queued"]));
    await close();
    await staying;
    expect(hygge.listening).toBe(0);
  });

  it("are refused to one person's thirty-first window", async () => {
    const { hygge, anna } = await open();
    hygge.hold();
    const id = await send(anna);
    const cookie = [...anna.cookies].map(([n, v]) => `${n}=${v}`).join("; ");
    const { url } = opened?.web ?? { url: "" };
    const stop = new AbortController();
    const open30 = await Promise.all(
      Array.from({ length: 30 }, () =>
        fetch(`${url}/api/briefs/${id}/events`, { headers: { cookie }, signal: stop.signal }),
      ),
    );
    expect(open30.every((r) => r.ok)).toBe(true);
    expect((await fetch(`${url}/api/briefs/${id}/events`, { headers: { cookie } })).status).toBe(429);
    stop.abort();
    await Promise.allSettled(open30.map((r) => r.text()));
    await vi.waitFor(() => expect(hygge.listening).toBe(0));
  });
});
