/** The HTTP API as the CLI uses it; the same API that the page talks to. */
import { z } from "zod";
import type { Channel } from "#src/brief.ts";
import type { Locale } from "#src/chat.ts";
import { type ErrorCode, HyggeError } from "#src/errors.ts";
import type { BriefEvent, BriefView, Lint } from "#src/views.ts";

export interface Api {
  readonly address: string;
  /** Resolves to the brief's id; the same key gives the same brief. */
  request(input: BriefRequest, idempotencyKey: string): Promise<string>;
  brief(id: string): Promise<BriefView>;
  /** Ends when the brief's newest generation has ended, or when the connection is lost. */
  events(id: string, signal: AbortSignal): AsyncGenerator<BriefEvent>;
  cancel(id: string): Promise<void>;
  mine(query: { search?: string; limit?: number }): Promise<BriefView[]>;
  lint(input: { text: string; channel?: Channel; brand?: string }): Promise<Lint>;
  /** The raw answer of another path, for downloads; errors are HyggeErrors. */
  raw(method: "GET" | "POST", path: string, body?: unknown): Promise<Response>;
}

export interface BriefRequest {
  text: string;
  channel?: string;
  tone?: string;
  length?: string;
  brand?: string;
  variants?: number;
  fill?: boolean;
}

/** The server that was there a moment ago can't be reached any more. */
export class ServerGone extends Error {
  override readonly name = "ServerGone";
}

const errorBody = z.object({
  error: z.object({
    code: z.string(),
    details: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
  }),
});

/** `secret` is the data folder's own, which a server takes as proof that the caller may read the folder. */
export function connectApi(address: string, secret: string, person: string, locale: Locale): Api {
  const headers = {
    authorization: `Bearer ${secret}`,
    // Header values are Latin-1; names aren't.
    "x-hygge-person": encodeURIComponent(person),
    "accept-language": locale,
  };

  async function call(
    method: "GET" | "POST",
    path: string,
    options: { body?: unknown; key?: string; signal?: AbortSignal } = {},
  ): Promise<Response> {
    let response: Response;
    try {
      response = await fetch(`${address}${path}`, {
        method,
        headers: {
          ...headers,
          ...(options.body === undefined ? {} : { "content-type": "application/json" }),
          ...(options.key === undefined ? {} : { "idempotency-key": options.key }),
        },
        ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
        ...(options.signal ? { signal: options.signal } : {}),
      });
    } catch (error) {
      options.signal?.throwIfAborted();
      throw new ServerGone(address, { cause: error });
    }
    if (response.ok) return response;
    const parsed = errorBody.safeParse(await response.json().catch(() => undefined));
    if (!parsed.success)
      throw new HyggeError("internal", { status: response.status }, { cause: `${method} ${path}` });
    const { code, details } = parsed.data.error;
    // The server is this program: its codes are ours.
    throw new HyggeError(code as ErrorCode, details ?? {});
  }

  // Bodies come from this same program, whose types they are.
  const json = async <T>(response: Promise<Response>): Promise<T> => {
    try {
      return (await (await response).json()) as T;
    } catch (error) {
      if (error instanceof HyggeError || error instanceof ServerGone) throw error;
      throw new ServerGone(address, { cause: error });
    }
  };
  const at = (id: string) => `/api/briefs/${encodeURIComponent(id)}`;

  return {
    address,
    request: async (body, key) =>
      (await json<{ briefId: string }>(call("POST", "/api/briefs", { body, key }))).briefId,
    brief: (id) => json(call("GET", at(id))),
    async *events(id, signal) {
      const response = await call("GET", `${at(id)}/events`, { signal });
      if (response.body) yield* serverSentEvents(response.body, signal);
    },
    cancel: async (id) => {
      await call("POST", `${at(id)}/cancel`, { body: {} });
    },
    mine: async ({ search, limit }) => {
      const query = new URLSearchParams();
      if (search) query.set("search", search);
      if (limit) query.set("limit", String(limit));
      return (await json<{ briefs: BriefView[] }>(call("GET", `/api/briefs?${query}`))).briefs;
    },
    lint: (body) => json(call("POST", "/api/lint", { body })),
    raw: (method, path, body) => call(method, path, body === undefined ? {} : { body }),
  };
}

/** The `data:` of each event; comments (keep-alives) carry none. A lost connection ends it. */
async function* serverSentEvents(
  body: ReadableStream<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<BriefEvent> {
  let rest = "";
  const decoder = new TextDecoder();
  try {
    for await (const chunk of body) {
      rest += decoder.decode(chunk, { stream: true });
      const events = rest.split(/\r?\n\r?\n/);
      rest = events.pop() ?? "";
      for (const event of events) {
        const data = event
          .split(/\r?\n/)
          .filter((line) => line.startsWith("data:"))
          .map((line) => line.slice(5).trimStart())
          .join("\n");
        if (data !== "") yield JSON.parse(data) as BriefEvent;
      }
    }
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof SyntaxError) throw error;
  }
}
