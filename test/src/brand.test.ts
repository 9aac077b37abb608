import { mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { loadBrand, openBrands } from "#src/brand.ts";
import { channels } from "#src/brief.ts";
import { HyggeError } from "#src/errors.ts";

const brand = loadBrand("hygge");
const yaml = await readFile(new URL("../../brands/hygge.yaml", import.meta.url), "utf8");
const pairs = (
  await Promise.all(
    ["plain", "rich"].map((name) =>
      readFile(new URL(`../../training/data/${name}.jsonl`, import.meta.url), "utf8"),
    ),
  )
)
  .join("\n")
  .split("\n")
  .filter(Boolean)
  .map((line) => JSON.parse(line) as { channel: (typeof channels)[number]; response: string });

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), "hygge-brands-"));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

/** The error that loading this YAML as hygge.yaml throws. */
async function problem(
  source: string,
  more: Record<string, string> = {},
): Promise<Record<string, unknown> | undefined> {
  const own = await mkdtemp(path.join(dir, "one-"));
  for (const [name, text] of Object.entries({ "hygge.yaml": source, ...more }))
    await writeFile(path.join(own, name), text);
  try {
    loadBrand(path.join(own, "hygge.yaml"));
  } catch (error) {
    if (error instanceof HyggeError) return { code: error.code, ...error.details };
    throw error;
  }
  return undefined;
}
const lineOf = (source: string, text: string) => source.slice(0, source.indexOf(text)).split("\n").length;

