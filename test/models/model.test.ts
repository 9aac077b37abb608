/** The model port's contract on every implementation: the embedded model, any instruct GGUF, the scripted one. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import pino from "pino";
import { afterAll } from "vitest";
import { openModel } from "#models/open.ts";
import { modelContract } from "#test/contracts/model.ts";
import { scriptedModel } from "#test/fixtures/scripted-model.ts";
import { writeTinyGguf } from "#test/fixtures/tiny-gguf.ts";

const dataDir = await mkdtemp(path.join(tmpdir(), "hygge-model-"));
afterAll(() => rm(dataDir, { recursive: true }));
const log = pino({ level: "silent" });

modelContract("llama, embedded GGUF", async () => ({
  model: await openModel({ dataDir, log, threads: 2 }),
  prompt: {
    kind: "labels",
    text: "Auftrag: Sofa Ekeby, Leinen, 899 €\nKanal: instagram\nTon: warm\nLänge: mittel\nText:\n",
  },
}));

modelContract("llama, tiny instruct GGUF", async () => {
  const model = path.join(dataDir, "tiny.gguf");
  await writeTinyGguf(model);
  return {
    model: await openModel({ model, dataDir, log, threads: 1 }),
    prompt: {
      kind: "chat",
      system: "Du schreibst kurze Werbetexte.",
      examples: [{ user: "Lampe Ljus, 49 €", assistant: "Ljus macht Licht. Für 49 €." }],
      user: "Sofa Ekeby, Leinen, 899 €",
    },
  };
});

modelContract("scripted", async () => ({
  model: scriptedModel(
    (request, index) => `Text ${request.seeds[index]} ist ein langer Satz, der von selbst endet.`,
  ),
  prompt: { kind: "labels", text: "Auftrag: Sofa Ekeby\nText:\n" },
}));
