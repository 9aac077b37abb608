/**
 * The gates: hard checks of a text against its brief and brand. Pure and quick (a text takes about a millisecond),
 * the same ones for candidates, live editing, the data linter and the evaluation. A gate that has nothing to check
 * (no price in the brief, no corpus given) passes.
 */
import type { Brand } from "#src/brand.ts";
import type { Brief } from "#src/brief.ts";
import type { Corpus } from "#src/corpus.ts";
import { type GateId, type GateResult, gateIds } from "#src/views.ts";
import { agreementGate } from "./agreement.ts";
import { copyGate } from "./copy.ts";
import { countsGate } from "./counts.ts";
import { digitsGate, nameGate, priceGate } from "./facts.ts";
import { forbiddenGate } from "./forbidden.ts";
import { addressGate, endingGate, limitGate, markupGate } from "./form.ts";
import { nonwordGate } from "./nonword.ts";
import { repetitionGate } from "./repetition.ts";
import { colourGate, materialGate } from "./things.ts";

export interface GateContext {
  brief: Brief;
  brand: Brand;
  /** Training texts, for near copies; without it only `recent` is compared. */
  corpus?: Corpus;
  /** Recent drafts of the brand and earlier versions of this brief. */
  recent?: string[];
  /** Set where the text revises an earlier one; an empty wish asks for a new text. */
  revision?: { draft: string; wish: string };
}

/** What a gate found wrong; undefined when it passes. `found` is language-neutral: "1.099 € ≠ 899 €". */
export type Finding = { found: string; at?: { start: number; end: number }[] };
export type Gate = (text: string, ctx: GateContext) => Finding | undefined;

const gates: Record<GateId, Gate> = {
  name: nameGate,
  price: priceGate,
  digits: digitsGate,
  counts: countsGate,
  material: materialGate,
  colour: colourGate,
  agreement: agreementGate,
  nonword: nonwordGate,
  limit: limitGate,
  forbidden: forbiddenGate,
  repetition: repetitionGate,
  ending: endingGate,
  copy: copyGate,
  markup: markupGate,
  address: addressGate,
};

/** All gates in the order of `gateIds`, passed and failed. */
export function checkGates(text: string, ctx: GateContext): GateResult[] {
  const normal = text.normalize("NFC");
  return gateIds.map((id) => {
    const finding = gates[id](normal, ctx);
    return finding ? { id, ok: false, ...finding } : { id, ok: true };
  });
}
