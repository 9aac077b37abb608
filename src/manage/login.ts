/**
 * How managers get in: a bot or the command line makes a link for somebody it knows; the link works once, for ten
 * minutes, and opens a session. Only hashes of links and sessions are stored, and none of it is in a backup.
 */
import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { sql } from "drizzle-orm";
import { type Locale, locales } from "#src/chat.ts";
import { HyggeError } from "#src/errors.ts";
import { type Actor, higher, type Role, roles } from "#src/may.ts";
import { addAudit } from "#src/store/audit.ts";
import { upsertPerson } from "#src/store/people.ts";
import type { Db } from "#src/store/schema.ts";

export const linkMinutes = 10;
export const sessionHours = 12;

export interface Session {
  actor: Actor;
  /** What changes must carry in a header; a foreign page can't read it. */
  csrf: string;
}

export type Login = ReturnType<typeof createLogin>;

export interface LoginDeps {
  db: Db;
  /** The role that the configuration gives a person now. */
  roleOf(personId: string): Role;
}

/** Where a link leads to after the login: the overview, or a draft's page. */
export type Target = { draftId: string } | undefined;

interface Row extends Record<string, unknown> {
  person_id: string;
  name: string;
  surface: string;
  locale: string;
  role: string;
  csrf: string;
}

export function createLogin({ db, roleOf }: LoginDeps) {
  let key: Promise<string> | undefined;
  /** The house's signing key, the same in every process. */
  const signingKey = () => {
    key ??= readKey(db).catch((error) => {
      key = undefined;
      throw error;
    });
    return key;
  };

  const sign = async (what: string) =>
    createHmac("sha256", await signingKey())
      .update(`login link ${what}`)
      .digest("base64url")
      .slice(0, 32);

  return {
    /** The path (with fragment) of a one-time link for this person, with the role that they have now. */
    async link(actor: Actor, target?: Target): Promise<string> {
      const id = randomBytes(18).toString("base64url");
      const expires = Date.now() + linkMinutes * 60_000;
      const { id: personId, name, surface, locale, role } = actor;
      await db.execute(sql`delete from hygge_local.login_links where expires_at < now()`);
      await db.execute(sql`
        insert into hygge_local.login_links (id, person_id, name, surface, locale, role, expires_at)
        values (${hash(id)}, ${personId}, ${name}, ${surface}, ${locale}, ${role}, ${new Date(expires).toISOString()}::timestamptz)`);
      const what = `${id}.${Math.floor(expires / 1000).toString(36)}`;
      // In the fragment: it reaches no log and no Referer, and a chat's link preview doesn't use it up.
      const to = target ? `&to=${encodeURIComponent(`draft/${target.draftId}`)}` : "";
      return `/manage#login=${what}.${await sign(what)}${to}`;
    },

    /**
     * Takes a link's token: returns the secret of a new session.
     * @throws HyggeError link_invalid: forged, expired or used before
     */
    async enter(token: string): Promise<{ secret: string; session: Session }> {
      const [id = "", expires = "", signature = ""] = token.split(".");
      const what = `${id}.${expires}`;
      const late = Number.parseInt(expires, 36) * 1000 < Date.now();
      if (late || !same(signature, await sign(what))) throw new HyggeError("link_invalid");
      const secret = randomBytes(24).toString("base64url");
      const csrf = randomBytes(18).toString("base64url");
      const row = await db.transaction(async (tx) => {
        // Deleting is what makes it single use: of two at once one gets the row.
        const { rows } = await tx.execute<Row>(sql`
          delete from hygge_local.login_links where id = ${hash(id)} and expires_at > now() returning *`);
        const found = rows[0];
        if (!found) throw new HyggeError("link_invalid");
        await tx.execute(sql`delete from hygge_local.sessions where expires_at < now()`);
        await tx.execute(sql`
          insert into hygge_local.sessions (id, person_id, name, surface, locale, role, csrf, expires_at)
          values (${hash(secret)}, ${found.person_id}, ${found.name}, ${found.surface}, ${found.locale}, ${found.role},
            ${csrf}, now() + ${sessionHours}::int * interval '1 hour')`);
        const session = sessionOf({ ...found, csrf });
        await upsertPerson(tx, session.actor);
        await addAudit(tx, { personId: found.person_id, action: "manage.login" });
        return session;
      });
      return { secret, session: row };
    },

    /** The session of a cookie's secret; undefined: ended, or never was. */
    async session(secret: string): Promise<Session | undefined> {
      const { rows } = await db.execute<Row>(sql`
        select * from hygge_local.sessions where id = ${hash(secret)} and expires_at > now()`);
      return rows[0] && sessionOf(rows[0]);
    },

    async leave(secret: string): Promise<void> {
      await db.execute(sql`delete from hygge_local.sessions where id = ${hash(secret)}`);
    },

    async speak(secret: string, locale: Locale): Promise<void> {
      await db.execute(sql`update hygge_local.sessions set locale = ${locale} where id = ${hash(secret)}`);
    },
  };

  function sessionOf(row: Row): Session {
    const { person_id: id, name, surface, csrf } = row;
    const role = roles.find((known) => known === row.role) ?? "requester";
    const locale = locales.find((known) => known === row.locale) ?? "de";
    return {
      actor: { id, name, surface: surface as Actor["surface"], role: higher(role, roleOf(id)), locale },
      csrf,
    };
  }
}

/**
 * What the bots are given: a one-time link to the dashboard for somebody they know, whole address and all. Links for
 * people who may not read feedback open a page that says so.
 */
export const dashboardLinks =
  (login: Pick<Login, "link">, address: () => string) =>
  async (actor: Actor, target?: Target): Promise<string> =>
    `${address().replace(/\/$/, "")}${await login.link(actor, target)}`;

export type DashboardLink = ReturnType<typeof dashboardLinks>;

async function readKey(db: Db): Promise<string> {
  await db.execute(sql`
    insert into hygge_local.keys (name, key) values ('login', ${randomBytes(32).toString("base64url")})
    on conflict (name) do nothing`);
  const { rows } = await db.execute<{ key: string }>(
    sql`select key from hygge_local.keys where name = 'login'`,
  );
  return rows[0]?.key ?? "";
}

const hash = (secret: string) => createHash("sha256").update(secret).digest("base64url");

function same(a: string, b: string): boolean {
  return timingSafeEqual(createHash("sha256").update(a).digest(), createHash("sha256").update(b).digest());
}
