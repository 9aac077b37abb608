/** The dashboard on the web role's server: API, login, page. */
import { fileURLToPath } from "node:url";
import { serveStatic } from "@hono/node-server/serve-static";
import type { Context, Hono } from "hono";
import { etag } from "hono/etag";
import type { Manage } from "#src/manage/manage.ts";
import type { People } from "../people.ts";
import { remoteAddress } from "../people.ts";
import { type Route, readBody, readId, readQuery } from "../route.ts";
import { createManagers } from "./managers.ts";
import { adminOnly, loginBody, manageRoutes } from "./routes.ts";

export interface ManageMount {
  manage: Manage;
  people: People;
  secret: string;
  secureHost?: string;
  timeZone: string;
  /** Takes one try from an address's rate of logins; what it returns gives a good one back. */
  takeLogin(address: string): () => void;
  /** Takes a change from a person's rate. */
  takeChange(personId: string, address: string): void;
}

/** Returns its routes, for the API's description. */
export function mountManage(app: Hono, mount: ManageMount): Route[] {
  const { manage } = mount;
  const managers = createManagers({ ...mount, login: manage.login });

  app.post("/api/manage/login", async (c) => {
    const { link } = await readBody(c, loginBody);
    // An office shares an address: only wrong tries count.
    const giveBack = mount.takeLogin(remoteAddress(c));
    const { actor } = await managers.enter(c, link);
    giveBack();
    return c.json({ id: actor.id, name: actor.name, role: actor.role });
  });
  app.delete("/api/manage/login", async (c) => {
    await managers.leave(c);
    return c.body(null, 204);
  });
  // For `hygge dashboard`: whoever may read the data folder, or is an administrator already.
  app.post("/api/manage/link", async (c) => {
    const manager = await managers.manager(c);
    managers.checkChange(c, manager);
    adminOnly(manager);
    return c.json({ path: await manage.login.link(manager.actor) });
  });

  const routes = manageRoutes(manage, mount.timeZone);
  for (const r of routes)
    app.on(r.method.toUpperCase(), r.path.replace("{id}", ":id"), async (c: Context) => {
      const manager = await managers.manager(c);
      const { actor } = manager;
      if (r.method !== "get") {
        managers.checkChange(c, manager);
        mount.takeChange(actor.id, remoteAddress(c));
      }
      if (r.path === "/api/manage/me") c.header("X-Hygge-Csrf", manager.csrf ?? "");
      return r.handle({
        c,
        actor,
        id: readId(c, r.about),
        body: r.body ? await readBody(c, r.body) : undefined,
        query: r.query ? readQuery(c, r.query) : undefined,
      });
    });

  const page = fileURLToPath(new URL("page", import.meta.url));
  const fresh = { onFound: (_: string, c: Context) => c.header("Cache-Control", "no-cache") };
  for (const path of ["/manage", "/manage/*"]) app.use(path, etag());
  app.get("/manage", serveStatic({ path: `${page}/index.html`, ...fresh }));
  app.get(
    "/manage/*",
    serveStatic({ root: page, rewriteRequestPath: (path) => path.replace(/^\/manage/, ""), ...fresh }),
  );
  return routes;
}
