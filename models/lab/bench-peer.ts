/** llama.cpp's own llama-batched-bench as the limit to measure against: the same GGUF, the same run. */
import { runTool } from "./llama-tools.ts";

export interface PeerRound {
  /** Seconds for the shared prompt, and for all tokens of all sequences. */
  promptS: number;
  generateS: number;
  /** Generated tokens a second, all sequences together, the prompt not counted. */
  tokensPerS: number;
}

export async function peerRound(
  binary: string,
  model: string,
  shape: { prompt: number; tokens: number; sequences: number; threads: number },
): Promise<PeerRound> {
  const { prompt, tokens, sequences, threads } = shape;
  const context = 2 * (prompt + tokens) * sequences + 512;
  const args = ["-m", model, "-c", context, "-b", 512, "-ub", 512, "-npp", prompt, "-ntg", tokens];
  args.push("-npl", sequences, "-t", threads, "-pps", "-fa", "on", "--output-format", "jsonl");
  const { stdout } = await runTool(binary, args);
  const line = stdout.split("\n").find((text) => text.startsWith("{"));
  const result: unknown = JSON.parse(line ?? "null");
  const number = (key: string) => {
    const value = (result as Record<string, unknown> | null)?.[key];
    if (typeof value !== "number") throw new Error(`llama-batched-bench said no ${key}: ${stdout}`);
    return value;
  };
  return { promptS: number("t_pp"), generateS: number("t_tg"), tokensPerS: number("speed_tg") };
}
