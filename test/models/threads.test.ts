import { expect, test } from "vitest";
import { governor } from "#models/threads.ts";

/** `steps` steps of 20 ms each, in which the system let the threads run for `share` of the time. */
function run(over: ReturnType<typeof governor>, steps: number, share: (threads: number) => number) {
  for (let i = 0; i < steps; i++) over.step(20, 20 * over.threads * share(over.threads));
  return over.threads;
}
const idle = () => 1;

test("all threads on an idle machine", () => {
  expect(run(governor(4), 200, idle)).toBe(4);
});

test("fewer threads as soon as others take the cores, and all again once they are free", () => {
  const over = governor(4);
  expect(run(over, 6, (threads) => 2 / Math.max(2, threads))).toBe(2);
  expect(run(over, 400, idle)).toBe(4);
});

test("one thread at least, however busy the machine", () => {
  expect(run(governor(2), 50, () => 0.2)).toBe(1);
  expect(run(governor(1), 50, () => 0.2)).toBe(1);
});

test("trying more threads in vain becomes rare", () => {
  const over = governor(2);
  let tries = 0;
  let last = 2;
  for (let i = 0; i < 6000; i++) {
    over.step(20, 20 * over.threads * (over.threads === 2 ? 0.5 : 1));
    if (over.threads > last) tries++;
    last = over.threads;
  }
  expect(tries).toBeGreaterThan(0);
  expect(tries).toBeLessThan(15);
});
