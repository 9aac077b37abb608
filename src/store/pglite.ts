/**
 * PGlite behind node-postgres: each client of the pool talks the Postgres wire protocol to a socket of ours,
 * and all sockets share the one session in the worker thread. So types, parameters, errors and transactions are
 * node-postgres' own, and Drizzle and BullMQ need to know nothing.
 *
 * Traps: settings, LISTENs and advisory locks are the session's, hence everybody's; inside a transaction use
 * the transaction, as the pool waits for its end.
 */
import { Duplex } from "node:stream";
import { Worker } from "node:worker_threads";
import pg from "pg";

export interface PgliteOptions {
  /** Folder of the database, created if missing; absent: in memory. */
  dir?: string;
  /** A tar (gzip or not) from `dump` to start from; `dir` must be new. */
  load?: Uint8Array;
  /** A transaction whose client stays silent so long is rolled back, or everybody would wait. Default 60 s. */
  idleTransactionMs?: number;
}

type FromWorker =
  | { type: "ready"; compiled: unknown }
  | { type: "answer"; bytes: Uint8Array }
  | { type: "dead"; message: string; code?: string; log: string };

/** Thrown to everybody waiting when the database's thread died; it is started again with the next statement. */
export class PgliteDied extends Error {
  override readonly name = "PgliteDied";
  readonly code: string | undefined;
  /** The last lines that Postgres wrote. */
  readonly log: string;
  constructor(message: string, code: string | undefined, log: string) {
    super(message);
    this.code = code;
    this.log = log;
  }
}

interface Exchange {
  /** Absent: the session's own business (rolling back for a client that went away, a dump). */
  socket?: PgliteSocket;
  /** Whose transaction it belongs to, where that isn't the socket any more. */
  for?: PgliteSocket;
  request: { type: "exchange"; bytes: Uint8Array } | { type: "dump" };
  done(answer: Buffer): void;
  failed(error: Error): void;
}

/** Postgres as a compiled WebAssembly.Module, shared by all threads: compiling is most of an opening's work. */
let compiled: unknown;

