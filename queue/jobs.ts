import { type JobsOptions, UnrecoverableError } from "bullmq";
import { z } from "zod";
import { type Surface, surfaces } from "#src/chat.ts";
import { HyggeError } from "#src/errors.ts";
import type { Pace } from "./backend.ts";

export const DRAFTS = "drafts";
export const deliveriesOf = (surface: Surface) => `deliveries-${surface}`;
export const queueNames = [DRAFTS, ...surfaces.map(deliveriesOf)];

/**
 * Events kept in a queue's stream. A look at the growing texts is a few kB, ten a second: enough for a reader
 * that lost its connection for a minute and a half, and a few MB at most.
 */
export const EVENTS_KEPT = 1_000;

/** The highest priority that BullMQ takes. */
const PRIORITY_MAX = 2 ** 21 - 1;
export const priorityOf = (tag: number) => Math.min(Math.max(Math.trunc(tag) + 1, 1), PRIORITY_MAX);

/**
 * BullMQ refuses integers and most colons as job ids. The id holds only while the job exists, so a generation
 * that the store still counts as open can be added again after its job ended.
 */
export const jobIdOf = (generationId: string) => `g-${encodeURIComponent(generationId)}`;
export const generationOf = (jobId: string) =>
  jobId.startsWith("g-") ? decodeURIComponent(jobId.slice(2)) : undefined;

export const draftJob = z.object({ generationId: z.string() });
export const deliveryJob = z.object({ thread: z.string() });
export type DraftJob = z.infer<typeof draftJob>;
export type DeliveryJob = z.infer<typeof deliveryJob>;

/** Nothing of a job stays when it has ended: the store keeps the story, and an id must be free to come again. */
export const jobDefaults: JobsOptions = {
  attempts: 25,
  backoff: { type: "custom" },
  removeOnComplete: true,
  removeOnFail: true,
  stackTraceLimit: 1,
};

const RETRY_MAX_MS = 60_000;

/** `attempt` counts from 1: 1 s, 2 s, 4 s … a minute. */
export const backoff =
  (pace: Pace) =>
  (attempt: number): number =>
    Math.min(pace.retryMs * 2 ** (attempt - 1), RETRY_MAX_MS);

/**
 * What BullMQ does with a handler's error: everything is tried again, since a lost connection throws whatever
 * its driver likes, except what HyggeError says is final.
 */
export function verdict(error: unknown): Error {
  if (error instanceof HyggeError && !error.retryable) return new UnrecoverableError(error.message);
  return error instanceof Error ? error : new Error(String(error));
}
