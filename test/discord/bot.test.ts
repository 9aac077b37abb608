/** The bot with the real client on our own small Discord: commands, and everything that goes wrong on the way. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { checkDiscord, registerDiscord } from "#bots/discord/doctor.ts";
import { commands } from "#bots/discord/register.ts";
import { HyggeError } from "#src/errors.ts";
import type { Database } from "#src/store/open.ts";
import { memoryDatabase } from "#test/fixtures/database.ts";
import { scriptedModel } from "#test/fixtures/scripted-model.ts";
import { anna, channelId, type Fake, guildId, managerRole, openFake } from "./fake.ts";
import { eventually, type House, openHouse } from "./house.ts";
import { control, controls, draftTexts, words } from "./read.ts";

const said = [
  "Manche Abende brauchen nur einen Platz, an dem niemand aufsteht. Ekeby ist so ein Platz, aus Leinen, für 899 €. Komm vorbei.",
  "Sonntag, halb elf, noch im Pyjama: Ekeby stellt keine Fragen. Leinen, 899 €. Der Rest vom Tag darf warten, bis es dunkel wird.",
];
const brief = (text: string, more: { name: string; type: number; value: unknown }[] = []) => ({
  id: "1",
  name: "hygge",
  type: 1,
  options: [{ name: "brief", type: 3, value: text }, ...more],
});
const sofa = brief("Sofa Ekeby, Leinen, 899 €");

let database: Database;
beforeAll(async () => {
  database = await memoryDatabase();
});
afterAll(() => database.close());

/** A Discord and a bot of its own for each of these; all share one database. */
async function open(config: Parameters<typeof openHouse>[2] = {}, model = scriptedModel(said)) {
  const fake = await openFake();
  const house = await openHouse(fake, model, { database: { ...database, close: async () => {} }, ...config });
  return { fake, house };
}
let fake: Fake;
let house: House;
afterEach(async () => {
  await house?.close();
  await fake?.close();
});
const start = async (...options: Parameters<typeof open>) => {
  ({ fake, house } = await open(...options));
};
const drafts = (at: string) => fake.messages(at).filter((message) => draftTexts(message).length > 0);
const hidden = () =>
  [...fake.channels.keys()]
    .flatMap((id) => fake.messages(id))
    .filter((message) => (message.flags ?? 0) & 64)
    .map(words);
const theDraft = () =>
  eventually(async () => {
    const [thread] = fake.threads();
    const [message] = thread ? drafts(String(thread.id)) : [];
    return message && { threadId: String(thread?.id), message };
  }, "a draft in a thread");
const told = (text: string) => eventually(async () => hidden().find((words) => words.includes(text)), text);

