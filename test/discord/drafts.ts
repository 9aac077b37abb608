/** Deliveries and drafts as the flow hands them over. */
import { randomUUID } from "node:crypto";
import type { Delivery } from "#src/chat.ts";
import { type DraftView, gateIds } from "#src/views.ts";
import { draftView } from "#test/fixtures/draft.ts";

export const draft = (change: Partial<DraftView> = {}): DraftView =>
  draftView({ id: `${randomUUID()}-1`, gates: gateIds.map((id) => ({ id, ok: true })), ...change });

export function delivery(change: Partial<Delivery> & Pick<Delivery, "thread">): Delivery {
  const generationId = randomUUID();
  return {
    id: `${generationId}-delivery`,
    seq: 1,
    kind: "drafts",
    briefId: randomUUID(),
    generationId,
    drafts: [],
    locale: "de",
    request: {
      text: "Sofa Ekeby, 899 €",
      personId: "web:anna",
      personName: "Anna",
      brand: "hygge",
      status: "done",
      versions: 0,
    },
    ...change,
  };
}
