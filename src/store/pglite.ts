/**
 * PGlite behind node-postgres: each client of the pool talks the Postgres wire protocol to a socket of ours,
 * and all sockets share the one session in the worker thread. So types, parameters, errors and transactions are
 * node-postgres' own, and Drizzle and BullMQ need to know nothing.
 *
 * Traps: settings, LISTENs and advisory locks are the session's, hence everybody's; inside a transaction use
 * the transaction, as the pool waits for its end.
 */
import pg from "pg";
import { type PgliteOptions, Session } from "./pglite/session.ts";
import { PgliteSocket } from "./pglite/socket.ts";

export { PgliteDied, type PgliteOptions } from "./pglite/session.ts";

/**
 * The embedded database as a `pg.Pool`. Its name matters: Drizzle opens a client for a transaction only where
 * the class is called a Pool.
 */
export class PglitePool extends pg.Pool {
  readonly #session: Session;

  /** Opens or creates the database. @throws PgliteDied when it doesn't open */
  static async open(options: PgliteOptions = {}): Promise<PglitePool> {
    const session = new Session(options);
    await session.start();
    return new PglitePool(session);
  }

  private constructor(session: Session) {
    super({
      stream: () => new PgliteSocket(session),
      host: "embedded",
      port: 5432,
      user: "postgres",
      database: "postgres",
      password: "",
      ssl: false,
      // Clients are cheap here: BullMQ keeps one for each worker and listener.
      max: 100,
      idleTimeoutMillis: 0,
    });
    this.#session = session;
    // A client whose session died is replaced and its statement rejected; without listeners it would end the
    // process.
    this.on("error", () => {});
    this.on("connect", (client) => client.on("error", () => {}));
  }

  /** The whole database folder as a tar, for `load`. */
  dump(): Promise<Buffer> {
    return this.#session.dump();
  }

  /** Closes the clients and the database, with a last checkpoint. Doesn't wait for clients that listen. */
  async shutdown(): Promise<void> {
    if (!this.ending) void this.end().catch(() => {});
    await this.#session.close();
  }
}
