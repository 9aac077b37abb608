/** What only Discord says; everything else is in src/messages.ts. Names of commands and options are in register.ts. */
import type { Length, Tone } from "#src/brief.ts";
import type { Locale } from "#src/chat.ts";
import type { Role } from "#src/may.ts";

const de = {
  tones: { warm: "warm", heiter: "heiter", ruhig: "ruhig", sachlich: "sachlich" } satisfies Record<
    Tone,
    string
  >,
  lengths: { kurz: "kurz", mittel: "mittel", lang: "lang" } satisfies Record<Length, string>,
  roles: {
    requester: "Auftraggebend",
    approver: "Freigebend",
    manager: "Leitung",
    admin: "Verwaltung",
  } satisfies Record<Role, string>,

  // the request
  asks: (who: string) => `${who} wünscht sich:`,
  taken: "Auftrag angenommen …",
  place: (n: number) => (n <= 1 ? "⏳ Als Nächstes dran" : `⏳ Platz ${n} in der Schlange`),
  writing: "✍️ Wird geschrieben …",
  done: "✅ Fertig",
  failed: "❌ Das hat nicht geklappt",
  cancelled: "🚫 Abgebrochen",
  cancelledLong: "Abgebrochen. Hier wurde nichts weitergeschrieben.",
  cancel: "Abbrechen",
  privatePlace: (where: string) => `Der Text kommt hierher: ${where}`,

  // the draft
  ready: (who: string, n: number) =>
    n === 1 ? `${who}, dein Text ist da.` : `${who}, deine ${n} Varianten sind da.`,
  readyForAll: (n: number) => (n === 1 ? "Der Text ist da." : `${n} Varianten sind da.`),
  sorry: (who: string) => `${who}, das hat leider nicht geklappt.`,
  version: (n: number) => `Fassung ${n}`,
  variant: (n: number) => `Variante ${n}`,
  wish: (wish: string) => `Wunsch: „${wish}“`,
  edited: (who: string) => `bearbeitet von ${who}`,
  voice: (total: number) => `Stimme ${total}/100`,
  checksPassed: (n: number) => `alle ${n} Prüfungen bestanden`,
  checkFailed: (what: string) => `⚠️ ${what}`,
  votes: (up: number, down: number) => `👍 ${up}  👎 ${down}`,
  picked: "✅ gewählt",
  requested: "🔎 Freigabe angefragt",
  approvedBy: (who: string) => `✅ Freigegeben von ${who}`,
  rejectedBy: (who: string, note: string | null) => `⛔ Abgelehnt von ${who}${note ? `: ${note}` : ""}`,
  continued: "Fortsetzung",

  // buttons
  anew: "Neu schreiben",
  shorter: "Kürzer",
  shorterWish: "kürzer",
  variants: "3 Varianten",
  refine: "Verfeinern",
  edit: "Bearbeiten",
  tone: "In anderem Ton schreiben",
  request: "Freigabe anfragen",
  withdraw: "Zurückziehen",
  approve: "Freigeben",
  reject: "Ablehnen",
  up: "Gut",
  down: "Nicht gut",
  pick: "Diese nehmen",
  copy: "Kopieren",

  // modals
  briefTitle: "Was soll Hygge schreiben?",
  briefLabel: "Auftrag",
  briefHint: "Produkt, Name und die Fakten",
  briefExample: "Sofa Ekeby, Leinen, sandfarben, 899 €",
  channel: "Kanal",
  toneLabel: "Ton",
  lengthLabel: "Länge",
  variantsLabel: "Varianten",
  variantsOf: (n: number) => (n === 1 ? "1 Text" : `${n} zur Auswahl`),
  automatic: "aus dem Auftrag, sonst wie üblich",
  refineTitle: "Verfeinern",
  refineLabel: "Was soll anders werden?",
  refineExample: "mehr Ruhe, ohne Preis am Anfang",
  editTitle: "Text bearbeiten",
  editLabel: "Text",
  editHint: "Er wird eine neue Fassung; die alte bleibt.",
  downTitle: "Woran liegt es?",
  reasonsLabel: "Gründe",
  commentLabel: "Kommentar",
  commentHint: "Freiwillig. Das lernt Hygge mit.",
  rejectTitle: "Ablehnen",
  rejectLabel: "Was fehlt noch?",
  optional: "Freiwillig",

  // answers for one person
  thanksUp: "👍 Danke, das lernt Hygge mit.",
  thanksDown: "👎 Danke, das lernt Hygge mit.",
  approvalWanted: (who: string, whom: string) => `${whom} ${who} bittet um Freigabe.`,
  copyHint: "Zum Kopieren:",
  retry: (at: string) => `Versuch es ${at} noch einmal.`,
  cooldown: (at: string) => `Einen Augenblick: Der nächste Auftrag geht ${at}.`,
  permissions: (names: string) =>
    `Hygge fehlen in diesem Kanal Rechte: **${names}**. Wer den Server verwaltet, kann sie in den Kanaleinstellungen geben.`,
  dmsClosed:
    "Hier darf Hygge keinen privaten Thread anlegen, und deine Direktnachrichten sind geschlossen. Erlaube Direktnachrichten von Servermitgliedern, oder lass Hygge private Threads anlegen.",
  noText: "In dieser Nachricht steht kein Text.",
  notOurs: "Zu dieser Nachricht gibt es im Dashboard nichts. Nimm einen Text von Hygge oder seinen Auftrag.",
  gone: "Den Knopf gibt es so nicht mehr. Nimm den einer neueren Nachricht.",
  unreadable: "Das konnte Discord nicht zustellen. Versuch es noch einmal.",
  guildOnly: "Das geht nur auf einem Server, auf dem Hygge eingerichtet ist.",

  permissionNames: {
    ViewChannel: "Kanäle ansehen",
    SendMessages: "Nachrichten senden",
    CreatePublicThreads: "Öffentliche Threads erstellen",
    CreatePrivateThreads: "Private Threads erstellen",
    SendMessagesInThreads: "Nachrichten in Threads senden",
    ReadMessageHistory: "Nachrichtenverlauf lesen",
  },

  // commands
  dashboardLink: (url: string) => `Für dich allein, einmal, zehn Minuten lang: ${url}`,
  helpTitle: "Hygge schreibt kurze Texte in der Stimme der Marke",
  help: (replies: boolean) =>
    [
      "**/hygge** `brief:Sofa Ekeby, Leinen, 899 €` schreibt einen Text und legt einen Thread dafür an. Ohne Angaben öffnet sich ein Formular.",
      "Unter jedem Text: **Neu schreiben**, **Kürzer**, ein anderer **Ton**, **Verfeinern** (sag, was anders werden soll), **Bearbeiten**, **3 Varianten**, **Freigabe**, und 👍 👎: Davon lernt das nächste Modell.",
      "Rechtsklick auf eine Nachricht, **Apps**: **Antwort vorschlagen** und **In Hygge-Ton umschreiben**. Das Ergebnis siehst zuerst nur du.",
      replies
        ? "Antworte im Thread auf einen Text, zum Beispiel „kürzer und ohne Preis“, oder erwähne Hygge dort."
        : "",
      "**/hygge-meine** zeigt deine letzten Texte, **/hygge-status** ob alles läuft, **/hygge-dashboard** der Leitung alle Bewertungen; Rechtsklick auf einen Text, **Apps**, **Im Dashboard zeigen**: nur diesen.",
      "-# Die Texte sind deutsch. Alles läuft auf eigener Hardware; nichts geht an einen anderen Dienst.",
    ]
      .filter((line) => line !== "")
      .join("\n\n"),
  mineTitle: "Deine letzten Texte",
  mineNone:
    "Noch nichts. Der erste Text ist eine Zeile entfernt: **/hygge** `brief:Lampe Ljus, Messing, 49 €`",
  statusTitle: "Hygge",
  statusOk: "Alles läuft.",
  statusBad: "Es stockt gerade. Aufträge bleiben gespeichert und werden nachgeholt.",
  statusLine: (waiting: number) =>
    waiting === 0
      ? "Niemand wartet."
      : waiting === 1
        ? "1 Auftrag wartet oder wird geschrieben."
        : `${waiting} Aufträge warten oder werden geschrieben.`,
  statusModel: (name: string) => `Modell: ${name}`,
  statusYou: (role: string) => `Deine Rolle: ${role}`,

  doctor: {
    bot: (name: string, servers: number) =>
      `Discord: angemeldet als ${name}, auf ${servers} ${servers === 1 ? "Server" : "Servern"}`,
    noServer: (url: string) => `Discord: Der Bot ist auf keinem Server. Lade ihn ein: ${url}`,
    refused:
      "Discord nimmt DISCORD_TOKEN nicht an. Kopiere das Token neu: Developer Portal, Bot, Reset Token",
    unreachable: (why: string) => `Discord ist nicht zu erreichen (${why})`,
    intents: (names: string) =>
      `Discord: Intents ${names}; keiner davon muss im Developer Portal erlaubt werden`,
    sessions: (left: number, hours: number) =>
      `Discord lässt nur noch ${left} Anmeldungen zu (in ${hours} h wieder mehr). Startet der Bot ständig neu?`,
    commands: (n: number) => `Discord: ${n} Befehle angemeldet`,
    noCommands: "Discord: Es sind keine Befehle angemeldet. Melde sie an: hygge discord register",
    oldCommands:
      "Discord: Die Befehle sind von einer anderen Version. Melde sie neu an: hygge discord register",
    server: (name: string) => `Discord-Server ${name}: alle Rechte da`,
    channel: (name: string) => `Discord-Kanal ${name}: alle Rechte da`,
    missing: (where: string, names: string) =>
      `Discord, ${where}: Es fehlen Rechte: ${names}. Gib sie der Rolle des Bots.`,
    channelGone: (id: string) =>
      `Discord-Kanal ${id}: Den sieht der Bot nicht. Stimmt die Nummer, und darf er den Kanal ansehen?`,
    role: (id: string) =>
      `Discord: Eine Rolle ${id} gibt es auf keinem Server des Bots. Prüfe DISCORD_APPROVER_ROLES und DISCORD_MANAGER_ROLES.`,
    roles: (n: number) => `Discord: ${n} ${n === 1 ? "Rolle" : "Rollen"} für Freigabe und Leitung`,
  },
};
export type Texts = typeof de;

