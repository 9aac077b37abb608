/** The `hygge` command. */
import { readFileSync } from "node:fs";
import { Command, CommanderError, Option } from "commander";
import { type ProcessRole, processRoles, readConfig } from "#src/config.ts";
import { HyggeError } from "#src/errors.ts";
import { message } from "#src/messages.ts";
import { ServerGone } from "./cli/api.ts";
import type { DraftOptions } from "./cli/draft.ts";
import { CliError, exitOf, exits } from "./cli/exit.ts";
import { type Io, localeOf, print } from "./cli/io.ts";
import { texts } from "./cli/text.ts";

const locale = localeOf(process.argv, process.env);
const text = texts(locale);
const ending = new AbortController();
const io: Io = {
  out: process.stdout,
  err: process.stderr,
  tty: process.stderr.isTTY === true,
  env: process.env,
  locale,
  text,
  signal: ending.signal,
};

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

const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
  version: string;
};
let exit: number = exits.ok;

function command(parent: Command, name: string, description: string): Command {
  const made = parent.command(name).description(description);
  return made.addOption(localeOption()).helpOption("-h, --help", text.help);
}
const localeOption = () =>
  new Option("--locale <de|en>", text.locale).argParser((value: string) => {
    if (value !== "de" && value !== "en") throw new CliError(text.localeUnknown(value), exits.usage);
    return value;
  });

const program = new Command("hygge")
  .description(text.description)
  .version(version, "-V, --version", text.versionOption)
  .addOption(localeOption())
  .helpOption("-h, --help", text.help)
  .helpCommand(false)
  .addHelpText("after", text.afterHelp)
  .exitOverride()
  .configureHelp({
    styleTitle: (title) =>
      ({
        "Usage:": text.titles.usage,
        "Arguments:": text.titles.arguments,
        "Options:": text.titles.options,
        "Commands:": text.titles.commands,
      })[title] ?? title,
  })
  .configureOutput({ outputError: () => {} });

command(program, "start", text.commands.start)
  .addOption(
    new Option("--role <role>", text.options.role).argParser((value: string, before: ProcessRole[] = []) => {
      const role = processRoles.find((known) => known === value);
      if (role === undefined)
        throw new CliError(text.roleUnknown(value, processRoles.join(", ")), exits.usage);
      return [...new Set([...before, role])];
    }),
  )
  .action(async (options: { role?: ProcessRole[] }) => {
    const config = readConfig(process.env, options.role);
    const { start } = await import("./cli/start.ts");
    exit = await start(io, config);
  });

command(program, "draft", text.commands.draft)
  .argument("[brief...]", text.argBrief)
  .option("--channel <channel>", text.channel)
  .option("--tone <tone>", text.options.tone)
  .option("--length <length>", text.options.length)
  .option("--brand <brand>", text.brand)
  .option("--variants <n>", text.options.variants)
  .option("--csv <file>", text.options.csv)
  .option("--out <file>", text.options.out)
  .option("--json", text.json)
  .option("--verbose", text.options.verbose)
  .action(async (words: string[], options: DraftOptions & { csv?: string; out?: string }) => {
    if (options.csv !== undefined) {
      if (words.length > 0) throw new CliError(text.csvOrBrief, exits.usage);
      const { batch } = await import("./cli/batch.ts");
      exit = await batch(io, { ...options, csv: options.csv });
      return;
    }
    if (options.out !== undefined) throw new CliError(text.outAlone, exits.usage);
    const { draft } = await import("./cli/draft.ts");
    exit = await draft(io, words, options);
  });

command(program, "mine", text.commands.mine)
  .option("--search <text>", text.options.search)
  .option("--limit <n>", text.options.limit)
  .option("--json", text.json)
  .action(async (options) => {
    const { mine } = await import("./cli/earlier.ts");
    exit = await mine(io, options);
  });

command(program, "show", text.commands.show)
  .argument("<id>", text.argId)
  .option("--json", text.json)
  .action(async (id: string, options) => {
    const { show } = await import("./cli/earlier.ts");
    exit = await show(io, id, options);
  });

command(program, "lint", text.commands.lint)
  .argument("<text...>", text.argText)
  .option("--channel <channel>", text.channel)
  .option("--brand <brand>", text.brand)
  .option("--json", text.json)
  .action(async (words: string[], options) => {
    const { lint } = await import("./cli/earlier.ts");
    exit = await lint(io, words, options);
  });

try {
  if (process.argv.length > 2) await program.parseAsync();
  else program.outputHelp();
} catch (error) {
  exit = await report(error);
}
// Idle connections of fetch would hold the process for seconds; everything of ours is closed by now.
process.exit(exit);

async function report(error: unknown): Promise<number> {
  if (ending.signal.aborted && ending.signal.reason instanceof CliError) error = ending.signal.reason;
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return exits.ok;
    await print(io.err, `${usageProblem(error)}\n`);
    return exits.usage;
  }
  if (error instanceof CliError) {
    if (error.message !== "") await print(io.err, `${error.message}\n`);
    return error.exit;
  }
  if (error instanceof ServerGone) {
    await print(io.err, `${text.serverGone(error.message)}\n`);
    return exits.unavailable;
  }
  if (error instanceof HyggeError && error.code !== "internal") {
    await print(io.err, `${message(locale, error.code, error.details)}\n`);
    return exitOf(error);
  }
  const details = error instanceof Error ? (error.stack ?? error.message) : String(error);
  await print(io.err, `${message(locale, "internal")}\n${details}\n`);
  return exits.failed;
}

/** commander's English, in the reader's words. */
function usageProblem(error: CommanderError): string {
  const quoted = /'([^']+)'/.exec(error.message)?.[1]?.split(" ")[0] ?? "";
  const like = /Did you mean (?:one of )?([^?]+)\?/.exec(error.message)?.[1];
  switch (error.code) {
    case "commander.unknownCommand":
      return text.unknownCommand(quoted, like);
    case "commander.unknownOption":
      return text.unknownOption(quoted, like);
    case "commander.missingArgument":
      return text.missingArgument(quoted);
    case "commander.optionMissingArgument":
      return text.missingValue(quoted);
    case "commander.excessArguments":
      return text.tooMany;
    default:
      return text.usage(error.message.replace(/^error: /, ""));
  }
}
