/** Every role by every button: what the pages offer, what the chats' buttons ask for, and what the use cases then do. */
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ActionId as DiscordAction, actions as discordActions } from "#bots/discord/ids.ts";
import { actionIds as slackActions } from "#bots/slack/ids.ts";
import { manageCan, pageCan } from "#bots/web/can.ts";
import { type Action, actions, may, neededRole, type Role, roles } from "#src/may.ts";
import { openHouse, person } from "#test/fixtures/house.ts";
import { scriptedModel } from "#test/fixtures/scripted-model.ts";
import { world } from "./world.ts";

/** The least role: on one's own brief (or without one), and on another person's. */
const matrix: Record<Action, [own: Role, others: Role]> = {
  "brief.create": ["requester", "requester"],
  "brief.read": ["requester", "requester"],
  "brief.cancel": ["requester", "approver"],
  "draft.revise": ["requester", "requester"],
  "draft.edit": ["requester", "requester"],
  "draft.pick": ["requester", "approver"],
  "draft.rate": ["requester", "requester"],
  "draft.request": ["requester", "approver"],
  "draft.withdraw": ["requester", "approver"],
  "draft.approve": ["approver", "approver"],
  "draft.reject": ["approver", "approver"],
  "feedback.read": ["manager", "manager"],
  "feedback.export": ["manager", "manager"],
  "rules.change": ["manager", "manager"],
  "audit.read": ["admin", "admin"],
  "person.access": ["admin", "admin"],
  "person.erase": ["admin", "admin"],
  admin: ["admin", "admin"],
};
const allowed = (role: Role, action: Action, whose: "own" | "others") =>
  roles.indexOf(role) >= roles.indexOf(matrix[action][whose === "own" ? 0 : 1]);

const cells = roles.flatMap((role) => (["own", "others"] as const).map((whose) => [role, whose] as const));
const me = (role: Role) => person("ida", role);
const owner = (whose: "own" | "others") => (whose === "own" ? "web:ida" : "web:jan");

const root = path.join(import.meta.dirname, "../..");
const web = path.join(root, "bots/web");
const load = (file: string) => import(pathToFileURL(path.join(web, file)).href);

test.each(cells)("`may`: %s on %s", (role, whose) => {
  for (const action of actions) {
    const about = { owner: owner(whose) };
    expect([action, may(me(role), action, about)]).toEqual([action, allowed(role, action, whose)]);
    // Who is refused is told the role that would do.
    if (!allowed(role, action, whose))
      expect(neededRole(action, about, me(role))).toBe(matrix[action][whose === "own" ? 0 : 1]);
  }
});

describe("the playground page's buttons", () => {
  type Offers = Record<string, boolean>;
  let page: {
    offersOnBrief(me: object, brief: object): Offers;
    offersOnDraft(me: object, brief: object, draft: object): Offers;
    offersManagers(me: object): Offers;
  };
  beforeAll(async () => {
    page = (await load("page/offers.js")) as typeof page;
  });

  /** A button, the states of a draft in which it makes sense, and what it asks for. */
  const buttons: Record<string, [Action, states: string[]]> = {
    pick: ["draft.pick", ["draft", "requested", "approved", "rejected"]],
    request: ["draft.request", ["draft"]],
    withdraw: ["draft.withdraw", ["requested"]],
    approve: ["draft.approve", ["draft", "requested"]],
    reject: ["draft.reject", ["requested"]],
  };

  test.each(cells)("as %s on %s", (role, whose) => {
    const who = { id: "web:ida", can: pageCan(me(role)) };
    const brief = { personId: owner(whose) };
    for (const state of ["draft", "requested", "approved", "rejected"]) {
      const offers = page.offersOnDraft(who, brief, { state, picked: false });
      const expected = Object.entries(buttons).map(([name, [action, states]]) => [
        name,
        states.includes(state) && allowed(role, action, whose),
      ]);
      expect(offers, state).toEqual(Object.fromEntries(expected));
    }
    expect(page.offersOnDraft(who, brief, { state: "draft", picked: true }).pick).toBe(false);
    expect(page.offersOnBrief(who, brief)).toEqual({ cancel: allowed(role, "brief.cancel", whose) });
    expect(page.offersManagers(who)).toEqual({ dashboard: allowed(role, "feedback.read", whose) });
    // What the page shows to everybody: compose, read, copy, edit, rewrite, refine, rate.
    for (const action of ["brief.create", "brief.read", "draft.edit", "draft.revise", "draft.rate"] as const)
      expect(may(me(role), action, { owner: owner(whose) })).toBe(true);
  });
});