describe("a command", () => {
  it("is answered at once, says how it stands, and ends in its thread", async () => {
    await start();
    const asked = fake.interact(2, sofa);
    const { message } = await theDraft();
    expect(draftTexts(message)).toEqual([expect.stringContaining("Ekeby")]);
    expect(asked.callback).toEqual({ type: 5, data: expect.anything() });
    const request = await eventually(
      async () =>
        fake.messages()[0] && words(fake.messages()[0] ?? {}).includes("Fertig") && fake.messages()[0],
      "done",
    );
    expect(request.id).toBe(fake.threads()[0]?.id);
    expect(fake.problems).toEqual([]);
  });

  it("with a brief that is none is refused for the person alone, and leaves nothing behind", async () => {
    await start();
    fake.interact(2, brief("!!! 🛋️"));
    await told("Im Auftrag steht kein Wort");
    expect(fake.threads()).toEqual([]);
    expect(fake.messages().filter((message) => !((message.flags ?? 0) & 64))).toEqual([]);
    fake.interact(2, sofa, { locale: "en-US" });
    await theDraft();
    fake.interact(2, brief("Sofa, Leinen, Leder"), { locale: "en-US" });
    await told("contradict each other");
  });

  it("without a brief opens a form, and the form is a brief", async () => {
    await start();
    const asked = fake.interact(2, {
      id: "1",
      name: "hygge",
      type: 1,
      options: [{ name: "ton", type: 3, value: "ruhig" }],
    });
    await eventually(async () => asked.callback?.type === 9, "the form");
    expect(JSON.stringify(asked.callback?.data)).toContain('"value":"ruhig","default":true');
    fake.interact(5, {
      custom_id: "v1:brief:hygge",
      components: [
        {
          type: 18,
          id: 1,
          component: { type: 4, id: 2, custom_id: "text", value: "Sofa Ekeby, Leinen, 899 €" },
        },
        { type: 18, id: 3, component: { type: 3, id: 4, custom_id: "channel", values: ["instagram"] } },
        { type: 18, id: 5, component: { type: 3, id: 6, custom_id: "variants", values: ["2"] } },
      ],
    });
    expect(draftTexts((await theDraft()).message)).toHaveLength(2);
  });

  it("suggests channels and brands while somebody types", async () => {
    await start();
    const asked = fake.interact(4, {
      id: "1",
      name: "hygge",
      type: 1,
      options: [{ name: "kanal", type: 3, value: "regal", focused: true }],
    });
    await eventually(async () => asked.callback, "suggestions");
    expect(asked.callback).toEqual({
      type: 8,
      data: { choices: [{ name: "Regalschild", value: "schild" }] },
    });
  });

  it("where the bot lacks permissions says which", async () => {
    await start();
    fake.interact(2, sofa, { permissions: String(0x400 | 0x800) });
    const text = await told("Öffentliche Threads erstellen");
    expect(text).toContain("Nachrichtenverlauf lesen");
    expect(text).not.toContain("Kanäle ansehen");
  });

  it("too soon after the last one says when the next may come", async () => {
    await start({ config: { cooldownSeconds: 60 } });
    fake.interact(2, sofa);
    await theDraft();
    fake.interact(2, sofa);
    await eventually(
      async () =>
        fake.calls.some(
          ({ body }) =>
            /<t:\d+:R>/.test(JSON.stringify(body ?? {})) && JSON.stringify(body).includes('"flags":32832'),
        ),
      "the moment",
    );
  });

  it("in direct messages is answered there", async () => {
    await start();
    const dm = fake.addChannel(1);
    fake.interact(2, sofa, { channelId: dm, context: 1 });
    await eventually(async () => drafts(dm)[0], "a draft in the channel itself");
    expect(fake.threads()).toEqual([]);
  });

  it("helps, lists, tells how it stands, and sends managers a link", async () => {
    await start({ config: { managerRoles: [managerRole] } });
    fake.interact(2, sofa);
    await theDraft();
    const run = (name: string, locale = "de") => fake.interact(2, { id: "1", name, type: 1 }, { locale });
    run("hygge-hilfe");
    await told("schreibt kurze Texte");
    run("hygge-meine");
    await told("Deine letzten Texte");
    run("hygge-status", "en-GB");
    await told("Nobody is waiting");
    run("hygge-dashboard");
    await told("Rolle „Auftraggebend“");
    fake.member({ roles: [managerRole] });
    run("hygge-dashboard");
    await told("https://hygge.example/manage");
    expect(fake.problems).toEqual([]);
  });
});

describe("a message's menu", () => {
  const menu = (name: string, content: string, more: Parameters<Fake["interact"]>[2] = {}) => {
    const id = fake.addMessage();
    const message = { ...fake.messages().find((m) => m.id === id), content };
    return fake.interact(
      2,
      { id: "1", name, type: 3, target_id: id, resolved: { messages: { [id]: message } } },
      more,
    );
  };

  it("suggests a reply in a thread that the others don't see", async () => {
    await start();
    menu("Antwort vorschlagen", "Passt das Sofa Ekeby in eine kleine Küche?");
    const { threadId, message } = await theDraft();
    expect(fake.channels.get(threadId)?.type).toBe(12);
    expect(words(message)).toContain("Antwort");
    await told(`<#${threadId}>`);
    expect(fake.messages().filter((m) => !((m.flags ?? 0) & 64) && m.components?.length)).toEqual([]);
  });

  it("sends a direct message where it may start no private thread", async () => {
    await start();
    menu("In Hygge-Ton umschreiben", "Sofa Ekeby, Leinen, 899 €", { permissions: String(1n << 35n) });
    const dm = await eventually(
      async () =>
        [...fake.channels.values()].find(({ id, type }) => type === 1 && drafts(String(id)).length > 0),
      "a draft in direct messages",
    );
    expect(fake.threads()).toEqual([]);
    await told(`<#${dm.id}>`);
  });

  it("shows managers a draft in the dashboard, from its message or the request, and nobody else", async () => {
    await start({ config: { managerRoles: [managerRole] } });
    fake.interact(2, sofa);
    const { threadId, message } = await theDraft();
    const draftId = control(message, "copy").subject;
    const [request] = fake.messages();
    const inDashboard = (of: typeof message, at: string, locale = "de") =>
      fake.interact(
        2,
        {
          id: "1",
          name: "Im Dashboard zeigen",
          type: 3,
          target_id: of.id,
          resolved: { messages: { [of.id]: of } },
        },
        { channelId: at, locale },
      );
    inDashboard(message, threadId);
    await told("Rolle „Auftraggebend“");
    fake.member({ roles: [managerRole] });
    inDashboard(message, threadId);
    await told(`https://hygge.example/manage#discord:${anna} ${draftId}`);
    const { rows } = await database.db.execute<{ brief_id: string; thread: string }>(
      `select d.brief_id, b.thread from hygge.drafts d join hygge.briefs b on b.id = d.brief_id where d.id = '${draftId}'`,
    );
    if (request) inDashboard(request, channelId);
    await told(`https://hygge.example/manage#discord:${anna} ${rows[0]?.brief_id}`);
    // Where it was asked for, for the way back.
    expect(rows[0]?.thread).toBe(`${guildId}/${channelId}/${request?.id}`);
    const other = fake.addMessage();
    const foreign = fake.messages().find(({ id }) => id === other);
    if (foreign) inDashboard(foreign, channelId, "en-US");
    await told("has nothing on that message");
    expect(fake.problems).toEqual([]);
  });

  it("says what to do where neither goes, and that a picture has no words", async () => {
    await start();
    fake.fault({
      method: "POST",
      path: /users\/@me\/channels/,
      status: 403,
      body: { code: 50007, message: "no" },
    });
    menu("Antwort vorschlagen", "Passt das?", { permissions: "0" });
    await told("Direktnachrichten sind geschlossen");
    menu("Antwort vorschlagen", "");
    await told("steht kein Text");
  });
});

