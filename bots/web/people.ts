/** Who is asking: the person of a signed cookie, or of a bearer token (the CLI, scripts). */
import { createHmac, randomUUID, timingSafeEqual } from "node:crypto";
import { getConnInfo } from "@hono/node-server/conninfo";
import type { Context } from "hono";
import { getSignedCookie, setSignedCookie } from "hono/cookie";
import { z } from "zod";
import { type Locale, locales } from "#src/chat.ts";
import { isLoopback } from "#src/config.ts";
import { HyggeError } from "#src/errors.ts";
import type { Actor, Role } from "#src/may.ts";

export const nameLimit = 60;

export interface PeopleOptions {
  /** The data folder's secret: signs the cookies, and proves that a caller may read the folder. */
  secret: string;
  /** HYGGE_TOKEN; set: nobody gets in without it. */
  token?: string;
  publicUrl?: string;
  roleOf(personId: string): Role;
}

const cookieSchema = z.object({
  id: z.string(),
  name: z.string(),
  locale: z.enum(locales).optional(),
  /** Mark of the token that was shown at login: another token, another login. */
  login: z.string().optional(),
});
type Cookie = z.infer<typeof cookieSchema>;

export type People = ReturnType<typeof createPeople>;

export function createPeople({ secret, token, publicUrl, roleOf }: PeopleOptions) {
  const mac = (text: string) => createHmac("sha256", secret).update(text).digest("base64url");
  const cookieKey = mac("cookie");
  // Cookies don't know ports: two Hygges on one machine must not overwrite each other's.
  const cookieName = `hygge_${mac("name").replace(/\W|_/g, "").slice(0, 8)}`;
  const loginMark = token === undefined ? undefined : mac(`login ${token}`);
  const secure = publicUrl?.startsWith("https:") ? new URL(publicUrl).host : undefined;

  const write = (c: Context, cookie: Cookie) =>
    setSignedCookie(c, cookieName, JSON.stringify(cookie), cookieKey, {
      httpOnly: true,
      sameSite: "Lax",
      path: "/",
      maxAge: 400 * 24 * 3600,
      secure: secure !== undefined && c.req.header("host") === secure,
    });

  async function read(c: Context): Promise<Cookie | undefined> {
    const value = await getSignedCookie(c, cookieKey, cookieName);
    if (!value) return undefined;
    try {
      return cookieSchema.parse(JSON.parse(value));
    } catch {
      return undefined;
    }
  }

  const fresh = (): Cookie => ({ id: `web:${randomUUID()}`, name: "" });

  /** Whether the caller sits on this machine and may read the data folder. */
  function showsSecret(c: Context): boolean {
    const given = /^Bearer (.+)$/i.exec(c.req.header("authorization") ?? "")?.[1] ?? "";
    return same(given, secret) && isLoopback(remoteAddress(c));
  }

  function bearer(c: Context): Actor | undefined {
    const header = c.req.header("authorization");
    if (header === undefined) return undefined;
    const given = /^Bearer (.+)$/i.exec(header)?.[1] ?? "";
    const local = showsSecret(c);
    if (!local && (token === undefined || !same(given, token))) throw new HyggeError("unauthorized");
    const name = personName(c.req.header("x-hygge-person"));
    const id = `cli:${name || "api"}`;
    // Many people know the token: a name that comes with it proves nothing, so it gets everybody's role.
    const role = roleOf(local ? id : "");
    return { id, name: name || "API", surface: "cli", role, locale: accepted(c) };
  }

  return {
    showsSecret,

    /**
     * The actor of a request. A person seen for the first time gets a cookie with the answer.
     * @throws HyggeError unauthorized where a token is needed and neither header nor cookie shows it
     */
    async actor(c: Context): Promise<Actor> {
      const caller = bearer(c);
      if (caller) return caller;
      let cookie = await read(c);
      if (loginMark !== undefined && (cookie?.login === undefined || !same(cookie.login, loginMark)))
        throw new HyggeError("unauthorized");
      if (!cookie) {
        cookie = fresh();
        await write(c, cookie);
      }
      const { id, name, locale } = cookie;
      return { id, name, surface: "web", role: roleOf(id), locale: locale ?? accepted(c) };
    },

    /** Whether the request brings a person along, as opposed to one made for it. */
    known: async (c: Context) => c.req.header("authorization") !== undefined || (await read(c)) !== undefined,

    /** @throws HyggeError unauthorized */
    async login(c: Context, given: string): Promise<void> {
      if (token === undefined || !same(given, token)) throw new HyggeError("unauthorized");
      await write(c, { ...((await read(c)) ?? fresh()), login: loginMark });
    },

    async logout(c: Context): Promise<void> {
      const { login: _, ...cookie } = (await read(c)) ?? fresh();
      await write(c, cookie);
    },

    async change(c: Context, change: { name?: string; locale?: Locale }): Promise<void> {
      const cookie = (await read(c)) ?? fresh();
      await write(c, { ...cookie, ...change });
    },

    /** The language of an answer: as the person chose, else as the browser prefers. Never throws. */
    locale: async (c: Context): Promise<Locale> =>
      (await read(c).catch(() => undefined))?.locale ?? accepted(c),
  };
}

/** Without a stated preference it is a script that asks: English. */
function accepted(c: Context): Locale {
  const wanted = (c.req.header("accept-language") ?? "")
    .split(",")
    .map((part) => {
      const [tag = "", ...rest] = part.trim().split(";");
      const q = rest.map((p) => /^\s*q=([\d.]+)/.exec(p)?.[1]).find((v) => v !== undefined);
      return { locale: tag.slice(0, 2).toLowerCase(), q: q === undefined ? 1 : Number(q) };
    })
    .filter(({ q }) => q > 0)
    .sort((a, b) => b.q - a.q);
  return (
    locales.find((locale) => locale === wanted.find((w) => locales.some((l) => l === w.locale))?.locale) ??
    "en"
  );
}

export function remoteAddress(c: Context): string {
  // Requests that don't come by a socket (tests) have no address.
  if (!c.env || !("incoming" in c.env || "server" in c.env)) return "";
  return (getConnInfo(c).remote.address ?? "").replace(/^::ffff:/, "");
}

/** A name as the header carries it (percent-encoded), or "". */
function personName(header: string | undefined): string {
  let name = header ?? "";
  try {
    name = decodeURIComponent(name);
  } catch {
    // Then it is meant as it stands.
  }
  return checkName(name, "x-hygge-person");
}

/** @throws HyggeError input_invalid */
export function checkName(value: unknown, field: string): string {
  const parsed = z
    .string()
    .transform((text) =>
      text
        .normalize("NFC")
        .replace(/\p{C}|\s+/gu, " ")
        .trim(),
    )
    .pipe(z.string().max(nameLimit))
    .safeParse(value);
  if (!parsed.success)
    throw new HyggeError("input_invalid", { field, problem: parsed.error.issues[0]?.message ?? "" });
  return parsed.data;
}

/** Equal, in a time that tells nothing. */
function same(a: string, b: string): boolean {
  const hash = (text: string) => createHmac("sha256", "compare").update(text).digest();
  return timingSafeEqual(hash(a), hash(b));
}
