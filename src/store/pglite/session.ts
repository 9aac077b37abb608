import { Worker } from "node:worker_threads";
import type { PgliteSocket } from "./socket.ts";
import { message, simpleQuery, status } from "./wire.ts";

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

export interface Exchange {
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
export class Session {
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
    // Never a second time on a folder that somebody else may own by now.
    if (this.#closed && this.#starting === undefined) return Promise.reject(closed());
    this.#starting ??= new Promise<void>((resolve, reject) => {
      const { dir, load } = this.#options;
      const worker = new Worker(new URL("./worker.js", import.meta.url), {
        workerData: { dir, load, compiled },
        // The database is written by this thread alone: no inspector, loader or flag of the main one.
        execArgv: [],
        stdin: false,
      });
      let death: PgliteDied | undefined;
      worker.on("message", (said: FromWorker) => {
        if (said.type === "ready") {
          compiled = said.compiled;
          this.#worker = worker;
          resolve();
        } else if (said.type === "answer") {
          const running = this.#running;
          this.#running = undefined;
          running?.done(Buffer.from(said.bytes.buffer, said.bytes.byteOffset, said.bytes.byteLength));
          this.#next();
        } else {
          death = new PgliteDied(said.message, said.code, said.log);
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
      exchange.failed(closed());
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
    for (const exchange of this.#waiting.splice(0)) exchange.failed(closed());
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
      if (frame[0] === message.notification) for (const socket of this.sockets) socket.receive(frame);
      else rest.push(frame);
      at = end;
    }
    asker.receive(Buffer.concat(rest));
  }
}

const closed = () => new PgliteDied("the embedded database is closed", undefined, "");
