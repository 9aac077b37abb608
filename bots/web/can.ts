/** What a person may do, as both pages are told it. They show and hide by these flags and by nothing else. */
import { type Action, type Actor, may } from "#src/may.ts";

const somebody = { owner: "" };

/** The playground's. `others`: cancel, pick, request and withdraw on other people's briefs. */
export const pageCan = (actor: Actor) => ({
  approve: may(actor, "draft.approve"),
  reject: may(actor, "draft.reject"),
  others: (["brief.cancel", "draft.pick", "draft.request", "draft.withdraw"] satisfies Action[]).every(
    (action) => may(actor, action, somebody),
  ),
  manage: may(actor, "feedback.read"),
});

/** The managers' page's. */
export const manageCan = (actor: Actor) => ({
  read: may(actor, "feedback.read"),
  export: may(actor, "feedback.export"),
  rules: may(actor, "rules.change"),
  audit: may(actor, "audit.read"),
  access: may(actor, "person.access"),
  erase: may(actor, "person.erase"),
});
