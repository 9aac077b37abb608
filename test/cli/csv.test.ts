import { describe, expect, test } from "vitest";
import {
  CsvProblem,
  type ResultRow,
  readBriefs,
  readResults,
  resultHeader,
  resultLine,
} from "#src/cli/csv.ts";

const utf8 = (text: string) => new TextEncoder().encode(text);
const sofa = { brief: "Sofa Ekeby, Leinen, 899 €", channel: "instagram", tone: "", length: "kurz" };
const lamp = { brief: "Lampe Ljus; Messing", channel: "", tone: "warm", length: "" };

describe("briefs from whatever people save as CSV", () => {
  test.each<[string, Uint8Array]>([
    [
      "commas and quotes",
      utf8(
        `brief,channel,tone,length\n"Sofa Ekeby, Leinen, 899 €",instagram,,kurz\n"Lampe Ljus; Messing",,warm,\n`,
      ),
    ],
    [
      "a byte order mark, semicolons, Windows line ends, German names, other order",
      utf8(
        `\ufeffKanal;Auftrag;Ton;Länge\r\ninstagram;Sofa Ekeby, Leinen, 899 €;;kurz\r\n;"Lampe Ljus; Messing";warm;\r\n`,
      ),
    ],
    [
      "tabs, spaces around, an empty line",
      utf8(
        `brief\tchannel\ttone\tlength\n Sofa Ekeby, Leinen, 899 € \tinstagram\t\tkurz\n\nLampe Ljus; Messing\t\twarm\n`,
      ),
    ],
    [
      "UTF-16 as Excel calls Unicode text",
      new Uint8Array(
        Buffer.from(
          `\ufeffbrief\tchannel\ttone\tlength\r\nSofa Ekeby, Leinen, 899 €\tinstagram\t\tkurz\r\nLampe Ljus; Messing\t\twarm\t\r\n`,
          "utf16le",
        ),
      ),
    ],
  ])("%s", (_, file) => {
    expect(readBriefs(file)).toEqual([sofa, lamp]);
  });

  test("Windows-1252 from an older Excel", () => {
    const file = Buffer.from("brief;channel\r\nSofa S\xf6derhamn, 899 \x80;anzeige\r\n", "latin1");
    expect(readBriefs(file)).toEqual([
      { brief: "Sofa Söderhamn, 899 €", channel: "anzeige", tone: "", length: "" },
    ]);
  });

  test("a single column needs no quotes", () => {
    const rows = readBriefs(utf8(`brief\nSofa Ekeby, Leinen, 899 €\nLampe Ljus; Messing\n`));
    expect(rows.map((row) => row.brief)).toEqual([sofa.brief, lamp.brief]);
  });

  test.each<[string, string, CsvProblem["kind"]]>([
    ["no column of that name", "produkt;preis\nSofa;899\n", "header"],
    ["a quote that never ends", 'brief,channel\n"Sofa,instagram\n', "broken"],
    ["nothing", "", "empty"],
    ["names without rows", "brief,channel\n\n", "empty"],
  ])("%s is refused", (_, file, kind) => {
    expect(() => readBriefs(utf8(file))).toThrow(expect.objectContaining({ kind }));
  });
});

describe("results that a spreadsheet can open", () => {
  const row: ResultRow = {
    ...sofa,
    text: 'Ekeby wartet.\nKomm nach Hause, „gleich“ oder "später".',
    score: "82",
    failed_gates: "",
    error: "",
    brief_id: "b",
    draft_id: "d",
  };

  test("come back as they were, also with lines and quotes in a cell", () => {
    expect(readResults(utf8(resultHeader + resultLine(row) + resultLine(row)))).toEqual([row, row]);
  });

  test.each(['=HYPERLINK("http://x")', "+49 30", "-20 % auf Sofas", "@everyone", "\tTab", "\rReturn"])(
    "%j is no formula, and is still recognized",
    (text) => {
      const line = resultLine({ ...row, brief: text });
      expect(line.replace(/^"/, "")).toMatch(/^'|^\n/);
      const [again] = readResults(utf8(resultHeader + line));
      expect(again?.brief).toBe(text.replace("\r", "\n"));
    },
  );

  test("begin with a byte order mark", () => {
    expect(resultHeader.startsWith("\ufeffbrief,")).toBe(true);
  });

  test("a line that a kill cut off is left out", () => {
    const whole = resultHeader + resultLine(row) + resultLine({ ...row, brief: "zwei" });
    for (const cut of [1, 5, 20, 60]) expect(readResults(utf8(whole.slice(0, -cut)))).toEqual([row]);
  });

  test("another program's file is not taken for one of ours", () => {
    expect(() => readResults(utf8("name,price\nSofa,899\n"))).toThrow(CsvProblem);
  });
});
