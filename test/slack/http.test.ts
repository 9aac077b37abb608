/** HTTP instead of Socket Mode: signed requests, with whole payloads as Slack sends them. */
import { createHmac } from "node:crypto";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { openSlack, type Slack } from "#bots/slack/server.ts";
import { openBrands } from "#src/brand.ts";
import { HyggeError } from "#src/errors.ts";
import type { Hygge } from "#src/hygge.ts";
import type { Database } from "#src/store/open.ts";
import { memoryDatabase } from "#test/fixtures/database.ts";
import { memoryHygge } from "#test/fixtures/memory-hygge.ts";
import { freePort } from "#test/fixtures/servers.ts";
import { testLog } from "./house.ts";
import { type FakeSlack, openFakeSlack } from "./our-fake-slack.ts";
import * as replayed from "./replayed.ts";

const signingSecret = "8f742231b10e8888abcd99yyyzzz85a5";

describe("over HTTP", () => {
  let fake: FakeSlack;
  let database: Database;
  let slack: Slack;
  let port: number;
  const brands = openBrands(path.join(import.meta.dirname, "../../brands"), testLog);
  const done = vi.fn();
  const nothing = async (): Promise<never> => {
    throw new HyggeError("not_found", { kind: "draft", id: "draft-1" });
  };
  const hygge: Hygge = {
    ...memoryHygge(),
    request: async (actor, input) => {
      done("request", actor.id, actor.name, actor.locale, input);
      return nothing();
    },
    revise: async (_, id, input) => {
      done("revise", id, input.wish);
      return nothing();
    },
    rate: async (_, id, rating) => {
      done("rate", id, rating);
      return nothing();
    },
  };
  beforeAll(async () => {
    fake = await openFakeSlack();
    database = await memoryDatabase();
    port = await freePort();
    slack = await openSlack({
      config: {
        botToken: "xoxb-test-token",
        http: { signingSecret, host: "127.0.0.1", port },
        apiUrl: fake.apiUrl,
        approverGroups: [],
        managerGroups: [],
        approverIds: [],
      },
      hygge,
      db: database.db,
      brands,
      brand: "hygge",
      roleOf: () => "requester",
      counts: async () => ({ waiting: 0, active: 0 }),
      log: testLog,
    });
    await vi.waitFor(() => expect(slack.health().up).toBe(true), 10_000);
  });
  afterAll(async () => {
    await slack?.close();
    brands.close();
    await database?.close();
    await fake?.close();
  });

  const send = (body: string, type: string, options: { secret?: string; at?: number } = {}) => {
    const at = options.at ?? Math.floor(Date.now() / 1000);
    const signature = createHmac("sha256", options.secret ?? signingSecret)
      .update(`v0:${at}:${body}`)
      .digest("hex");
    return fetch(`http://127.0.0.1:${port}/slack/events`, {
      method: "POST",
      headers: {
        "content-type": type,
        "x-slack-request-timestamp": String(at),
        "x-slack-signature": `v0=${signature}`,
      },
      body,
    });
  };
  const form = (fields: Record<string, string>, options = {}) =>
    send(new URLSearchParams(fields).toString(), "application/x-www-form-urlencoded", options);
  const interaction = (payload: object) =>
    form({ payload: JSON.stringify({ ...payload, response_url: fake.responseUrl() }) });
  const event = (payload: object) => send(JSON.stringify(payload), "application/json");

  it("a command", async () => {
    done.mockClear();
    const response = await form({ ...replayed.slashCommand, response_url: fake.responseUrl() });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ response_type: "ephemeral" });
    expect(done).toHaveBeenCalledWith(
      "request",
      "slack:T01TEST/U01ANNA",
      "Anna",
      "de",
      expect.objectContaining({
        surface: "slack",
        announce: true,
        thread: expect.stringMatching(/^T01TEST\/C01GEN\/\+/),
      }),
    );
  });

  it("a wrong signature and an old request are refused", async () => {
    done.mockClear();
    expect((await form({ ...replayed.slashCommand }, { secret: "guessed" })).status).toBe(401);
    expect(
      (await form({ ...replayed.slashCommand }, { at: Math.floor(Date.now() / 1000) - 600 })).status,
    ).toBe(401);
    expect(done).not.toHaveBeenCalled();
  });

  it("clicks and windows", async () => {
    done.mockClear();
    expect((await interaction(replayed.feedbackClick)).status).toBe(200);
    expect((await interaction(replayed.menuChoice)).status).toBe(200);
    expect((await interaction(replayed.reasonsSubmitted)).status).toBe(200);
    await vi.waitFor(() => expect(done).toHaveBeenCalledTimes(3));
    expect(done.mock.calls).toEqual([
      ["rate", "draft-1", { value: "up" }],
      ["revise", "draft-1", "kürzer"],
      ["rate", "draft-1", { value: "down", reasons: ["facts"] }],
    ]);
  });

  it("events: a direct message is a brief, our own and deleted ones are nothing", async () => {
    done.mockClear();
    for (const payload of [replayed.directMessage, replayed.ownMessage, replayed.deletedMessage])
      expect((await event(payload)).status).toBe(200);
    expect(done).toHaveBeenCalledTimes(1);
    expect(done.mock.calls[0]?.[4]).toMatchObject({
      text: "Sofa Ekeby, Leinen, 899 €",
      thread: "T01TEST/D01ANNA/1795000010.000100",
    });
  });

  it("Slack's question whether the address is ours", async () => {
    const response = await event({ type: "url_verification", token: "x", challenge: "3eZbrw1aB" });
    expect(await response.text()).toContain("3eZbrw1aB");
  });
});
