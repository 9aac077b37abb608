/** What lies beside a GGUF: `<file>.card.json`, checked; and what a GGUF without one says of itself. */
import { z } from "zod";
import type { ModelCard } from "#src/model.ts";

const unit = z.number().min(0).max(1);

export const cardSchema = z
  .strictObject({
    name: z.string().min(1),
    version: z.string().min(1),
    /** sha256 of the GGUF, hex. */
    hash: z.string().regex(/^[0-9a-f]{64}$/, { error: "must be a sha256 in lower-case hex" }),
    quant: z.string().min(1),
    prompt: z.enum(["labels", "chat"]),
    sampling: z.strictObject({ temperature: z.number().min(0).max(2), topP: unit, minP: unit }),
    /** Each candidate is a sequence of its own in memory. */
    candidates: z.int().min(1).max(16),
    maxTokens: z.int().min(8).max(2048),
    /** Tokens of prompt and text together, for one candidate; the memory of a candidate grows with it. */
    context: z.int().min(256).max(32_768).optional(),
    license: z.string().min(1),
    /** For people: where it comes from. The program doesn't read it. */
    notes: z.array(z.string()).optional(),
  })
  .refine((card) => card.context === undefined || card.maxTokens < card.context, {
    path: ["maxTokens"],
    error: "must leave room for the prompt in context",
  });
export type CardFile = z.infer<typeof cardSchema>;

export const toModelCard = ({ notes: _, context: __, ...card }: CardFile): ModelCard => card;

/** Tokens of one candidate's sequence: labels are short; a chat prompt carries the brand and its example pairs. */
export const contextOf = (card: CardFile) => card.context ?? (card.prompt === "labels" ? 1024 : 4096);

/** The part of a GGUF's metadata that a card is derived from. */
export interface GgufFacts {
  name?: string;
  version?: string;
  license?: string;
  chatTemplate: boolean;
  /** GGUF `general.file_type`, as its enum's name ("MOSTLY_Q4_K_M"). */
  fileType?: string;
  /** Tokens that it was trained for. */
  trainContext?: number;
}

/** Big models write slowly on a CPU, so they write fewer candidates; bytes of the file stand for the cost. */
export const candidatesFor = (bytes: number) =>
  bytes < 0.4e9 ? 8 : bytes < 1.3e9 ? 4 : bytes < 3.2e9 ? 3 : 2;

/** A card for a GGUF that has none. `file` is its name without the folder. */
export function deriveCard(file: string, bytes: number, hash: string, gguf: GgufFacts): CardFile {
  const stem = file.replace(/\.gguf$/i, "");
  const quant =
    gguf.fileType?.replace(/^(MOSTLY|ALL)_/, "") ?? /[-._]((?:I?Q\d\w*)|B?F16|F32)$/i.exec(stem)?.[1];
  const context = Math.min(4096, gguf.trainContext ?? 4096);
  return {
    name: gguf.name ?? stem,
    version: gguf.version ?? hash.slice(0, 8),
    hash,
    quant: quant ?? "unknown",
    prompt: gguf.chatTemplate ? "chat" : "labels",
    sampling: { temperature: 0.7, topP: 0.95, minP: 0.05 },
    candidates: candidatesFor(bytes),
    maxTokens: Math.min(320, Math.floor(context / 2)),
    context,
    license: gguf.license ?? "see the model's page",
  };
}
