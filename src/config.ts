import { availableParallelism } from "node:os";
import path from "node:path";
import { z } from "zod";
import { HyggeError } from "#src/errors.ts";

export const processRoles = ["web", "worker", "bot"] as const;
export type ProcessRole = (typeof processRoles)[number];

const list = z
  .string()
  .default("")
  .transform((value) => value.split(/[\s,]+/).filter((part) => part !== ""));
const optional = z
  .string()
  .trim()
  .transform((value) => (value === "" ? undefined : value))
  .optional();
const url = (...protocols: string[]) =>
  optional.refine((value) => value === undefined || protocols.some((p) => value.startsWith(`${p}://`)), {
    error: `must start with ${protocols.map((p) => `${p}://`).join(" or ")}`,
  });
const token = (start: string) =>
  optional.refine((value) => value === undefined || value.startsWith(start), {
    error: `must start with ${start}`,
  });
const isPlainAddress = (value: string) => URL.canParse(value) && new URL(value).username === "";
const isTimeZone = (value: string) => {
  try {
    new Intl.DateTimeFormat("en", { timeZone: value });
    return true;
  } catch {
    return false;
  }
};
const areSnowflakes = (values: string[]) => values.every((value) => /^\d{15,22}$/.test(value));
const seconds = (fallback: number) => z.coerce.number().int().min(1).default(fallback);

/** Every environment variable that Hygge reads. The table in README.md is checked against this by a test. */
export const environment = z.object({
  PORT: z.coerce
    .number()
    .int()
    .min(0)
    .max(65535)
    .default(3000)
    .describe("port of the page and the API; 0 takes a free one"),
  HOST: z
    .string()
    .trim()
    .min(1)
    .default("127.0.0.1")
    .describe("address to bind; anything beyond loopback needs HYGGE_TOKEN"),
  HYGGE_URL: url("http", "https").describe("address that people use, when a proxy stands in front"),
  HYGGE_DATA_DIR: z
    .string()
    .trim()
    .min(1)
    .default("./data")
    .describe("folder for the embedded database, secrets, pulled models"),
  HYGGE_TOKEN: optional
    .refine((v) => v === undefined || v.length >= 16, { error: "needs at least 16 characters" })
    .describe("secret for the API and the login page; at least 16 characters"),
  HYGGE_MODEL: optional.describe(
    "path of a GGUF, or hf:org/repo/file.gguf after `hygge model pull`; empty: the embedded model",
  ),
  HYGGE_THREADS: z.coerce
    .number()
    .int()
    .min(1)
    .max(256)
    .default(availableParallelism())
    .describe("CPU threads of the model; physical cores are best"),
  HYGGE_BRANDS: optional.describe("folder of brand YAML files; empty: brands/ of the installation"),
  HYGGE_BRAND: z.string().trim().min(1).default("hygge").describe("brand of a brief that names none"),
  HYGGE_APPROVERS: list.describe("person ids that may approve, comma-separated (slack:T1/U1, web:…)"),
  HYGGE_MANAGERS: list.describe("person ids that may read all feedback"),
  HYGGE_ADMINS: list.describe("person ids that may do everything"),
  HYGGE_DEFAULT_ROLE: z
    .enum(["requester", "approver", "manager", "admin"])
    .optional()
    .describe("role of everybody else; unset: approver on the page while bound to loopback, else requester"),
  HYGGE_TIMEZONE: z
    .string()
    .trim()
    .default("Europe/Berlin")
    .refine(isTimeZone, { error: "must be a time zone like Europe/Berlin" })
    .describe("time zone of the dashboard's days and weeks"),
  HYGGE_RETENTION_DAYS: optional
    .transform((value) => (value === undefined ? undefined : Number(value)))
    .pipe(z.number().int().min(1).optional())
    .describe("delete briefs with all their drafts after so many days; empty: keep them"),
  HYGGE_RATE_LIMIT: z.coerce
    .number()
    .int()
    .min(1)
    .default(120)
    .describe("briefs and changes a person may send in a minute"),
  HYGGE_HEALTH_PORT: optional
    .transform((value) => (value === undefined ? undefined : Number(value)))
    .pipe(z.number().int().min(1).max(65535).optional())
    .describe(
      "port of /healthz, /readyz and /metrics in every process, for containers; empty: the page's own",
    ),
  HYGGE_SHUTDOWN_SECONDS: seconds(20).describe("hard deadline of a graceful shutdown"),
  DISCORD_TOKEN: optional.describe("token of the Discord bot; empty: no Discord (docs/discord.md)"),
  DISCORD_API_URL: url("http", "https").describe("Discord's REST API; for tests against a local peer"),
  DISCORD_APPROVER_ROLES: list
    .refine(areSnowflakes, { error: "must be ids of Discord roles, comma-separated" })
    .describe("ids of the Discord roles that may approve; they are pinged for approvals"),
  DISCORD_MANAGER_ROLES: list
    .refine(areSnowflakes, { error: "must be ids of Discord roles, comma-separated" })
    .describe("ids of the Discord roles that may read all feedback"),
  DISCORD_COOLDOWN: z.coerce
    .number()
    .int()
    .min(0)
    .default(5)
    .describe("seconds between two requests of one person on Discord"),
  DISCORD_REPLIES: optional
    .transform((value) => value ?? "off")
    .pipe(z.stringbool({ truthy: ["on", "true", "1"], falsy: ["off", "false", "0"] }))
    .describe("on: replies and mentions in Hygge's threads refine the draft; needs the GuildMessages intent"),
  SLACK_BOT_TOKEN: token("xoxb-").describe("bot token of the Slack app; empty: no Slack (docs/slack.md)"),
  SLACK_APP_TOKEN: token("xapp-").describe("app-level token for Socket Mode, which needs no public address"),
  SLACK_SIGNING_SECRET: optional.describe("HTTP instead of Socket Mode, where SLACK_APP_TOKEN is empty"),
  SLACK_PORT: z.coerce
    .number()
    .int()
    .min(0)
    .max(65535)
    .default(3002)
    .describe("port of /slack/events, with SLACK_SIGNING_SECRET"),
  SLACK_APPROVER_GROUPS: list.describe(
    "Slack user groups that may approve, by id or @handle; they are pinged for approvals",
  ),
  SLACK_MANAGER_GROUPS: list.describe("Slack user groups that may read all feedback"),
  SLACK_API_URL: url("http", "https").describe("Slack's Web API; for tests against a local peer"),
  DATABASE_URL: url("postgres", "postgresql").describe("PostgreSQL instead of the embedded database"),
  REDIS_URL: url("redis", "rediss").describe("Redis for the queue; needs DATABASE_URL too"),
  LANGUAGETOOL_URL: url("http", "https")
    .refine((value) => value === undefined || isPlainAddress(value), {
      error: "must be an address without user and password, http://127.0.0.1:8010",
    })
    .describe("LanguageTool server for spelling and grammar while a text is edited; empty: none is asked"),
  LOG_LEVEL: z
    .enum(["trace", "debug", "info", "warn", "error", "silent"])
    .default("info")
    .describe("pino level"),
});

