import type { IQueueBackend, QueueEventsListener } from "bullmq";
import { z } from "zod";
import { surfaces } from "#src/chat.ts";
import type { QueueEvent } from "#src/hygge.ts";
import type { Context } from "./backend.ts";
import { DRAFTS, EVENTS_KEPT, generationOf } from "./jobs.ts";

/** Our own events ride in the stream of `drafts`: one reader in each process sees everything. */
const drained = z.object({ surface: z.enum(surfaces), thread: z.string() });
const progress = z.object({
  candidates: z.number().int().nonnegative(),
  texts: z.record(z.string().regex(/^\d+$/), z.string()),
});

/**
 * BullMQ 6.7 on PostgreSQL looks, then listens: what is published between the two is seen at the next event or
 * when the read times out. An event seldom comes alone, so reads are short while some have just come.
 */
const BUSY_BLOCK_MS = 100;
const BUSY_MS = 2_000;
const REBIRTH_MS = 1_000;

interface Listener extends QueueEventsListener {
  drainedThread: (args: { surface: string; thread: string }, id: string) => void;
}

export interface Events {
  subscribe(listener: (event: QueueEvent) => void): () => void;
  tellDrained(surface: string, thread: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * Live events of all processes. The reader starts with the first subscriber, at the place where the stream was
 * now: the reader's own "from now on" ($) would lose what comes between two of its reads.
 */
export async function openEvents(
  { bull, backend, fault }: Context,
  publisher: IQueueBackend,
): Promise<Events> {
  const listeners = new Set<(event: QueueEvent) => void>();
  const opened = await publisher.publishEvent({ event: "opened" }, EVENTS_KEPT);
  const from = z.string().parse(opened);

  let hurry = () => {};
  let calm: NodeJS.Timeout | undefined;

  function tell(event: QueueEvent): void {
    hurry();
    for (const listener of listeners) {
      try {
        listener(event);
      } catch (error) {
        fault("listener", error);
      }
    }
  }

  function start() {
    const reader = new bull.QueueEvents(DRAFTS, {
      connection: backend.consuming,
      prefix: backend.prefix,
      blockingTimeout: backend.eventsBlockMs,
      lastEventId: from,
      autorun: false,
    });
    reader.on("error", (error) => fault("events", error));
    if (backend.kind !== "redis") {
      // BullMQ reads this option anew for each read.
      const block = (ms: number) => Object.assign(reader.opts, { blockingTimeout: ms });
      hurry = () => {
        block(BUSY_BLOCK_MS);
        clearTimeout(calm);
        calm = setTimeout(block, BUSY_MS, backend.eventsBlockMs);
        calm.unref();
      };
      reader.on("waiting", hurry);
    }
    const changed = ({ jobId }: { jobId: string }) => {
      const generationId = generationOf(jobId);
      if (generationId !== undefined) tell({ type: "changed", generationId });
    };
    reader.on("completed", changed);
    reader.on("failed", changed);
    // Put aside for a retry, taken over from a dead worker, or taken out.
    reader.on("delayed", changed);
    reader.on("stalled", changed);
    reader.on("removed", changed);
    reader.on("active", ({ jobId }) => {
      const generationId = generationOf(jobId);
      if (generationId !== undefined) tell({ type: "started", generationId });
    });
    reader.on("progress", ({ jobId, data }) => {
      const generationId = generationOf(jobId);
      const parsed = progress.safeParse(data);
      if (generationId !== undefined && parsed.success)
        tell({ type: "progress", generationId, ...parsed.data });
    });
    reader.on<Listener, "drainedThread">("drainedThread", (args) => {
      const parsed = drained.safeParse(args);
      if (parsed.success) tell({ type: "changed", ...parsed.data });
    });
    return reader;
  }

  let reader: ReturnType<typeof start> | undefined;
  let closed = false;
  function read(): void {
    const current = start();
    reader = current;
    // Once it reads it survives every outage, but a reader born into one is lost for good: take another.
    current.run().catch(async (error) => {
      if (closed) return;
      fault("events", error);
      await current.close().catch(() => undefined);
      if (!closed) setTimeout(read, REBIRTH_MS).unref();
    });
  }

  return {
    subscribe(listener) {
      // A wrapper of its own, so that one function may subscribe twice.
      const own = (event: QueueEvent) => listener(event);
      listeners.add(own);
      if (reader === undefined) read();
      return () => void listeners.delete(own);
    },
    async tellDrained(surface, thread) {
      await publisher.publishEvent({ event: "drainedThread", surface, thread }, EVENTS_KEPT);
    },
    async close() {
      closed = true;
      listeners.clear();
      clearTimeout(calm);
      await reader?.close();
    },
  };
}
