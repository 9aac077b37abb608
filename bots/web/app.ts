/** The web role's HTTP application: guards, then the API, health and the page's files. */
import { fileURLToPath } from "node:url";
import { serveStatic } from "@hono/node-server/serve-static";
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { etag } from "hono/etag";
import { secureHeaders } from "hono/secure-headers";
import type { Brand } from "#src/brand.ts";
import { HyggeError } from "#src/errors.ts";
import { isReady, type Status } from "#src/health.ts";
import type { Hygge } from "#src/hygge.ts";
import type { Logger } from "#src/log.ts";
import type { Manage } from "#src/manage/manage.ts";
import type { Role } from "#src/may.ts";
import { apiRoutes } from "./api.ts";
import { sendBackup } from "./backup.ts";
import { sendLines } from "./dataset.ts";
import { docsPage, openApi } from "./docs.ts";
import { errorBody, HttpError, statusOf } from "./errors.ts";
import { createEventStreams } from "./events.ts";
import { guard } from "./guard.ts";
import { createLimiter } from "./limit.ts";
import { mountManage } from "./manage/mount.ts";
import { createPeople, remoteAddress } from "./people.ts";
import { readBody, readId, readKey, readQuery } from "./route.ts";
import * as schemas from "./schemas.ts";

export interface WebDeps {
  hygge: Hygge;
  config: WebConfig;
  brands: { list(): Brand[] };
  /** What this process stands on; it is ready when queue and model (if it has one) are. */
  status(): Promise<Status>;
  /** Writes a copy of everything to a file. */
  backup?(file: string): Promise<unknown>;
  /** A brand's approved texts with what they came from. */
  approved?(brand: string): AsyncIterable<object>;
  metrics: { contentType: string; metrics(): Promise<string> };
  log: Logger;
  roleOf(personId: string): Role;
  /** The managers' side; absent: there is none here. */
  manage?: Manage;
}

export interface WebConfig {
  host: string;
  port: number;
  publicUrl?: string;
  token?: string;
  dataDir: string;
  /** Id of the brand of a brief that names none. */
  brand: string;
  /** Changes that a person may send in a minute. */
  rateLimit: number;
  /** IANA name, of the dashboard's days. */
  timeZone?: string;
}

export const bodyBytes = 64 * 1024;
/** Wrong tokens that one address may try in a minute. */
const loginsPerMinute = 10;
/** An address may stand for a whole office. */
const peoplePerAddress = 10;