export interface Config {
  port: number;
  host: string;
  /** The address people use, if it isn't the one bound. */
  publicUrl?: string;
  /** Absolute. */
  dataDir: string;
  token?: string;
  model?: string;
  threads: number;
  /** Absolute. */
  brandsDir: string;
  brand: string;
  roles: {
    approvers: string[];
    managers: string[];
    admins: string[];
    fallback: "requester" | "approver" | "manager" | "admin";
    /** Of everybody else in a chat: nobody there sits at this machine. */
    chatFallback: "requester" | "approver" | "manager" | "admin";
  };
  /** Absent without DISCORD_TOKEN. */
  discord?: {
    token: string;
    apiUrl?: string;
    /** Ids of Discord roles. */
    approverRoles: string[];
    managerRoles: string[];
    cooldownSeconds: number;
    replies: boolean;
  };
  /** Absent without SLACK_BOT_TOKEN. */
  slack?: {
    botToken: string;
    /** Socket Mode. */
    appToken?: string;
    /** HTTP instead. */
    http?: { signingSecret: string; host: string; port: number };
    apiUrl?: string;
    /** User groups by id or handle. */
    approverGroups: string[];
    managerGroups: string[];
  };
  /** IANA name, of the dashboard's days and weeks. */
  timeZone: string;
  /** Days after which briefs are deleted; absent: never. */
  retentionDays?: number;
  rateLimit: number;
  /** Where every process answers an orchestrator; absent: only the web role does, on its own port. */
  healthPort?: number;
  shutdownSeconds: number;
  databaseUrl?: string;
  redisUrl?: string;
  languageToolUrl?: string;
  logLevel: string;
  processRoles: ProcessRole[];
}

export const isLoopback = (host: string) =>
  host === "localhost" || host === "::1" || /^127(\.\d+){3}$/.test(host);

/**
 * Reads the environment; this is the only place that does. Every bad key is reported together.
 * @throws HyggeError config_invalid {problems: one line each}, token_required
 */
