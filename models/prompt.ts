/** Prompts to tokens. Whatever a person typed becomes plain text, never a control token. */
import {
  type ChatHistoryItem,
  GeneralChatWrapper,
  type LlamaModel,
  LlamaText,
  resolveChatWrapper,
  type Token,
} from "node-llama-cpp";
import type { Prompt } from "#src/model.ts";

export interface Tokenized {
  tokens: Token[];
  /** How many of them don't depend on the brief: what a chat model can keep from job to job. */
  shared: number;
  /** Endings beside the model's own end tokens, from its chat template. */
  stops: Token[][];
}

export type Tokenizer = (prompt: Prompt) => Tokenized;

/** One for a model: finding its chat template's wrapper takes tens of milliseconds. */
export function promptTokenizer(model: LlamaModel, kind: Prompt["kind"]): Tokenizer {
  const wrapper =
    kind === "chat"
      ? (resolveChatWrapper(model, {
          warningLogs: false,
          // Copy needs no train of thought, and a thinking model would spend all its tokens on one.
          customWrapperSettings: {
            jinjaTemplate: { reasoning: false },
            qwen: { thoughts: "discourage" },
            gemma4: { reasoning: false },
          },
        }) ?? new GeneralChatWrapper())
      : undefined;

  const chat = (prompt: Extract<Prompt, { kind: "chat" }>, user: string) => {
    const history: ChatHistoryItem[] = [
      { type: "system", text: LlamaText(prompt.system).toJSON() },
      ...prompt.examples.flatMap((pair): ChatHistoryItem[] => [
        { type: "user", text: pair.user },
        { type: "model", response: [pair.assistant] },
      ]),
      { type: "user", text: user },
      { type: "model", response: [] },
    ];
    if (wrapper === undefined) throw new Error("This model takes plain labels, not a chat.");
    const { contextText, stopGenerationTriggers } = wrapper.generateContextState({ chatHistory: history });
    return { tokens: contextText.tokenize(model.tokenizer), stops: stopGenerationTriggers };
  };

  let kept: { system: string; examples: string; head: Token[] } | undefined;
  return (prompt) => {
    if (prompt.kind === "labels") {
      const { bos } = model.tokens;
      const text = model.tokenize(prompt.text, false);
      return { tokens: bos === null ? text : [bos, ...text], shared: 0, stops: [] };
    }
    const examples = JSON.stringify(prompt.examples);
    if (kept?.system !== prompt.system || kept.examples !== examples) {
      // What two different briefs have in common is the template's, the brand's and the examples' part.
      const a = chat(prompt, "A").tokens;
      kept = { system: prompt.system, examples, head: a.slice(0, common(a, chat(prompt, "1").tokens)) };
    }
    const { tokens, stops } = chat(prompt, prompt.user);
    return {
      tokens,
      shared: Math.min(common(tokens, kept.head), tokens.length - 1),
      stops: stops.map((stop) => stop.tokenize(model.tokenizer)).filter((stop) => stop.length > 0),
    };
  };
}

/** Length of the common beginning. */
export function common(a: readonly Token[], b: readonly Token[]): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length++;
  return length;
}
