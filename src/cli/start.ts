/** `hygge start`: the server, until a signal ends it. */
import type { Config } from "#src/config.ts";
import { openLog } from "#src/log.ts";
import { exits } from "./exit.ts";
import { type Io, print } from "./io.ts";

export async function start(io: Io, config: Config): Promise<number> {
  const log = openLog(config.logLevel);
  let deadline: NodeJS.Timeout | undefined;
  const ended = new Promise<void>((resolve) => {
    const end = () => {
      log.info({ seconds: config.shutdownSeconds }, "stopping: what is being written is finished first");
      // What isn't finished by then is written after the next start.
      deadline = setTimeout(() => {
        log.warn("not everything could be closed in time");
        process.exit(exits.failed);
      }, config.shutdownSeconds * 1000);
      resolve();
    };
    if (io.signal.aborted) end();
    else io.signal.addEventListener("abort", end, { once: true });
  });
  try {
    const { start: open } = await import("#src/main.ts");
    const running = await open(config, { log });
    const roles = config.processRoles;
    if (roles.length === 1 && roles[0] === "bot" && !config.discord && !config.slack)
      log.info("no chat tokens are set: the bot role has nothing to do and waits");
    if (!io.signal.aborted) await print(io.out, `${io.text.running(running.url, roles)}\n`);
    try {
      await Promise.race([ended, running.failed]);
    } finally {
      await running.close();
    }
  } finally {
    clearTimeout(deadline);
  }
  return exits.ok;
}
