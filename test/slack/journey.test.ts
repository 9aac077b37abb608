/** A marketing team's day in Slack, on our fake that checks every message and modal against Slack's limits. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { actionIds as ids, viewIds } from "#bots/slack/ids.ts";
import { scriptedModel } from "#test/fixtures/scripted-model.ts";
import { eventually, type House, openHouse } from "./house.ts";
import { approvers, type FakeSlack, type Json, type Message, openFakeSlack } from "./our-fake-slack.ts";
import { buttonsOf, draftTexts, wordsOf } from "./read.ts";

const ways = ["ruhig", "leise", "weich", "schlicht", "hell", "breit", "tief", "offen"];
const says = ways.map(
  (way) => `Ekeby ist ein Sofa aus Leinen, ${way} und für lange Abende gemacht. Für 899 €.`,
);
const brief = "Sofa Ekeby, Leinen, 899 €, Instagram";

let slack: FakeSlack;
let house: House;
beforeAll(async () => {
  slack = await openFakeSlack();
  house = await openHouse(slack, scriptedModel(says), {
    config: { approverGroups: ["@freigabe"] },
    managers: ["slack:T01TEST/U03CLEO"],
    unpaced: true,
  });
  await house.startBot();
});
afterAll(async () => {
  await house?.close();
  await slack?.close();
  expect(slack.problems).toEqual([]);
});

const replies = (root: Message) => slack.messages.filter((m) => m.threadTs === root.ts);
const isDraft = (m: Message) => m.blocks.some((b: Json) => b.type === "context_actions");
const drafts = (root: Message) => replies(root).filter(isDraft);
const lastAnswer = () => slack.answers.at(-1)?.body;

/** Asks by command; resolves with the request's message and its first draft. */
async function ask(
  user: string,
  text = brief,
  channel = "C01GEN",
): Promise<{ root: Message; draft: Message }> {
  const before = slack.messages.length;
  const { acked, ms } = await slack.command(user, text, { channel });
  expect(acked).toBe(true);
  expect(ms).toBeLessThan(3_000);
  const root = await eventually(
    () => slack.messages.slice(before).find((m) => m.channel === channel && !m.threadTs),
    "the request",
  );
  const draft = await eventually(() => drafts(root)[0], "the draft");
  return { root, draft };
}

/** The window that a click or a command opens. */
async function opened(callback: string, by: () => Promise<unknown>): Promise<Json> {
  const before = slack.views.length;
  await by();
  const { view } = await eventually(() => slack.views[before], "the window");
  expect(view.callback_id).toBe(callback);
  return view;
}

const nextDraft = (root: Message, n: number) => eventually(() => drafts(root)[n], `draft ${n + 1}`);

describe("while briefs wait", () => {
  it("their places are shown and move up, and who asked may cancel, nobody else", async () => {
    const [first, second] = [`${brief}, eins`, `${brief}, zwei`];
    const shown = (text: string, state: string) =>
      eventually(
        () =>
          slack.messages.find((m) => wordsOf(m.blocks).includes(text) && wordsOf(m.blocks).includes(state)),
        `${text}: ${state}`,
      );
    await slack.command("U01ANNA", first, { channel: "C00QUEUE" });
    const root = await shown(first, "⏳ Als Nächstes dran");
    await slack.command("U01ANNA", second, { channel: "C00QUEUE" });
    await shown(second, "⏳ Platz 2 in der Schlange");
    const { payload } = await slack.command("U01ANNA", "status");
    expect(wordsOf(payload.blocks)).toContain("2 in der Schlange");
    await slack.click("U02BEN", root, ids.cancel);
    await eventually(() => wordsOf(lastAnswer()?.blocks ?? []).includes("“approver”"), "the refusal");
    await slack.click("U01ANNA", root, ids.cancel);
    await shown(first, "🚫 Abgebrochen");
    await eventually(
      () => replies(root).some((m) => wordsOf(m.blocks).includes("🚫 Abgebrochen.")),
      "the word below",
    );
    expect(buttonsOf(root.blocks)).toEqual([]);
    await shown(second, "⏳ Als Nächstes dran");
    await house.work();
    await shown(second, "✅ Fertig");
  });
});

