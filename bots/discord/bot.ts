/** What every handler of an interaction is given. */
import type { REST } from "discord.js";
import type { Brands } from "#src/brand.ts";
import type { Hygge } from "#src/hygge.ts";
import type { Logger } from "#src/log.ts";
import type { DashboardLink } from "#src/manage/login.ts";
import type { Db } from "#src/store/schema.ts";
import type { Cooldown } from "./cooldown.ts";
import type { Look } from "./format.ts";
import type { People } from "./people.ts";

export interface Bot {
  hygge: Hygge;
  db: Db;
  rest: REST;
  brands: Brands;
  /** Id of the brand of a brief that names none. */
  brand: string;
  people: People;
  cooldown: Cooldown;
  channelLabel: Look["channelLabel"];
  /** Ids of the Discord roles that are asked for approvals. */
  approverRoles: readonly string[];
  /** Whether replies and mentions are read (DISCORD_REPLIES). */
  replies: boolean;
  dashboardLink: DashboardLink;
  /** How the house is, for `/hygge-status`. */
  status(): Promise<HouseStatus>;
  log: Logger;
}

export interface HouseStatus {
  ok: boolean;
  /** Briefs that wait or are being written. */
  waiting: number;
  model?: string;
}
