import { describe, expect, test } from "vitest";
import { changesOf, distance, stemsOf } from "#src/manage/facts/changes.ts";
import { sketch } from "#src/manage/facts/sketch.ts";
import { fold, termsOf, withoutEnding, wordsOf } from "#src/manage/facts/words.ts";
import { messageLink } from "#src/manage/links.ts";

describe("words", () => {
  test("are folded, so that umlauts, ß and case don't matter", () => {
    expect(fold("Größe STÜHLE")).toBe("grosse stuhle");
    expect(wordsOf("Das Sofa, das Ecksofa: 899 €", null)).toEqual(["das", "sofa", "ecksofa", "899"]);
  });
  test("function words and single letters are not looked for", () => {
    expect(termsOf("das Sofa in a 3 für mich")).toEqual(["sofa", "3", "mich"]);
    expect(termsOf("%_'\"\\ ; drop table")).toEqual(["drop", "table"]);
  });
  test("endings come off, but never so much that nothing is left", () => {
    expect(withoutEnding("sofas")).toBe("sofa");
    expect(withoutEnding("kissen")).toBe("kiss");
    expect(withoutEnding("rote")).toBeUndefined();
  });
});

describe("what an edit did", () => {
  test("a word replaced, a phrase deleted", () => {
    expect(
      changesOf("Ein gemütliches Sofa für heute Abend.", "Ein behagliches Sofa für heute Abend."),
    ).toEqual([{ kind: "replace", pattern: "gemütliches", replacement: "behagliches" }]);
    expect(changesOf("Das ist ganz ohne Frage ein Sofa.", "Das ist ein Sofa.")).toEqual([
      { kind: "delete", pattern: "ganz ohne Frage", replacement: "" },
    ]);
  });
  test("numbers and function words are no habit", () => {
    expect(changesOf("Es kostet 899 €.", "Es kostet 799 €.")).toEqual([]);
    expect(changesOf("Das Sofa und der Tisch.", "Das Sofa oder der Tisch.")).toEqual([]);
  });
  test("a price that moves to the end", () => {
    expect(
      changesOf(
        "Für 899 € gehört es dir. Das Sofa ist weich.",
        "Das Sofa ist weich. Für 899 € gehört es dir.",
      ),
    ).toContainEqual({ kind: "price", pattern: "start", replacement: "end" });
  });
  test("forms of a word count as one", () => {
    expect(stemsOf("gemütlichen")).toBe(stemsOf("gemütliche"));
  });
  test("the distance is the share of characters that changed", () => {
    expect(distance("abcd", "abcd")).toBe(0);
    expect(distance("abcd", "abcx")).toBe(0.25);
    expect(distance("", "ab")).toBe(1);
    expect(distance("", "")).toBe(0);
  });
});

describe("sketches", () => {
  const text =
    "Draußen regnet es, und du hast heute nichts mehr vor. Das Sofa hat drei Sitze und ist aus sandfarbenem Leinen. Es kostet 899 €.";
  test("the same text for another price has the same sketch", () => {
    expect(sketch(text.replace("899", "749"))).toEqual(sketch(text));
    expect(sketch(text)).toHaveLength(4);
  });
  test("another text shares none", () => {
    const other = sketch(
      "Der Tisch ist rund, und alle finden Platz. Nur der Hund liegt lieber darunter, auf dem Teppich.",
    );
    expect(sketch(text).filter((band) => other.includes(band))).toEqual([]);
  });
  test("a few words have none: they would be everybody's twin", () => {
    expect(sketch("Sofa Ekeby, 899 €")).toEqual([]);
  });
});

describe("links to messages", () => {
  test("lead to the message in Slack and Discord", () => {
    expect(messageLink("slack", "T1/C2/1700000000.000100", "C2/1700000001.000200")).toBe(
      "https://slack.com/archives/C2/p1700000001000200?thread_ts=1700000000.000100&cid=C2",
    );
    // A thread that began with our own message; it may have gone elsewhere than was asked.
    expect(messageLink("slack", "T1/C2/+abc", "D3/1700000001.000200")).toBe(
      "https://slack.com/archives/D3/p1700000001000200",
    );
  });
  test("on Discord lead to the server's channel, its thread, or direct messages", () => {
    const to = (thread: string, ref: string) =>
      messageLink("discord", thread, ref)?.replace("https://discord.com/channels/", "");
    expect(to("11/22/33", "33/55+56")).toBe("11/33/55");
    expect(to("11/22/33/here", "22/55")).toBe("11/22/55");
    expect(to("22/33/here", "22/55")).toBe("@me/22/55");
    // The request itself.
    expect(to("11/22/33", "33")).toBe("11/22/33");
    // The thread was closed: sent as a direct message.
    expect(to("11/22/33", "44/55")).toBe("@me/44/55");
  });
  test("of early versions, which didn't note the server, are there for direct messages only", () => {
    expect(messageLink("discord", "22/33", "44/55+56")).toBe("https://discord.com/channels/@me/44/55");
    expect(messageLink("discord", "22/33", "33/55")).toBeUndefined();
    expect(messageLink("discord", "22/33", "33")).toBeUndefined();
  });
  test("where there is no message, or the reference is none of theirs, there is no link", () => {
    expect(messageLink("web", "b1", "d1")).toBeUndefined();
    expect(messageLink("slack", "T1/C2/1.2", null)).toBeUndefined();
    expect(messageLink("slack", "T1/C2", "javascript:alert(1)//1.2")).toBeUndefined();
    expect(messageLink("discord", "22/33", "../../evil")).toBeUndefined();
  });
});
