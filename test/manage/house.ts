/** The managers' side on a database: use cases, a web server, and people who come by a link. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import pino from "pino";
import { openBrands } from "#src/brand.ts";
import { createCatchUp } from "#src/manage/facts/catch-up.ts";
import { createLogin } from "#src/manage/login.ts";
import { createManage } from "#src/manage/manage.ts";
import { layeredBrands } from "#src/manage/rules.ts";
import type { Actor, Role } from "#src/may.ts";
import type { Database } from "#src/store/open.ts";
import { memoryHygge } from "#test/fixtures/memory-hygge.ts";
import { person } from "#test/fixtures/person.ts";
import { openTestWeb, type TestWebOptions } from "#test/fixtures/web.ts";

const log = pino({ level: "silent" });

export const manager = (name: string, role: Role = "manager"): Actor => ({
  id: `slack:T1/${name}`,
  name,
  surface: "slack",
  role,
  locale: "de",
});

export async function openManaged(
  database: Database,
  options: { folders?: string[]; dataDir?: string } = {},
) {
  const dataDir = options.dataDir ?? (await mkdtemp(path.join(tmpdir(), "hygge-manage-")));
  const brands = await layeredBrands(
    openBrands(path.join(import.meta.dirname, "../../brands"), log),
    database.db,
    log,
  );
  const login = createLogin({ db: database.db, roleOf: () => "requester" });
  const catchUp = createCatchUp(database, log);
  const purged: string[] = [];
  const manage = createManage({
    database,
    brands,
    login,
    catchUp,
    timeZone: "Europe/Berlin",
    dataDir,
    folders: options.folders ?? [],
    purgeQueue: async () => 0,
    log,
  });
  return {
    manage,
    brands,
    login,
    catchUp,
    dataDir,
    purged,
    async close() {
      await catchUp.close();
      brands.close();
      if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** With a web server on loopback; `enter` gives somebody's browser after the login by a link. */
export async function openManagedWeb(database: Database, options: TestWebOptions = {}) {
  const house = await openManaged(database);
  const web = await openTestWeb(memoryHygge(), { ...options, manage: house.manage });
  return {
    ...house,
    web,
    url: web.url,
    async link(actor: Actor): Promise<string> {
      return `${web.url}${await house.login.link(actor)}`;
    },
    async enter(actor: Actor) {
      const who = person(web.url);
      const link = new URLSearchParams((await house.login.link(actor)).split("#")[1]).get("login");
      const answer = await who.post("/api/manage/login", { link });
      if (answer.status !== 200) throw new Error(answer.text);
      const me = await who.get("/api/manage/me");
      const csrf = String(me.headers["x-hygge-csrf"] ?? "");
      return {
        ...who,
        csrf,
        get: (at: string) => who.get(`/api/manage/${at}`),
        post: (at: string, body: unknown = {}, headers: Record<string, string> = { "x-hygge-csrf": csrf }) =>
          who.post(`/api/manage/${at}`, body, headers),
      };
    },
    async close() {
      await web.close();
      await house.close();
    },
  };
}