describe("a brief by command", () => {
  it("appears with the person's name, then its draft as the first reply, with everything to click", async () => {
    const { root, draft } = await ask("U01ANNA");
    expect(wordsOf(root.blocks)).toContain(`@U01ANNA möchte einen Text:\n${brief}`);
    expect(replies(root)[0]).toBe(draft);
    expect(says).toContain(draftTexts(draft.blocks)[0]?.replaceAll("\u00a0", " "));
    expect(buttonsOf(draft.blocks)).toEqual([
      "Neu schreiben",
      "Ändern …",
      "Verfeinern",
      "Bearbeiten",
      "Freigabe anfragen",
      "overflow",
    ]);
    await eventually(() => wordsOf(root.blocks).includes("✅ Fertig"), "the request says that it is done");
    expect(buttonsOf(root.blocks)).toEqual([]);
  });

  it("is answered in English to who reads English", async () => {
    const { root, draft } = await ask("U02BEN", "Lampe Ljus, 49 €", "C02BEN");
    expect(wordsOf(root.blocks)).toContain("asks for a text:");
    expect(buttonsOf(draft.blocks)).toContain("Rewrite");
  });

  it("that says nothing is answered with what to do, to the person alone", async () => {
    const { payload } = await slack.command("U01ANNA", "🎉🎉");
    expect(payload).toMatchObject({ response_type: "ephemeral" });
    expect(wordsOf(payload.blocks)).toContain("Im Auftrag steht kein Wort");
  });

  it("that is too long names the limit", async () => {
    const { payload } = await slack.command("U01ANNA", `Sofa ${"sehr ".repeat(900)}`);
    expect(wordsOf(payload.blocks)).toMatch(/Zeichen, \d+ sind erlaubt/);
  });

  it("shows what people typed as text: nobody is mentioned, nothing is formatted", async () => {
    const before = slack.messages.length;
    await slack.command("U01ANNA", "Sofa *Ekeby* &lt;b&gt; R&amp;D <!channel> <@U02BEN|ben>, 899 €", {
      channel: "C03NASTY",
    });
    const root = await eventually(() => slack.messages[before], "the request");
    expect(wordsOf(root.blocks)).toContain("Sofa *Ekeby* <b> R&D @channel @ben, 899 €");
    expect(root.text).not.toMatch(/<[@!#]/);
    await eventually(() => drafts(root)[0], "its draft");
  });
});

describe("under a draft", () => {
  let root: Message;
  let draft: Message;
  beforeAll(async () => {
    ({ root, draft } = await ask("U01ANNA", brief, "C10BUTTONS"));
  });

  it("„Neu schreiben“ writes another one", async () => {
    await slack.click("U01ANNA", draft, ids.anew);
    const second = await nextDraft(root, 1);
    expect(wordsOf(second.blocks)).toContain("Entwurf 2");
    expect(draftTexts(second.blocks)[0]).not.toBe(draftTexts(draft.blocks)[0]);
  });

  it("a wish from the menu is told to the model and shown", async () => {
    await slack.click("U02BEN", draft, ids.change, { choose: "Kürzer" });
    expect(wordsOf((await nextDraft(root, 2)).blocks)).toContain("Wunsch: kürzer");
  });

  it("another tone", async () => {
    await slack.click("U01ANNA", draft, ids.change, { choose: "heiter" });
    expect(wordsOf((await nextDraft(root, 3)).blocks)).toContain("Entwurf 4 · Instagram · heiter");
  });

  it("„Verfeinern“ opens a window, and what is typed there is the wish", async () => {
    const view = await opened(viewIds.refine, () => slack.click("U01ANNA", draft, ids.refine));
    await slack.submit("U01ANNA", view, {
      wish: { wish: { type: "plain_text_input", value: "ohne Preis" } },
    });
    expect(wordsOf((await nextDraft(root, 4)).blocks)).toContain("Wunsch: ohne Preis");
  });

  it("variants come together, one is picked, and it alone can be approved", async () => {
    await slack.click("U01ANNA", draft, ids.change, { choose: "3 Varianten" });
    const variants = await nextDraft(root, 5);
    expect(draftTexts(variants.blocks)).toHaveLength(3);
    expect(buttonsOf(variants.blocks).filter((b) => b === "Diese nehmen")).toHaveLength(3);
    expect(buttonsOf(variants.blocks)).not.toContain("Freigabe anfragen");
    await slack.click("U01ANNA", variants, ids.pick, { nth: 1 });
    await eventually(() => wordsOf(variants.blocks).includes("✔️ Ausgewählt"), "the pick shows");
    expect(buttonsOf(variants.blocks).filter((b) => b === "Diese nehmen")).toHaveLength(2);
    expect(buttonsOf(variants.blocks).filter((b) => b === "Freigabe anfragen")).toHaveLength(1);
  });

  it("the plain text can be copied", async () => {
    await slack.click("U01ANNA", draft, ids.more, { choose: "Text zum Kopieren" });
    const { blocks } = await eventually(
      () => (JSON.stringify(lastAnswer() ?? "").includes("preformatted") ? lastAnswer() : undefined),
      "the plain text",
    );
    expect(blocks[1].elements[0].elements[0].text).toBe(draftTexts(draft.blocks)[0]);
  });

  it("a manager is shown it in the dashboard, by a link for her alone; the others are told whose that is", async () => {
    const { value } = draft.blocks
      .flatMap((b: Json) => b.elements ?? [])
      .find((e: Json) => e.action_id === ids.edit);
    const [, draftId] = value.split("|");
    const before = slack.answers.length;
    await slack.click("U03CLEO", draft, ids.more, { choose: "Im Dashboard zeigen" });
    const { body } = await eventually(() => slack.answers.slice(before)[0], "the link");
    expect(body).toMatchObject({ response_type: "ephemeral", replace_original: false });
    expect(wordsOf(body.blocks)).toContain(
      `https://hygge.example/manage?who=slack%3AT01TEST%2FU03CLEO&draft=${draftId}`,
    );
    await slack.click("U01ANNA", draft, ids.more, { choose: "Im Dashboard zeigen" });
    const refused = await eventually(() => slack.answers.slice(before)[1], "the refusal");
    expect(wordsOf(refused.body.blocks)).toContain("nötig ist „Leitung“");
  });

  it("an edit takes the draft's place, after what was noticed was said once; the diff is kept", async () => {
    const view = await opened(viewIds.edit, () => slack.click("U01ANNA", draft, ids.edit));
    const before = draftTexts(draft.blocks)[0];
    expect(view.blocks.find((b: Json) => b.block_id === "text0").element.initial_value).toBe(before);
    const text = "Ekeby ist das perfekte Sofa aus Leinen, für alle, die bleiben. Für 899 €.";
    const values = { text0: { text: { type: "plain_text_input", value: text } } };
    const first = await slack.submit("U01ANNA", view, values);
    expect(first.payload.response_action).toBe("update");
    expect(wordsOf(first.payload.view.blocks)).toContain("perfekt");
    expect(slack.problems).toEqual([]);
    const second = await slack.submit("U01ANNA", first.payload.view, values);
    expect(second.payload.response_action).toBeUndefined();
    await eventually(() => draftTexts(draft.blocks)[0] === text, "the edit shows");
    expect(wordsOf(draft.blocks)).toContain("bearbeitet von Anna");
    const { rows } = await house.database.pool.query(
      "select p.text as before from hygge.drafts d join hygge.drafts p on p.id = d.parent_id where d.text = $1",
      [text],
    );
    expect(rows).toEqual([{ before }]);
  });

  it("approval is asked for, pings the group, is refused to who may not give it, and given by who may", async () => {
    const { root, draft } = await ask("U01ANNA", brief, "C11APPROVAL");
    await slack.click("U01ANNA", draft, ids.request);
    const ping = await eventually(() => replies(root).find((m) => !isDraft(m)), "the ping");
    expect(wordsOf(ping.blocks)).toContain(`@${approvers} Anna bittet um Freigabe: Entwurf 1`);
    await eventually(() => buttonsOf(draft.blocks).includes("Freigeben"), "the buttons to decide");
    await slack.click("U02BEN", draft, ids.approve);
    await eventually(() => wordsOf(lastAnswer()?.blocks ?? []).includes("“approver”"), "the refusal");
    expect(wordsOf(draft.blocks)).not.toContain("Freigegeben");
    await slack.click("U03CLEO", draft, ids.approve);
    await eventually(() => wordsOf(draft.blocks).includes("✅ Freigegeben von Cleo"), "the approval shows");
    expect(buttonsOf(draft.blocks)).not.toContain("Freigeben");
    await eventually(
      () => replies(root).find((m) => wordsOf(m.blocks).includes("@U01ANNA Cleo hat Entwurf 1 freigegeben")),
      "who asked is told",
    );
    // Too late is told, not ignored.
    const view = await opened(viewIds.reject, () =>
      slack.click("U03CLEO", { ...draft, blocks: [clickable(draft, ids.reject)] }, ids.reject),
    );
    const { payload } = await slack.submit("U03CLEO", view, {
      note: { note: { type: "plain_text_input", value: "doch nicht" } },
    });
    expect(payload.errors.note).toContain("schon entschieden");
  });

  it("a rejection says why", async () => {
    const { root, draft } = await ask("U01ANNA", brief, "C12REJECT");
    await slack.click("U01ANNA", draft, ids.request);
    await eventually(() => buttonsOf(draft.blocks).includes("Ablehnen"), "the buttons to decide");
    const view = await opened(viewIds.reject, () => slack.click("U03CLEO", draft, ids.reject));
    await slack.submit("U03CLEO", view, {
      note: { note: { type: "plain_text_input", value: "Preis veraltet" } },
    });
    await eventually(
      () => wordsOf(draft.blocks).includes("⛔ Abgelehnt von Cleo: Preis veraltet"),
      "the rejection shows",
    );
    await eventually(
      () => replies(root).some((m) => wordsOf(m.blocks).includes("abgelehnt: Preis veraltet")),
      "who asked is told",
    );
  });

  it("good is kept and said; bad asks for reasons, and they are kept", async () => {
    const { draft } = await ask("U01ANNA", brief, "C13FEEDBACK");
    await slack.click("U02BEN", draft, ids.feedback, { choose: "good" });
    await eventually(() => wordsOf(draft.blocks).includes("👍 1  👎 0"), "the vote shows");
    const view = await opened(viewIds.bad, () =>
      slack.click("U01ANNA", draft, ids.feedback, { choose: "bad" }),
    );
    await slack.submit("U01ANNA", view, {
      reasons: { reasons: { type: "checkboxes", selected_options: [{ value: "facts" }, { value: "tone" }] } },
      comment: { comment: { type: "plain_text_input", value: "drei Sitze, nicht zwei" } },
    });
    await eventually(() => wordsOf(draft.blocks).includes("👍 1  👎 1"), "both votes show");
    const { rows } = await house.database.pool.query(
      "select value, reasons, comment from hygge.ratings where person_id = 'slack:T01TEST/U01ANNA'",
    );
    expect(rows).toEqual([{ value: "down", reasons: ["facts", "tone"], comment: "drei Sitze, nicht zwei" }]);
  });
});

describe("words in a thread", () => {
  let root: Message;
  beforeAll(async () => {
    ({ root } = await ask("U01ANNA", brief, "C20THREAD"));
  });
  const say = (text: string, more: Json = {}) =>
    slack.event({
      type: "message",
      channel: root.channel,
      channel_type: "channel",
      user: "U02BEN",
      text,
      ts: slack.nextTs(),
      thread_ts: root.ts,
      ...more,
    });

  it("@Hygge refines the last draft, once, although Slack tells of a mention twice", async () => {
    const ts = slack.nextTs();
    const text = "<@U0BOT> kürzer und ohne Preis";
    const [mention] = await Promise.all([say(text, { type: "app_mention", ts }), say(text, { ts })]);
    expect(mention.acked).toBe(true);
    expect(wordsOf((await nextDraft(root, 1)).blocks)).toContain("Wunsch: kürzer und ohne Preis");
    expect(drafts(root)).toHaveLength(2);
  });

  it("a plain reply does, too", async () => {
    await say("bitte wärmer");
    expect(wordsOf((await nextDraft(root, 2)).blocks)).toContain("Wunsch: bitte wärmer");
  });

  it("people who talk to each other are left alone", async () => {
    const before = house.hygge;
    await say("<@U01ANNA> was meinst du?");
    await say("👍");
    await say("danke", { bot_id: "B1" });
    await say("bearbeitet", { subtype: "message_changed" });
    expect(before).toBe(house.hygge);
    const { rows } = await house.database.pool.query(
      "select count(*)::int as n from hygge.generations g join hygge.briefs b on b.id = g.brief_id where b.thread like '%C20THREAD%'",
    );
    expect(rows).toEqual([{ n: 3 }]);
  });

  it("a mention elsewhere is a brief, answered in its thread", async () => {
    const ts = slack.nextTs();
    await slack.event({
      type: "app_mention",
      channel: "C21MENTION",
      user: "U01ANNA",
      text: `<@U0BOT> ${brief}`,
      ts,
    });
    await eventually(() => slack.messages.some((m) => m.threadTs === ts && isDraft(m)), "the draft");
  });

  it("a direct message is a brief; „hilfe“ there is help", async () => {
    const ts = slack.nextTs();
    const dm = { type: "message", channel: "D01ANNA", channel_type: "im", user: "U01ANNA" };
    await slack.event({ ...dm, text: "hilfe", ts: slack.nextTs() });
    expect(slack.messages.at(-1)?.channel).toBe("D01ANNA");
    await slack.event({ ...dm, text: brief, ts });
    await eventually(() => slack.messages.some((m) => m.threadTs === ts && isDraft(m)), "the draft");
  });
});

describe("everything else", () => {
  it("`/hygge` alone opens a form, and its choices count", async () => {
    const { acked } = await slack.command("U01ANNA", "", { channel: "C30FORM" });
    expect(acked).toBe(true);
    const { view } = await eventually(
      () => (slack.views.at(-1)?.view.callback_id === viewIds.brief ? slack.views.at(-1) : undefined),
      "the form",
    );
    const choose = (value: string) => ({ type: "static_select", selected_option: { value } });
    const empty = await slack.submit("U01ANNA", view, {
      brief: { brief: { type: "plain_text_input", value: " " } },
    });
    expect(empty.payload.errors.brief).toContain("leer");
    await slack.submit("U01ANNA", view, {
      brief: { brief: { type: "plain_text_input", value: "Sofa Ekeby, Leinen, 899 €" } },
      channel: { channel: choose("newsletter") },
      tone: { tone: choose("-") },
      length: { length: choose("kurz") },
      variants: { variants: choose("2") },
    });
    const draft = await eventually(
      () => slack.messages.find((m) => m.channel === "C30FORM" && isDraft(m)),
      "the drafts",
    );
    expect(draftTexts(draft.blocks)).toHaveLength(2);
    expect(wordsOf(draft.blocks)).toContain("Newsletter · warm · kurz");
  });

  it.each([
    ["hilfe", "So geht es"],
    ["status", "Die Schlange ist leer."],
    ["meine", "Deine letzten Texte"],
    ["dashboard", "nötig ist „Leitung“"],
    ["dashboard", "https://hygge.example/manage?who=slack%3AT01TEST%2FU03CLEO", "U03CLEO"],
  ])("/hygge %s: %s", async (word, answer, user = "U01ANNA") => {
    const { payload } = await slack.command(user, word);
    expect(payload.response_type).toBe("ephemeral");
    expect(wordsOf(payload.blocks)).toContain(answer);
  });

  it("the App Home shows my drafts, the week and how it works", async () => {
    await slack.event({ type: "app_home_opened", user: "U01ANNA", channel: "D01ANNA", tab: "home" });
    const home = await eventually(() => slack.homes.get("U01ANNA"), "the home");
    expect(wordsOf(home.blocks)).toMatch(
      /Diese Woche\n\d+ Aufträge · \d+ Entwürfe · 1 freigegeben · 👍 1 {2}👎 1/,
    );
    expect(wordsOf(home.blocks)).toContain(brief);
    expect(wordsOf(home.blocks)).toContain("So geht es");
  });

  it("the message shortcut rewrites a message, in its thread", async () => {
    const ts = slack.nextTs();
    const { acked } = await slack.deliver("interactive", {
      type: "message_action",
      callback_id: "hygge_rewrite",
      trigger_id: slack.trigger(),
      team: { id: "T01TEST" },
      user: { id: "U01ANNA", username: "anna" },
      channel: { id: "C31SHORT", name: "short" },
      message: { type: "message", user: "U02BEN", ts, text: "Sofa Ekeby &amp; Kissen, Leinen, 899 €" },
      response_url: slack.responseUrl(),
    });
    expect(acked).toBe(true);
    const { view } = await eventually(
      () => (slack.views.at(-1)?.view.private_metadata.includes("C31SHORT") ? slack.views.at(-1) : undefined),
      "the form",
    );
    const text = view.blocks[0].element.initial_value;
    expect(text).toBe("Sofa Ekeby & Kissen, Leinen, 899 €");
    await slack.submit("U01ANNA", view, { brief: { brief: { type: "plain_text_input", value: text } } });
    await eventually(() => slack.messages.some((m) => m.threadTs === ts && isDraft(m)), "the draft");
  });
});

/** A button that is no longer in the message, as somebody with an old window still sees it. */
function clickable(message: Message, actionId: string): Json {
  const value = message.blocks
    .filter((b: Json) => b.type === "actions")
    .flatMap((b: Json) => b.elements)
    .find((e: Json) => e.action_id === ids.edit).value;
  return { type: "actions", elements: [{ type: "button", action_id: actionId, value, text: {} }] };
}
