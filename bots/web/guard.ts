/** Who may reach the server at all: known hosts, the page's own origin, JSON bodies of a bounded size. */
import { isIP } from "node:net";
import { createMiddleware } from "hono/factory";
import { isLoopback } from "#src/config.ts";
import { HyggeError } from "#src/errors.ts";
import { HttpError } from "./errors.ts";

export interface Bound {
  /** The address that the server binds. */
  host: string;
  /** The address that people use, where a proxy stands in front. */
  publicUrl?: string;
}

/**
 * Refuses foreign Host headers (a page whose name was rebound to our address) and foreign origins (a page that
 * posts to us), since the browser sends our cookie along in both cases.
 */
export function guard(bound: Bound) {
  const known = new Set([bound.host, ...(bound.publicUrl ? [new URL(bound.publicUrl).hostname] : [])]);
  const publicHost = bound.publicUrl && new URL(bound.publicUrl).host;

  function hostAllowed(hostname: string): boolean {
    const bare = hostname.replace(/^\[|\]$/g, "");
    if (isLoopback(bare) || known.has(bare) || known.has(hostname)) return true;
    // Only a name can be rebound; beyond loopback people may well type the machine's address.
    return !isLoopback(bound.host) && isIP(bare) !== 0;
  }

  return createMiddleware(async (c, next) => {
    const host = parse(`http://${c.req.header("host") ?? ""}`);
    if (!host || !hostAllowed(host.hostname))
      throw new HyggeError("foreign_origin", { host: (c.req.header("host") ?? "").slice(0, 100) });

    const origin = c.req.header("origin");
    if (origin !== undefined) {
      const from = parse(origin);
      if (!from || (from.host !== host.host && from.host !== publicHost))
        throw new HyggeError("foreign_origin", { host: origin.slice(0, 100) });
    }
    if (c.req.method !== "GET" && c.req.method !== "HEAD") {
      const site = c.req.header("sec-fetch-site");
      if (site !== undefined && site !== "same-origin" && site !== "none")
        throw new HyggeError("foreign_origin", { host: origin?.slice(0, 100) ?? site });
      const type = c.req.header("content-type");
      const mime = type?.split(";")[0]?.trim().toLowerCase();
      const hasBody =
        c.req.header("transfer-encoding") !== undefined || +(c.req.header("content-length") ?? 0) > 0;
      if (mime !== "application/json" && (hasBody || type !== undefined))
        throw new HttpError(415, "input_invalid", { field: "content-type", problem: "application/json" });
    }
    await next();
  });
}

function parse(url: string): URL | undefined {
  return URL.canParse(url) ? new URL(url) : undefined;
}
