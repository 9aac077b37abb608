import type { BackendClasses, IQueueBackend, WorkerOptions } from "bullmq";

/** BullMQ's classes bound to one of its backends; open.ts holds the cast that makes the two look alike. */
export type Bull = BackendClasses<IQueueBackend, unknown>;

/** What the three servers differ in; everything else in queue/ is the same for all. */
export interface Backend {
  kind: "pglite" | "postgres" | "redis";
  /** Redis' keyspace; the others live in a schema. */
  prefix?: string;
  /** BullMQ's `connection`, failing at once while the server is away. */
  producing: unknown;
  /** BullMQ's `connection`, waiting for the server. */
  consuming: unknown;
  worker: Pick<WorkerOptions, "lockDuration" | "stalledInterval" | "drainDelay">;
  /** How long one read of the event stream may wait for news. */
  eventsBlockMs: number;
  ping(): Promise<void>;
  /** Empties the event streams of these queues, and what the server keeps of their past. */
  forgetEvents(queues: string[]): Promise<void>;
  close(): Promise<void>;
}

/** Times of the queue, in milliseconds. Only drills change them. */
export interface Pace {
  /** A job's lock, renewed at half its time. */
  lockMs: number;
  /** How often the jobs of dead workers are looked for. Resumed after at most lockMs + 2 * stalledMs. */
  stalledMs: number;
  /** The first wait before a retry; doubles up to a minute. */
  retryMs: number;
}

/** What queue/'s parts share: made once by open.ts. */
export interface Context {
  bull: Bull;
  backend: Backend;
  pace: Pace;
  fault: (where: string, error: unknown) => void;
}
