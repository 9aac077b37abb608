import { setTimeout as sleep } from "node:timers/promises";
import { expect, it, vi } from "vitest";
import { type Progress, throttleProgress } from "#queue/progress.ts";

it("sends the latest texts, one at a time, however slowly the server takes them", async () => {
  const sent: Progress[] = [];
  let atOnce = 0;
  let most = 0;
  const { report, flush } = throttleProgress(async (progress) => {
    most = Math.max(most, ++atOnce);
    sent.push(structuredClone(progress));
    await sleep(30);
    atOnce--;
  }, 5);
  for (let i = 0; i <= 50; i++) {
    report(2, { [i % 2]: String(i) });
    await sleep(1);
  }
  await flush();
  expect(most).toBe(1);
  expect(sent.at(-1)).toEqual({ candidates: 2, texts: { 0: "50", 1: "49" } });
  expect(sent.length).toBeLessThan(20);
});

it("sends what came last without waiting for more", async () => {
  const send = vi.fn(async () => {});
  const { report } = throttleProgress(send, 10);
  report(1, { 0: "Guten" });
  await vi.waitFor(() => expect(send).toHaveBeenCalledTimes(1));
  report(1, { 0: "Guten Tag" });
  await vi.waitFor(() => expect(send).toHaveBeenCalledTimes(2));
  expect(send).toHaveBeenLastCalledWith({ candidates: 1, texts: { 0: "Guten Tag" } });
});

it("goes on after a look that was lost", async () => {
  const send = vi.fn(async () => {
    if (send.mock.calls.length === 1) throw new Error("the server is away");
  });
  const { report, flush } = throttleProgress(send, 1);
  report(1, { 0: "a" });
  await vi.waitFor(() => expect(send).toHaveBeenCalledTimes(1));
  report(1, { 0: "ab" });
  await flush();
  expect(send).toHaveBeenLastCalledWith({ candidates: 1, texts: { 0: "ab" } });
});

it("forgets the texts of a round when the next has another number of candidates", async () => {
  const send = vi.fn(async (_: Progress) => {});
  const { report, flush } = throttleProgress(send, 1);
  report(3, { 0: "a", 1: "b", 2: "c" });
  report(2, { 0: "d" });
  await flush();
  expect(send).toHaveBeenLastCalledWith({ candidates: 2, texts: { 0: "d" } });
});

it("sends nothing when nothing was written, and nothing after the end", async () => {
  const send = vi.fn(async () => {});
  const { report, flush } = throttleProgress(send, 1);
  await flush();
  report(1, { 0: "too late" });
  await sleep(20);
  expect(send).not.toHaveBeenCalled();
});
