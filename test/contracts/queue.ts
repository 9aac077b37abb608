/** What every queue must do, whichever server it runs on. */
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Consumer, DraftHandler, Queue } from "#queue/open.ts";
import { HyggeError } from "#src/errors.ts";
import type { QueueEvent } from "#src/hygge.ts";

/** A place for queues that nobody else uses: a fresh database, or a fresh keyspace. */
export interface QueueGround {
  /** Opens the queue there, each time with connections of its own. */
  open(): Promise<Queue>;
  close(): Promise<void>;
}

export function queueContract(name: string, prepare: () => Promise<QueueGround>): void {
  describe(`the queue on ${name}`, () => {
    let ground: QueueGround;
    let queue: Queue;
    /** As another process sees it. */
    let other: Queue;

    beforeEach(async () => {
      ground = await prepare();
      queue = await ground.open();
      other = await ground.open();
    });
    afterEach(async () => {
      await Promise.all([queue.close(), other.close()]);
      await ground.close();
    });

    /** Works through everything and returns the generations in the order in which they were begun. */
    async function workAll(expected: number, handler: DraftHandler = async () => {}): Promise<string[]> {
      const begun: string[] = [];
      const consumer = await queue.work(async (id, progress) => {
        begun.push(id);
        await handler(id, progress);
      });
      await vi.waitFor(() => expect(begun.length).toBeGreaterThanOrEqual(expected), { timeout: 15_000 });
      await consumer.close();
      return begun;
    }

    it("hands each generation to one worker, once", async () => {
      const ids = Array.from({ length: 20 }, (_, i) => `once-${i}`);
      for (const id of ids) await queue.enqueue(id, 0);
      const begun: string[] = [];
      const handler = async (id: string) => {
        begun.push(id);
      };
      await queue.work(handler, { concurrency: 2 });
      await other.work(handler, { concurrency: 2 });
      await vi.waitFor(async () => expect(await queue.counts()).toEqual(nothing), { timeout: 15_000 });
      expect(begun.toSorted()).toEqual(ids.toSorted());
    });

    it("takes the lowest tag first, and equal tags in the order of arrival", async () => {
      await queue.enqueue("second", 5);
      await queue.enqueue("third", 5);
      await queue.enqueue("last", 4_000_000);
      await queue.enqueue("first", 0);
      expect(await workAll(4)).toEqual(["first", "second", "third", "last"]);
    });

    it("lets somebody's first draft overtake the rest of another's twenty", async () => {
      for (let i = 0; i < 20; i++) await queue.enqueue(`busy-${i}`, i);
      await queue.enqueue("newcomer", 0);
      const begun = await workAll(21);
      expect(begun.indexOf("newcomer")).toBe(1);
    });

    it.each(["7", "a:b", "a:b:c:d", "Ü/ß ?%25"])("takes %s for an id", async (id) => {
      const changed = next(other, (e) => e.type === "changed");
      await queue.enqueue(id, 0);
      expect(await workAll(1)).toEqual([id]);
      expect(await changed).toEqual({ type: "changed", generationId: id });
    });

    it("takes the same generation once while it waits or is written, and again when it has ended", async () => {
      await queue.enqueue("same", 0);
      await other.enqueue("same", 3);
      const begun: string[] = [];
      const consumer = await queue.work(async (id) => {
        begun.push(id);
        await other.enqueue("same", 0);
      });
      await vi.waitFor(async () => expect(await queue.counts()).toEqual(nothing), { timeout: 10_000 });
      expect(begun).toEqual(["same"]);
      await consumer.close();
      await queue.enqueue("same", 0);
      expect(await workAll(1)).toEqual(["same"]);
    });

    it("tries again after an error that may pass, as often as it takes", async () => {
      await queue.enqueue("stubborn", 0);
      let tries = 0;
      const begun = await workAll(4, async () => {
        if (++tries === 1) throw new HyggeError("model_down", {}, { retryable: true });
        if (tries < 4) throw new TypeError("something nobody thought of");
      });
      expect(begun).toEqual(["stubborn", "stubborn", "stubborn", "stubborn"]);
      expect(await queue.counts()).toEqual(nothing);
    });

    it("lets others go first while one waits for its next try", async () => {
      await queue.enqueue("failing", 0);
      let tries = 0;
      const begun = await workAll(3, async (id) => {
        if (id !== "failing" || ++tries > 1) return;
        await queue.enqueue("healthy", 9);
        throw new HyggeError("model_down", {}, { retryable: true });
      });
      expect(begun).toEqual(["failing", "healthy", "failing"]);
    });

    it("ends a generation whose error is final, and keeps nothing of it", async () => {
      const ended = next(other, (e) => e.type === "changed");
      await queue.enqueue("poisoned", 0);
      const consumer = await queue.work(async () => {
        throw new HyggeError("brief_poisoned", { tries: 3 });
      });
      expect(await ended).toEqual({ type: "changed", generationId: "poisoned" });
      await consumer.close();
      expect(await queue.counts()).toEqual(nothing);
      await queue.enqueue("poisoned", 0);
      expect((await queue.counts()).waiting).toBe(1);
    });

    it("takes a waiting generation out, and lets one that is being written be", async () => {
      await queue.enqueue("unwanted", 1);
      await queue.enqueue("wanted", 0);
      await queue.remove("unwanted");
      await queue.remove("never seen");
      const begun = await workAll(1, async () => queue.remove("wanted"));
      expect(begun).toEqual(["wanted"]);
      expect(await queue.counts()).toEqual(nothing);
    });

    it("counts what waits, what is written and what waits for its next try", async () => {
      for (const id of ["a", "b", "c"]) await queue.enqueue(id, 0);
      expect(await queue.counts()).toEqual({ waiting: 3, active: 0, delayed: 0, failed: 0 });
      const open = gate();
      await queue.work(() => open.passed);
      await vi.waitFor(async () =>
        expect(await queue.counts()).toEqual({ waiting: 2, active: 1, delayed: 0, failed: 0 }),
      );
      open.pass();
    });

    it("shows everybody how the texts grow, down to the last word", async () => {
      const seen: QueueEvent[] = [];
      other.subscribe((event) => seen.push(event));
      await queue.enqueue("live", 0);
      await workAll(1, async (_id, progress) => {
        const texts: Record<number, string> = {};
        for (let i = 0; i < 300; i++) {
          texts[i % 2] = `Wort ${i}`;
          progress(2, texts);
          await sleep(1);
        }
        texts[1] = "Ende.";
        progress(2, texts);
      });
      await vi.waitFor(() => expect(seen.at(-1)?.type).toBe("changed"), { timeout: 5_000 });
      const looks = seen.filter((event) => event.type === "progress");
      expect(seen[0]).toEqual({ type: "started", generationId: "live" });
      expect(looks.at(-1)).toEqual({
        type: "progress",
        generationId: "live",
        candidates: 2,
        texts: { 0: "Wort 298", 1: "Ende." },
      });
      // 300 words in a third of a second or more: a few looks, not one for each word.
      expect(looks.length).toBeGreaterThan(1);
      expect(looks.length).toBeLessThan(100);
    });

    it("shows the last word also when nothing follows it", async () => {
      await queue.enqueue("stuck", 0);
      const all = next(other, (e) => e.type === "progress" && e.texts[0] === "Guten Tag");
      // The handler ends only when somebody has seen the text.
      await workAll(1, async (_id, progress) => {
        progress(1, { 0: "Guten" });
        progress(1, { 0: "Guten Tag" });
        await all;
      });
      expect(await all).toMatchObject({ candidates: 1 });
    });

    it("stops telling who has unsubscribed, and goes on after a listener that throws", async () => {
      const seen: string[] = [];
      const leave = other.subscribe((event) => seen.push(`left ${event.type}`));
      other.subscribe(() => {
        throw new Error("a listener's own trouble");
      });
      const ended = next(other, (e) => e.type === "changed");
      leave();
      await queue.enqueue("quiet", 0);
      await workAll(1);
      await ended;
      expect(seen).toEqual([]);
    });

    it("drains a thread once for all that came while it waited", async () => {
      await queue.deliver("web", "t1");
      await other.deliver("web", "t1");
      await queue.deliver("web", "t2");
      const drained: string[] = [];
      await queue.consume("web", async (thread) => {
        drained.push(thread);
        return undefined;
      });
      await vi.waitFor(() => expect(drained.length).toBe(2), { timeout: 10_000 });
      await settle(queue);
      expect(drained.toSorted()).toEqual(["t1", "t2"]);
    });

    it("drains a thread again for what comes while it is drained, never twice at a time", async () => {
      let atOnce = 0;
      let most = 0;
      let drains = 0;
      const drain = async () => {
        most = Math.max(most, ++atOnce);
        if (++drains === 1) {
          // Both come too late for the first drain: one more is due for them.
          await other.deliver("slack", "T1/C1/17.5");
          await queue.deliver("slack", "T1/C1/17.5");
          await sleep(50);
        }
        atOnce--;
        return undefined;
      };
      await queue.consume("slack", drain);
      await other.consume("slack", drain);
      await queue.deliver("slack", "T1/C1/17.5");
      await vi.waitFor(() => expect(drains).toBe(2), { timeout: 10_000 });
      await queue.deliver("slack", "T1/C1/17.5");
      await vi.waitFor(() => expect(drains).toBe(3), { timeout: 10_000 });
      expect(most).toBe(1);
    });

    it("keeps the surfaces apart", async () => {
      const drained: string[] = [];
      await queue.deliver("discord", "channel");
      await queue.deliver("web", "page");
      await queue.consume("web", async (thread) => {
        drained.push(thread);
        return undefined;
      });
      await vi.waitFor(() => expect(drained).toEqual(["page"]), { timeout: 10_000 });
    });

    it("comes back to a thread after the pause that its platform wants", async () => {
      const changed = next(other, (e) => e.type === "changed" && e.thread === "limited");
      let drains = 0;
      await queue.consume("slack", async () => {
        if (++drains > 1) return undefined;
        return { retryInSeconds: 0.2 };
      });
      await queue.deliver("slack", "limited");
      expect(await changed).toEqual({ type: "changed", surface: "slack", thread: "limited" });
      await vi.waitFor(() => expect(drains).toBe(2), { timeout: 10_000 });
    });

    it("comes back to a thread after an error", async () => {
      let drains = 0;
      await queue.consume("web", async () => {
        if (++drains < 3) throw new Error("the platform is away");
        return undefined;
      });
      await queue.deliver("web", "t1");
      await vi.waitFor(() => expect(drains).toBe(3), { timeout: 10_000 });
    });

    it("waits for the draft at work when it closes, and begins no other", async () => {
      for (const id of ["at work", "waiting"]) await queue.enqueue(id, 0);
      const steps: string[] = [];
      const begun = gate();
      const open = gate();
      const consumer = await queue.work(async (id) => {
        steps.push(`begins ${id}`);
        begun.pass();
        await open.passed;
        steps.push(`ends ${id}`);
      });
      await begun.passed;
      const closing = consumer.close().then(() => steps.push("closed"));
      await sleep(50);
      open.pass();
      await closing;
      expect(steps).toEqual(["begins at work", "ends at work", "closed"]);
      expect(await other.counts()).toMatchObject({ waiting: 1, active: 0 });
    });

    it("takes nothing while it is paused", async () => {
      const begun: string[] = [];
      const consumer: Consumer = await queue.work(async (id) => {
        begun.push(id);
      });
      await consumer.pause();
      await queue.enqueue("later", 0);
      await sleep(100);
      expect(begun).toEqual([]);
      await consumer.resume();
      await vi.waitFor(() => expect(begun).toEqual(["later"]), { timeout: 10_000 });
    });

    it("says that it is well", async () => {
      expect(await queue.ping()).toMatchObject({ up: true });
    });
  });
}

const nothing = { waiting: 0, active: 0, delayed: 0, failed: 0 };

/** The next event that fits. */
function next(queue: Queue, fits: (event: QueueEvent) => boolean): Promise<QueueEvent> {
  return new Promise((resolve) => {
    const leave = queue.subscribe((event) => {
      if (!fits(event)) return;
      leave();
      resolve(event);
    });
  });
}

/** Time for a job that shouldn't be there to show itself: as long as a round trip through the queue takes. */
async function settle(queue: Queue): Promise<void> {
  const seen = gate();
  const consumer = await queue.consume("discord", async () => {
    seen.pass();
    return undefined;
  });
  await queue.deliver("discord", "settle");
  await seen.passed;
  await consumer.close();
}

function gate(): { passed: Promise<void>; pass(): void } {
  let pass = () => {};
  const passed = new Promise<void>((resolve) => {
    pass = resolve;
  });
  return { passed, pass: () => pass() };
}
