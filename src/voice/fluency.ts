/** Whether a text moves like a finished German text, by its surface alone. */
import type { Brief } from "#src/brief.ts";
import type { GateResult } from "#src/views.ts";
import { stem, words } from "./facts.ts";
import { sentences } from "./similar.ts";

/** Words that may come as often as they like. */
const light = 4;

/**
 * 0..1: one less what is wrong with sentence lengths, repetition and ends, and less what the gates for agreement,
 * words, repetition and ends found.
 */
export function fluency(text: string, about: { brief: Brief; gates: readonly GateResult[] }): number {
  const parts = sentences(text);
  const all = words(text);
  if (all.length === 0) return 0;
  let fault = 0;

  const verse = about.brief.channel === "gedicht";
  const lengths = parts.map((part) => words(part).length);
  fault += 0.3 * (lengths.filter((length) => length > 24).length / parts.length);
  // One short sentence is rhythm, a text of them is a list.
  if (!verse && parts.length > 2)
    fault += 0.2 * (lengths.filter((length) => length < 4).length / parts.length);

  const lower = all.map((word) => word.toLowerCase());
  const trigrams = lower.slice(2).map((word, i) => `${lower[i]} ${lower[i + 1]} ${word}`);
  if (trigrams.length > 0) fault += 2 * (1 - new Set(trigrams).size / trigrams.length);
  fault += 0.3 * lower.filter((word, i) => word === lower[i - 1]).length;

  const facts = new Set(words(`${about.brief.task} ${about.brief.name ?? ""}`).map(stem));
  const heavy = lower
    .filter((word) => word.length > light)
    .map(stem)
    .filter((word) => !facts.has(word));
  const repeated = heavy.length - new Set(heavy).size;
  fault += 0.06 * repeated;
  const openings = parts.map((part) => words(part).slice(0, 2).join(" ").toLowerCase());
  if (!verse) fault += 0.1 * (openings.length - new Set(openings).size);

  if (/\s[,.;:!?]|\(\s|,,|\.\.(?!\.)|[,;]\s*$/u.test(text)) fault += 0.2;
  if (parts.some((part) => /^\p{Ll}/u.test(part)) && !verse) fault += 0.15;
  if ((text.match(/„/g)?.length ?? 0) !== (text.match(/“/g)?.length ?? 0)) fault += 0.15;

  for (const gate of about.gates)
    if (!gate.ok && ["agreement", "nonword", "repetition", "ending"].includes(gate.id)) fault += 0.25;
  return Math.max(0, 1 - fault);
}
