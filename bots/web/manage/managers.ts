/** Who asks on the dashboard: a session that a one-time link opened, else the page's own person. */
import { createHmac } from "node:crypto";
import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { HyggeError } from "#src/errors.ts";
import { type Login, sessionHours } from "#src/manage/login.ts";
import type { Actor } from "#src/may.ts";
import type { People } from "../people.ts";

export interface Manager {
  actor: Actor;
  /** What a change must carry in X-Hygge-Csrf; undefined: the caller has no cookie that a page could misuse. */
  csrf?: string;
  /** Came by a one-time link. */
  session: boolean;
}

export function createManagers(options: {
  people: People;
  login: Login;
  secret: string;
  secureHost?: string;
}) {
  const { people, login, secret, secureHost } = options;
  const mac = (text: string) => createHmac("sha256", secret).update(text).digest("base64url");
  // Cookies don't know ports.
  const cookie = `hyggem_${mac("manager").replace(/\W|_/g, "").slice(0, 8)}`;
  const attributes = (c: Context) => ({
    httpOnly: true,
    // Nothing but our own page ever needs it.
    sameSite: "Strict" as const,
    path: "/",
    secure: secureHost !== undefined && c.req.header("host") === secureHost,
  });

  return {
    /** @throws HyggeError unauthorized where neither session, token nor folder's secret is shown */
    async manager(c: Context): Promise<Manager> {
      if (c.req.header("authorization") !== undefined) {
        const actor = await people.actor(c);
        // Who may read the data folder may read what is in it.
        return { actor: people.showsSecret(c) ? { ...actor, role: "admin" } : actor, session: false };
      }
      const value = getCookie(c, cookie);
      const found = value === undefined ? undefined : await login.session(value);
      if (found) return { ...found, session: true };
      const actor = await people.actor(c);
      return { actor, csrf: mac(`csrf ${actor.id}`).slice(0, 24), session: false };
    },

    async enter(c: Context, token: string): Promise<Manager> {
      const { secret: value, session } = await login.enter(token);
      setCookie(c, cookie, value, { ...attributes(c), maxAge: sessionHours * 3600 });
      return { ...session, session: true };
    },

    async leave(c: Context): Promise<void> {
      const value = getCookie(c, cookie);
      if (value !== undefined) await login.leave(value);
      deleteCookie(c, cookie, attributes(c));
    },

    /** @throws HyggeError foreign_origin where a change lacks the page's own mark */
    checkChange(c: Context, { csrf }: Manager): void {
      if (csrf !== undefined && c.req.header("x-hygge-csrf") !== csrf)
        throw new HyggeError("foreign_origin", { host: "X-Hygge-Csrf" });
    },
  };
}