describe("the shipped brand", () => {
  test("has words enough for agreement and invention checks, each once", () => {
    const { products, materials, colours } = brand.lexicon;
    expect(products.length).toBeGreaterThanOrEqual(250);
    expect(materials.length).toBeGreaterThanOrEqual(100);
    expect(colours.length).toBeGreaterThanOrEqual(100);
    for (const list of [products.map((p) => p.word), materials.map((m) => m.word), colours])
      expect(list.filter((word, at) => list.indexOf(word) !== at)).toEqual([]);
  });

  test.each([
    ["Regal", "n", "Regale"],
    ["Bank", "f", "Bänke"],
    ["Sessel", "m", "Sessel"],
    ["Bettwäsche", "f", undefined],
  ])("knows %s with gender and plural", (word, gender, plural) => {
    expect(brand.lexicon.products.find((p) => p.word === word)).toEqual({
      word,
      gender,
      ...(plural === undefined ? {} : { plural }),
    });
  });

  test.each(channels)("takes nearly all reference texts of %s by its limits", (channel) => {
    const { min, max } = brand.channels[channel];
    const segmenter = new Intl.Segmenter("de");
    const own = pairs.filter((pair) => pair.channel === channel);
    const fit = own.filter(({ response }) => {
      const count = [...segmenter.segment(response)].length;
      return count >= min && count <= max;
    });
    expect(fit.length / own.length).toBeGreaterThanOrEqual(0.98);
  });

  test("takes 99 of 100 reference texts by their channels' limits", () => {
    const segmenter = new Intl.Segmenter("de");
    const fit = pairs.filter(({ channel, response }) => {
      const count = [...segmenter.segment(response)].length;
      return count >= brand.channels[channel].min && count <= brand.channels[channel].max;
    });
    expect(fit.length / pairs.length).toBeGreaterThanOrEqual(0.99);
  });

  test("shows two pairs of every channel, none with its own forbidden words", () => {
    for (const channel of channels)
      expect(brand.examples.filter((example) => example.channel === channel).length).toBeGreaterThanOrEqual(
        2,
      );
    for (const { text } of brand.examples) expect(text).not.toMatch(/[!#]|Traum|perfekt|Highlight/);
  });
});

describe("a brand file that is wrong names line and key", () => {
  test.each([
    ["no YAML", "address: du", "address: [du", "yaml", /./],
    ["an unknown value", "address: du", "address: ihr", "address", /du/],
    ["a key that is none", "address: du", "adress: du", "address", /./],
    ["a limit that is text", "max: 400", "max: viele", "channels.instagram.max", /number/],
    ["limits the wrong way round", "min: 100", "min: 500", "channels.instagram.min", /less than max/],
    ["thirds that fall", "thirds: [189, 214]", "thirds: [214, 189]", "channels.instagram.thirds", /rise/],
    ["an id unlike the file's name", "id: hygge", "id: other", "id", /hygge/],
    [
      "an example that is too long",
      "text: Lövnäs ist da.",
      `text: ${"Lövnäs ist da. ".repeat(9)}`,
      "examples.4.text",
      /14-55/,
    ],
    ["a doubled noun", "      Sofa: Sofas\n", "      Sofa: Sofas\n      Sofa: Sofen\n", "yaml", /unique/],
  ])("%s", async (_, right, wrong, key, says) => {
    expect(yaml).toContain(right);
    const source = yaml.replace(right, wrong);
    const error = await problem(source);
    expect(error).toMatchObject({ code: "brand_invalid", key });
    expect(String(error?.problem)).toMatch(says);
    expect(error?.line).toBeGreaterThanOrEqual(1);
  });

  test("the line is the value's", async () => {
    const source = yaml.replace("max: 400", "max: viele");
    expect(await problem(source)).toMatchObject({ line: lineOf(source, "max: viele") });
  });

  test("a forbidden word without quotes around its comma", async () => {
    const source = yaml.replace(
      "lexicon:\n",
      "  - { word: a, replacements: [], why: so, nicht }\nlexicon:\n",
    );
    expect(await problem(source)).toMatchObject({ key: expect.stringMatching(/^forbidden\.\d+\.nicht$/) });
  });

  test("a file that is not there", () => {
    expect(() => loadBrand(path.join(dir, "none.yaml"))).toThrow(/brand_invalid.*ENOENT/);
  });
});

describe("a list of products", () => {
  const withList = (file: string) => `${yaml.replace(/\nproducts:\n[\s\S]*$/, "\n")}productsFile: ${file}\n`;

  async function productsOf(file: string, text: string) {
    const own = await mkdtemp(path.join(dir, "list-"));
    await writeFile(path.join(own, "hygge.yaml"), withList(file));
    await writeFile(path.join(own, file), text);
    return loadBrand(path.join(own, "hygge.yaml")).products;
  }

  test.each([
    [
      "with semicolons, as Excel writes it",
      "\ufeffName;Produkt;Material;Preis\r\nEkeby;Sofa;Leinen;899\r\nLjus;Lampe;;49 €\r\n",
    ],
    ["with commas", 'name,product,material,price\nEkeby,Sofa,Leinen,899\nLjus,Lampe,,"49 €"\n'],
  ])("from CSV %s", async (_, text) => {
    expect(await productsOf("products.csv", text)).toEqual([
      { name: "Ekeby", facts: ["Sofa", "Leinen", "899 €"] },
      { name: "Ljus", facts: ["Lampe", "49 €"] },
    ]);
  });

  test("from CSV with one column of facts", async () => {
    expect(await productsOf("products.csv", "name;facts\nEkeby;Sofa, Leinen, 24,90 €\n")).toEqual([
      { name: "Ekeby", facts: ["Sofa", "Leinen", "24,90 €"] },
    ]);
  });

  test("from YAML", async () => {
    expect(await productsOf("hygge.products.yaml", "- { name: Ekeby, facts: [Sofa, 899 €] }\n")).toEqual([
      { name: "Ekeby", facts: ["Sofa", "899 €"] },
    ]);
  });

  test("without a name column, and without the file", async () => {
    expect(await problem(withList("p.csv"), { "p.csv": "a;b\n1;2\n" })).toMatchObject({
      line: 1,
      key: "name",
    });
    expect(await problem(withList("p.csv"))).toMatchObject({ key: "productsFile" });
  });
});

describe("brands of a folder", () => {
  test("are read again on a change; a mistake keeps the last good one and is logged", async () => {
    const own = await mkdtemp(path.join(dir, "open-"));
    const file = path.join(own, "hygge.yaml");
    await writeFile(file, yaml);
    const log = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };
    const brands = openBrands(own, log);
    try {
      const first = brands.get("hygge");
      expect(first?.name).toBe("Hygge");
      expect(brands.get("nobody")).toBeUndefined();

      // As editors save: a new file in the place of the old one.
      await writeFile(path.join(own, ".hygge.yaml.swp"), yaml.replace("name: Hygge", "name: Hygge Kontor"));
      await rename(path.join(own, ".hygge.yaml.swp"), file);
      await vi.waitFor(() => expect(brands.get("hygge")?.name).toBe("Hygge Kontor"), 5000);

      await writeFile(file, yaml.replace("address: du", "address: ihr"));
      await vi.waitFor(() => expect(log.error).toHaveBeenCalled(), 5000);
      expect(brands.get("hygge")?.name).toBe("Hygge Kontor");
      expect(log.error.mock.calls[0]?.[0]).toMatchObject({ err: { code: "brand_invalid" } });

      await writeFile(path.join(own, "kontor.yaml"), yaml.replace("id: hygge", "id: kontor"));
      await writeFile(file, yaml);
      await vi.waitFor(
        () =>
          expect(
            brands
              .list()
              .map(({ id }) => id)
              .sort(),
          ).toEqual(["hygge", "kontor"]),
        5000,
      );
      await rm(path.join(own, "kontor.yaml"));
      await vi.waitFor(() => expect(brands.get("kontor")).toBeUndefined(), 5000);
    } finally {
      brands.close();
    }
  });

  test("a folder that is missing or empty, and a wrong file at the start, are refused", async () => {
    const log = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };
    expect(() => openBrands(path.join(dir, "nowhere"), log)).toThrow(/brand_invalid/);
    expect(() => openBrands(os.devNull, log)).toThrow(/brand_invalid/);
    const own = await mkdtemp(path.join(dir, "wrong-"));
    expect(() => openBrands(own, log)).toThrow(/has no brand/);
    await writeFile(path.join(own, "hygge.yaml"), "id: hygge\n");
    expect(() => openBrands(own, log)).toThrow(/brand_invalid/);
  });
});
