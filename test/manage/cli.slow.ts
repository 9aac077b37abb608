/** The managers' commands beside a running server and without one, on the real model. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hygge, type Server, startServer, temporary } from "#test/cli/hygge.ts";
import { person } from "#test/fixtures/person.ts";

describe("the managers' commands", () => {
  let home: Awaited<ReturnType<typeof temporary>>;
  let server: Server | undefined;
  let env: Record<string, string>;

  beforeAll(async () => {
    home = await temporary();
    env = { HYGGE_DATA_DIR: path.join(home.dir, "data"), HYGGE_TIMEZONE: "Europe/Berlin" };
    server = await startServer(env);
  });
  afterAll(async () => {
    await server?.stop();
    await home?.remove();
  });

  test("from a draft to training data, a look at the dashboard, and forgotten again", async () => {
    const url = server?.url ?? "";
    const anna = person(url);
    await anna.get("/api/me");
    const { json: me } = await anna.call("PUT", "/api/me", { name: "Anna Mustermann" });
    const { json: made } = await anna.post("/api/briefs", {
      text: "Lampe Ljus, Messing, 49 €, für Anna Mustermann",
    });
    const brief = await anna.finished(made.briefId);
    const draft = brief.drafts[0];
    const { json: edited } = await anna.post(`/api/drafts/${draft.id}/edit`, {
      text: `${draft.text} Einfach so.`,
    });
    expect((await anna.post(`/api/drafts/${edited.id}/approve`)).status).toBe(200);

    const link = await hygge(["dashboard"], { env });
    expect(link.stdout).toMatch(new RegExp(`^${url}/manage#login=\\S+\\n$`));
    const manager = person(url);
    const token = new URLSearchParams(link.stdout.trim().split("#")[1]).get("login");
    expect((await manager.post("/api/manage/login", { link: token })).json.role).toBe("admin");
    const { json: page } = await manager.get("/api/manage/drafts?search=Lampe");
    expect(page.total).toBe(2);
    const { json: record } = await manager.get(`/api/manage/drafts/${edited.id}/provenance`);
    expect(record.model.hash).toMatch(/^[0-9a-f]{64}$/);

    const name = path.join(home.dir, "sft");
    const exported = await hygge(["export", "sft", "--out", name, "--filter", "state=approved"], { env });
    expect(exported.code, exported.stderr).toBe(0);
    const lines = (
      await Promise.all(["train", "eval"].map((side) => readFile(`${name}.${side}.jsonl`, "utf8")))
    ).join("");
    const example = JSON.parse(lines.trim());
    // Letter for letter what the model was asked: its hash is the draft's.
    expect(example.messages[0].content).toMatch(/^Auftrag: Lampe Ljus/);
    expect(example.messages.at(-1)).toEqual({ role: "assistant", content: edited.text });
    const source = JSON.parse((await readFile(`${name}.sources.jsonl`, "utf8")).trim());
    expect(source).toMatchObject({ draftId: edited.id, from: "approved", promptHash: record.promptHash });

    const csv = await hygge(["export", "csv", "--locale", "de"], { env });
    expect(csv.stdout.startsWith("\ufeffcreated;brand;")).toBe(true);

    expect(await server?.stop()).toBe(0);
    server = undefined;
    const access = await hygge(["access", "--person", me.id], { env });
    expect(JSON.parse(access.stdout).tables.briefs).toHaveLength(1);
    const asked = await hygge(["erase", "--person", me.id], { env });
    expect(asked.code).toBe(2);
    expect(asked.stderr).toMatch(/--yes/);
    const erased = await hygge(["erase", "--person", me.id, "--yes", "--json"], { env });
    expect(erased.code, erased.stderr).toBe(0);
    expect(JSON.parse(erased.stdout)).toMatchObject({ known: true, draftsDeleted: 0 });
    expect((await hygge(["export", "csv"], { env })).stdout).not.toContain("Mustermann");
    expect((await hygge(["access", "--person", me.id], { env })).stdout).toContain('"tables": {}');
  });
});
