/** The model port: text in, candidates out. Implemented by models/llama (GGUF) and test/fixtures/scripted-model. */
export interface Model {
  readonly card: ModelCard;
  /**
   * Writes `request.seeds.length` candidates of one prompt in parallel, in the order of the seeds.
   * Rejects with HyggeError model_down (retryable) when the model process dies meanwhile; an abort resolves
   * with what was written so far, `stop: "abort"`.
   */
  write(request: WriteRequest): Promise<RawCandidate[]>;
  health(): ModelHealth;
  close(): Promise<void>;
}

/** What a model file says of itself: `<file>.card.json` beside the GGUF, or derived from its metadata. */
export interface ModelCard {
  name: string;
  /** Version or release shown to people under a draft. */
  version: string;
  /** sha256 of the file, hex. */
  hash: string;
  quant: string;
  /** "labels": plain `Auftrag: …` labels (the embedded model). "chat": chat template with brand prompt and example pairs. */
  prompt: "labels" | "chat";
  sampling: Sampling;
  /** Candidates written for one draft. */
  candidates: number;
  /** Tokens a candidate may have. */
  maxTokens: number;
  license: string;
}

export interface Sampling {
  temperature: number;
  topP: number;
  minP: number;
}

/** A prompt as the model process takes it. Never holds control tokens: user text is tokenized as plain text. */
export type Prompt =
  | { kind: "labels"; text: string }
  | { kind: "chat"; system: string; examples: { user: string; assistant: string }[]; user: string };

export interface WriteRequest {
  prompt: Prompt;
  /** One candidate for each seed (uint32). */
  seeds: number[];
  sampling: Sampling;
  maxTokens: number;
  /** Called with the text so far of candidate `index`, at most once a token. */
  onText?: (index: number, textSoFar: string) => void;
  signal?: AbortSignal;
}

export interface RawCandidate {
  text: string;
  seed: number;
  /** Tokens generated. */
  tokens: number;
  stop: "end" | "length" | "abort";
  /** Milliseconds from the request to this candidate's end. */
  ms: number;
}

export interface ModelHealth {
  status: "loading" | "ready" | "restarting" | "failed" | "closed";
  /** Restarts of the model process since the start. */
  restarts: number;
  /** Resident bytes of the model process, where known. */
  rss?: number;
  error?: string;
}
