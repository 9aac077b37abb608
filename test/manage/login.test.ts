import { readFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Role, roles } from "#src/may.ts";
import type { Database } from "#src/store/open.ts";
import { memoryDatabase } from "#test/fixtures/database.ts";
import { person } from "#test/fixtures/person.ts";
import { manager, openManagedWeb } from "./house.ts";
import { world } from "./world.ts";

let database: Database;
let house: Awaited<ReturnType<typeof openManagedWeb>>;
let draft: string;

beforeAll(async () => {
  database = await memoryDatabase();
  house = await openManagedWeb(database, { role: "requester" });
  const w = world(database);
  const brief = await w.brief("Sofa Ekeby", ["Ein Sofa."]);
  draft = brief.drafts[0] ?? "";
});
afterAll(async () => {
  await house?.close();
  await database?.close();
});

const tokenOf = (link: string) => new URLSearchParams(link.split("#")[1]).get("login") ?? "";

describe("a one-time link", () => {
  test("lets its person in, with name and role, and leads to a draft where it should", async () => {
    const link = await house.login.link(manager("carla"), { draftId: draft });
    expect(link).toMatch(/^\/manage#login=/);
    expect(new URLSearchParams(link.split("#")[1]).get("to")).toBe(`draft/${draft}`);
    const who = person(house.url);
    const answer = await who.post("/api/manage/login", { link: tokenOf(link) });
    expect(answer.json).toEqual({ id: "slack:T1/carla", name: "carla", role: "manager" });
    const cookie = String(answer.headers["set-cookie"]);
    expect(cookie).toMatch(/HttpOnly/);
    expect(cookie).toMatch(/SameSite=Strict/);
    expect((await who.get("/api/manage/week")).status).toBe(200);
  });

  test("works once, also when two try at the same moment", async () => {
    const link = tokenOf(await house.login.link(manager("carla")));
    const both = await Promise.all([1, 2].map(() => person(house.url).post("/api/manage/login", { link })));
    expect(both.map((answer) => answer.status).sort()).toEqual([200, 401]);
    const late = await person(house.url).post("/api/manage/login", { link });
    expect(late.json.error.code).toBe("link_invalid");
    expect(late.json.error.message).toMatch(/hygge dashboard/);
  });

  test("is good for ten minutes, and can't be forged or changed", async () => {
    const link = tokenOf(await house.login.link(manager("carla")));
    const [id = "", expires = "", signature = ""] = link.split(".");
    expect(Number.parseInt(expires, 36) * 1000 - Date.now()).toBeLessThanOrEqual(10 * 60_000);
    const later = (Number.parseInt(expires, 36) + 3600).toString(36);
    for (const bad of [
      `${id}.${later}.${signature}`,
      `${id}.${expires}.${"A".repeat(32)}`,
      `${id}.${expires}`,
      "",
      "a.b.c",
      "x".repeat(299),
    ])
      expect((await person(house.url).post("/api/manage/login", { link: bad })).status).toBe(401);
    await database.pool.query("update hygge_local.login_links set expires_at = now() - interval '1 second'");
    expect((await person(house.url).post("/api/manage/login", { link })).status).toBe(401);
  });

  test("neither its token nor a session's secret is stored", async () => {
    const link = tokenOf(await house.login.link(manager("dora")));
    const who = person(house.url);
    await who.post("/api/manage/login", { link });
    const { rows } = await database.pool.query(
      "select (select json_agg(l)::text from hygge_local.login_links l) || (select json_agg(s)::text from hygge_local.sessions s) as all",
    );
    for (const secret of [link.split(".")[0] ?? "?", ...who.cookies.values()])
      expect(String(rows[0].all)).not.toContain(decodeURIComponent(secret));
  });

  test("logging out ends the session for good; an expired one is none", async () => {
    const who = await house.enter(manager("emil"));
    const stolen = person(house.url);
    for (const [name, value] of who.cookies) stolen.cookies.set(name, value);
    expect((await stolen.get("/api/manage/week")).status).toBe(200);
    await who.call("DELETE", "/api/manage/login");
    expect((await stolen.get("/api/manage/week")).status).toBe(403);
    const other = await house.enter(manager("emil"));
    await database.pool.query("update hygge_local.sessions set expires_at = now() - interval '1 second'");
    expect((await other.get("week")).status).toBe(403);
  });

  test("tries are limited for each address", async () => {
    const own = await openManagedWeb(database, { role: "requester" });
    const answers = [];
    for (let i = 0; i < 12; i++) answers.push(await person(own.url).post("/api/manage/login", { link: "x" }));
    expect(answers.at(-1)?.status).toBe(429);
    expect(answers.at(-1)?.headers["retry-after"]).toBeTruthy();
    await own.close();
  });
});

describe("changes", () => {
  const rule = { brand: "hygge", kind: "delete", pattern: "Zauberhand" };
  test("need the page's own mark", async () => {
    const who = await house.enter(manager("fritz"));
    for (const headers of [{}, { "x-hygge-csrf": "" }, { "x-hygge-csrf": "wrong" }])
      expect((await who.post("rules", rule, headers as Record<string, string>)).status).toBe(403);
    const own = person(house.url);
    expect((await own.post("/api/manage/rules", rule)).status).toBe(403);
    expect((await who.post("rules", rule)).status).toBe(200);
  });

  test("are not taken from a foreign page or as a form", async () => {
    const who = await house.enter(manager("fritz"));
    const mark = { "x-hygge-csrf": who.csrf };
    expect((await who.post("rules", rule, { ...mark, origin: "https://evil.example" })).status).toBe(403);
    expect((await who.post("rules", rule, { ...mark, "sec-fetch-site": "cross-site" })).status).toBe(403);
    expect((await who.post("rules", "pattern=x", { ...mark, "content-type": "text/plain" })).status).toBe(
      415,
    );
  });

  test("are in the audit log, logins and exports too", async () => {
    const who = await house.enter(manager("gerda", "admin"));
    const { json } = await who.post("rules", { ...rule, pattern: "Wunder" });
    await who.post(`rules/${json.id}/undo`);
    await who.get("export/csv");
    const { lines } = (await who.get("audit")).json;
    expect(
      lines
        .filter((line: { personId: string }) => line.personId === "slack:T1/gerda")
        .map((line: { action: string }) => line.action),
    ).toEqual(["feedback.export", "rule.undo", "rule.accept", "manage.login"]);
  });
});

/** Every route and the least role that it needs; nothing else is on the dashboard. */
const needed: [method: "get" | "post", path: string, role: Role | "anybody"][] = [
  ["get", "me", "anybody"],
  ["get", "week", "manager"],
  ["get", "trends", "manager"],
  ["get", "drafts", "manager"],
  ["get", "choices", "manager"],
  ["get", "drafts/{id}", "manager"],
  ["get", "drafts/{id}/provenance", "manager"],
  ["get", "patterns", "manager"],
  ["get", "duplicates", "manager"],
  ["get", "rules", "manager"],
  ["post", "rules", "manager"],
  ["post", "rules/{id}/undo", "manager"],
  ["get", "export/csv", "manager"],
  ["get", "export/sft", "manager"],
  ["get", "export/dpo", "manager"],
  ["get", "export/kto", "manager"],
  ["get", "audit", "admin"],
  ["post", "people/access", "admin"],
  ["post", "people/erase", "admin"],
];

describe("the permission matrix", () => {
  test("names every route", async () => {
    const api = (await person(house.url).get("/openapi.json")).json;
    const found = Object.entries<object>(api.paths)
      .filter(([at]) => at.startsWith("/api/manage/"))
      .flatMap(([at, methods]) =>
        Object.keys(methods).map((method) => `${method} ${at.slice("/api/manage/".length)}`),
      );
    expect(found.sort()).toEqual(needed.map(([method, at]) => `${method} ${at}`).sort());
  });

  test("is the one in docs/manage.md", async () => {
    const docs = await readFile(path.join(import.meta.dirname, "../../docs/manage.md"), "utf8");
    for (const [method, at, role] of needed)
      expect(docs).toContain(`| \`${method.toUpperCase()} ${at}\` | ${role} |`);
  });

  test.each(roles)("as %s", async (role) => {
    const who = await house.enter(manager(`role-${role}`, role));
    const rank = (one: Role | "anybody") => (one === "anybody" ? -1 : roles.indexOf(one));
    const bodies: Record<string, unknown> = {
      rules: { brand: "hygge", kind: "delete", pattern: `Wort ${role}` },
      "people/access": { person: "web:nobody" },
      "people/erase": { person: "web:nobody" },
    };
    for (const [method, at, least] of needed) {
      const where = at.replace("{id}", draft);
      const answer = method === "get" ? await who.get(where) : await who.post(where, bodies[at] ?? {});
      const allowed = rank(role) >= rank(least);
      // Undoing a rule that is none comes as far as saying so.
      const fine = at === "rules/{id}/undo" ? 404 : 200;
      expect(`${method} ${at} ${answer.status}`).toBe(`${method} ${at} ${allowed ? fine : 403}`);
      if (!allowed) expect(answer.json.error.code).toBe("not_allowed");
    }
  });

  test("somebody who just opens the page reads nothing", async () => {
    const nobody = person(house.url);
    for (const [method, at, least] of needed) {
      if (least === "anybody") continue;
      const answer = await nobody.call(
        method.toUpperCase(),
        `/api/manage/${at.replace("{id}", draft)}`,
        method === "post" ? {} : undefined,
      );
      expect(answer.status).toBe(403);
    }
  });

  test("a person whom the configuration makes a manager needs no link on their own machine", async () => {
    const own = await openManagedWeb(database, { role: "manager" });
    expect((await person(own.url).get("/api/manage/week")).status).toBe(200);
    await own.close();
  });

  test("beyond loopback nothing is to be had without the token, and the token alone makes no manager", async () => {
    const own = await openManagedWeb(database, { role: "requester", token: "a-secret-of-sixteen" });
    expect((await person(own.url).get("/api/manage/week")).status).toBe(401);
    expect(
      (await person(own.url, { authorization: "Bearer a-secret-of-sixteen" }).get("/api/manage/week")).status,
    ).toBe(403);
    // A link is proof enough.
    expect((await (await own.enter(manager("hans"))).get("week")).status).toBe(200);
    await own.close();
  });

  test("whoever may read the data folder gets a link, and nobody else", async () => {
    const secret = await readFile(path.join(house.web.dataDir, "local.secret"), "utf8");
    const local = person(house.url, { authorization: `Bearer ${secret}` });
    const { json } = await local.post("/api/manage/link");
    expect((await person(house.url).post("/api/manage/login", { link: tokenOf(json.path) })).json.role).toBe(
      "admin",
    );
    expect((await person(house.url).post("/api/manage/link")).status).toBe(403);
    const boss = await house.enter(manager("ida", "manager"));
    expect((await boss.post("link")).status).toBe(403);
  });

  test("a role that the configuration takes away is gone at the next request, the group's stays with the session", async () => {
    const who = await house.enter(manager("jan", "manager"));
    expect((await who.get("me")).json.role).toBe("manager");
    await sleep(0);
    await database.pool.query(
      "update hygge_local.sessions set role = 'requester' where person_id = 'slack:T1/jan'",
    );
    expect((await who.get("week")).status).toBe(403);
  });
});

describe("what people wrote", () => {
  test("comes as JSON and as downloads, never as a page", async () => {
    const evil = `<script>alert(1)</script><img src=x onerror=alert(1)>`;
    await world(database).brief(evil, [evil]);
    const who = await house.enter(manager("xss"));
    for (const at of ["drafts", "export/csv", `drafts/${draft}`]) {
      const { headers } = await who.get(at);
      expect(String(headers["content-type"])).toMatch(/^(application\/json|text\/csv)/);
      expect(headers["x-content-type-options"]).toBe("nosniff");
      expect(String(headers["content-security-policy"])).toContain("default-src 'self'");
      expect(headers["cache-control"]).toBe("no-store");
    }
    expect(String((await who.get("export/csv")).headers["content-disposition"])).toMatch(/^attachment/);
  });
});
