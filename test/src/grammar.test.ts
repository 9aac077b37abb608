import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { createGrammar } from "#src/grammar.ts";
import { openHouse, person } from "#test/fixtures/house.ts";
import { scriptedModel } from "#test/fixtures/scripted-model.ts";
import { brief, smallBrand } from "#test/fixtures/small-brand.ts";

const about = { brief: brief("Sofa Ekeby, Leinen, sandfarben, 899 €"), brand: smallBrand };

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

type Answer = (text: string, response: ServerResponse) => unknown;

/** Ours: answers like LanguageTool, with faults that a real one can't be asked for. */
async function ourPeer(answer: Answer) {
  const asked: URLSearchParams[] = [];
  const peer = {
    answer,
    asked,
    url: "",
    logged: [] as string[],
    path: "" as string | undefined,
  };
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request.setEncoding("utf8")) body += chunk;
    const form = new URLSearchParams(body);
    asked.push(form);
    peer.path = request.url;
    peer.answer(form.get("text") ?? "", response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  open.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  peer.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return peer;
}

/** The peer and a grammar on it that rests for nothing, unless a test wants it to. */
async function grammarOn(answer: Answer, pace: Parameters<typeof createGrammar>[0]["pace"] = {}) {
  const peer = await ourPeer(answer);
  const grammar = createGrammar({
    url: peer.url,
    log: { warn: (fields: { err: Error }) => void peer.logged.push(fields.err.message) } as never,
    pace: { restMs: 0, ...pace },
  });
  open.push(grammar.close);
  return { peer, grammar, check: (text: string) => grammar.check(text, about) };
}

const spelling = { id: "GERMAN_SPELLER_RULE", issueType: "misspelling", category: { id: "TYPOS" } };
const agreement = { id: "DE_AGREEMENT", issueType: "uncategorized", category: { id: "GRAMMAR" } };
const casing = { id: "DE_CASE", issueType: "misspelling", category: { id: "CASING" } };

/** Every place of these words, as LanguageTool counts: in UTF-16 units. */
const marks =
  (rule: object, ...found: string[]): Answer =>
  (text, response) => {
    const replacements = ["eins", "zwei", "drei", "vier", "fünf", "sechs"].map((value) => ({ value }));
    const matches = found
      .filter((word) => text.includes(word))
      .map((word) => ({ offset: text.indexOf(word), length: word.length, message: "…", replacements, rule }));
    response.end(JSON.stringify({ software: { name: "LanguageTool" }, matches }));
  };
const foundBy = async (rule: object, text: string, ...words: string[]) => {
  const { check } = await grammarOn(marks(rule, ...words));
  return (await check(text)).map((finding) => finding.found);
};

describe("what LanguageTool finds", () => {
  test("stands where it is in the text, behind umlauts and emoji too, with five suggestions at most", async () => {
    const text = "Schöne Grüße 🛋️👨‍👩‍👧: Leg die Füße auf die Tisch.";
    const { check, peer } = await grammarOn(marks(agreement, "die Tisch"));
    const findings = await check(text);
    expect(findings).toEqual([
      {
        start: text.indexOf("die Tisch"),
        end: text.length - 1,
        found: "die Tisch",
        rule: "grammar",
        suggestions: ["eins", "zwei", "drei", "vier", "fünf"],
      },
    ]);
    expect(peer.path).toBe("/v2/check");
    expect(Object.fromEntries(peer.asked[0] ?? [])).toMatchObject({ language: "de-DE", text });
  });

  test("comes in reading order", async () => {
    expect(await foundBy(spelling, "Erst gruer, dann Vitre.", "Vitre", "gruer")).toEqual(["gruer", "Vitre"]);
  });

  test.each([
    ["a product's name", "Ekeby ist da.", "Ekeby"],
    ["a product's name in the genitive", "Ekebys Kissen sind da.", "Ekebys"],
    ["a product's name in a compound", "Die Ekeby-Sofas sind da.", "Ekeby-Sofas"],
    ["a material of the lexicon", "Aus Baumwolle.", "Baumwolle"],
    ["an inflected colour of the brief", "Aus sandfarbenem Leinen.", "sandfarbenem"],
    ["a material as a colour", "Mit leinenfarbenem Bezug.", "leinenfarbenem"],
  ])("%s is no mistake", async (_, text, word) => {
    expect(await foundBy(spelling, text, word)).toEqual([]);
  });

  test("a name's grammar isn't judged, and a known noun's is", async () => {
    expect(await foundBy(agreement, "Das Ekeby ist da.", "Das Ekeby")).toEqual([]);
    expect(await foundBy(agreement, "Der Sofa ist da.", "Der Sofa")).toEqual(["Der Sofa"]);
  });

  test("a misspelt part of a compound with the name stays one", async () => {
    expect(await foundBy(spelling, "Das Ekeby-Soffa ist da.", "Ekeby-Soffa")).toEqual(["Ekeby-Soffa"]);
  });

  test("a poem's lines may begin with capitals", async () => {
    expect(await foundBy(casing, "Am Abend\nDie Lampe", "Die")).toEqual([]);
    expect(await foundBy(casing, "Am Abend Die Lampe", "Die")).toEqual(["Die"]);
  });

  test("is asked once for a text, and not at all for an empty one", async () => {
    const { check, peer } = await grammarOn(marks(spelling, "gruer"));
    expect(await Promise.all([check("gruer Tee"), check("gruer Tee")])).toMatchObject([[{}], [{}]]);
    await check("gruer Tee");
    await check(" \n");
    expect(peer.asked).toHaveLength(1);
  });
});

