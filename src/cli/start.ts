/** `hygge start`: the server, until a signal ends it. */
import type { Config } from "#src/config.ts";
import { openLog } from "#src/log.ts";
import { exits } from "./exit.ts";
import { type Io, print } from "./io.ts";

export async function start(io: Io, config: Config): Promise<number> {
  const log = openLog(config.logLevel);
  const { start: open } = await import("#src/main.ts");
  const running = await open(config, { log });
  const roles = config.processRoles;
  if (roles.length === 1 && roles[0] === "bot")
    log.info("no chat tokens are set: the bot role has nothing to do and waits");
  if (!io.signal.aborted) await print(io.out, `${io.text.running(running.url, roles)}\n`);
  if (!io.signal.aborted)
    await new Promise<void>((resolve) =>
      io.signal.addEventListener("abort", () => resolve(), { once: true }),
    );
  log.info({ seconds: config.shutdownSeconds }, "stopping: what is being written is finished first");
  // What isn't finished by then is written after the next start.
  const deadline = setTimeout(() => {
    log.warn("not everything could be closed in time");
    process.exit(exits.failed);
  }, config.shutdownSeconds * 1000);
  await running.close();
  clearTimeout(deadline);
  return exits.ok;
}
