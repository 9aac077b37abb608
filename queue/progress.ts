export interface Progress {
  candidates: number;
  /** The text so far of each candidate, by its index. */
  texts: Record<number, string>;
}

/** Ten looks a second are fluent to the eye; more would only fill the event stream. */
const EVERY_MS = 90;

/**
 * Carries the growing texts to `send`, at most once in `everyMs`, one at a time: what comes while a send is in
 * flight goes with the next. What was reported last is sent even if nothing follows.
 */
export function throttleProgress(send: (progress: Progress) => Promise<void>, everyMs = EVERY_MS) {
  let latest: Progress = { candidates: 0, texts: {} };
  let unsent = false;
  let ended = false;
  let sentAt = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;
  let inFlight: Promise<void> | undefined;

  function ship(): void {
    timer = undefined;
    if (!unsent || inFlight !== undefined) return;
    unsent = false;
    sentAt = performance.now();
    // A look that is lost is replaced by the next one: nothing to repair here.
    inFlight = send(latest)
      .catch(() => undefined)
      .finally(() => {
        inFlight = undefined;
        schedule();
      });
  }

  function schedule(): void {
    if (!unsent || ended || inFlight !== undefined || timer !== undefined) return;
    timer = setTimeout(ship, Math.max(0, sentAt + everyMs - performance.now()));
  }

  return {
    /** `texts` may hold all candidates or only those that grew; another number of candidates starts anew. */
    report(candidates: number, texts: Record<number, string>): void {
      const kept = candidates === latest.candidates ? latest.texts : {};
      latest = { candidates, texts: { ...kept, ...texts } };
      unsent = true;
      schedule();
    },
    /** Sends what is left and ends: later reports are ignored. */
    async flush(): Promise<void> {
      ended = true;
      clearTimeout(timer);
      await inFlight;
      ship();
      await inFlight;
    },
  };
}
