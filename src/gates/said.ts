/** What the person said and wished: the ground that a text may stand on. */
import type { GateContext } from "./gates.ts";

/** What the person said: everything that a statement about the product may come from. */
export function said(ctx: GateContext): string {
  const { brief, revision } = ctx;
  return [brief.text, brief.task, ...brief.facts.map((fact) => fact.text), revision?.wish ?? ""].join("\n");
}

/** Whether a wish lifts a requirement: "ohne Preis", "kein Name", "without the price". */
export function without(ctx: GateContext, what: RegExp): boolean {
  const wishes = [ctx.brief.wish ?? "", ctx.revision?.wish ?? "", ctx.brief.text].join("\n");
  return new RegExp(
    `(?:\\b(?:ohne|kein(?:e[nr]?)?|nicht|without|no|not)\\s+(?:de[nr]\\s+|the\\s+|any\\s+)?|\\bweniger\\s+)(?:${what.source})`,
    "iu",
  ).test(wishes);
}
