import type { DraftQueue, QueueEvent } from "#src/hygge.ts";
import type { BriefEvent, BriefView } from "#src/views.ts";

/** An event may be lost with a connection; then the store is looked at again after so long. */
const lookAgainMs = 2_000;

/**
 * The live story of a brief's newest generation: its state now, then every change, until it has ended and its
 * drafts are posted. `look` reads the brief from the store, which is the truth; the queue's events only say when.
 */
export async function* briefEvents(
  { queue }: { queue: DraftQueue },
  look: () => Promise<BriefView>,
  signal: AbortSignal,
): AsyncGenerator<BriefEvent> {
  const inbox = openInbox(queue, signal);
  try {
    let view = await look();
    const generationId = view.generationId;
    const seen = { position: 0, started: false, candidates: 0, texts: new Map<number, string>() };
    while (!signal.aborted) {
      // A newer request for the same brief has a story of its own, which the page asks for.
      if (view.generationId !== generationId) return;
      if (view.status === "queued" && view.position !== undefined && view.position !== seen.position) {
        seen.position = view.position;
        yield { type: "queued", generationId, position: view.position };
      }
      if (view.status === "failed" && view.error) {
        yield { type: "failed", generationId, error: view.error };
        return;
      }
      if (view.status === "cancelled") {
        yield { type: "cancelled", generationId };
        return;
      }
      const posted = view.drafts.filter((draft) => draft.generationId === generationId);
      if (view.status === "done" && posted.length > 0) {
        for (const draft of posted) yield { type: "draft", generationId, draft };
        return;
      }
      if (view.status === "writing" && !seen.started) {
        seen.started = true;
        yield { type: "started", generationId, candidates: seen.candidates };
      }
      for (let lookNow = false; !lookNow && !signal.aborted; ) {
        const event = await inbox.next(lookAgainMs);
        if (event?.type === "progress") {
          if (event.generationId !== generationId) continue;
          if (!seen.started || event.candidates !== seen.candidates) {
            Object.assign(seen, { started: true, candidates: event.candidates });
            yield { type: "started", generationId, candidates: event.candidates };
          }
          for (const [index, text] of Object.entries(event.texts)) {
            const candidate = Number(index);
            if (seen.texts.get(candidate) === text) continue;
            seen.texts.set(candidate, text);
            yield { type: "token", generationId, candidate, candidates: event.candidates, text };
          }
        } else {
          // While it is being written, other generations' comings and goings change nothing here.
          lookNow =
            event === undefined ||
            !seen.started ||
            event.generationId === undefined ||
            event.generationId === generationId;
        }
      }
      view = await look();
    }
  } finally {
    inbox.close();
  }
}

/** Events since the subscription, one by one; a burst of changes is one change. */
function openInbox(queue: DraftQueue, signal: AbortSignal) {
  let waiting: QueueEvent[] = [];
  let wake: (() => void) | undefined;
  const unsubscribe = queue.subscribe((event) => {
    if (event.type !== "progress")
      waiting = waiting.filter((e) => e.type === "progress" || e.generationId !== event.generationId);
    waiting.push(event);
    wake?.();
  });
  const onAbort = () => wake?.();
  signal.addEventListener("abort", onAbort);
  return {
    /** The next event; undefined after `ms` without one, or when aborted. */
    async next(ms: number): Promise<QueueEvent | undefined> {
      if (waiting.length === 0 && !signal.aborted) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, ms);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
        wake = undefined;
      }
      return waiting.shift();
    },
    close() {
      unsubscribe();
      signal.removeEventListener("abort", onAbort);
      wake?.();
    },
  };
}