/** `secret` is the data folder's. */
export function createApp(deps: WebDeps, secret: string) {
  const { hygge, config, log } = deps;
  const people = createPeople({ ...config, secret, roleOf: deps.roleOf });
  const streams = createEventStreams(hygge, log);
  const changes = createLimiter(config.rateLimit);
  const addresses = createLimiter(config.rateLimit * peoplePerAddress);
  const logins = createLimiter(loginsPerMinute);
  const take = (limiter: typeof changes, key: string, cost: number) => {
    const seconds = limiter.take(key, cost);
    if (seconds > 0) throw new HyggeError("rate_limited", { seconds }, { retryable: true });
  };

  const app = new Hono();
  app.onError(async (error, c) => {
    const known = error instanceof HyggeError ? error : new HyggeError("internal", {}, { cause: error });
    const status = statusOf(known);
    if (status >= 500) log.error({ err: error, path: c.req.path }, "request failed");
    if (known.code === "rate_limited") c.header("Retry-After", String(known.details.seconds ?? 1));
    if (known.code === "unauthorized") c.header("WWW-Authenticate", "Bearer");
    return c.json(errorBody(known, await people.locale(c)), status);
  });
  app.use(
    secureHeaders({
      contentSecurityPolicy: {
        defaultSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        objectSrc: ["'none'"],
      },
      xFrameOptions: "DENY",
      referrerPolicy: "no-referrer",
      crossOriginResourcePolicy: "same-origin",
      // Whether there is TLS is the proxy's affair.
      strictTransportSecurity: false,
    }),
  );
  app.use(guard(config));
  app.use(
    bodyLimit({
      maxSize: bodyBytes,
      onError: () => {
        throw new HyggeError("body_too_large", { limit: bodyBytes });
      },
    }),
  );

  app.get("/healthz", (c) => c.text("ok\n"));
  app.get("/readyz", async (c) => {
    const status = await deps.status();
    const ok = isReady(status);
    return c.json({ ok, ...status }, ok ? 200 : 503);
  });
  app.get("/metrics", async (c) => {
    await people.actor(c);
    return c.body(await deps.metrics.metrics(), 200, { "Content-Type": deps.metrics.contentType });
  });

  app.use("/api/*", async (c, next) => {
    c.header("Cache-Control", "no-store");
    await next();
  });
  app.post("/api/login", async (c) => {
    const { token } = await readBody(c, schemas.loginInput);
    take(logins, remoteAddress(c), 1);
    await people.login(c, token);
    return c.body(null, 204);
  });
  app.delete("/api/login", async (c) => {
    await people.logout(c);
    return c.body(null, 204);
  });

  app.get("/api/backup", async (c) => {
    if (!people.showsSecret(c) || !deps.backup) throw new HyggeError("unauthorized");
    return sendBackup(config.dataDir, deps.backup);
  });
  app.get("/api/dataset", (c) => {
    if (!people.showsSecret(c) || !deps.approved) throw new HyggeError("unauthorized");
    return sendLines(deps.approved(c.req.query("brand") ?? config.brand));
  });

  const routes = apiRoutes({
    ...deps,
    people,
    streams,
    brand: config.brand,
    login: config.token !== undefined,
  });
  for (const r of routes) {
    app.on(r.method.toUpperCase(), r.path.replace("{id}", ":id"), async (c: Context) => {
      const known = await people.known(c);
      const actor = await people.actor(c);
      const cost = r.cost ?? (r.method === "get" ? 0 : 1);
      if (cost > 0) {
        const address = remoteAddress(c);
        // Who leaves the cookie out is a new person each time, and shares the address's rate.
        take(changes, known ? actor.id : `address ${address}`, cost);
        take(addresses, address, cost);
      }
      return r.handle({
        c,
        actor,
        id: readId(c, r.about),
        body: r.body ? await readBody(c, r.body) : undefined,
        query: r.query ? readQuery(c, r.query) : undefined,
        ...(r.once ? { key: readKey(c) } : {}),
      });
    });
  }

  const managed = deps.manage
    ? mountManage(app, {
        manage: deps.manage,
        people,
        secret,
        ...(config.publicUrl?.startsWith("https:") ? { secureHost: new URL(config.publicUrl).host } : {}),
        timeZone: config.timeZone ?? "Europe/Berlin",
        takeLogin: (address) => {
          take(logins, address, 1);
          return () => void logins.take(address, -1);
        },
        takeChange: (personId, address) => {
          take(changes, personId, 1);
          take(addresses, address, 1);
        },
      })
    : [];

  const api = openApi([...routes, ...managed], "1");
  app.get("/openapi.json", (c) => c.json(api));
  app.get("/docs", (c) => c.html(docsPage(api)));

  const file = (specifier: string) => fileURLToPath(import.meta.resolve(specifier));
  const cached = (seconds: number) => ({
    onFound: (_: string, c: Context) =>
      c.header("Cache-Control", seconds > 0 ? `max-age=${seconds}` : "no-cache"),
  });
  app.use(etag());
  app.get("/htm.js", serveStatic({ path: file("htm/preact/standalone"), ...cached(0) }));
  for (const [name, source] of Object.entries(fonts))
    app.get(`/fonts/${name}.woff2`, serveStatic({ path: file(source), ...cached(7 * 24 * 3600) }));
  app.get("*", serveStatic({ root: fileURLToPath(new URL("page", import.meta.url)), ...cached(0) }));

  app.notFound((c) => {
    throw new HttpError(404, "not_found", { kind: "path", id: c.req.path.slice(0, 60) });
  });
  return { app, close: streams.close, streams };
}

const fonts = {
  figtree: "@fontsource-variable/figtree/files/figtree-latin-wght-normal.woff2",
  newsreader: "@fontsource-variable/newsreader/files/newsreader-latin-wght-normal.woff2",
  "newsreader-italic": "@fontsource-variable/newsreader/files/newsreader-latin-wght-italic.woff2",
};
