/**
 * Writes the candidates of one prompt in lockstep: the prompt is evaluated once and its state copied to every
 * candidate's sequence, then each step takes one token of every candidate in one full batch. Waiting for all of
 * them before the next step is what keeps the batches full; it also makes a text depend on nothing but its seed.
 */
import type { LlamaContext, LlamaContextSequence, LlamaModel, Token } from "node-llama-cpp";
import type { Tokenizer } from "./prompt.ts";
import { common } from "./prompt.ts";
import type { Governor } from "./threads.ts";
import type { Job, Stop } from "./wire.ts";

/** llama.cpp takes 2^32 - 1 for "draw a seed" (LLAMA_DEFAULT_SEED): that one stands for 0 here. */
const randomSeed = 2 ** 32 - 1;

export interface WriterEvents {
  aborted(): boolean;
  /** A part of the prompt was evaluated. */
  progress(): void;
  /** [candidate, text added, tokens so far] and the candidates that ended with this step. */
  step(added: [number, string, number][], ended: [number, Stop][]): void;
}

export class TooLong extends Error {
  readonly tokens: number;
  readonly limit: number;
  constructor(tokens: number, limit: number) {
    super(`the prompt has ${tokens} tokens, ${limit} fit`);
    this.tokens = tokens;
    this.limit = limit;
  }
}

/** Tokens of the prompt between two signs of life. */
const chunk = 128;

interface Line {
  index: number;
  generator: AsyncGenerator<Token, void>;
  out: Token[];
  text: ReturnType<typeof textOf>;
}

