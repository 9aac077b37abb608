/** `hygge mine`, `hygge show` and `hygge lint`: what needs no model. */

import { HyggeError } from "#src/errors.ts";
import { asChannel } from "#src/flow/input.ts";
import { gateLabel, stateLabel, statusLabel } from "#src/messages.ts";
import type { BriefView, DraftView } from "#src/views.ts";
import { stdin } from "./draft.ts";
import { CliError, exits } from "./exit.ts";
import { type House, openHouse } from "./house.ts";
import { type Io, print, printable, printableLines } from "./io.ts";

async function reading<T>(io: Io, ask: (house: House) => Promise<T>): Promise<T> {
  const house = await openHouse({ env: io.env, locale: io.locale, roles: ["web"] });
  try {
    return await ask(house);
  } finally {
    await house.close();
  }
}

export async function mine(
  io: Io,
  options: { search?: string; limit?: string; json?: boolean },
): Promise<number> {
  const limit = Number(options.limit ?? 20);
  if (!Number.isInteger(limit) || limit < 1 || limit > 100)
    throw new CliError(io.text.limitRange(1, 100), exits.usage);
  const briefs = await reading(io, (house) =>
    house.ask((api) => api.mine({ limit, ...(options.search ? { search: options.search } : {}) })),
  );
  if (options.json) await print(io.out, `${JSON.stringify(briefs, null, 2)}\n`);
  else if (briefs.length === 0) await print(io.err, `${io.text.nothingYet}\n`);
  else await print(io.out, briefs.map((brief) => line(io, brief)).join(""));
  return exits.ok;
}

function line(io: Io, brief: BriefView): string {
  const when = brief.createdAt.slice(0, 16).replace("T", " ");
  const state =
    brief.status === "done"
      ? stateLabel(io.locale, last(brief)?.state ?? "draft")
      : statusLabel(io.locale, brief.status);
  return `${brief.id}  ${when}  ${brief.channel.padEnd(11)}  ${state.padEnd(12)}  ${printable(brief.text).slice(0, 70)}\n`;
}

const last = (brief: BriefView): DraftView | undefined => brief.drafts.at(-1);

export async function show(io: Io, id: string, options: { json?: boolean }): Promise<number> {
  const brief = await reading(io, (house) => house.ask((api) => api.brief(id)));
  if (options.json) {
    await print(io.out, `${JSON.stringify(brief, null, 2)}\n`);
    return exits.ok;
  }
  const parts = [
    `${printable(brief.text)}\n${brief.channel} · ${brief.tone} · ${brief.length} · ${statusLabel(io.locale, brief.status)}`,
    ...brief.drafts.map((draft) => {
      const wish = draft.wish ? ` · „${printable(draft.wish)}“` : "";
      const failed = draft.gates
        .filter((gate) => !gate.ok)
        .map(
          (gate) => `\n✗ ${gateLabel(io.locale, gate.id)}${gate.found ? `: ${printable(gate.found)}` : ""}`,
        );
      return `${io.text.version(draft.version)}${wish} · ${stateLabel(io.locale, draft.state)} · ${io.text.score(draft.score.total)}\n${printableLines(draft.text)}${failed.join("")}`;
    }),
  ];
  await print(io.out, `${parts.join("\n\n")}\n`);
  return exits.ok;
}

export async function lint(
  io: Io,
  words: string[],
  options: { channel?: string; brand?: string; json?: boolean },
): Promise<number> {
  const text = words.length === 1 && words[0] === "-" ? (await stdin(io)).trimEnd() : words.join(" ");
  if (text.trim() === "") throw new HyggeError("text_empty");
  const channel = asChannel(options.channel);
  const result = await reading(io, (house) =>
    house.ask((api) =>
      api.lint({ text, ...(channel ? { channel } : {}), ...(options.brand ? { brand: options.brand } : {}) }),
    ),
  );
  if (options.json) await print(io.out, `${JSON.stringify(result, null, 2)}\n`);
  else {
    const lines = [
      `${io.text.light[result.light]} · ${io.text.score(result.score.total)} · ${result.graphemes.count}/${result.graphemes.max}`,
      ...result.gates
        .filter((gate) => !gate.ok)
        .map((gate) => `✗ ${gateLabel(io.locale, gate.id)}${gate.found ? `: ${printable(gate.found)}` : ""}`),
      ...result.findings.map(
        (finding) =>
          `  „${printable(finding.found)}“${finding.suggestions.length > 0 ? ` → ${finding.suggestions.map(printable).join(", ")}` : ""}`,
      ),
    ];
    await print(io.out, `${lines.join("\n")}\n`);
  }
  return result.gates.every((gate) => gate.ok) ? exits.ok : exits.imperfect;
}