const en: Texts = {
  tones: { warm: "warm", heiter: "cheerful", ruhig: "calm", sachlich: "factual" },
  lengths: { kurz: "short", mittel: "medium", lang: "long" },
  roles: { requester: "Requester", approver: "Approver", manager: "Manager", admin: "Admin" },

  asks: (who) => `${who} asks for:`,
  taken: "Brief taken …",
  place: (n) => (n <= 1 ? "⏳ Next in line" : `⏳ Number ${n} in the queue`),
  writing: "✍️ Being written …",
  done: "✅ Done",
  failed: "❌ That didn't work",
  cancelled: "🚫 Cancelled",
  cancelledLong: "Cancelled. Nothing more was written here.",
  cancel: "Cancel",
  privatePlace: (where) => `The text will be here: ${where}`,

  ready: (who, n) => (n === 1 ? `${who}, your text is here.` : `${who}, your ${n} variants are here.`),
  readyForAll: (n) => (n === 1 ? "The text is here." : `${n} variants are here.`),
  sorry: (who) => `${who}, sorry, that didn't work.`,
  version: (n) => `Version ${n}`,
  variant: (n) => `Variant ${n}`,
  wish: (wish) => `Wish: “${wish}”`,
  edited: (who) => `edited by ${who}`,
  voice: (total) => `Voice ${total}/100`,
  checksPassed: (n) => `all ${n} checks passed`,
  checkFailed: (what) => `⚠️ ${what}`,
  votes: (up, down) => `👍 ${up}  👎 ${down}`,
  picked: "✅ picked",
  requested: "🔎 Approval requested",
  approvedBy: (who) => `✅ Approved by ${who}`,
  rejectedBy: (who, note) => `⛔ Rejected by ${who}${note ? `: ${note}` : ""}`,
  continued: "continued",

  anew: "Rewrite",
  shorter: "Shorter",
  shorterWish: "kürzer",
  variants: "3 variants",
  refine: "Refine",
  edit: "Edit",
  tone: "Write in another tone",
  request: "Ask for approval",
  withdraw: "Withdraw",
  approve: "Approve",
  reject: "Reject",
  up: "Good",
  down: "Not good",
  pick: "Take this one",
  copy: "Copy",

  briefTitle: "What shall Hygge write?",
  briefLabel: "Brief",
  briefHint: "Product, name and the facts; the text will be German",
  briefExample: "Sofa Ekeby, Leinen, sandfarben, 899 €",
  channel: "Channel",
  toneLabel: "Tone",
  lengthLabel: "Length",
  variantsLabel: "Variants",
  variantsOf: (n) => (n === 1 ? "1 text" : `${n} to choose from`),
  automatic: "from the brief, else as usual",
  refineTitle: "Refine",
  refineLabel: "What should change?",
  refineExample: "calmer, without the price at the start",
  editTitle: "Edit the text",
  editLabel: "Text",
  editHint: "It becomes a new version; the old one stays.",
  downTitle: "What is wrong with it?",
  reasonsLabel: "Reasons",
  commentLabel: "Comment",
  commentHint: "Optional. Hygge learns from it.",
  rejectTitle: "Reject",
  rejectLabel: "What is missing?",
  optional: "Optional",

  thanksUp: "👍 Thanks, Hygge learns from it.",
  thanksDown: "👎 Thanks, Hygge learns from it.",
  approvalWanted: (who, whom) => `${whom} ${who} asks for approval.`,
  copyHint: "To copy:",
  retry: (at) => `Try again ${at}.`,
  cooldown: (at) => `One moment: you can send the next brief ${at}.`,
  permissions: (names) =>
    `Hygge lacks permissions in this channel: **${names}**. Whoever manages the server can grant them in the channel's settings.`,
  dmsClosed:
    "Hygge may not create private threads here, and your direct messages are closed. Allow direct messages from server members, or let Hygge create private threads.",
  noText: "That message has no text.",
  notOurs: "The dashboard has nothing on that message. Choose a text of Hygge's, or its request.",
  gone: "This button no longer exists. Use one of a newer message.",
  unreadable: "Discord could not deliver that. Please try again.",
  guildOnly: "This works only on a server where Hygge is set up.",

  permissionNames: {
    ViewChannel: "View Channels",
    SendMessages: "Send Messages",
    CreatePublicThreads: "Create Public Threads",
    CreatePrivateThreads: "Create Private Threads",
    SendMessagesInThreads: "Send Messages in Threads",
    ReadMessageHistory: "Read Message History",
  },

  dashboardLink: (url) => `For you alone, once, for ten minutes: ${url}`,
  helpTitle: "Hygge writes short German copy in the brand's voice",
  help: (replies) =>
    [
      "**/hygge** `brief:Sofa Ekeby, Leinen, 899 €` writes a text and opens a thread for it. Without options a form opens.",
      "Under each text: **Rewrite**, **Shorter**, another **tone**, **Refine** (say what should change), **Edit**, **3 variants**, **approval**, and 👍 👎: the next model learns from them.",
      "Right-click a message, **Apps**: **Suggest a reply** and **Rewrite in Hygge's voice**. At first only you see the result.",
      replies
        ? "Reply to a text in its thread, for example “kürzer und ohne Preis”, or mention Hygge there."
        : "",
      "**/hygge-mine** lists your latest texts, **/hygge-status** says whether all is well, **/hygge-dashboard** shows managers all feedback; right-click a text, **Apps**, **Show in the dashboard**: that one alone.",
      "-# The copy is German. Everything runs on your own hardware; nothing goes to another service.",
    ]
      .filter((line) => line !== "")
      .join("\n\n"),
  mineTitle: "Your latest texts",
  mineNone: "Nothing yet. Your first text is one line away: **/hygge** `brief:Lampe Ljus, Messing, 49 €`",
  statusTitle: "Hygge",
  statusOk: "All is well.",
  statusBad: "Things are held up. Briefs stay stored and will be written.",
  statusLine: (waiting) =>
    waiting === 0
      ? "Nobody is waiting."
      : waiting === 1
        ? "1 brief is waiting or being written."
        : `${waiting} briefs are waiting or being written.`,
  statusModel: (name) => `Model: ${name}`,
  statusYou: (role) => `Your role: ${role}`,

  doctor: {
    bot: (name, servers) =>
      `Discord: logged in as ${name}, on ${servers} ${servers === 1 ? "server" : "servers"}`,
    noServer: (url) => `Discord: the bot is on no server. Invite it: ${url}`,
    refused: "Discord refuses DISCORD_TOKEN. Copy the token again: Developer Portal, Bot, Reset Token",
    unreachable: (why) => `Discord can't be reached (${why})`,
    intents: (names) => `Discord: intents ${names}; none of them has to be allowed in the Developer Portal`,
    sessions: (left, hours) =>
      `Discord allows only ${left} more logins (more in ${hours} h). Does the bot restart all the time?`,
    commands: (n) => `Discord: ${n} commands registered`,
    noCommands: "Discord: no commands are registered. Register them: hygge discord register",
    oldCommands: "Discord: the commands are another version's. Register them again: hygge discord register",
    server: (name) => `Discord server ${name}: all permissions are there`,
    channel: (name) => `Discord channel ${name}: all permissions are there`,
    missing: (where, names) =>
      `Discord, ${where}: permissions are missing: ${names}. Grant them to the bot's role.`,
    channelGone: (id) =>
      `Discord channel ${id}: the bot doesn't see it. Is the id right, and may it view the channel?`,
    role: (id) =>
      `Discord: no server of the bot has a role ${id}. Check DISCORD_APPROVER_ROLES and DISCORD_MANAGER_ROLES.`,
    roles: (n) => `Discord: ${n} ${n === 1 ? "role" : "roles"} for approvals and management`,
  },
};

const all: Record<Locale, Texts> = { de, en };
export const texts = (locale: Locale): Texts => all[locale];
