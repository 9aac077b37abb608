/** Which buttons a person sees, by the API's flags: the one place on this page that reads them. */

const own = (me, brief) => brief.personId === me.id || me.can.others;

/** `personId` is whose brief it is. What isn't named here is for everybody. */
export const offersOnBrief = (me, brief) => ({ cancel: own(me, brief) });

export const offersOnDraft = (me, brief, draft) => ({
  pick: own(me, brief) && !draft.picked,
  request: own(me, brief) && draft.state === "draft",
  withdraw: own(me, brief) && draft.state === "requested",
  approve: me.can.approve && (draft.state === "draft" || draft.state === "requested"),
  reject: me.can.reject && draft.state === "requested",
});

export const offersManagers = (me) => ({ dashboard: me.can.manage });
