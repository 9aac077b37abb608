/** What `hygge doctor` asks Slack: tokens, scopes, channels, user groups; each with what to do. */
import { WebClient } from "@slack/web-api";
import type { Locale } from "#src/chat.ts";
import { scopes } from "./scopes.ts";
import type { SlackConfig } from "./server.ts";

export interface Check {
  ok: boolean;
  text: string;
}

const timeoutMs = 10_000;

/** Asks one after the other; a check that another depends on ends the list. */
export async function* checkSlack(
  config: Pick<SlackConfig, "botToken" | "appToken" | "http" | "apiUrl" | "approverGroups" | "managerGroups">,
  locale: Locale,
): AsyncGenerator<Check> {
  const t = texts[locale];
  const options = {
    ...(config.apiUrl ? { slackApiUrl: config.apiUrl } : {}),
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: timeoutMs,
  };
  const web = new WebClient(config.botToken, options);
  const me = await tried(() => web.auth.test());
  if (!me.ok) {
    yield { ok: false, text: t.botToken(me.error) };
    return;
  }
  yield { ok: true, text: t.team(me.value.team ?? "?", me.value.user ?? "?") };

  if (config.appToken) {
    const app = new WebClient(config.appToken, options);
    const opened = await tried(() => app.apps.connections.open());
    yield opened.ok ? { ok: true, text: t.socket } : { ok: false, text: t.appToken(opened.error) };
  } else yield { ok: true, text: t.http(config.http?.port ?? 0) };

  // A peer that isn't Slack tells no scopes.
  const granted = me.value.response_metadata?.scopes;
  if (granted) {
    const missing = scopes.filter((scope) => !granted.includes(scope.name));
    const needed = missing.filter((scope) => scope.needed).map((scope) => scope.name);
    const off = missing.filter((scope) => !scope.needed).map((scope) => t.off[scope.name] ?? scope.name);
    yield needed.length > 0
      ? { ok: false, text: t.scopesMissing(needed.join(", ")) }
      : { ok: true, text: off.length > 0 ? t.scopesOff(off) : t.scopes };
  }

  const channels = await tried(() => web.users.conversations({ types: "public_channel", limit: 200 }));
  if (channels.ok) {
    const names = (channels.value.channels ?? []).map((channel) => `#${channel.name ?? channel.id ?? ""}`);
    yield { ok: true, text: names.length > 0 ? t.channels(names) : t.noChannels };
  } else if (channels.error !== "missing_scope") yield { ok: false, text: t.noAnswer(channels.error) };

  const groups = [...config.approverGroups, ...config.managerGroups];
  if (groups.length > 0) {
    const listed = await tried(() => web.usergroups.list({}));
    if (!listed.ok) yield { ok: false, text: t.groupsUnreadable(listed.error) };
    else {
      const known = listed.value.usergroups ?? [];
      const unknown = groups.filter(
        (group) => !known.some((g) => g.id === group || g.handle === group.replace(/^@/, "")),
      );
      yield unknown.length > 0
        ? { ok: false, text: t.groupsUnknown(unknown.join(", ")) }
        : { ok: true, text: t.groups(groups.join(", ")) };
    }
  }
}

async function tried<T>(
  ask: () => Promise<T>,
): Promise<{ ok: true; value: T } | { ok: false; error: string }> {
  try {
    return { ok: true, value: await ask() };
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    return { ok: false, error: /An API error occurred: (\w+)/.exec(said)?.[1] ?? said };
  }
}

