import { Duplex } from "node:stream";
import type { Session } from "./session.ts";
import { message, simpleQuery, welcome } from "./wire.ts";

let clients = 0;

/** What a client of node-postgres takes for its connection. */
export class PgliteSocket extends Duplex {
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
    if (kind === message.terminate) return;
    this.#cycle.push(this.#own(frame));
    if (kind !== message.query && kind !== message.sync) return;
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
      kind === message.parse
        ? 5
        : kind === message.bind
          ? frame.indexOf(0, 5) + 1
          : (kind === message.describe || kind === message.close) && frame[5] === 0x53
            ? 6
            : -1;
    if (at < 0 || frame[at] === 0) return frame;
    const prefix = Buffer.from(`c${this.#id}_`);
    if (kind === message.parse)
      this.#statements.add(prefix.toString() + frame.toString("utf8", at, frame.indexOf(0, at)));
    const own = Buffer.concat([frame.subarray(0, at), prefix, frame.subarray(at)]);
    own.writeUInt32BE(frame.readUInt32BE(1) + prefix.length, 1);
    return own;
  }
}
