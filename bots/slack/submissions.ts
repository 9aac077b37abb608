/** Modals that were sent. What is wrong with them is said in the modal, beside the field. */
import { createHash } from "node:crypto";
import type { ModalView } from "@slack/types";
import type { Channel, Length, Tone } from "#src/brief.ts";
import { HyggeError } from "#src/errors.ts";
import { type RatingReason, ratingReasons } from "#src/hygge.ts";
import type { Actor } from "#src/may.ts";
import { tellDecision } from "./actions.ts";
import { takeBrief } from "./commands.ts";
import { type Metadata, readMetadata, viewIds } from "./ids.ts";
import { clip } from "./limits.ts";
import { texts } from "./messages.ts";
import { teamOf, type ViewSubmission } from "./payloads.ts";
import { type Room, respond, sentence, small } from "./room.ts";
import { choiceIn, chosenIn, editView, fields, joinedText, lintLines, valueIn } from "./views.ts";

/** What goes back with the acknowledgement; undefined closes the modal. */
export type ViewAnswer =
  | { response_action: "errors"; errors: Record<string, string> }
  | { response_action: "update"; view: ModalView }
  | undefined;

interface Submission {
  room: Room;
  actor: Actor;
  metadata: Metadata;
  values: ViewSubmission["view"]["state"]["values"];
  key: string;
}

export async function onSubmission(room: Room, body: ViewSubmission, key: string): Promise<ViewAnswer> {
  const actor = await room.people.actor(teamOf(body), body.user.id, body.user.username ?? body.user.name);
  const { callback_id: id, private_metadata, state } = body.view;
  const handler = handlers[id];
  if (!handler) return undefined;
  try {
    const metadata = readMetadata(private_metadata);
    return await handler.submit({ room, actor, metadata, values: state.values, key });
  } catch (error) {
    return {
      response_action: "errors",
      errors: { [handler.field]: clip(sentence(room, actor.locale, error), 2_000) },
    };
  }
}

const handlers: Record<string, { field: string; submit(s: Submission): Promise<ViewAnswer> }> = {
  [viewIds.brief]: {
    field: fields.brief,
    async submit({ room, actor, metadata, values, key }) {
      if (!metadata.thread) throw new Error("a brief's modal without a thread");
      const brand = choiceIn(values, fields.brand);
      // The use case checks them: what isn't one of ours is refused there.
      const channel = choiceIn(values, fields.channel) as Channel | undefined;
      const tone = choiceIn(values, fields.tone) as Tone | undefined;
      const length = choiceIn(values, fields.length) as Length | undefined;
      const brief = await takeBrief(room, actor, {
        text: valueIn(values, fields.brief),
        thread: metadata.thread,
        variants: Number(choiceIn(values, fields.variants) ?? "1"),
        idempotencyKey: key,
        ...(channel ? { channel } : {}),
        ...(tone ? { tone } : {}),
        ...(length ? { length } : {}),
        ...(brand ? { brand } : {}),
      });
      if (metadata.respond) room.rememberResponse(brief.id, metadata.respond);
      return undefined;
    },
  },

  [viewIds.refine]: {
    field: fields.wish,
    async submit({ room, actor, metadata, values, key }) {
      const wish = valueIn(values, fields.wish);
      await room.hygge.revise(actor, metadata.draftId ?? "", { wish, idempotencyKey: key });
      return undefined;
    },
  },

  [viewIds.edit]: {
    field: `${fields.text}0`,
    async submit({ room, actor, metadata, values }) {
      const text = joinedText(values);
      const { briefId = "", draftId = "" } = metadata;
      const brief = await room.hygge.brief(actor, briefId);
      const draft = brief.drafts.find((d) => d.id === draftId);
      if (!draft) throw new HyggeError("not_found", { kind: "draft", id: draftId });
      const told = createHash("sha256").update(text).digest("base64url").slice(0, 22);
      if (text.trim() !== "" && metadata.told !== told) {
        const lint = await room.hygge.lint(actor, { text, briefId, channel: draft.channel });
        // Said once for each text; sending the same again means it.
        if (lintLines(lint, actor.locale).length > 0)
          return {
            response_action: "update",
            view: editView(actor.locale, draft, { ...metadata, told }, { sent: text, lint }),
          };
      }
      await room.hygge.edit(actor, draftId, text);
      return undefined;
    },
  },

  [viewIds.bad]: {
    field: fields.comment,
    async submit({ room, actor, metadata, values }) {
      const reasons = chosenIn(values, fields.reasons).filter((r): r is RatingReason =>
        ratingReasons.some((known) => known === r),
      );
      const comment = valueIn(values, fields.comment);
      await room.hygge.rate(actor, metadata.draftId ?? "", {
        value: "down",
        reasons,
        ...(comment.trim() ? { comment } : {}),
      });
      if (reasons.length > 0 || comment.trim())
        await respond(room, metadata.respond, small(texts(actor.locale).thanksReasons));
      return undefined;
    },
  },

  [viewIds.reject]: {
    field: fields.note,
    async submit({ room, actor, metadata, values, key }) {
      const note = valueIn(values, fields.note);
      const draft = await room.hygge.decide(actor, metadata.draftId ?? "", "reject", note);
      void tellDecision({ room, actor, key }, draft);
      return undefined;
    },
  },
};
