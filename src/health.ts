/** What an orchestrator and Prometheus ask of any process, whichever roles it has. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { HyggeError } from "#src/errors.ts";

export interface HealthOptions {
  host: string;
  port: number;
  /** Whether this process can do its work now, with details for people. */
  ready(): Promise<{ ok: boolean } & Record<string, unknown>>;
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
        const state = await options.ready();
        answer(state.ok ? 200 : 503, "application/json", `${JSON.stringify(state)}\n`);
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
