/** What every implementation of the model port must do. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HyggeError } from "#src/errors.ts";
import type { Model, Prompt, WriteRequest } from "#src/model.ts";

export interface ModelUnderTest {
  model: Model;
  prompt: Prompt;
}

/** `open` is called once for the suite and once more for what closing does. */
export function modelContract(name: string, open: () => Promise<ModelUnderTest>) {
  describe(`model contract: ${name}`, () => {
    let model: Model;
    let prompt: Prompt;
    beforeAll(async () => {
      ({ model, prompt } = await open());
    });
    afterAll(() => model.close());

    const sampling = { temperature: 1, topP: 1, minP: 0 };
    const request = (more: Partial<WriteRequest> = {}): WriteRequest => ({
      prompt,
      seeds: [11, 12, 13],
      sampling,
      maxTokens: 24,
      ...more,
    });

    test("writes a candidate for each seed, in their order", async () => {
      const candidates = await model.write(request({ seeds: [7, 5, 6] }));
      expect(candidates.map((candidate) => candidate.seed)).toEqual([7, 5, 6]);
      for (const candidate of candidates) {
        expect(candidate.text).not.toBe("");
        expect(candidate.tokens).toBeGreaterThan(0);
        expect(candidate.tokens).toBeLessThanOrEqual(24);
        expect(candidate.ms).toBeGreaterThanOrEqual(0);
      }
    });

    test("the same seeds write the same texts, other seeds other ones", async () => {
      const texts = async (seeds: number[]) =>
        (await model.write(request({ seeds }))).map((candidate) => candidate.text);
      const once = await texts([1, 2, 3]);
      expect(await texts([1, 2, 3])).toEqual(once);
      expect(new Set(once).size).toBe(3);
      expect(await texts([4, 5, 6])).not.toEqual(once);
    });

    test("the largest seed, llama.cpp's sign for a random one, is as good as any", async () => {
      const write = async () => (await model.write(request({ seeds: [4294967295] })))[0];
      const [once, again] = [await write(), await write()];
      expect(once?.seed).toBe(4294967295);
      expect(once?.text).not.toBe("");
      expect(again?.text).toBe(once?.text);
    });

    test("more seeds than candidates on the card are all written", async () => {
      const seeds = Array.from({ length: model.card.candidates + 2 }, (_, i) => 100 + i);
      const candidates = await model.write(request({ seeds, maxTokens: 4 }));
      expect(candidates.map((candidate) => candidate.seed)).toEqual(seeds);
      expect(candidates.every((candidate) => candidate.text !== "")).toBe(true);
    });

    test("stops at maxTokens and says so", async () => {
      const [short] = await model.write(request({ seeds: [11], maxTokens: 2 }));
      expect(short).toMatchObject({ tokens: 2, stop: "length" });
    });

    test("stops by itself and says so", async () => {
      const candidates = await model.write(request({ seeds: [1, 2, 3, 4, 5, 6, 7, 8], maxTokens: 220 }));
      expect(candidates.map((candidate) => candidate.stop)).toContain("end");
    });

    test("tells the text so far, which only grows and ends as the text", async () => {
      const seen = new Map<number, string[]>();
      const candidates = await model.write(
        request({ onText: (index, text) => seen.set(index, [...(seen.get(index) ?? []), text]) }),
      );
      for (const [index, candidate] of candidates.entries()) {
        const texts = seen.get(index) ?? [];
        expect(texts.length).toBeLessThanOrEqual(candidate.tokens);
        expect(texts.length).toBeGreaterThan(1);
        for (const [i, text] of texts.slice(1).entries()) {
          expect(text.startsWith(texts[i] ?? "")).toBe(true);
          expect(text.length).toBeGreaterThan((texts[i] ?? "").length);
        }
        expect(texts.at(-1)).toBe(candidate.text);
      }
    });

    test("an abort resolves with what was written, within a token, and the next job is none the worse", async () => {
      const [before] = await model.write(request({ seeds: [21] }));
      const abort = new AbortController();
      const texts: string[] = [];
      const stopped = await model.write(
        request({
          seeds: [21, 22],
          signal: abort.signal,
          onText: (index, text) => {
            if (index !== 0) return;
            texts.push(text);
            if (texts.length === 5) abort.abort();
          },
        }),
      );
      expect(stopped.map((candidate) => candidate.stop)).toEqual(["abort", "abort"]);
      expect(stopped[0]?.text).toBe(texts.at(-1));
      expect(texts.length).toBeLessThanOrEqual(6);
      const [after] = await model.write(request({ seeds: [21] }));
      expect(after?.text).toBe(before?.text);
    });

    test("a job aborted beforehand writes nothing", async () => {
      const candidates = await model.write(request({ signal: AbortSignal.abort() }));
      expect(candidates.map(({ text, stop }) => ({ text, stop }))).toEqual(
        Array.from({ length: 3 }, () => ({ text: "", stop: "abort" })),
      );
    });

    test("two jobs at once don't get in each other's way", async () => {
      const alone = await model.write(request({ seeds: [31, 32] }));
      const [first, second] = await Promise.all([
        model.write(request({ seeds: [31, 32] })),
        model.write(request({ seeds: [33] })),
      ]);
      expect(first?.map((candidate) => candidate.text)).toEqual(alone.map((candidate) => candidate.text));
      expect(second).toHaveLength(1);
    });

    test("says that it is ready", () => {
      expect(model.health()).toMatchObject({ status: "ready", restarts: 0 });
    });

    test("closing twice is as good as once, and then it refuses to write, retryably", async () => {
      const { model: other } = await open();
      await Promise.all([other.close(), other.close()]);
      expect(other.health().status).toBe("closed");
      const refused = await other.write(request()).catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(HyggeError);
      expect(refused).toMatchObject({ code: "model_down", retryable: true });
    });
  });
}
