/** The `hygge` command: its process, signals and pipes. */
import { CliError, exits } from "./cli/exit.ts";
import { localeOf } from "./cli/io.ts";
import { run } from "./cli/program.ts";
import { texts } from "./cli/text.ts";

const argv = process.argv.slice(2);
const locale = localeOf(argv, process.env);
const text = texts(locale);
const ending = new AbortController();

for (const [signal, code] of [
  ["SIGINT", exits.cancelled],
  ["SIGTERM", exits.terminated],
] as const) {
  process.on(signal, () => {
    // The second one means it.
    if (ending.signal.aborted) process.exit(code);
    ending.abort(new CliError(text.cancelled, code));
  });
}
// A reader that went away wants no more: `hygge mine | head -1`.
process.stdout.on("error", () => ending.abort(new CliError("", exits.ok)));
process.stderr.on("error", () => {});

const code = await run(
  argv,
  {
    out: process.stdout,
    err: process.stderr,
    tty: process.stderr.isTTY === true,
    env: process.env,
    locale,
    text,
    signal: ending.signal,
  },
  async () => ({ ...(await import("#models/open.ts")), ...(await import("#models/pull.ts")) }),
  async () => ({
    ...(await import("#bots/discord/doctor.ts")),
    ...(await import("#bots/slack/doctor.ts")),
  }),
);
// Idle connections of fetch would hold the process for seconds; everything of ours is closed by now.
process.exit(code);
