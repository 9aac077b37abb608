/** What an orchestrator and Prometheus ask of any process, whichever roles it has. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { HyggeError } from "#src/errors.ts";

/** What a process stands on. */
export type Status = {
  queue: { up: boolean };
  model?: { status: string } | undefined;
  /** Connections to chat platforms, by surface. */
  chats?: Record<string, { up: boolean }>;
} & Record<string, unknown>;

/**
 * Whether a process can do its work: its queue answers, its model (if it has one) is loaded, its chats are connected.
 */
export const isReady = ({ queue, model, chats = {} }: Status): boolean =>
  queue.up &&
  (model === undefined || model.status === "ready") &&
  Object.values(chats).every((chat) => chat.up);

export interface HealthOptions {
  host: string;
  port: number;
  /** What this process stands on now, with details for people. */
  status(): Promise<Status>;
  metrics: { contentType: string; metrics(): Promise<string> };
}

/**
 * Serves `/healthz` (200: alive), `/readyz` (200 or 503, JSON) and `/metrics` (Prometheus), nothing else.
 * @throws HyggeError port_in_use {port}
 */
export async function openHealth(options: HealthOptions): Promise<{ port: number; close(): Promise<void> }> {
  const server = createServer(async (request, response) => {
    const answer = (code: number, type: string, body: string) =>
      response.writeHead(code, { "content-type": type, "cache-control": "no-store" }).end(body);
    try {
      if (request.url === "/healthz") answer(200, "text/plain", "ok\n");
      else if (request.url === "/readyz") {
        const status = await options.status();
        const ok = isReady(status);
        answer(ok ? 200 : 503, "application/json", `${JSON.stringify({ ok, ...status })}\n`);
      } else if (request.url === "/metrics")
        answer(200, options.metrics.contentType, await options.metrics.metrics());
      else answer(404, "text/plain", "not found\n");
    } catch {
      if (!response.headersSent) answer(503, "text/plain", "not ready\n");
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      reject(
        error.code === "EADDRINUSE"
          ? new HyggeError("port_in_use", { port: options.port }, { cause: error })
          : error,
      ),
    );
    server.listen(options.port, options.host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
