/** Approved copy for whoever may read the data folder anyway: `hygge dataset add` while a server owns it. */

/** One object a line as they come; the last line says how many there were, so that nobody takes a part for all. */
export function sendLines(items: AsyncIterable<object>): Response {
  const encoder = new TextEncoder();
  const reading = items[Symbol.asyncIterator]();
  let count = 0;
  const stream = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await reading.next();
      controller.enqueue(encoder.encode(`${JSON.stringify(done ? { end: count } : value)}\n`));
      if (done) controller.close();
      else count++;
    },
    async cancel() {
      await reading.return?.();
    },
  });
  return new Response(stream, { headers: { "Content-Type": "application/x-ndjson; charset=utf-8" } });
}
