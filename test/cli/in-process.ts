/** The command without a process around it: quick enough for tables of inputs. */
import { Writable } from "node:stream";
import type { Locale } from "#src/chat.ts";
import { run } from "#src/cli/program.ts";
import { texts } from "#src/cli/text.ts";
import { environment } from "./hygge.ts";

class Sink extends Writable {
  text = "";
  override _write(chunk: Buffer, _: BufferEncoding, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

export async function call(
  args: string[],
  locale: Locale = "en",
  env: Record<string, string> = {},
  signal: AbortSignal = new AbortController().signal,
): Promise<{ code: number; stdout: string; stderr: string }> {
  const out = new Sink();
  const err = new Sink();
  const code = await run(
    args,
    {
      out,
      err,
      tty: false,
      env: environment(env),
      locale,
      text: texts(locale),
      signal,
    },
    async () => ({ ...(await import("#models/open.ts")), ...(await import("#models/pull.ts")) }),
    async () => ({
      ...(await import("#bots/discord/doctor.ts")),
      ...(await import("#bots/slack/doctor.ts")),
    }),
  );
  return { code, stdout: out.text, stderr: err.text };
}
