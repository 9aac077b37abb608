/** Ours: WebSockets, as far as Socket Mode and the local peer need them: text frames, ping, close. */
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { connect } from "node:net";
import type { Duplex } from "node:stream";

export interface Peer {
  send(text: string): void;
  /** Closes as Slack does; `hard`: as a broken line does. */
  end(hard?: boolean): void;
}

export function acceptSocket(
  request: IncomingMessage,
  socket: Duplex,
  on: { text(text: string): void; closed(): void },
): Peer {
  const key = String(request.headers["sec-websocket-key"]);
  const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  );
  const frame = (opcode: number, data: Buffer) => {
    const head =
      data.length < 126
        ? Buffer.from([0x80 | opcode, data.length])
        : data.length < 65_536
          ? Buffer.from([0x80 | opcode, 126, data.length >> 8, data.length & 255])
          : Buffer.concat([Buffer.from([0x80 | opcode, 127]), length64(data.length)]);
    if (socket.writable) socket.write(Buffer.concat([head, data]));
  };
  let buffered = Buffer.alloc(0);
  socket.on("data", (chunk: Buffer) => {
    buffered = Buffer.concat([buffered, chunk]);
    for (;;) {
      const next = readFrame(buffered);
      if (!next) return;
      buffered = buffered.subarray(next.size);
      if (next.opcode === 1) on.text(next.data.toString("utf8"));
      else if (next.opcode === 9) frame(10, next.data);
      else if (next.opcode === 8) {
        frame(8, next.data);
        socket.end();
      }
    }
  });
  socket.on("error", () => {});
  // A process that was killed only ends its side: the rest is ours.
  socket.on("end", () => socket.end());
  socket.on("close", on.closed);
  return {
    send: (text) => frame(1, Buffer.from(text)),
    end(hard = false) {
      if (hard) socket.destroy();
      else frame(8, Buffer.from([0x03, 0xe8]));
    },
  };
}

function length64(length: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(length));
  return bytes;
}

/** A client's frame, which is always masked; undefined while it isn't whole. */
function readFrame(bytes: Buffer): { opcode: number; data: Buffer; size: number } | undefined {
  if (bytes.length < 6) return undefined;
  const short = (bytes[1] ?? 0) & 127;
  const extra = short === 126 ? 2 : short === 127 ? 8 : 0;
  const start = 2 + extra + 4;
  if (bytes.length < start) return undefined;
  const length =
    short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short;
  if (bytes.length < start + length) return undefined;
  const mask = bytes.subarray(start - 4, start);
  const data = Buffer.from(bytes.subarray(start, start + length));
  for (let i = 0; i < data.length; i++) data[i] = (data[i] ?? 0) ^ (mask[i % 4] ?? 0);
  return { opcode: (bytes[0] ?? 0) & 15, data, size: start + length };
}

/** Ours: the other side, to drive the local peer's own page. */
export async function openClient(
  port: number,
  path: string,
): Promise<{ send(text: string): void; close(): void }> {
  const socket = connect(port, "127.0.0.1");
  const key = randomBytes(16).toString("base64");
  socket.write(
    `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13\r\n\r\n`,
  );
  const [answer] = (await once(socket, "data")) as [Buffer];
  if (!answer.toString("latin1").startsWith("HTTP/1.1 101")) throw new Error("no WebSocket at the peer");
  // What it says is looked up elsewhere.
  socket.resume();
  socket.on("error", () => {});
  return {
    send(text) {
      const data = Buffer.from(text);
      const mask = randomBytes(4);
      for (let i = 0; i < data.length; i++) data[i] = (data[i] ?? 0) ^ (mask[i % 4] ?? 0);
      const length =
        data.length < 126
          ? Buffer.from([0x80 | data.length])
          : Buffer.from([0x80 | 126, data.length >> 8, data.length & 255]);
      socket.write(Buffer.concat([Buffer.from([0x81]), length, mask, data]));
    },
    close: () => socket.destroy(),
  };
}
