/**
 * Linting a text as a person edits it: gates, findings with places and replacements, length. Quick enough for every
 * pause in typing (a few milliseconds); the score is added by whoever has the voice model.
 */
import { findForbidden } from "#src/gates/forbidden.ts";
import { checkGates, type GateContext } from "#src/gates/gates.ts";
import { countGraphemes } from "#src/gates/read.ts";
import type { Lint } from "#src/views.ts";

/** Offsets are UTF-16 and refer to the NFC form of the text. */
export function lintText(text: string, ctx: GateContext): Omit<Lint, "score" | "light"> {
  const normal = text.normalize("NFC");
  const gates = checkGates(normal, ctx);
  const findings: Lint["findings"] = findForbidden(normal, ctx.brand).map((hit) => ({
    start: hit.start,
    end: hit.end,
    found: hit.found,
    rule: "forbidden",
    suggestions: hit.suggestions,
  }));
  for (const gate of gates) {
    if (gate.ok || gate.id === "forbidden") continue;
    for (const { start, end } of gate.at ?? [])
      findings.push({
        start,
        end,
        found: normal.slice(start, end),
        rule: gate.id,
        suggestions: suggestions(gate.id, ctx),
      });
  }
  findings.sort((a, b) => a.start - b.start || a.end - b.end);
  const { min, max } = ctx.brand.channels[ctx.brief.channel];
  return { gates, findings, graphemes: { count: countGraphemes(normal), min, max } };
}

/** The house's findings and a grammar checker's, in reading order; on the same place the house knows better. */
export function withGrammar(house: Lint["findings"], grammar: Lint["findings"]): Lint["findings"] {
  const more = grammar.filter((g) => !house.some((h) => h.start < g.end && g.start < h.end));
  return [...house, ...more].sort((a, b) => a.start - b.start || a.end - b.end);
}

/** What to write instead, where the brief says it without doubt. */
function suggestions(id: string, { brief }: GateContext): string[] {
  if (id === "name" && brief.name) return [brief.name];
  if (id === "price") return brief.facts.filter((fact) => fact.kind === "price").map((fact) => fact.text);
  return [];
}
