/** Which pages and buttons a person sees, by the API's flags: the one place on these pages that reads them. */
export const offers = ({ can }) => ({
  overview: can.read,
  drafts: can.read,
  patterns: can.read,
  rules: can.read,
  accept: can.rules,
  undo: can.rules,
  exports: can.export,
  // A page of three parts, each with its own flag.
  people: can.access || can.erase || can.audit,
  access: can.access,
  erase: can.erase,
  audit: can.audit,
});
