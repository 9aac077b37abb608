/** `hygge draft`: one brief, from the request to the text on stdout. */
import { randomUUID } from "node:crypto";
import { HyggeError } from "#src/errors.ts";
import { asChannel, asLength, asTone } from "#src/flow/input.ts";
import { gateLabel } from "#src/messages.ts";
import type { BriefEvent, BriefView, DraftView } from "#src/views.ts";
import { type Api, type BriefRequest, ServerGone } from "./api.ts";
import { exits } from "./exit.ts";
import { type House, openHouse } from "./house.ts";
import { footer, type Io, print, printable, printableLines } from "./io.ts";

export interface DraftOptions {
  channel?: string;
  tone?: string;
  length?: string;
  brand?: string;
  variants?: string;
  fill?: boolean;
  json?: boolean;
  verbose?: boolean;
}

export async function draft(io: Io, words: string[], options: DraftOptions): Promise<number> {
  const text = words.length === 1 && words[0] === "-" ? await stdin(io) : words.join(" ");
  if (text.trim() === "") throw new HyggeError("brief_empty");
  const request = { text, ...requestOptions(options) };
  const house = await openHouse({
    env: io.env,
    locale: io.locale,
    roles: ["web", "worker"],
    verbose: options.verbose ?? false,
  });
  try {
    const view = await write(io, house, request, preview(io, options.verbose ?? false));
    const drafts = newest(view);
    if (options.json) await print(io.out, `${JSON.stringify(drafts, null, 2)}\n`);
    else {
      await print(io.out, `${drafts.map((d) => printableLines(d.text)).join("\n---\n")}\n`);
      for (const one of drafts) await print(io.err, remarks(io, one));
    }
    return drafts.every((d) => d.gates.every((gate) => gate.ok)) ? exits.ok : exits.imperfect;
  } finally {
    await house.close();
  }
}

/** Options as the API takes them; a wrong one is told before anything is opened. */
export function requestOptions(options: DraftOptions): Omit<BriefRequest, "text"> {
  const { brand, variants } = options;
  const channel = asChannel(options.channel);
  const tone = asTone(options.tone);
  const length = asLength(options.length);
  const count = Number(variants ?? 1);
  if (!Number.isInteger(count) || count < 1 || count > 4)
    throw new HyggeError("variants_range", { value: printable(variants ?? ""), min: 1, max: 4 });
  return {
    ...(channel ? { channel } : {}),
    ...(tone ? { tone } : {}),
    ...(length ? { length } : {}),
    ...(brand ? { brand } : {}),
    ...(count > 1 ? { variants: count } : {}),
    ...(options.fill ? { fill: true } : {}),
  };
}

/**
 * Sends a brief and waits until it is written; Ctrl-C cancels it. A server that restarts meanwhile goes on with
 * it, and so does this.
 * @throws HyggeError what the brief failed with
 */
export async function write(
  io: Io,
  house: House,
  request: BriefRequest,
  onEvent: Preview = { event() {}, end() {} },
): Promise<BriefView> {
  const key = randomUUID();
  const id = await house.ask((api) => api.request(request, key));
  try {
    return await house.ask((api) => untilWritten(io, api, id, onEvent));
  } catch (error) {
    // Somebody who doesn't wait any more wants no cores used for it.
    if (io.signal.aborted) await house.ask((api) => api.cancel(id)).catch(() => {});
    throw error;
  } finally {
    onEvent.end();
  }
}

async function untilWritten(io: Io, api: Api, id: string, onEvent: Preview): Promise<BriefView> {
  for await (const event of api.events(id, io.signal)) onEvent.event(event);
  io.signal.throwIfAborted();
  const view = await api.brief(id);
  if (view.status === "failed")
    throw new HyggeError(
      // Codes of the same program.
      (view.error?.code ?? "internal") as HyggeError["code"],
      view.error?.details ?? {},
    );
  if (view.status === "cancelled") throw new HyggeError("not_cancellable");
  if (view.status !== "done" || newest(view).length === 0) throw new ServerGone(api.address);
  return view;
}

/** The drafts of the newest generation, best first. */
export const newest = (view: BriefView): DraftView[] =>
  view.drafts.filter((one) => one.generationId === view.generationId);

interface Preview {
  event(event: BriefEvent): void;
  end(): void;
}

/** Candidates as they grow: redrawn on a terminal, with --verbose as lines of a log. */
function preview(io: Io, verbose: boolean): Preview {
  if (!io.tty && !verbose) return { event() {}, end() {} };
  const foot = footer(io);
  const texts: string[] = [];
  const told: number[] = [];
  let drawn = 0;
  const label = (candidate: number, of: number) => io.text.candidate(candidate + 1, of);
  return {
    event(event) {
      if (event.type === "token") texts[event.candidate] = event.text;
      if (!io.tty) {
        const line = logLine(io, event);
        const now = performance.now();
        // Two lines a second of each candidate say as much as a hundred.
        if (event.type === "token") {
          if (now - (told[event.candidate] ?? 0) < 500) return;
          told[event.candidate] = now;
        }
        if (line) io.err.write(`${line}\n`);
        return;
      }
      if (event.type === "queued") foot.draw([io.text.queued(event.position)]);
      else if (event.type === "started" && texts.length === 0) foot.draw([io.text.writing]);
      else if (event.type === "token" && performance.now() - drawn > 60) {
        drawn = performance.now();
        const tail = Math.max(20, (io.err.columns ?? 80) - 24);
        foot.draw(
          Array.from(
            { length: event.candidates },
            (_, i) => `${label(i, event.candidates)}  ${(texts[i] ?? "").slice(-tail)}`,
          ),
        );
      }
    },
    end: () => foot.clear(),
  };
}

function logLine(io: Io, event: BriefEvent): string | undefined {
  if (event.type === "queued") return io.text.queued(event.position);
  if (event.type === "started") return io.text.writing;
  if (event.type === "token")
    return `${io.text.candidate(event.candidate + 1, event.candidates)}  ${printable(event.text)}`;
  return undefined;
}

/** What a person should know of a draft before using it: on a terminal its facts, everywhere what it failed. */
function remarks(io: Io, one: DraftView): string {
  const lines: string[] = [];
  if (io.tty) {
    lines.push(one.facts.map((fact) => `${fact.found ? "✓" : "✗"} ${printable(fact.text)}`).join("  "));
    const model = one.model ? `${one.model.name} ${one.model.version} · ` : "";
    lines.push(`${model}${io.text.score(one.score.total)} · ${one.briefId}`);
  }
  for (const gate of one.gates)
    if (!gate.ok)
      lines.push(`✗ ${gateLabel(io.locale, gate.id)}${gate.found ? `: ${printable(gate.found)}` : ""}`);
  return lines
    .filter((line) => line !== "")
    .map((line) => `${line}\n`)
    .join("");
}

export async function stdin(io: Io): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) {
    io.signal.throwIfAborted();
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString("utf8");
}
