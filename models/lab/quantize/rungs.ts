/** The ladder's rungs: how each is quantized, from the finest to those that break. */
export interface Rung {
  name: string;
  type: string;
  imatrix: boolean;
  /** More for llama-quantize: tensors that keep finer types. */
  options?: readonly string[];
}

const plain = ["Q8_0", "Q6_K", "Q5_K_M", "Q4_K_M", "IQ4_NL", "Q4_0", "Q3_K_M", "IQ3_S", "Q2_K"];
/** llama.cpp makes these with an importance matrix only. */
const needsMatrix = ["IQ2_S", "IQ1_M"];

export const rungs: readonly Rung[] = [
  ...plain.map((type) => ({ name: type, type, imatrix: false })),
  ...[...plain.filter((type) => type !== "Q8_0"), ...needsMatrix].map((type) => ({
    name: `${type}+imatrix`,
    type,
    imatrix: true,
  })),
  // The tied embedding is read for every token of the head: the first to keep fine where 4 bits cost voice.
  {
    name: "Q4_0+imatrix+embedding",
    type: "Q4_0",
    imatrix: true,
    options: ["--token-embedding-type", "q8_0"],
  },
  {
    name: "Q4_0+imatrix+attention",
    type: "Q4_0",
    imatrix: true,
    options: ["--tensor-type", "attn_v=q8_0", "--tensor-type", "attn_k=q8_0"],
  },
  {
    name: "Q4_0+imatrix+down",
    type: "Q4_0",
    imatrix: true,
    options: ["--tensor-type", "ffn_down=q5_0"],
  },
];