export function readConfig(env: NodeJS.ProcessEnv, roles: ProcessRole[] = [...processRoles]): Config {
  const parsed = environment.safeParse(env);
  const problems = parsed.success ? [] : parsed.error.issues.map((i) => `${i.path.join(".")}: ${i.message}`);
  if (env.REDIS_URL?.trim() && !env.DATABASE_URL?.trim()) {
    problems.push(
      "REDIS_URL: Redis holds the queue only; set DATABASE_URL too, or unset REDIS_URL to use the embedded database",
    );
  }
  if (roles.length < processRoles.length && !env.DATABASE_URL?.trim()) {
    problems.push(
      "DATABASE_URL: roles split over processes need a database server; set DATABASE_URL, or start all roles in one process",
    );
  }
  const set = (key: string) => Boolean(env[key]?.trim());
  if (set("SLACK_BOT_TOKEN") && !set("SLACK_APP_TOKEN") && !set("SLACK_SIGNING_SECRET")) {
    problems.push(
      "SLACK_APP_TOKEN: Socket Mode needs the app-level token (xapp-…) beside SLACK_BOT_TOKEN; HTTP needs SLACK_SIGNING_SECRET",
    );
  }
  if (set("SLACK_APP_TOKEN") && !set("SLACK_BOT_TOKEN"))
    problems.push("SLACK_BOT_TOKEN: the bot token (xoxb-…) is needed beside SLACK_APP_TOKEN");
  if (!parsed.success || problems.length > 0)
    throw new HyggeError("config_invalid", { problems: problems.join("\n") });

  const e = parsed.data;
  const loopback = isLoopback(e.HOST);
  if (!loopback && e.HYGGE_TOKEN === undefined && roles.includes("web"))
    throw new HyggeError("token_required", { host: e.HOST });
  return {
    port: e.PORT,
    host: e.HOST,
    publicUrl: e.HYGGE_URL,
    dataDir: path.resolve(e.HYGGE_DATA_DIR),
    token: e.HYGGE_TOKEN,
    model: e.HYGGE_MODEL,
    threads: e.HYGGE_THREADS,
    brandsDir: path.resolve(e.HYGGE_BRANDS ?? path.join(import.meta.dirname, "../brands")),
    brand: e.HYGGE_BRAND,
    roles: {
      approvers: e.HYGGE_APPROVERS,
      managers: e.HYGGE_MANAGERS,
      admins: e.HYGGE_ADMINS,
      fallback: e.HYGGE_DEFAULT_ROLE ?? (loopback ? "approver" : "requester"),
      chatFallback: e.HYGGE_DEFAULT_ROLE ?? "requester",
    },
    ...(e.DISCORD_TOKEN === undefined
      ? {}
      : {
          discord: {
            token: e.DISCORD_TOKEN,
            ...(e.DISCORD_API_URL === undefined ? {} : { apiUrl: e.DISCORD_API_URL }),
            approverRoles: e.DISCORD_APPROVER_ROLES,
            managerRoles: e.DISCORD_MANAGER_ROLES,
            cooldownSeconds: e.DISCORD_COOLDOWN,
            replies: e.DISCORD_REPLIES,
          },
        }),
    ...(e.SLACK_BOT_TOKEN === undefined
      ? {}
      : {
          slack: {
            botToken: e.SLACK_BOT_TOKEN,
            ...(e.SLACK_APP_TOKEN !== undefined
              ? { appToken: e.SLACK_APP_TOKEN }
              : {
                  http: {
                    signingSecret: e.SLACK_SIGNING_SECRET ?? "",
                    host: e.HOST,
                    port: e.SLACK_PORT,
                  },
                }),
            ...(e.SLACK_API_URL === undefined ? {} : { apiUrl: e.SLACK_API_URL }),
            approverGroups: e.SLACK_APPROVER_GROUPS,
            managerGroups: e.SLACK_MANAGER_GROUPS,
          },
        }),
    timeZone: e.HYGGE_TIMEZONE,
    ...(e.HYGGE_RETENTION_DAYS === undefined ? {} : { retentionDays: e.HYGGE_RETENTION_DAYS }),
    rateLimit: e.HYGGE_RATE_LIMIT,
    ...(e.HYGGE_HEALTH_PORT === undefined ? {} : { healthPort: e.HYGGE_HEALTH_PORT }),
    shutdownSeconds: e.HYGGE_SHUTDOWN_SECONDS,
    databaseUrl: e.DATABASE_URL,
    redisUrl: e.REDIS_URL,
    languageToolUrl: e.LANGUAGETOOL_URL,
    logLevel: e.LOG_LEVEL,
    processRoles: roles,
  };
}
