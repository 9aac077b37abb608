/** The noun of the flow's beginning: what a person asks for, as read from what they typed. */
export * from "./brief/kinds.ts";
export { briefLimit, fillFromProducts, parseBrief } from "./brief/parse.ts";
