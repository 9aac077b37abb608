import { randomUUID } from "node:crypto";
import type { Delivery } from "#src/chat.ts";
import { HyggeError } from "#src/errors.ts";
import type { Hygge } from "#src/hygge.ts";
import type { BriefView } from "#src/views.ts";
import { type ChatHarness, chatContract } from "#test/contracts/chat.ts";
import { memoryHygge } from "#test/fixtures/memory-hygge.ts";
import { person } from "#test/fixtures/person.ts";
import { openTestWeb } from "#test/fixtures/web.ts";

/** The page shows rows of the store: here a map that marks a row as posted under the reference that `post` gave. */
chatContract(
  "web",
  async (): Promise<ChatHarness> => {
    const posted = new Map<string, Map<string, Delivery>>();
    const hygge: Hygge = {
      ...memoryHygge(),
      brief: async (_, id): Promise<BriefView> => {
        const rows = [...(posted.get(id)?.values() ?? [])];
        const last = rows.at(-1);
        if (!last) throw new HyggeError("not_found", { kind: "brief", id });
        return {
          id,
          status: last.kind === "failed" || last.kind === "cancelled" ? last.kind : "done",
          text: "Sofa Ekeby, 899 €",
          channel: "instagram",
          tone: "warm",
          length: "mittel",
          brand: "hygge",
          facts: [],
          personId: "web:anna",
          personName: "Anna",
          createdAt: "2026-11-25T07:00:00.000Z",
          generationId: last.generationId,
          ...(last.error ? { error: last.error } : {}),
          drafts: rows.flatMap((row) => row.drafts),
        };
      },
    };
    const web = await openTestWeb(hygge);
    return {
      chat: web.chat,
      thread: async () => randomUUID(),
      async post(delivery) {
        const { ref } = await web.chat.post(delivery);
        const rows = posted.get(delivery.thread) ?? new Map<string, Delivery>();
        posted.set(delivery.thread, rows.set(ref, delivery));
        return { ref };
      },
      async seen(thread, locale) {
        const { json } = await person(web.url, { "accept-language": locale }).get(`/api/briefs/${thread}`);
        const refs = [...(posted.get(thread)?.keys() ?? [])];
        return refs.map((ref) => ({
          ref,
          texts: json.drafts
            .filter((draft: { generationId: string }) => draft.generationId === ref)
            .map((draft: { text: string }) => draft.text),
          words: json.error?.message ?? json.status,
          pings: [],
        }));
      },
      close: web.close,
    };
  },
  { refuses: false },
);
