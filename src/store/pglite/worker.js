// PGlite blocks its thread during a query, so it gets a thread of its own. Plain JavaScript: a worker thread
// would otherwise load the TypeScript loader first, which costs a third of a start.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import { PGlite } from "@electric-sql/pglite";

const wasm = path.join(
  path.dirname(createRequire(import.meta.url).resolve("@electric-sql/pglite")),
  "pglite.wasm",
);

/** Postgres' own last log lines: they say why it died ("could not write … No space left on device"). */
const log = [];
const remember = (line) => {
  log.push(line);
  if (log.length > 20) log.shift();
  return true;
};

const fail = (error) => {
  parentPort.postMessage({
    type: "dead",
    message: String(error?.message ?? error),
    code: error?.code,
    log: log.join("\n"),
  });
};

let db;
try {
  const compiled = workerData.compiled ?? (await WebAssembly.compile(await readFile(wasm)));
  db = await PGlite.create({
    dataDir: workerData.dir,
    pgliteWasmModule: compiled,
    loadDataDir: workerData.load && new Blob([workerData.load]),
    // Small buffers: 128 MB would all count as the process's memory.
    startParams: [
      ...PGlite.defaultStartParams,
      ...["-c", "shared_buffers=16MB"],
      // BullMQ's statements name its tables without their schema; ours always name "hygge".
      ...["-c", "search_path=bullmq,public"],
    ],
    onStderr: remember,
    onStdout: remember,
  });
  parentPort.postMessage({ type: "ready", compiled });
} catch (error) {
  fail(error);
  process.exit(1);
}

const readyForQuery = 0x5a;

/** One whole exchange of the wire protocol: up to Sync or a simple Query, and everything it answers. */
async function exchange(bytes) {
  const parts = [];
  await db.execProtocolRawStream(bytes, { onRawData: (part) => parts.push(part.slice()) });
  const answer = Buffer.concat(parts);
  // ReadyForQuery ends every answer (5 bytes and a status); without it Postgres died inside.
  if (answer.length < 6 || answer[answer.length - 6] !== readyForQuery)
    throw new Error("the embedded database stopped inside a statement");
  return answer;
}

let last = Promise.resolve();
parentPort.on("message", (request) => {
  last = last.then(async () => {
    try {
      if (request.type === "close") {
        await db.close();
        process.exit(0);
      }
      if (request.type === "dump") {
        const blob = await db.dumpDataDir("none");
        const bytes = new Uint8Array(await blob.arrayBuffer());
        parentPort.postMessage({ type: "answer", bytes }, [bytes.buffer]);
        return;
      }
      const bytes = new Uint8Array(await exchange(request.bytes));
      parentPort.postMessage({ type: "answer", bytes }, [bytes.buffer]);
    } catch (error) {
      fail(error);
      process.exit(1);
    }
  });
});