describe("a click", () => {
  const click = (at: string, messageId: string, id: string, more = {}) =>
    fake.interact(3, { custom_id: id, component_type: 2 }, { channelId: at, messageId, ...more });

  it("of a version that nobody knows any more, or on a draft that is gone, is told so", async () => {
    await start();
    const id = fake.addMessage();
    click(channelId, id, "v0:old:1");
    await told("Den Knopf gibt es so nicht mehr");
    click(channelId, id, "v1:anew:nothing-1");
    await told("gibt es nicht (mehr)");
  });

  it("cancels what waits, and the request says so", async () => {
    await start({}, scriptedModel(said, { tokenMs: 150 }));
    fake.interact(2, sofa);
    const request = await eventually(
      async () => fake.messages().find((message) => controls(message).some((c) => c.action === "cancel")),
      "a request that can be cancelled",
    );
    click(channelId, request.id, control(request, "cancel").id);
    await eventually(async () => words(fake.messages()[0] ?? {}).includes("Abgebrochen"), "cancelled");
  });

  it("hands out the bare text", async () => {
    await start();
    fake.interact(2, sofa);
    const { threadId, message } = await theDraft();
    click(threadId, message.id, control(message, "copy").id);
    await told(draftTexts(message)[0] ?? "-");
  });
});

describe("replies", () => {
  it("refine the draft where they are read, and are nothing to the bot where they aren't", async () => {
    await start({ config: { replies: true } });
    fake.interact(2, sofa);
    const { threadId, message } = await theDraft();
    fake.write("kürzer bitte", threadId, { reference: message.id, mentions: true });
    await eventually(async () => drafts(threadId).length === 2, "a second version");
    fake.write(`<@100000000000000001> und ohne Preis`, threadId);
    await eventually(async () => drafts(threadId).length === 3, "a third version");
    // What was asked for before the server was noted is found, too.
    await database.db.execute(
      `update hygge.briefs set thread = replace(thread, '${guildId}/', '') where thread like '%/${threadId}'`,
    );
    const foreign = fake.write("Na ja.", threadId);
    fake.write(`<@100000000000000001> wärmer`, threadId, { reference: foreign });
    const noted = () =>
      database.db.execute<{ wish: string }>("select wish from hygge.generations where wish = 'wärmer'");
    await eventually(async () => (await noted()).rows.length === 1, "a fourth version");
    fake.write("Das finde ich gut.", threadId);
    const { rows } = await database.db.execute<{ wish: string }>(
      "select wish from hygge.generations where wish is not null order by queued_at desc limit 3",
    );
    expect(rows.map(({ wish }) => wish)).toEqual(["wärmer", "und ohne Preis", "kürzer bitte"]);
  });
});

