/** The traffic light: how well a text speaks for the brand, keeps to its brief, and reads. No judge model. */
import type { Brand } from "#src/brand.ts";
import type { Brief } from "#src/brief.ts";
import type { GateId, GateResult, VoiceScore } from "#src/views.ts";
import { adherence, factCheck } from "./facts.ts";
import { fluency } from "./fluency.ts";
import { style } from "./style.ts";

export { factCheck };

/** The traffic light. */
export function lightOf({ total }: VoiceScore): "red" | "yellow" | "green" {
  return total < 50 ? "red" : total < 75 ? "yellow" : "green";
}

/** How bad a failed gate is; from 3 on the text says something untrue or unusable, and the light is red. */
export const severity: Record<GateId, number> = {
  name: 5,
  price: 5,
  markup: 5,
  digits: 4,
  copy: 4,
  counts: 3,
  material: 3,
  colour: 3,
  forbidden: 3,
  repetition: 3,
  agreement: 2,
  limit: 2,
  ending: 2,
  address: 2,
  nonword: 1,
};

/**
 * `style`: probability that the brand and not a base model or generic shop copy wrote it. `adherence`: weighted
 * recall of the brief's facts less inventions. `fluency`: sentence shape, repetition, ends. `total`: 100 times
 * their geometric mean, weighted .4, .35, .25, so that no part makes up for another; at most 74 (yellow) when a
 * gate failed and at most 49 (red) when a failed gate is severe.
 */
export function voiceScore(
  text: string,
  about: { brief: Brief; brand: Brand; gates: readonly GateResult[]; wish?: string },
): VoiceScore {
  const parts = {
    style: style(text, about.brief, about.brand.id),
    adherence: adherence(text, about),
    fluency: fluency(text, about),
  };
  const mean = 100 * parts.style ** 0.4 * parts.adherence ** 0.35 * parts.fluency ** 0.25;
  const worst = Math.max(0, ...about.gates.filter((gate) => !gate.ok).map((gate) => severity[gate.id]));
  const limit = worst >= 3 ? 49 : worst > 0 ? 74 : 100;
  return { total: Math.round(Math.min(mean, limit)), ...parts };
}
