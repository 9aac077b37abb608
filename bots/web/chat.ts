import type { Chat } from "#src/chat.ts";

/**
 * The page's side of the chat port. A draft is a row that the page reads, so there is nothing to send: whoever
 * posts marks the row as posted, and the brief's event stream tells the open pages. The reference is the
 * generation's id, the same for a delivery that comes twice.
 */
export function webChat(): Chat {
  return {
    surface: "web",
    post: async ({ generationId }) => ({ ref: generationId }),
    close: async () => {},
  };
}
