/** llama.cpp's own llama-batched-bench as the limit to measure against: the same GGUF, the same run. */
import { execFile } from "node:child_process";
import { access } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const root = path.join(import.meta.dirname, "../..");
const source = path.join(root, "data/llama.cpp");
const name = process.platform === "win32" ? "llama-batched-bench.exe" : "llama-batched-bench";

/** Builds it from the source that npm brought along, some minutes; needs git, cmake, ninja and a compiler. */
export async function buildPeer(): Promise<void> {
  const bundle = path.join(root, "node_modules/node-llama-cpp/llama/gitRelease.bundle");
  const there = await access(source).then(
    () => true,
    () => false,
  );
  if (!there) await run("git", ["clone", "--quiet", bundle, source]);
  const options = [
    "CMAKE_BUILD_TYPE=Release",
    "GGML_NATIVE=ON",
    "LLAMA_BUILD_TESTS=OFF",
    "LLAMA_BUILD_UI=OFF",
  ];
  const flags = [...options, "LLAMA_USE_PREBUILT_UI=OFF", "LLAMA_CURL=OFF"].map((option) => `-D${option}`);
  const big = { maxBuffer: 1 << 28 };
  await run("cmake", ["-S", source, "-B", path.join(source, "build"), "-G", "Ninja", ...flags], big);
  await run("ninja", ["-C", path.join(source, "build"), "llama-batched-bench"], big);
}

/** The binary's path, from HYGGE_LLAMA_BIN or an earlier build; undefined where there is none. */
export async function findPeer(folder: string | undefined): Promise<string | undefined> {
  for (const candidate of [folder, path.join(source, "build/bin")]) {
    if (candidate === undefined) continue;
    const file = path.join(candidate, name);
    if (
      await access(file).then(
        () => true,
        () => false,
      )
    )
      return file;
  }
  return undefined;
}

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
  const { stdout } = await run(binary, args.map(String), { maxBuffer: 1 << 26 });
  const line = stdout.split("\n").find((text) => text.startsWith("{"));
  const result: unknown = JSON.parse(line ?? "null");
  const number = (key: string) => {
    const value = (result as Record<string, unknown> | null)?.[key];
    if (typeof value !== "number") throw new Error(`llama-batched-bench said no ${key}: ${stdout}`);
    return value;
  };
  return { promptS: number("t_pp"), generateS: number("t_tg"), tokensPerS: number("speed_tg") };
}
