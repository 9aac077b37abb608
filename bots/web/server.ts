/** The web role: the page, the HTTP API and the web's side of the chat port. */
import type { AddressInfo } from "node:net";
import { createAdaptorServer, type ServerType } from "@hono/node-server";
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
  const server = createAdaptorServer({ fetch: app.fetch, serverOptions: { requestTimeout: 60_000 } });
  await listen(server, config.host, config.port);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${shownHost(config.host)}:${port}`,
    chat: webChat(),
    close: () =>
      new Promise((resolve) => {
        if (!("closeAllConnections" in server)) throw new Error("not an HTTP/1 server");
        // Kept-alive connections become idle when their streams and answers have ended.
        const idle = setInterval(() => server.closeIdleConnections(), 20);
        const deadline = setTimeout(() => server.closeAllConnections(), closeMs);
        server.close(() => {
          clearInterval(idle);
          clearTimeout(deadline);
          resolve();
        });
        close();
      }),
  };
}

function listen(server: ServerType, host: string, port: number): Promise<void> {
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