const de = {
  team: (team: string, bot: string) => `Slack: verbunden mit „${team}“ als @${bot}`,
  botToken: (error: string) =>
    `Slack: SLACK_BOT_TOKEN wird nicht angenommen (${error}). Kopiere das Token neu: api.slack.com/apps > Hygge > Install App > Bot User OAuth Token`,
  socket: "Slack: Socket Mode steht",
  appToken: (error: string) =>
    `Slack: SLACK_APP_TOKEN wird nicht angenommen (${error}). Lege eines an: api.slack.com/apps > Hygge > Basic Information > App-Level Tokens, mit connections:write; Socket Mode muss eingeschaltet sein`,
  http: (port: number) =>
    `Slack: HTTP statt Socket Mode, Anfragen an Port ${port} unter /slack/events (Event Subscriptions, Interactivity und /hygge zeigen dorthin)`,
  scopes: "Slack: alle Berechtigungen sind da",
  scopesMissing: (names: string) =>
    `Slack: es fehlt ${names}. Trage es ein: api.slack.com/apps > Hygge > OAuth & Permissions > Bot Token Scopes, dann „Reinstall“`,
  scopesOff: (features: string[]) => `Slack: was nötig ist, ist da. Aus ist: ${features.join("; ")}`,
  off: {
    "chat:write.public": "Schreiben in Kanälen ohne Einladung (chat:write.public)",
    "channels:history": "Antworten ohne @Hygge in öffentlichen Kanälen (channels:history)",
    "groups:history": "Antworten ohne @Hygge in privaten Kanälen (groups:history)",
    "usergroups:read": "Rollen aus Nutzergruppen (usergroups:read)",
    "channels:read": "diese Liste der Kanäle (channels:read)",
  } as Record<string, string>,
  channels: (names: string[]) => `Slack: Hygge ist in ${names.join(", ")}`,
  noChannels: "Slack: Hygge ist noch in keinem Kanal. Gib in einem ein: /invite @Hygge",
  noAnswer: (error: string) => `Slack: keine Antwort (${error}). Prüfe die Verbindung zu slack.com`,
  groups: (names: string) => `Slack: Nutzergruppen gefunden: ${names}`,
  groupsUnknown: (names: string) =>
    `Slack: die Nutzergruppe ${names} gibt es nicht. Prüfe SLACK_APPROVER_GROUPS und SLACK_MANAGER_GROUPS`,
  groupsUnreadable: (error: string) =>
    `Slack: Nutzergruppen sind nicht lesbar (${error}). Trage usergroups:read ein und installiere die App neu; Nutzergruppen gibt es nur in bezahlten Workspaces`,
};

const en: typeof de = {
  team: (team, bot) => `Slack: connected to “${team}” as @${bot}`,
  botToken: (error) =>
    `Slack: SLACK_BOT_TOKEN is not accepted (${error}). Copy the token again: api.slack.com/apps > Hygge > Install App > Bot User OAuth Token`,
  socket: "Slack: Socket Mode works",
  appToken: (error) =>
    `Slack: SLACK_APP_TOKEN is not accepted (${error}). Make one: api.slack.com/apps > Hygge > Basic Information > App-Level Tokens, with connections:write; Socket Mode must be on`,
  http: (port) =>
    `Slack: HTTP instead of Socket Mode, requests to port ${port} at /slack/events (Event Subscriptions, Interactivity and /hygge point there)`,
  scopes: "Slack: all permissions are there",
  scopesMissing: (names) =>
    `Slack: ${names} is missing. Add it: api.slack.com/apps > Hygge > OAuth & Permissions > Bot Token Scopes, then “Reinstall”`,
  scopesOff: (features) => `Slack: what is needed is there. Off: ${features.join("; ")}`,
  off: {
    "chat:write.public": "posting in channels without an invitation (chat:write.public)",
    "channels:history": "replies without @Hygge in public channels (channels:history)",
    "groups:history": "replies without @Hygge in private channels (groups:history)",
    "usergroups:read": "roles from user groups (usergroups:read)",
    "channels:read": "this list of channels (channels:read)",
  },
  channels: (names) => `Slack: Hygge is in ${names.join(", ")}`,
  noChannels: "Slack: Hygge is in no channel yet. Type in one: /invite @Hygge",
  noAnswer: (error) => `Slack: no answer (${error}). Check the connection to slack.com`,
  groups: (names) => `Slack: user groups found: ${names}`,
  groupsUnknown: (names) =>
    `Slack: there is no user group ${names}. Check SLACK_APPROVER_GROUPS and SLACK_MANAGER_GROUPS`,
  groupsUnreadable: (error) =>
    `Slack: user groups can't be read (${error}). Add usergroups:read and install the app again; only paid workspaces have user groups`,
};

const texts: Record<Locale, typeof de> = { de, en };