describe("when things break", () => {
  it("an interaction that is too old is dropped, and the next one is answered", async () => {
    await start();
    const late = fake.interact(2, sofa);
    fake.expire(late.id);
    fake.interact(2, sofa);
    await theDraft();
    expect(late.callback).toBeUndefined();
  });

  it("an interaction that another process has answered is left to that one", async () => {
    await start();
    fake.fault({
      method: "POST",
      path: /callback$/,
      status: 400,
      body: { code: 40060, message: "answered" },
    });
    fake.interact(2, sofa);
    await eventually(async () => fake.calls.some(({ status }) => status === 400), "the refusal");
    fake.interact(2, brief("Lampe Ljus, 49 €"));
    await theDraft();
    expect(fake.threads()).toHaveLength(1);
  });

  it("an expired token doesn't cost the bot its own", async () => {
    await start();
    fake.fault({
      method: "PATCH",
      path: /^\/webhooks/,
      status: 401,
      body: { code: 50027, message: "Invalid Webhook Token" },
    });
    fake.interact(2, sofa);
    await eventually(async () => fake.calls.some(({ status }) => status === 401), "the refusal");
    fake.interact(2, sofa);
    await theDraft();
  });

  it("a brief that is stored is no failure, even if nobody can be shown so", async () => {
    await start();
    fake.fault({
      method: "PATCH",
      path: /^\/webhooks/,
      status: 401,
      body: { code: 50027, message: "Invalid Webhook Token" },
      skip: 1,
    });
    fake.interact(2, sofa);
    await eventually(async () => fake.calls.some(({ status }) => status === 401), "the refusal");
    await theDraft();
    expect(hidden()).toEqual([]);
    expect(fake.messages()).toHaveLength(1);
  });

  it("a connection that drops is resumed, and what was missed is answered, once", async () => {
    await start();
    fake.drop();
    const missed = fake.interact(2, sofa);
    await eventually(async () => fake.seen.resumes === 1, "resumed");
    await theDraft();
    expect(fake.seen.identifies).toBe(1);
    expect(missed.answeredMs).toBeLessThan(3_000);
    fake.interact(2, sofa, { id: missed.id });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(fake.threads()).toHaveLength(1);
  });

  it.each([
    [4004, "DISCORD_TOKEN"],
    [4014, "DISCORD_REPLIES"],
  ])("a close for good (%i) is the operator's to mend: %s", async (code, key) => {
    await start();
    expect(house.bot.discord.health().up).toBe(true);
    fake.closeWith(code);
    await eventually(async () => house.fatal[0], "given up");
    expect(house.fatal[0]?.details.problems).toContain(key);
    expect(house.bot.discord.health()).toMatchObject({ up: false, error: expect.stringContaining(key) });
  });

  it("a token that Discord refuses ends the start with the fix", async () => {
    await start();
    fake.fault({
      method: "GET",
      path: /gateway\/bot/,
      status: 401,
      body: { code: 0, message: "401: Unauthorized" },
    });
    const refused = await openHouse(fake, scriptedModel(said), {
      database: { ...database, close: async () => {} },
    }).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(HyggeError);
    expect((refused as HyggeError).details.problems).toContain("Reset Token");
  });
});

describe("hygge doctor and register", () => {
  const findings = async (change: object = {}, at?: string) => {
    const found: string[] = [];
    const config = {
      token: "x",
      apiUrl: fake.apiUrl,
      approverRoles: [],
      managerRoles: [],
      cooldownSeconds: 0,
      replies: false,
    };
    for await (const { ok, text } of checkDiscord({ ...config, ...change }, "de", at))
      found.push(`${ok ? "✓" : "✗"} ${text}`);
    return found.join("\n");
  };

  it("registers all commands in one request, for one server or for all, and doctor knows", async () => {
    await start();
    expect(await findings()).toContain("✗ Discord: Es sind keine Befehle angemeldet");
    const config = {
      token: "x",
      apiUrl: fake.apiUrl,
      approverRoles: [],
      managerRoles: [],
      cooldownSeconds: 0,
      replies: false,
    };
    expect(await registerDiscord(config, guildId)).toBe(commands().length);
    expect(await registerDiscord(config)).toBe(commands().length);
    expect(fake.calls.filter(({ method }) => method === "PUT").map(({ path }) => path)).toEqual([
      `/applications/100000000000000001/guilds/${guildId}/commands`,
      "/applications/100000000000000001/commands",
    ]);
    const found = await findings({}, channelId);
    expect(found).toContain("✓ Discord: angemeldet als Hygge, auf 1 Server");
    expect(found).toContain(`✓ Discord: ${commands().length} Befehle angemeldet`);
    expect(found).toContain("✓ Discord-Server Hygge: alle Rechte da");
    expect(found).toContain("✓ Discord-Kanal #marketing: alle Rechte da");
    expect(fake.problems).toEqual([]);
  });

  it("names what is missing", async () => {
    await start();
    const closed = fake.channels.get(channelId);
    Object.assign(closed ?? {}, {
      permission_overwrites: [{ id: guildId, type: 0, allow: "0", deny: String(1n << 35n) }],
    });
    const found = await findings({ approverRoles: ["700000000000000001"] }, channelId);
    expect(found).toContain("✗ Discord, #marketing: Es fehlen Rechte: Öffentliche Threads erstellen");
    expect(found).toContain("✗ Discord: Eine Rolle 700000000000000001 gibt es auf keinem Server");
    expect(await findings({}, "799999999999999999")).toContain("Den sieht der Bot nicht");
    fake.fault({ method: "GET", path: /users\/@me$/, status: 401, body: { code: 0, message: "no" } });
    expect(await findings()).toContain("nimmt DISCORD_TOKEN nicht an");
  });
});
