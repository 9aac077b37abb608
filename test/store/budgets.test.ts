import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pause, reserve } from "#src/store/budgets.ts";
import type { Database } from "#src/store/open.ts";
import { memoryDatabase } from "#test/fixtures/database.ts";

describe("what a platform lets us send", () => {
  let database: Database;
  beforeAll(async () => {
    database = await memoryDatabase();
  });
  afterAll(() => database?.close());
  const hour = 3_600_000;

  it("is shared by all who ask: each gets a moment of its own", async () => {
    const post = { key: "post", everyMs: hour, burst: 1 };
    const turns = await Promise.all([1, 2, 3].map(() => reserve(database.db, post, 10 * hour)));
    const hours = turns.map((turn) => Math.round(turn.waitMs / hour)).sort();
    expect(hours).toEqual([0, 1, 2]);
    expect(turns.every((turn) => turn.taken)).toBe(true);
  });

  it("allows so many at once after a rest, and the rest is told how long to wait", async () => {
    const update = { key: "update", everyMs: hour, burst: 3 };
    for (let i = 0; i < 3; i++)
      expect(await reserve(database.db, update, 0)).toEqual({ taken: true, waitMs: 0 });
    const refused = await reserve(database.db, update, 0);
    expect(refused.taken).toBe(false);
    expect(Math.round(refused.waitMs / hour)).toBe(1);
    // What was refused took nothing.
    expect(Math.round((await reserve(database.db, update, 2 * hour)).waitMs / hour)).toBe(1);
  });

  it("leaves a part of it to what matters more", async () => {
    const all = { key: "spare", everyMs: hour, burst: 4 };
    const spare = { ...all, burst: 2 };
    expect((await reserve(database.db, spare, 0)).taken).toBe(true);
    expect((await reserve(database.db, spare, 0)).taken).toBe(true);
    expect((await reserve(database.db, spare, 0)).taken).toBe(false);
    expect((await reserve(database.db, all, 0)).taken).toBe(true);
  });

  it("stands still after a 429, for everybody", async () => {
    const limited = { key: "limited", everyMs: 1_000, burst: 5 };
    await pause(database.db, limited, 3_600);
    const refused = await reserve(database.db, limited, 60_000);
    expect(refused.taken).toBe(false);
    expect(Math.round(refused.waitMs / hour)).toBe(1);
  });
});
