/** The web role: the page, the HTTP API and the web's side of the chat port. */
import { once } from "node:events";
import type { Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import type { Chat } from "#src/chat.ts";
import { HyggeError } from "#src/errors.ts";
import { localSecret } from "#src/local.ts";
import { createApp, type WebDeps } from "./app.ts";
import { webChat } from "./chat.ts";

export interface Web {
  /** The address bound, for this machine; people may use `config.publicUrl`. */
  url: string;
  chat: Chat;
  close(): Promise<void>;
}

/** How long requests under way may take at close. */
const closeMs = 3_000;

/** @throws HyggeError port_in_use {port}, data_unwritable, disk_full */
export async function openWeb(deps: WebDeps): Promise<Web> {
  const { config } = deps;
  const { app, close } = createApp(deps, await localSecret(config.dataDir));
  const server = createAdaptorServer({ fetch: app.fetch }) as Server;
  const answers = new Set<ServerResponse>();
  server.on("request", (_, answer) => {
    answers.add(answer);
    answer.once("close", () => answers.delete(answer));
  });
  await listen(server, config.host, config.port);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${shownHost(config.host)}:${port}`,
    chat: webChat(),
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      close();
      const deadline = AbortSignal.timeout(closeMs);
      await Promise.all(
        [...answers].map((answer) => once(answer, "close", { signal: deadline }).catch(() => {})),
      );
      // Browsers open connections ahead of their need: Node counts those as busy.
      server.closeAllConnections();
      await closed;
    },
  };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      reject(error.code === "EADDRINUSE" ? new HyggeError("port_in_use", { port }, { cause: error }) : error),
    );
    server.listen(port, host, resolve);
  });
}

/** An address that a browser on this machine can open. */
function shownHost(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "localhost";
  return host.includes(":") ? `[${host}]` : host;
}
