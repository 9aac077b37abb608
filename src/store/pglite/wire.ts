/** The few bytes of the Postgres wire protocol that sharing a session needs. */

export const message = {
  query: 0x51,
  sync: 0x53,
  terminate: 0x58,
  parse: 0x50,
  bind: 0x42,
  describe: 0x44,
  close: 0x43,
  notification: 0x41,
};
export const status = { idle: 0x49 };

export function simpleQuery(sql: string): Uint8Array {
  const text = Buffer.from(`${sql}\0`);
  const head = Buffer.alloc(5);
  head[0] = message.query;
  head.writeUInt32BE(4 + text.length, 1);
  return Buffer.concat([head, text]);
}

/** AuthenticationOk, BackendKeyData of nobody, ReadyForQuery (idle). */
export const welcome = Buffer.from([
  ...[0x52, 0, 0, 0, 8, 0, 0, 0, 0],
  ...[0x4b, 0, 0, 0, 12, 0, 0, 0, 0, 0, 0, 0, 0],
  ...[0x5a, 0, 0, 0, 5, status.idle],
]);
