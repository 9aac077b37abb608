/** Deliveries and drafts as the flow hands them over. */
import { randomUUID } from "node:crypto";
import type { Delivery } from "#src/chat.ts";
import { type DraftView, gateIds } from "#src/views.ts";

export const draft = (change: Partial<DraftView> = {}): DraftView => ({
  id: `${randomUUID()}-1`,
  briefId: randomUUID(),
  generationId: randomUUID(),
  version: 1,
  kind: "generated",
  parentId: null,
  wish: null,
  text: "Manche Abende brauchen nur einen Platz. Ekeby ist so ein Platz, aus Leinen, für 899 €.",
  channel: "instagram",
  tone: "warm",
  length: "mittel",
  gates: gateIds.map((id) => ({ id, ok: true })),
  score: { total: 82, style: 0.8, adherence: 0.8, fluency: 0.9 },
  facts: [{ text: "899 €", kind: "price", found: true }],
  model: { name: "scripted", version: "v1", hash: "0".repeat(64), quant: "F16" },
  state: "draft",
  decision: null,
  ratings: { up: 0, down: 0, mine: null },
  picked: null,
  personId: "web:anna",
  personName: "Anna",
  createdAt: "2026-11-25T07:00:00.000Z",
  postedAt: null,
  ...change,
});

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