describe("the managers' pages and buttons", () => {
  const asks: Record<string, Action[]> = {
    overview: ["feedback.read"],
    drafts: ["feedback.read"],
    patterns: ["feedback.read"],
    rules: ["feedback.read"],
    accept: ["rules.change"],
    undo: ["rules.change"],
    exports: ["feedback.export"],
    people: ["person.access", "person.erase", "audit.read"],
    access: ["person.access"],
    erase: ["person.erase"],
    audit: ["audit.read"],
  };

  test.each(roles)("as %s", async (role) => {
    const { offers } = (await load("manage/page/offers.js")) as {
      offers(me: object): Record<string, boolean>;
    };
    const expected = Object.entries(asks).map(([name, some]) => [
      name,
      some.some((action) => allowed(role, action, "own")),
    ]);
    expect(offers({ can: manageCan(me(role)) })).toEqual(Object.fromEntries(expected));
  });

  test("docs/manage.md says the same", async () => {
    const docs = await readFile(path.join(root, "docs/manage.md"), "utf8");
    for (const [name, [action = "admin"]] of Object.entries(asks))
      expect(docs).toContain(`| \`${name}\` | ${matrix[action][0]} |`);
    for (const [action, [own, others]] of Object.entries(matrix))
      expect(docs).toContain(`| \`${action}\` | ${own} | ${others} |`);
  });
});

test("the pages ask for permissions in one place each", async () => {
  for (const folder of ["page", "manage/page"])
    for (const file of await readdir(path.join(web, folder))) {
      if (!file.endsWith(".js") || file === "offers.js") continue;
      const source = await readFile(path.join(web, folder, file), "utf8");
      expect(source.match(/\.can\b|\.role ===/g), `${folder}/${file}`).toBeNull();
    }
});

describe("the chats' buttons", () => {
  /** A message is one for all, so its buttons are shown to everybody; `may` decides at the click. "": nothing to ask. */
  const slack: Record<keyof typeof slackActions, Action | ""> = {
    anew: "draft.revise",
    change: "draft.revise",
    refine: "draft.revise",
    edit: "draft.edit",
    pick: "draft.pick",
    request: "draft.request",
    withdraw: "draft.withdraw",
    approve: "draft.approve",
    reject: "draft.reject",
    copy: "brief.read",
    dashboard: "feedback.read",
    more: "",
    cancel: "brief.cancel",
    again: "brief.create",
    feedback: "draft.rate",
    compose: "brief.create",
  };
  const discord: Record<DiscordAction, Action> = {
    anew: "draft.revise",
    shorter: "draft.revise",
    variants: "draft.revise",
    refine: "draft.revise",
    tone: "draft.revise",
    edit: "draft.edit",
    request: "draft.request",
    withdraw: "draft.withdraw",
    approve: "draft.approve",
    reject: "draft.reject",
    up: "draft.rate",
    down: "draft.rate",
    pick: "draft.pick",
    copy: "brief.read",
    cancel: "brief.cancel",
    brief: "brief.create",
  };
  const asked = new Set([...Object.values(slack), ...Object.values(discord)]);

  let house: Awaited<ReturnType<typeof openHouse>>;
  let w: ReturnType<typeof world>;
  beforeAll(async () => {
    house = await openHouse(scriptedModel(() => "Ein Text."));
    w = world(house.database);
  });
  afterAll(() => house?.close());

  test("every button that can be sent asks for something", () => {
    expect(Object.keys(slack).sort()).toEqual(Object.keys(slackActions).sort());
    expect(Object.keys(discord).sort()).toEqual([...discordActions].sort());
  });

  test.each(cells)("the use cases behind them, as %s on %s", async (role, whose) => {
    const actor = me(role);
    const theirs = await w.person(owner(whose));
    const { id, drafts } = await w.brief(`Sofa ${role} ${whose}`, ["Eins.", "Zwei."], { person: theirs });
    const [draft = "", second = ""] = drafts;
    const { hygge } = house;
    const clicks: [Action, () => Promise<unknown>][] = [
      ["brief.create", () => hygge.request(actor, { text: "Sofa Ekeby, Leinen", surface: "web" })],
      ["brief.read", () => hygge.brief(actor, id)],
      ["draft.rate", () => hygge.rate(actor, draft, { value: "up" })],
      ["draft.edit", () => hygge.edit(actor, draft, "Ein anderer Text.")],
      ["draft.pick", () => hygge.pick(actor, draft)],
      ["draft.request", () => hygge.decide(actor, draft, "request")],
      ["draft.withdraw", () => hygge.decide(actor, draft, "withdraw")],
      ["draft.approve", () => hygge.decide(actor, draft, "approve")],
      ["draft.reject", () => hygge.decide(actor, second, "reject")],
      ["draft.revise", () => hygge.revise(actor, draft, { wish: "kürzer" })],
      ["brief.cancel", () => hygge.cancel(actor, id)],
    ];
    // The dashboard's link is asked for in test/slack, test/discord and login.test.ts.
    for (const action of asked)
      if (action !== "" && action !== "feedback.read") expect(clicks.map(([a]) => a)).toContain(action);
    for (const [action, click] of clicks) {
      const code = await click().then(
        () => "done",
        (error) => error.code ?? String(error),
      );
      expect([action, code]).toEqual([action, allowed(role, action, whose) ? "done" : "not_allowed"]);
    }
  });
});
