import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import pino from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { openModel } from "#models/open.ts";
import { openTexts } from "#models/texts.ts";
import { loadBrand } from "#src/brand.ts";
import { type Brief, channels, parseBrief } from "#src/brief.ts";
import type { Corpus } from "#src/corpus.ts";
import { type Written, type WrittenCandidate, writeDraft } from "#src/draft.ts";
import type { Model } from "#src/model.ts";
import { factCheck } from "#src/voice/facts.ts";
import { isCut, similarity } from "#src/voice/similar.ts";

// The embedded model on fifty briefs whose product names it has not seen: its training text is plain.jsonl alone.

const brand = loadBrand("hygge");
const row = z.object({ channel: z.enum(channels), brief: z.string() });
const read = async (file: string): Promise<z.infer<typeof row>[]> =>
  (await readFile(file, "utf8"))
    .split("\n")
    .filter(Boolean)
    .map((line) => row.parse(JSON.parse(line)));
const nameOf = (r: z.infer<typeof row>): string | undefined =>
  parseBrief(r.brief, { channel: r.channel }).name;

let dir: string;
let model: Model;
let corpus: Corpus;
let briefs: Brief[];
const runs: { brief: Brief; first: Written; shorter?: Written; again: Written[] }[] = [];

beforeAll(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), "hygge-draft-"));
  model = await openModel({ dataDir: dir, log: pino({ level: "silent" }) });
  corpus = await openTexts({ dataDir: dir });
  const seen = new Set((await read("training/data/plain.jsonl")).map(nameOf));
  const unseen = (await read("training/data/rich.jsonl")).filter((r) => {
    const name = nameOf(r);
    return name !== undefined && !seen.has(name);
  });
  briefs = Array.from({ length: 50 }, (_, i) => unseen[Math.floor((i * unseen.length) / 50)])
    .filter((r) => r !== undefined)
    .map((r) => parseBrief(r.brief, { channel: r.channel }));
});

afterAll(async () => {
  await model.close();
  await rm(dir, { recursive: true, force: true });
  await mkdir("test/.artifacts", { recursive: true });
  await writeFile("test/.artifacts/draft-runs.json", JSON.stringify(runs, null, 1));
});

const passes = (draft: WrittenCandidate | undefined): boolean =>
  draft?.gates.every((gate) => gate.ok) ?? false;
const graphemes = (text: string): number => [...new Intl.Segmenter("de").segment(text)].length;
const textOf = (written: Written | undefined): string => written?.drafts[0]?.text ?? "";

test("fifty unseen briefs: nearly all drafts pass every gate", async () => {
  for (const [i, brief] of briefs.entries()) {
    const first = await writeDraft(
      model,
      brand,
      { brief, variants: 1, recent: [], seed: 1000 + i },
      { corpus },
    );
    runs.push({ brief, first, again: [] });
  }
  const passed = runs.filter((run) => passes(run.first.drafts[0])).length;
  const candidates = runs.flatMap((run) => run.first.candidates.filter((c) => c.round === 0));
  console.log(
    `winners that pass: ${passed} of ${runs.length}; candidates that pass: ${candidates.filter(passes).length} of ${candidates.length};`,
    `more than one round: ${runs.filter((run) => run.first.timings.rounds > 1).length};`,
    `median ms: ${runs.map((run) => run.first.timings.totalMs).sort((a, b) => a - b)[Math.floor(runs.length / 2)]}`,
  );
  expect(passed).toBeGreaterThanOrEqual(45);
});

test("kürzer: at most 80 % as long, name and price kept, not cut off", async () => {
  let kept = 0;
  for (const [i, run] of runs.entries()) {
    const draft = textOf(run.first);
    run.shorter = await writeDraft(
      model,
      brand,
      { brief: run.brief, revision: { draft, wish: "kürzer" }, variants: 1, recent: [draft], seed: 2000 + i },
      { corpus },
    );
    const text = textOf(run.shorter);
    const had = factCheck(draft, run.brief, brand).filter(
      (f) => f.found && (f.kind === "name" || f.kind === "price"),
    );
    const has = new Set(
      factCheck(text, run.brief, brand)
        .filter((f) => f.found)
        .map((f) => f.text),
    );
    const ok =
      graphemes(text) <= 0.8 * graphemes(draft) && had.every((f) => has.has(f.text)) && !isCut(text, draft);
    if (ok) kept++;
    else console.log(`not shorter: ${run.brief.channel}: ${draft}\n  -> ${text}`);
  }
  console.log(`kürzer holds for ${kept} of ${runs.length}`);
  expect(kept).toBeGreaterThanOrEqual(45);
});

test("two regenerations differ from each other and from the first beyond the facts", async () => {
  let differ = 0;
  for (const [i, run] of runs.entries()) {
    const texts = [textOf(run.first)];
    for (let n = 0; n < 2; n++) {
      const draft = texts.at(-1) ?? "";
      const written = await writeDraft(
        model,
        brand,
        {
          brief: run.brief,
          revision: { draft, wish: "" },
          variants: 1,
          recent: texts,
          seed: 3000 + 100 * n + i,
        },
        { corpus },
      );
      run.again.push(written);
      texts.push(textOf(written));
    }
    const [a = "", b = "", c = ""] = texts;
    const most = Math.max(
      ...[
        [a, b],
        [a, c],
        [b, c],
      ].map(([x = "", y = ""]) => similarity(x, y, run.brief)),
    );
    if (most < 0.5) differ++;
    else console.log(`alike (${most.toFixed(2)}): ${texts.join("\n  | ")}`);
  }
  console.log(`regenerations differ for ${differ} of ${runs.length}`);
  expect(differ).toBeGreaterThanOrEqual(47);
});

test("the same seed writes the same text", async () => {
  const [run] = runs;
  if (run === undefined) throw new Error("no runs");
  const again = await writeDraft(
    model,
    brand,
    { brief: run.brief, variants: 1, recent: [], seed: 1000 },
    { corpus },
  );
  expect(textOf(again)).toBe(textOf(run.first));
});
