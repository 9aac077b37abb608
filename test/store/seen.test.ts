import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Database } from "#src/store/open.ts";
import { forgetSeen, once, seenBefore } from "#src/store/seen.ts";
import { memoryDatabase } from "#test/fixtures/database.ts";

describe("what a platform sends twice", () => {
  let database: Database;
  beforeAll(async () => {
    database = await memoryDatabase();
  });
  afterAll(() => database?.close());

  it("is done once, whichever process it comes to", async () => {
    let done = 0;
    const work = async () => ++done;
    const results = await Promise.all([1, 2, 3].map(() => once(database.db, "slack", "Ev1", work)));
    expect(results.filter((r) => r !== undefined)).toEqual([{ result: 1 }]);
    expect(await once(database.db, "slack", "Ev1", work)).toBeUndefined();
    expect(await once(database.db, "discord", "Ev1", work)).toEqual({ result: 2 });
  });

  it("is done when it comes again after a failure", async () => {
    const failing = once(database.db, "slack", "Ev2", async () => {
      throw new Error("database away");
    });
    await expect(failing).rejects.toThrow("database away");
    expect(await once(database.db, "slack", "Ev2", async () => "done")).toEqual({ result: "done" });
  });

  it("is done when it comes again after the process that had it died", async () => {
    await database.pool.query(
      "insert into hygge.seen (surface, key, until) values ('slack', 'Ev3', now() - interval '1 second')",
    );
    expect(await once(database.db, "slack", "Ev3", async () => "done")).toEqual({ result: "done" });
    expect(await once(database.db, "slack", "Ev3", async () => "again")).toBeUndefined();
  });

  it("is forgotten after a day", async () => {
    expect(await seenBefore(database.db, "slack", "Ev4")).toBe(false);
    expect(await seenBefore(database.db, "slack", "Ev4")).toBe(true);
    await forgetSeen(database.db);
    expect(await seenBefore(database.db, "slack", "Ev4")).toBe(true);
    await database.pool.query("update hygge.seen set at = now() - interval '25 hours'");
    await forgetSeen(database.db);
    expect(await seenBefore(database.db, "slack", "Ev4")).toBe(false);
  });
});
