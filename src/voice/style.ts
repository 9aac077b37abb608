/** How much a text sounds like the brand: what models/lab/voice-fit.ts fitted, read from brands/<id>.voice.json. */
import { readFileSync } from "node:fs";
import { z } from "zod";
import type { Brief, Channel } from "#src/brief.ts";
import { channels } from "#src/brief.ts";
import { type Familiar, heard } from "./familiar.ts";
import { buckets, type Features, features, ruleNames } from "./features.ts";

const file = z.object({
  note: z.string(),
  buckets: z.literal(buckets),
  rules: z.array(z.string()).length(ruleNames.length),
  /** One int8 weight is worth this much. */
  step: z.number(),
  bias: z.number(),
  /** Added to the bias: the same evidence weighs otherwise in a subject line than in a page. */
  channels: z.record(z.enum(channels), z.number()),
  /** int8, base64: first the buckets, then the rules. */
  weights: z.string(),
  /** Word triples of the reference texts, a Bloom filter in base64. */
  heard: z.object({ hashes: z.int().positive(), bits: z.string() }),
});

export interface StyleModel {
  step: number;
  bias: number;
  channels: Record<Channel, number>;
  weights: Int8Array;
  heard: Familiar;
}

export function parseStyle(json: string): StyleModel {
  const { step, bias, channels, weights, heard } = file.parse(JSON.parse(json));
  return {
    step,
    bias,
    channels,
    weights: new Int8Array(Buffer.from(weights, "base64")),
    heard: { hashes: heard.hashes, bits: new Uint8Array(Buffer.from(heard.bits, "base64")) },
  };
}

/** Log odds of "the brand wrote this". */
export function logit(model: Omit<StyleModel, "heard">, of: Features, channel: Channel): number {
  let sum = 0;
  for (let i = 0; i < of.indices.length; i++)
    sum += (model.weights[of.indices[i] ?? 0] ?? 0) * (of.values[i] ?? 0);
  return sum * model.step + model.bias + model.channels[channel];
}

export const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

const loaded = new Map<string, StyleModel | undefined>();

/** brands/<id>.voice.json; undefined where a brand has none yet. */
function styleModel(brand: string): StyleModel | undefined {
  if (!loaded.has(brand)) {
    let model: StyleModel | undefined;
    try {
      model = parseStyle(readFileSync(new URL(`../../brands/${brand}.voice.json`, import.meta.url), "utf8"));
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
    }
    loaded.set(brand, model);
  }
  return loaded.get(brand);
}

/** 0..1. A brand without fitted weights gets 0.75 for every text: no evidence either way, yellow's upper end. */
export function style(text: string, brief: Pick<Brief, "name" | "channel">, brand: string): number {
  const model = styleModel(brand);
  return model === undefined ? 0.75 : sigmoid(logit(model, features(text, brief), brief.channel));
}

/** Word triples of a text that the brand's reference texts don't have; 0 for a brand without fitted weights. */
export function unheard(text: string, brief: Pick<Brief, "name">, brand: string): number {
  const model = styleModel(brand);
  return model === undefined ? 0 : heard(model.heard, text, brief.name).unheard;
}
