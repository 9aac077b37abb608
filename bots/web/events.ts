/** The live story of a brief as server-sent events. */
import type { Context } from "hono";
import { streamSSE } from "hono/streaming";
import { HyggeError } from "#src/errors.ts";
import type { Hygge } from "#src/hygge.ts";
import type { Logger } from "#src/log.ts";
import type { Actor } from "#src/may.ts";

const heartbeatMs = 15_000;
/** Tabs that one person may have watching at a time. */
const streamsAllowed = 30;

/**
 * Streams of all people. Whoever connects anew is told the state as it is, so `Last-Event-ID` needs no answer;
 * a stream ends when the generation has ended, when the client goes, and at `close`.
 */
export function createEventStreams(hygge: Hygge, log: Logger) {
  const open = new Map<AbortController, string>();

  async function stream(c: Context, actor: Actor, briefId: string): Promise<Response> {
    // Before the first byte, so that an unknown brief is a plain 404.
    await hygge.brief(actor, briefId);
    const mine = [...open.values()].filter((id) => id === actor.id).length;
    if (mine >= streamsAllowed) throw new HyggeError("rate_limited", { seconds: 5 }, { retryable: true });
    const abort = new AbortController();
    open.set(abort, actor.id);
    // Proxies would hold back what they buffer.
    c.header("X-Accel-Buffering", "no");
    const response = streamSSE(c, async (sse) => {
      sse.onAbort(() => abort.abort());
      const heartbeat = setInterval(() => void sse.write(": alive\n\n"), heartbeatMs);
      let id = 0;
      try {
        await sse.write("retry: 1000\n\n");
        for await (const event of hygge.events(actor, briefId, abort.signal)) {
          if (abort.signal.aborted) break;
          id += 1;
          await sse.writeSSE({ id: String(id), event: event.type, data: JSON.stringify(event) });
        }
      } catch (err) {
        // The client connects again and is told the state, or why not.
        if (!abort.signal.aborted) log.warn({ err, briefId }, "event stream ended early");
      } finally {
        clearInterval(heartbeat);
        open.delete(abort);
      }
    });
    c.header("Cache-Control", "no-store");
    return response;
  }

  return {
    stream,
    count: () => open.size,
    close() {
      for (const abort of open.keys()) abort.abort();
    },
  };
}
