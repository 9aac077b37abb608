/** What `hygge` understands: commands, options, and errors in the reader's words. */
import { readFileSync } from "node:fs";
import { Command, CommanderError, Option } from "commander";
import { type ProcessRole, processRoles, readConfig } from "#src/config.ts";
import { HyggeError } from "#src/errors.ts";
import { message } from "#src/messages.ts";
import { ServerGone } from "./api.ts";
import type { Bots } from "./bots.ts";
import type { DraftOptions } from "./draft.ts";
import { CliError, exitOf, exits } from "./exit.ts";
import { type Io, print } from "./io.ts";
import type { Models } from "./model.ts";

const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
  version: string;
};
/**
 * Runs one call, `argv` without program and script. Resolves to the exit code; never rejects.
 * `models` and `bots` open those rooms.
 */
export async function run(
  argv: string[],
  io: Io,
  models: () => Promise<Models>,
  bots: () => Promise<Bots>,
): Promise<number> {
  const { text } = io;
  let exit: number = exits.ok;
  // Help goes to the program's own streams, too.
  let shown = "";
  const program = new Command("hygge")
    .description(text.description)
    .version(version, "-V, --version", text.versionOption)
    .addOption(localeOption(text))
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
    .configureOutput({
      writeOut: (help) => {
        shown += help;
      },
      writeErr: (help) => {
        shown += help;
      },
      outputError: () => {},
    });

  command(io, program, "start", text.commands.start)
    .addOption(
      new Option("--role <role>", text.options.role).argParser(
        (value: string, before: ProcessRole[] = []) => {
          const role = processRoles.find((known) => known === value);
          if (role === undefined)
            throw new CliError(text.roleUnknown(value, processRoles.join(", ")), exits.usage);
          return [...new Set([...before, role])];
        },
      ),
    )
    .action(async (options: { role?: ProcessRole[] }) => {
      const config = readConfig(io.env, options.role);
      const { start } = await import("./start.ts");
      exit = await start(io, config);
    });

  command(io, program, "draft", text.commands.draft)
    .argument("[brief...]", text.argBrief)
    .option("--channel <channel>", text.channel)
    .option("--tone <tone>", text.options.tone)
    .option("--length <length>", text.options.length)
    .option("--brand <brand>", text.brand)
    .option("--variants <n>", text.options.variants)
    .option("--fill", text.options.fill)
    .option("--csv <file>", text.options.csv)
    .option("--out <file>", text.options.out)
    .option("--json", text.json)
    .option("--verbose", text.options.verbose)
    .action(async (words: string[], options: DraftOptions & { csv?: string; out?: string }) => {
      if (options.csv !== undefined) {
        if (words.length > 0) throw new CliError(text.csvOrBrief, exits.usage);
        const { batch } = await import("./batch.ts");
        exit = await batch(io, { ...options, csv: options.csv });
        return;
      }
      if (options.out !== undefined) throw new CliError(text.outAlone, exits.usage);
      const { draft } = await import("./draft.ts");
      exit = await draft(io, words, options);
    });

  command(io, program, "mine", text.commands.mine)
    .option("--search <text>", text.options.search)
    .option("--limit <n>", text.options.limit)
    .option("--json", text.json)
    .action(async (options) => {
      const { mine } = await import("./earlier.ts");
      exit = await mine(io, options);
    });

  command(io, program, "show", text.commands.show)
    .argument("<id>", text.argId)
    .option("--json", text.json)
    .action(async (id: string, options) => {
      const { show } = await import("./earlier.ts");
      exit = await show(io, id, options);
    });

  command(io, program, "lint", text.commands.lint)
    .argument("<text...>", text.argText)
    .option("--channel <channel>", text.channel)
    .option("--brand <brand>", text.brand)
    .option("--json", text.json)
    .action(async (words: string[], options) => {
      const { lint } = await import("./earlier.ts");
      exit = await lint(io, words, options);
    });

  const model = program
    .command("model")
    .description(text.commands.model)
    .helpOption("-h, --help", text.help)
    .helpCommand(false);
  command(io, model, "list", text.commands.modelList)
    .option("--json", text.json)
    .action(async (options: { json?: boolean }) => {
      const { list } = await import("./model.ts");
      exit = await list(io, await models(), options);
    });
  command(io, model, "pull", text.commands.modelPull)
    .argument("<uri>", text.argUri)
    .option("--endpoint <url>", text.options.endpoint)
    .action(async (uri: string, options: { endpoint?: string }) => {
      const { pull } = await import("./model.ts");
      exit = await pull(io, await models(), uri, options);
    });
  command(io, model, "info", text.commands.modelInfo)
    .argument("[model]", text.argModel)
    .option("--json", text.json)
    .action(async (name: string | undefined, options: { json?: boolean }) => {
      const { info } = await import("./model.ts");
      exit = await info(io, await models(), name, options);
    });

  const dataset = program
    .command("dataset")
    .description(text.commands.dataset)
    .helpOption("-h, --help", text.help)
    .helpCommand(false);
  command(io, dataset, "add", text.commands.datasetAdd)
    .argument("[file]", text.argDataset)
    .option("--brand <brand>", text.brand)
    .action(async (file: string | undefined, options: { brand?: string }) => {
      const { add } = await import("./dataset.ts");
      exit = await add(io, file, options);
    });

  const discord = program
    .command("discord")
    .description(text.commands.discord)
    .helpOption("-h, --help", text.help)
    .helpCommand(false);
  command(io, discord, "register", text.commands.discordRegister)
    .option("--guild <id>", text.options.guild)
    .action(async (options: { guild?: string }) => {
      const { registerDiscord } = await import("./bots.ts");
      exit = await registerDiscord(io, await bots(), options);
    });

  command(io, program, "doctor", text.commands.doctor)
    .option("--discord-channel <id>", text.options.discordChannel)
    .action(async (options: { discordChannel?: string }) => {
      const { doctor } = await import("./doctor.ts");
      exit = await doctor(io, await models(), bots, options);
    });

  command(io, program, "backup", text.commands.backup)
    .argument("[file]", text.argFile)
    .action(async (file: string | undefined) => {
      const { backup } = await import("./data.ts");
      exit = await backup(io, file);
    });

  command(io, program, "restore", text.commands.restore)
    .argument("<file>", text.argFile)
    .option("--force", text.options.force)
    .action(async (file: string, options: { force?: boolean }) => {
      const { restore } = await import("./data.ts");
      exit = await restore(io, file, options);
    });

  command(io, program, "move", text.commands.move)
    .requiredOption("--to <url>", text.options.to)
    .option("--force", text.options.force)
    .action(async (options: { to: string; force?: boolean }) => {
      const { move } = await import("./data.ts");
      exit = await move(io, options);
    });

  command(io, program, "dashboard", text.commands.dashboard).action(async () => {
    const { dashboard } = await import("./manage.ts");
    exit = await dashboard(io);
  });
  command(io, program, "export", text.commands.export)
    .argument("<kind>", text.argExport)
    .option("--out <file>", text.options.exportOut)
    .option("--filter <name=value...>", text.options.filter)
    .action(async (kind: string, options: { out?: string; filter?: string[] }) => {
      const { exportFeedback } = await import("./manage.ts");
      exit = await exportFeedback(io, kind, options);
    });
  command(io, program, "access", text.commands.access)
    .requiredOption("--person <id>", text.options.person)
    .option("--also <text...>", text.options.also)
    .option("--out <file>", text.options.exportOut)
    .action(async (options: { person: string; also?: string[]; out?: string }) => {
      const { access } = await import("./manage.ts");
      exit = await access(io, options);
    });
  command(io, program, "erase", text.commands.erase)
    .requiredOption("--person <id>", text.options.person)
    .option("--also <text...>", text.options.also)
    .addOption(
      new Option("--drafts <what>", text.options.eraseDrafts)
        .choices(["anonymise", "delete"])
        .default("anonymise"),
    )
    .option("--yes", text.options.yes)
    .option("--json", text.json)
    .action(
      async (options: { person: string; also?: string[]; drafts: string; yes?: boolean; json?: boolean }) => {
        const { erase } = await import("./manage.ts");
        exit = await erase(io, options);
      },
    );

  try {
    if (argv.length > 0) await program.parseAsync(argv, { from: "user" });
    else program.outputHelp();
  } catch (error) {
    exit = await report(io, error);
  }
  if (shown !== "") await print(io.out, shown);
  return exit;
}

function command(io: Io, parent: Command, name: string, description: string): Command {
  const made = parent.command(name).description(description);
  return made.addOption(localeOption(io.text)).helpOption("-h, --help", io.text.help);
}
const localeOption = (text: Io["text"]) =>
  new Option("--locale <de|en>", text.locale).argParser((value: string) => {
    if (value !== "de" && value !== "en") throw new CliError(text.localeUnknown(value), exits.usage);
    return value;
  });

async function report(io: Io, error: unknown): Promise<number> {
  const { text, locale } = io;
  if (io.signal.aborted && io.signal.reason instanceof CliError) error = io.signal.reason;
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return exits.ok;
    await print(io.err, `${usageProblem(text, error)}\n`);
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
function usageProblem(text: Io["text"], error: CommanderError): string {
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
    case "commander.missingMandatoryOptionValue":
      return text.missingValue(quoted);
    case "commander.excessArguments":
      return text.tooMany;
    default:
      return text.usage(error.message.replace(/^error: /, ""));
  }
}