/** The one session: statements in order of arrival, a transaction's client alone from BEGIN to its end. */
class Session {
  readonly sockets = new Set<PgliteSocket>();
  readonly #options: PgliteOptions;
  readonly #waiting: Exchange[] = [];
  #worker: Worker | undefined;
  #starting: Promise<void> | undefined;
  #running: Exchange | undefined;
  #owner: PgliteSocket | undefined;
  #idle: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: PgliteOptions) {
    this.#options = options;
  }

  start(): Promise<void> {
    this.#starting ??= new Promise<void>((resolve, reject) => {
      const { dir, load } = this.#options;
      const worker = new Worker(new URL("./pglite-worker.js", import.meta.url), {
        workerData: { dir, load, compiled },
        // The database is written by this thread alone: no inspector, loader or flag of the main one.
        execArgv: [],
        stdin: false,
      });
      let death: PgliteDied | undefined;
      worker.on("message", (message: FromWorker) => {
        if (message.type === "ready") {
          compiled = message.compiled;
          this.#worker = worker;
          resolve();
        } else if (message.type === "answer") {
          const running = this.#running;
          this.#running = undefined;
          running?.done(
            Buffer.from(message.bytes.buffer, message.bytes.byteOffset, message.bytes.byteLength),
          );
          this.#next();
        } else {
          death = new PgliteDied(message.message, message.code, message.log);
        }
      });
      worker.on("error", (error) => {
        death ??= new PgliteDied(error.message, undefined, "");
      });
      worker.on("exit", () => {
        const error = death ?? new PgliteDied("the embedded database was closed", undefined, "");
        this.#worker = undefined;
        this.#starting = undefined;
        reject(error);
        if (!this.#closed || death) this.#died(error);
      });
    });
    return this.#starting;
  }

  submit(exchange: Exchange): void {
    if (this.#closed) {
      exchange.failed(new PgliteDied("the embedded database is closed", undefined, ""));
      return;
    }
    this.#waiting.push(exchange);
    this.#next();
  }

  /** A client went away: what it waited for is void, its open transaction is rolled back. */
  leave(socket: PgliteSocket): void {
    this.sockets.delete(socket);
    for (let i = this.#waiting.length - 1; i >= 0; i--)
      if (this.#waiting[i]?.socket === socket) this.#waiting.splice(i, 1);
    if (this.#owner === socket && this.#running?.socket !== socket) this.#rollback(socket);
  }

  dump(): Promise<Buffer> {
    return new Promise((done, failed) => this.submit({ request: { type: "dump" }, done, failed }));
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#idle);
    await this.#starting?.catch(() => {});
    const worker = this.#worker;
    const closed = new PgliteDied("the embedded database is closed", undefined, "");
    for (const exchange of this.#waiting.splice(0)) exchange.failed(closed);
    for (const socket of [...this.sockets]) socket.destroy();
    if (worker === undefined) return;
    const exited = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
    worker.postMessage({ type: "close" });
    // A closing checkpoint takes milliseconds; whatever hangs longer, the write-ahead log has it.
    const deadline = setTimeout(() => void worker.terminate(), 10_000);
    await exited;
    clearTimeout(deadline);
  }

  #next(): void {
    if (this.#running !== undefined) return;
    const at = this.#waiting.findIndex(
      (e) => this.#owner === undefined || e.socket === this.#owner || e.for === this.#owner,
    );
    if (at < 0) return;
    const worker = this.#worker;
    if (worker === undefined) {
      this.start().then(
        () => this.#next(),
        // `#died` has told everybody.
        () => {},
      );
      return;
    }
    const [exchange] = this.#waiting.splice(at, 1);
    if (exchange === undefined) return;
    clearTimeout(this.#idle);
    this.#running = exchange;
    const { done } = exchange;
    exchange.done = (answer) => {
      if (exchange.request.type === "exchange") this.#settle(exchange, answer);
      done(answer);
    };
    worker.postMessage(exchange.request);
  }

  /** Who owns the session now: ReadyForQuery's status says whether a transaction is open. */
  #settle(exchange: Exchange, answer: Buffer): void {
    const socket = exchange.socket;
    if (answer.at(-1) === status.idle || socket === undefined) {
      this.#owner = undefined;
      return;
    }
    this.#owner = socket;
    if (socket.destroyed) {
      this.#rollback(socket);
      return;
    }
    const ms = this.#options.idleTransactionMs ?? 60_000;
    this.#idle = setTimeout(() => {
      socket.destroy(new Error(`a transaction stood idle for ${ms} ms and was rolled back`));
    }, ms);
    this.#idle.unref();
  }

  #rollback(socket: PgliteSocket): void {
    this.#waiting.unshift({
      for: socket,
      request: { type: "exchange", bytes: simpleQuery("rollback") },
      done() {},
      failed() {},
    });
    this.#next();
  }

  #died(error: PgliteDied): void {
    clearTimeout(this.#idle);
    this.#owner = undefined;
    const running = this.#running;
    this.#running = undefined;
    running?.failed(error);
    for (const exchange of this.#waiting.splice(0)) exchange.failed(error);
    // Every client's session is gone with the thread, as when a server restarts: pools and LISTENers reconnect.
    for (const socket of [...this.sockets]) socket.destroy(error);
  }

  /** Hands an answer's notifications to every client and the rest to the one that asked. */
  route(answer: Buffer, asker: PgliteSocket): void {
    const rest: Buffer[] = [];
    for (let at = 0; at + 5 <= answer.length; ) {
      const end = at + 1 + answer.readUInt32BE(at + 1);
      const frame = answer.subarray(at, end);
      if (frame[0] === type.notification) for (const socket of this.sockets) socket.receive(frame);
      else rest.push(frame);
      at = end;
    }
    asker.receive(Buffer.concat(rest));
  }
}

const type = {
  query: 0x51,
  sync: 0x53,
  terminate: 0x58,
  parse: 0x50,
  bind: 0x42,
  describe: 0x44,
  close: 0x43,
  notification: 0x41,
};
const status = { idle: 0x49 };

