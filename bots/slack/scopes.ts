/** What each scope of the app is for: the manifest, `hygge doctor` and the setup page say the same, a test checks it. */

export interface Scope {
  name: string;
  /** Without a needed one the bot doesn't work; without an optional one a feature is off. */
  needed: boolean;
  /** Web API methods and events that need it. */
  uses: string[];
}

export const scopes: Scope[] = [
  { name: "commands", needed: true, uses: ["/hygge", "shortcuts"] },
  { name: "chat:write", needed: true, uses: ["chat.postMessage", "chat.update", "chat.postEphemeral"] },
  { name: "app_mentions:read", needed: true, uses: ["app_mention"] },
  { name: "im:history", needed: true, uses: ["message.im", "conversations.history"] },
  { name: "users:read", needed: true, uses: ["users.info"] },
  { name: "chat:write.public", needed: false, uses: ["chat.postMessage"] },
  { name: "channels:history", needed: false, uses: ["message.channels", "conversations.replies"] },
  { name: "groups:history", needed: false, uses: ["message.groups", "conversations.replies"] },
  { name: "usergroups:read", needed: false, uses: ["usergroups.list", "usergroups.users.list"] },
  { name: "channels:read", needed: false, uses: ["users.conversations"] },
];
