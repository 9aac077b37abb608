/** The `hygge` command as a process of its own, as people and scripts have it. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

const bin = path.resolve(import.meta.dirname, "../../bin/hygge.js");

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  env?: Record<string, string>;
  input?: string;
  cwd?: string;
  /** Runs as this user, where the test may change it (root in a container). */
  uid?: number;
  /** Told of every piece of stderr, e.g. to send a signal at the right moment. */
  onStderr?: (soFar: string, child: ChildProcess) => void;
}

/** A clean environment: nothing of the developer's own settings. */
export const environment = (extra: Record<string, string> = {}): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH,
  HOME: process.env.HOME,
  TMPDIR: tmpdir(),
  LANG: "C.UTF-8",
  PORT: "0",
  HYGGE_DATA_DIR: path.join(tmpdir(), "hygge-no-such-data"),
  ...extra,
});

/** Runs to the end. */
export async function hygge(args: string[], options: RunOptions = {}): Promise<Ended> {
  const child = spawn(process.execPath, [bin, ...args], {
    env: environment(options.env),
    stdio: "pipe",
    ...(options.cwd ? { cwd: options.cwd } : {}),
    ...(options.uid === undefined ? {} : { uid: options.uid }),
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (data: string) => {
    stdout += data;
  });
  child.stderr.setEncoding("utf8").on("data", (data: string) => {
    stderr += data;
    options.onStderr?.(stderr, child);
  });
  child.stdin.on("error", () => {});
  child.stdin.end(options.input ?? "");
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { code, stdout, stderr };
}

export interface Server {
  readonly url: string;
  readonly pid: number;
  /** What it wrote so far, both streams. */
  output(): string;
  /** Ctrl-C; resolves to the exit code. */
  stop(): Promise<number | null>;
  /** kill -9 of this process alone. */
  kill(): Promise<void>;
  readonly exited: Promise<number | null>;
}

/** `hygge start`, ready: the address is printed. Rejects with its output if it ends before. */
export async function startServer(
  env: Record<string, string>,
  args: string[] = ["start"],
  ready: RegExp = /(https?:\/\/\S+)/,
): Promise<Server> {
  const child = spawn(process.execPath, [bin, ...args], {
    env: environment({ LOG_LEVEL: "warn", ...env }),
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  const exited = new Promise<number | null>((resolve) => child.once("close", resolve));
  const url = await new Promise<string>((resolve, reject) => {
    let stdout = "";
    child.stdout.setEncoding("utf8").on("data", (data: string) => {
      output += data;
      stdout += data;
      const found = ready.exec(stdout);
      if (found) resolve(found[1] ?? "");
    });
    child.stderr.setEncoding("utf8").on("data", (data: string) => {
      output += data;
    });
    void exited.then((code) => reject(new Error(`hygge start ended with ${code}:\n${output}`)));
  });
  return {
    url,
    pid: child.pid ?? 0,
    output: () => output,
    exited,
    stop: async () => {
      child.kill("SIGINT");
      return exited;
    },
    kill: async () => {
      child.kill("SIGKILL");
      await exited;
    },
  };
}

/** A folder that is gone after the test. */
export async function temporary(): Promise<{ dir: string; remove(): Promise<void> }> {
  const dir = await mkdtemp(path.join(tmpdir(), "hygge-cli-"));
  return { dir, remove: () => rm(dir, { recursive: true, force: true, maxRetries: 3 }) };
}
