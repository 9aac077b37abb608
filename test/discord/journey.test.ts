/** A community manager's whole way, on a local Discord with the real client and the embedded model. */

import type { APIMessage } from "discord.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Model } from "#src/model.ts";
import { embeddedModel, eventually, type House, openHouse } from "./house.ts";
import { control, controls, draftTexts, words } from "./read.ts";
import { approverRole, openTwin, type Peer, people, twinIsHere } from "./twin.ts";

describe.skipIf(!twinIsHere)("Discord: a brief's whole way", () => {
  let peer: Peer;
  let model: Model;
  let house: House;
  let threadId: string;
  beforeAll(async () => {
    [peer, model] = await Promise.all([openTwin(), embeddedModel()]);
    const { prisma, guildId } = peer.twin;
    await prisma.role.create({ data: { id: approverRole, guildId, name: "Freigabe" } });
    await prisma.guildMember.updateMany({
      where: { userId: people.ben },
      data: { roles: JSON.stringify([approverRole]) },
    });
    house = await openHouse(peer, model, { config: { approverRoles: [approverRole] } });
  });
  afterAll(async () => {
    await house?.close();
    await model?.close();
    await peer?.close();
  });

  const channelId = () => peer.channelIds[0] ?? "";
  const cards = async () =>
    (await peer.twin.channel(threadId).getMessages()).filter((message) => draftTexts(message).length > 0);
  const newest = async () => {
    const card = (await cards()).at(-1);
    if (!card) throw new Error("no draft yet");
    return card;
  };
  const click = (message: APIMessage, action: string, userId = people.anna, values?: string[]) =>
    peer.twin.simulateInteraction({
      type: 3,
      channelId: threadId,
      userId,
      messageId: message.id,
      data: {
        custom_id: control(message, action).id,
        component_type: values ? 3 : 2,
        ...(values ? { values } : {}),
      },
    });
  const submit = (
    message: APIMessage,
    customId: string,
    fields: Record<string, string | string[]>,
    userId = people.anna,
  ) =>
    peer.twin.simulateInteraction({
      type: 5,
      channelId: threadId,
      userId,
      messageId: message.id,
      data: {
        custom_id: customId,
        components: Object.entries(fields).map(([id, value], index) => ({
          type: 18,
          id: index * 2 + 1,
          component: Array.isArray(value)
            ? { type: 3, id: index * 2 + 2, custom_id: id, values: value }
            : { type: 4, id: index * 2 + 2, custom_id: id, value },
        })),
      },
    });
  const oneMore = async (before: number) =>
    eventually(async () => {
      const now = await cards();
      return now.length > before && now.at(-1);
    }, "another version in the thread");

  it("answers the command with a request, and puts the draft in its thread, mentioning who asked once", async () => {
    await peer.twin.simulateInteraction({
      type: 2,
      channelId: channelId(),
      userId: people.anna,
      data: {
        id: "1",
        name: "hygge",
        type: 1,
        options: [
          { name: "brief", type: 3, value: "Sofa Ekeby, Leinen, sandfarben, 899 €" },
          { name: "kanal", type: 3, value: "instagram" },
        ],
      },
    });
    const thread = await eventually(
      async () => (await peer.twin.channel(channelId()).getThreads())[0],
      "a thread",
    );
    threadId = thread.id;
    expect("name" in thread && thread.name).toContain("Sofa Ekeby");
    const draft = await oneMore(0);
    expect(draftTexts(draft).join()).toMatch(/Ekeby/);
    expect(words(draft)).toContain(`<@${people.anna}>, your text is here.`);
    const pings = peer.requests.filter((request) =>
      JSON.stringify(request.body ?? {}).includes(`"users":["${people.anna}"]`),
    );
    expect(pings).toHaveLength(1);
    const request = await eventually(async () => {
      const [message] = await peer.twin.channel(channelId()).getMessages();
      return message && words(message).includes("✅ Done") && message;
    }, "the request says that it is done");
    expect(controls(request)).toEqual([]);
  });

  it("rewrites: the old card says that it is under way and is whole again afterwards", async () => {
    const first = await newest();
    await click(first, "anew");
    await eventually(async () => {
      const [card] = await cards();
      return card && control(card, "anew").disabled;
    }, "its buttons rest");
    const second = await oneMore(1);
    expect(draftTexts(second)).not.toEqual(draftTexts(first));
    await eventually(async () => {
      const [card] = await cards();
      return card && !control(card, "anew").disabled;
    }, "its buttons are back");
  });

  it("posts nothing twice after it died between a post and its note", async () => {
    // What a process leaves that dies there: the message is in the thread, its reference nowhere.
    await house.restart(async () => {
      await house.database.db.execute("update hygge.posts set ref = null where surface = 'discord'");
      await house.database.db.execute(
        "update hygge.deliveries set status = 'open', ref = null where kind = 'drafts'",
      );
    });
    await eventually(async () => {
      const { rows } = await house.database.db.execute(
        "select id from hygge.deliveries where status <> 'posted'",
      );
      return rows.length === 0;
    }, "all is noted");
    expect(await cards()).toHaveLength(2);
  });

  it("refines by a wish, after that restart", async () => {
    const before = await newest();
    await click(before, "refine");
    const form = await eventually(
      async () =>
        peer.requests.findLast((request) => JSON.stringify(request.body ?? {}).startsWith('{"type":9')),
      "the form",
    );
    expect(JSON.stringify(form.body)).toContain(control(before, "refine").id);
    await submit(before, control(before, "refine").id, { text: "kürzer" });
    const refined = await oneMore(2);
    expect(draftTexts(refined).join().length).toBeLessThan(draftTexts(before).join().length);
  });

  it("writes three variants; one is picked", async () => {
    await click(await newest(), "variants");
    const variants = await oneMore(3);
    expect(draftTexts(variants)).toHaveLength(3);
    await click(variants, "pick");
    const picked = await eventually(async () => {
      const card = await newest();
      return words(card).includes("✅ picked") && card;
    }, "the pick shows");
    expect(controls(picked).filter((c) => c.action === "pick")).toHaveLength(2);
  });

  it("takes an edit in place", async () => {
    const card = await newest();
    await click(card, "edit");
    const id = control(card, "edit").id;
    await submit(card, id, { text: "Ekeby ist aus sandfarbenem Leinen und kostet 899 €. *Setz dich.*" });
    const edited = await eventually(async () => {
      const now = await newest();
      return words(now).includes("edited by Anna") && now;
    }, "the edit shows");
    expect(draftTexts(edited)).toContain("Ekeby ist aus sandfarbenem Leinen und kostet 899 €. *Setz dich.*");
  });

  it("asks for approval; who may not approve is told so, who may does", async () => {
    await click(await newest(), "request");
    await eventually(async () => words(await newest()).includes("Approval requested"), "the request shows");
    const ping = await eventually(
      async () =>
        peer.requests.find((request) =>
          JSON.stringify(request.body ?? {}).includes(`"roles":["${approverRole}"]`),
        ),
      "approvers are pinged",
    );
    expect(ping.path).toBe(`/channels/${threadId}/messages`);
    const { id } = await click(await newest(), "approve");
    await eventually(
      async () =>
        (await peer.twin.channel(threadId).getMessages()).some((m) => words(m).includes("role “Requester”")),
      `Anna (${id}) is told that she may not`,
    );
    await click(await newest(), "approve", people.ben);
    await eventually(async () => words(await newest()).includes("Approved by Ben"), "the approval shows");
  });

  it("takes votes, with reasons where it is no good", async () => {
    const card = await newest();
    await click(card, "up");
    await eventually(async () => words(await newest()).includes("👍 1"), "her vote shows");
    await submit(card, control(card, "down").id, { reasons: ["tone"], text: "zu laut" }, people.ben);
    await eventually(async () => words(await newest()).includes("👎 1"), "his vote shows");
  });

  it("sent nothing that Discord would have refused, and its token to no interaction's route", () => {
    expect(peer.problems).toEqual([]);
    const leaks = peer.requests.filter(
      ({ path, authorization }) => /^\/(interactions|webhooks)\//.test(path) && authorization !== undefined,
    );
    expect(leaks).toEqual([]);
  });
});
