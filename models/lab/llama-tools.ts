/** llama.cpp's own programs, built from the source that npm node-llama-cpp brings along: nothing is fetched. */
import { execFile } from "node:child_process";
import { access } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const root = path.join(import.meta.dirname, "../..");
export const llamaSource = path.join(root, "data/llama.cpp");
const big = { maxBuffer: 1 << 28 };

export type Tool = "llama-batched-bench" | "llama-imatrix" | "llama-quantize" | "llama-perplexity";

const exists = (file: string) =>
  access(file).then(
    () => true,
    () => false,
  );

/** Some minutes the first time; needs git, cmake, ninja and a compiler. */
export async function buildTools(tools: readonly Tool[]): Promise<void> {
  const bundle = path.join(root, "node_modules/node-llama-cpp/llama/gitRelease.bundle");
  if (!(await exists(llamaSource))) await run("git", ["clone", "--quiet", bundle, llamaSource]);
  const options = [
    "CMAKE_BUILD_TYPE=Release",
    "GGML_NATIVE=ON",
    "LLAMA_BUILD_TESTS=OFF",
    "LLAMA_BUILD_UI=OFF",
    "LLAMA_USE_PREBUILT_UI=OFF",
    "LLAMA_CURL=OFF",
  ];
  const build = path.join(llamaSource, "build");
  await run(
    "cmake",
    ["-S", llamaSource, "-B", build, "-G", "Ninja", ...options.map((option) => `-D${option}`)],
    big,
  );
  await run("ninja", ["-C", build, ...tools], big);
}

/** Path of a tool in `folder` (HYGGE_LLAMA_BIN) or in an earlier build; undefined where there is none. */
export async function findTool(tool: Tool, folder: string | undefined): Promise<string | undefined> {
  const file = process.platform === "win32" ? `${tool}.exe` : tool;
  for (const candidate of [folder, path.join(llamaSource, "build/bin")])
    if (candidate !== undefined && (await exists(path.join(candidate, file))))
      return path.join(candidate, file);
  return undefined;
}

/** stdout and stderr of a tool that ended well. */
export async function runTool(
  file: string,
  args: readonly (string | number)[],
): Promise<{ stdout: string; stderr: string }> {
  return run(file, args.map(String), big);
}