let clients = 0;

/** What a client of node-postgres takes for its connection. */
class PgliteSocket extends Duplex {
  readonly #session: Session;
  readonly #id = ++clients;
  readonly #statements = new Set<string>();
  #started = false;
  #input = Buffer.alloc(0);
  #cycle: Buffer[] = [];

  constructor(session: Session) {
    super({ allowHalfOpen: false });
    this.#session = session;
  }

  // What net.Socket has and node-postgres calls.
  connect(): this {
    this.#session.sockets.add(this);
    this.#session.start().then(
      () => this.emit("connect"),
      (error) => this.destroy(error),
    );
    return this;
  }
  setNoDelay(): this {
    return this;
  }
  setKeepAlive(): this {
    return this;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }

  receive(bytes: Buffer): void {
    if (!this.destroyed && bytes.length > 0) this.push(bytes);
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, callback: (error?: Error | null) => void): void {
    this.#input = Buffer.concat([this.#input, chunk]);
    for (;;) {
      const head = this.#started ? 1 : 0;
      if (this.#input.length < head + 4) break;
      const end = head + this.#input.readUInt32BE(head);
      if (this.#input.length < end) break;
      const frame = this.#input.subarray(0, end);
      this.#input = this.#input.subarray(end);
      this.#take(frame);
    }
    callback();
  }

  override _final(callback: (error?: Error | null) => void): void {
    this.push(null);
    callback();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#session.leave(this);
    // Prepared statements live in the shared session: take ours out of it.
    for (const name of this.#statements)
      this.#session.submit({
        request: { type: "exchange", bytes: simpleQuery(`deallocate "${name.replaceAll('"', '""')}"`) },
        done() {},
        failed() {},
      });
    this.#statements.clear();
    callback(error);
  }

  #take(frame: Buffer): void {
    if (!this.#started) {
      // The session is long open; its startup is answered here.
      this.#started = true;
      this.receive(welcome);
      return;
    }
    const kind = frame[0];
    if (kind === type.terminate) return;
    this.#cycle.push(this.#own(frame));
    if (kind !== type.query && kind !== type.sync) return;
    const bytes = Buffer.concat(this.#cycle);
    this.#cycle = [];
    this.#session.submit({
      socket: this,
      request: { type: "exchange", bytes },
      done: (answer) => this.#session.route(answer, this),
      failed: (error) => this.destroy(error),
    });
  }

  /** Prefixes a statement's name with this client's number, as all clients share the session's names. */
  #own(frame: Buffer): Buffer {
    const kind = frame[0];
    const at =
      kind === type.parse
        ? 5
        : kind === type.bind
          ? frame.indexOf(0, 5) + 1
          : (kind === type.describe || kind === type.close) && frame[5] === 0x53
            ? 6
            : -1;
    if (at < 0 || frame[at] === 0) return frame;
    const prefix = Buffer.from(`c${this.#id}_`);
    if (kind === type.parse)
      this.#statements.add(prefix.toString() + frame.toString("utf8", at, frame.indexOf(0, at)));
    const own = Buffer.concat([frame.subarray(0, at), prefix, frame.subarray(at)]);
    own.writeUInt32BE(frame.readUInt32BE(1) + prefix.length, 1);
    return own;
  }
}

function simpleQuery(sql: string): Uint8Array {
  const text = Buffer.from(`${sql}\0`);
  const head = Buffer.alloc(5);
  head[0] = type.query;
  head.writeUInt32BE(4 + text.length, 1);
  return Buffer.concat([head, text]);
}

/** AuthenticationOk, BackendKeyData of nobody, ReadyForQuery (idle). */
const welcome = Buffer.from([
  ...[0x52, 0, 0, 0, 8, 0, 0, 0, 0],
  ...[0x4b, 0, 0, 0, 12, 0, 0, 0, 0, 0, 0, 0, 0],
  ...[0x5a, 0, 0, 0, 5, status.idle],
]);

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