describe("a service that fails", () => {
  test.each<[string, Answer]>([
    ["answers 500", (_, response) => response.writeHead(500).end("Error: out of memory")],
    ["answers no JSON", (_, response) => response.end("<html>")],
    ["answers something else", (_, response) => response.end(JSON.stringify({ matches: [{ offset: -1 }] }))],
    ["breaks the connection", (_, response) => response.destroy()],
    ["sends elsewhere", (_, response) => response.writeHead(307, { location: "http://127.0.0.1:1/" }).end()],
  ])("and %s gives no findings, is logged once, and is asked again later", async (_, fault) => {
    const { check, peer } = await grammarOn(fault);
    expect(await check("gruer Tee")).toEqual([]);
    expect(await check("gruer Tisch")).toEqual([]);
    expect(peer.asked).toHaveLength(2);
    expect(peer.logged).toHaveLength(1);
    expect(peer.logged.join()).not.toContain("gruer");
    peer.answer = marks(spelling, "gruer");
    expect(await check("gruer Tee")).toHaveLength(1);
  });

  test("is left alone for a while, so that nobody waits for it at every key", async () => {
    const { check, peer } = await grammarOn((_, response) => response.writeHead(500).end(), {
      restMs: 60_000,
    });
    await check("eins");
    await check("zwei");
    expect(peer.asked).toHaveLength(1);
  });

  test("a place beyond the text is no finding", async () => {
    const { check } = await grammarOn((_, response) =>
      response.end(
        JSON.stringify({ matches: [{ offset: 3, length: 9, replacements: [], rule: agreement }] }),
      ),
    );
    expect(await check("kurz")).toEqual([]);
  });

  test("a slow answer is not waited for, nothing more is asked meanwhile, and it counts once it is there", async () => {
    const held: (() => void)[] = [];
    const { check, peer } = await grammarOn(
      (text, response) => void held.push(() => marks(spelling, "gruer")(text, response)),
      { waitMs: 30 },
    );
    expect(await check("gruer Tee")).toEqual([]);
    expect(await check("gruer Tisch")).toEqual([]);
    expect(peer.asked).toHaveLength(1);
    expect(peer.logged).toEqual(["LanguageTool took longer than 30 ms"]);
    peer.answer = marks(spelling, "gruer");
    for (const answer of held) answer();
    await expect.poll(() => check("gruer Tee")).toHaveLength(1);
    await expect.poll(() => check("gruer Tisch")).toHaveLength(1);
    expect(peer.asked).toHaveLength(2);
  });

  test("closing gives up what is still asked, without a word", async () => {
    const { check, peer, grammar } = await grammarOn(() => {}, { waitMs: 30_000 });
    const checked = check("gruer Tee");
    await expect.poll(() => peer.asked.length).toBe(1);
    grammar.close();
    expect(await checked).toEqual([]);
    expect(peer.logged).toEqual([]);
  });
});

test("editing shows the house's findings and the grammar's, the house's first where both have one", async () => {
  const peer = await ourPeer(marks(spelling, "perfekte", "gruer"));
  const grammar = createGrammar({ url: peer.url, log: { warn: () => {} }, pace: { waitMs: 30_000 } });
  const house = await openHouse(scriptedModel([]), { grammar });
  open.push(house.close, grammar.close);
  const text = "Der perfekte Tee ist gruer als sonst und wird nicht kalt.";
  const lint = await house.hygge.lint(person("anna"), { text, channel: "instagram" });
  const rules = lint.findings.map(({ found, rule }) => `${found}: ${rule}`);
  expect(rules).toContain("perfekte: forbidden");
  expect(rules.filter((rule) => rule.startsWith("perfekte"))).toHaveLength(1);

  peer.answer = marks(agreement, "nicht kalt");
  const other = await house.hygge.lint(person("anna"), { text: `${text} `, channel: "instagram" });
  expect(other.findings).toContainEqual(expect.objectContaining({ found: "nicht kalt", rule: "grammar" }));
});