/** `keepsHead`: one sequence of the context holds the part of the prompts that stays the same from job to job. */
export function openWriter(options: {
  model: LlamaModel;
  context: LlamaContext;
  tokenize: Tokenizer;
  governor: Governor;
  keepsHead: boolean;
}): { warmUp(): Promise<void>; write(job: Job, events: WriterEvents): Promise<void> } {
  const { model, context, tokenize, governor } = options;
  const all = Array.from({ length: context.totalSequences }, () => context.getSequence());
  // Nothing is ever generated in the head's sequence. So nothing has to be erased from it, which a model with
  // a sliding window (Gemma) could not undo.
  const head = options.keepsHead ? all[0] : undefined;
  const lanes = options.keepsHead ? all.slice(1) : all;

  async function measured<T>(work: () => Promise<T>, alone = false): Promise<T> {
    // For a single sequence, flash attention splits the sum among its threads: how many they are would show in
    // the text. One thread is nearly as fast there.
    if (alone && context.flashAttention !== false) {
      model.llama.maxThreads = 1;
      return work();
    }
    model.llama.maxThreads = governor.threads;
    const started = performance.now();
    const before = process.cpuUsage();
    const result = await work();
    const used = process.cpuUsage(before);
    governor.step(performance.now() - started, (used.user + used.system) / 1000);
    return result;
  }

  async function evaluate(sequence: LlamaContextSequence, tokens: Token[], events: WriterEvents) {
    for (let at = 0; at < tokens.length && !events.aborted(); at += chunk) {
      await measured(() => sequence.evaluateWithoutGeneratingNewTokens(tokens.slice(at, at + chunk)));
      events.progress();
    }
  }

  /** Makes `to` hold what `from` holds: by copying its state, or where that can't be done by evaluating it. */
  async function fork(from: LlamaContextSequence, to: LlamaContextSequence, events: WriterEvents) {
    const tokens = from.contextTokens;
    await to.clearHistory();
    // The library keeps this for its own use; the public way goes through a file, which would put the brief on disk.
    const inside = to as unknown as {
      _copyStateFromOtherSequence?(other: LlamaContextSequence, upTo: number): Promise<boolean>;
    };
    if (await inside._copyStateFromOtherSequence?.(from, tokens.length)) return;
    await to.clearHistory();
    await evaluate(to, tokens, events);
  }

  /** Brings the first lane to the prompt but its last token, the cheapest way. */
  async function prepare(lane: LlamaContextSequence, tokens: Token[], shared: number, events: WriterEvents) {
    if (head === undefined || shared === 0) {
      await lane.clearHistory();
      await evaluate(lane, tokens.slice(0, -1), events);
      return;
    }
    const wanted = tokens.slice(0, shared);
    if (head.nextTokenIndex !== shared || common(head.contextTokens, wanted) !== shared) {
      await head.clearHistory();
      await evaluate(head, wanted, events);
      if (events.aborted()) return;
    }
    await fork(head, lane, events);
    await evaluate(lane, tokens.slice(shared, -1), events);
  }

  /** Brings the weights into memory, and lets the governor see how busy the machine is before the first job. */
  async function warmUp() {
    const lane = lanes[0];
    const token = model.tokens.bos ?? model.tokens.eos ?? (0 as Token);
    const started = performance.now();
    while (lane !== undefined && performance.now() - started < 150) {
      await measured(() => lane.evaluateWithoutGeneratingNewTokens([token]));
      await lane.clearHistory();
    }
  }

  async function write(job: Job, events: WriterEvents) {
    const { tokens, shared, stops } = tokenize(job.prompt);
    const limit = context.contextSize - job.maxTokens - 2;
    const last = tokens.at(-1);
    if (tokens.length > limit) throw new TooLong(tokens.length, limit);
    if (last === undefined) throw new Error("the prompt is empty");

    let waiting = job.seeds.map((seed, index) => ({ seed, index }));
    while (waiting.length > 0) {
      const wave = waiting.slice(0, lanes.length);
      waiting = waiting.slice(lanes.length);
      const [first, ...others] = lanes.slice(0, wave.length);
      if (first === undefined) throw new Error("no sequence is left");
      if (!events.aborted()) await prepare(first, tokens, shared, events);
      for (const other of others) if (!events.aborted()) await fork(first, other, events);

      let lines = wave.map(({ seed, index }, lane): Line => {
        const sequence = lanes[lane] as LlamaContextSequence;
        const generator = sequence.evaluate([last], { ...job.sampling, seed: seed % randomSeed });
        return { index, generator, out: [], text: textOf(model, tokens) };
      });
      try {
        while (lines.length > 0) {
          if (events.aborted()) {
            events.step(
              [],
              lines.map((line) => [line.index, "abort"]),
            );
            break;
          }
          const steps = await measured(
            () => Promise.all(lines.map((line) => line.generator.next())),
            lines.length === 1,
          );
          const added: [number, string, number][] = [];
          const ended: [number, Stop][] = [];
          lines = lines.filter((line, at) => {
            const token = steps[at]?.value;
            if (token === undefined) {
              ended.push([line.index, "end"]);
              return false;
            }
            line.out.push(token);
            if (stops.some((stop) => endsWith(line.out, stop))) {
              ended.push([line.index, "end"]);
              return false;
            }
            added.push([line.index, line.text.push(token), line.out.length]);
            if (line.out.length < job.maxTokens) return true;
            ended.push([line.index, "length"]);
            return false;
          });
          events.step(added, ended);
        }
      } finally {
        await Promise.all(lines.map((line) => line.generator.return()));
      }
    }
  }

  return { warmUp, write };
}

const endsWith = (tokens: Token[], tail: Token[]) =>
  tail.length <= tokens.length && tail.every((token, i) => tokens[tokens.length - tail.length + i] === token);

/** Tokens to text, a whole character at a time: a token may be a single byte of one. */
export function textOf(model: LlamaModel, prompt: Token[]) {
  let before = prompt.slice(-4);
  let pending: Token[] = [];
  return {
    /** The text that this token completes, or "". */
    push(token: Token): string {
      pending.push(token);
      const text = model.detokenize(pending, false, before);
      // A character has at most four bytes: after that a replacement character is what the model meant.
      if (text.endsWith("\ufffd") && pending.length < 4) return "";
      before = [...before, ...pending].slice(-4);
      pending = [];
      return text;
    },
  };
}
