/** What only the command line says; everything else is in messages.ts. */
import type { Locale } from "#src/chat.ts";
import type { CsvProblem } from "./csv.ts";

const de = {
  description: "Kurze Texte in der Stimme einer Marke, auf eigener Hardware.",
  titles: { usage: "Aufruf:", arguments: "Argumente:", options: "Optionen:", commands: "Befehle:" },
  help: "diese Hilfe",
  versionOption: "Version ausgeben",
  locale: "Sprache der Meldungen: de oder en (sonst nach LC_ALL und LANG)",
  json: "Ausgabe als JSON",
  brand: "Marke (sonst HYGGE_BRAND)",
  channel: "Kanal: instagram, produkttext, newsletter, schild, gedicht, antwort, anzeige",
  commands: {
    start: "startet den Server: Seite, Schnittstelle, Schreiber",
    draft: "schreibt einen Text zu einem Auftrag, oder zu jeder Zeile einer CSV-Datei",
    mine: "die eigenen Aufträge, die neuesten zuerst",
    show: "ein Auftrag mit allen Fassungen",
    lint: "prüft einen Text an der Marke",
    model: "Modelle: auflisten, laden, beschreiben",
    modelList: "alle Modelle, die da sind",
    modelPull: "lädt ein Modell (der einzige Befehl, der ins Netz geht)",
    modelInfo: "Karte eines Modells",
    backup: "sichert alles in eine Datei",
    restore: "spielt eine Sicherung ein",
    move: "zieht von der eingebauten Datenbank nach PostgreSQL um",
    dashboard: "ein Link auf die Seite der Leitung: gilt einmal, zehn Minuten lang",
    export: "Texte als CSV, oder Rückmeldungen als Trainingsdaten (sft, dpo, kto)",
    access: "alles, was über eine Person gespeichert ist, als JSON",
    erase: "entfernt eine Person überall",
    dataset: "Trainingsdaten",
    datasetAdd: "nimmt freigegebene Texte in die Trainingsdaten auf",
    discord: "Discord: die Befehle des Bots",
    discordRegister: "meldet die Befehle bei Discord an (einmal, und nach jedem Update)",
    doctor: "prüft die Installation und sagt, was zu tun ist",
  },
  options: {
    role: "nur diese Rolle (web, worker, bot; mehrfach möglich); sonst alle",
    tone: "Ton: warm, heiter, ruhig, sachlich",
    length: "Länge: kurz, mittel, lang",
    variants: "so viele Varianten, 1 bis 4",
    fill: "ergänzt fehlende Fakten aus der Produktliste der Marke",
    csv: "Aufträge aus einer Datei mit den Spalten brief, channel, tone, length",
    out: "Ergebnis in diese Datei; was darin schon fertig ist, wird übersprungen",
    verbose: "Kandidaten und Protokoll auch ohne Terminal zeigen",
    search: "nur Aufträge und Texte, in denen das vorkommt",
    limit: "so viele, 1 bis 100",
    endpoint: "Adresse statt https://huggingface.co",
    force: "überschreibt, was im Ziel schon da ist",
    exportOut:
      "Datei; bei Trainingsdaten der Anfang dreier Namen: NAME.train.jsonl, .eval.jsonl, .sources.jsonl",
    filter:
      "nur, was dazu passt, wie auf der Seite: brand=…, channel=…, state=…, from=2026-01-31, search=… (mehrfach)",
    person: "Kennung der Person: slack:TEAM/NUTZER, discord:NUTZER, web:…, cli:NAME",
    also: "E-Mail-Adresse oder früherer Name, nach dem auch gesucht wird (mehrfach)",
    eraseDrafts: "ihre Aufträge und Texte: anonymise behält sie ohne Namen, delete löscht sie",
    yes: "wirklich; ohne das wird nur gesagt, was geschähe",
    to: "Adresse der leeren Datenbank, postgres://…",
    guild: "nur auf diesem Server: gilt sofort, gut zum Ausprobieren; sonst überall",
    discordChannel: "prüft auch, was der Bot in diesem Discord-Kanal darf",
  },
  argBrief: "der Auftrag: Produkt, Name, Fakten; „-“ liest ihn von der Standardeingabe",
  argText: "der Text; „-“ liest ihn von der Standardeingabe",
  argId: "Nummer des Auftrags, wie `hygge mine` sie zeigt",
  argUri: "hf:org/repo/datei.gguf oder eine Adresse",
  argModel: "Pfad oder hf:…; sonst das eingestellte Modell",
  argFile: "Datei der Sicherung",
  argExport: "csv, sft, dpo oder kto",
  exportKind: (value: string) => `„${value}“ gibt es nicht. Möglich sind: csv, sft, dpo, kto`,
  filterShape: (value: string) => `„${value}“ ist kein Filter. Schreib zum Beispiel: --filter brand=hygge`,
  exported: (r: {
    examples: number;
    train: number;
    eval: number;
    duplicates: number;
    withoutPrompt: number;
  }) =>
    `${r.examples} Beispiele: ${r.train} zum Trainieren, ${r.eval} zum Prüfen. Weggelassen: ${r.duplicates} doppelte, ${r.withoutPrompt} ohne bekannten Prompt.`,
  written: (files: string) => `Geschrieben: ${files}`,
  eraseSure: (id: string, rows: number) =>
    `${id} kommt in ${rows} Zeilen vor. Mit --yes werden sie bereinigt; das lässt sich nicht zurücknehmen.`,
  erased: (r: { briefs: number; drafts: number; places: number; jobs: number; files: number }) =>
    `Gelöscht: ${r.briefs} Aufträge, ${r.drafts} Texte. Bereinigt: ${r.places} Stellen, ${r.jobs} Einträge der Schlange, ${r.files} Dateien.`,
  remains: (what: string) => `Bleibt zu tun: ${what}`,
  argDataset: "JSONL-Datei, die wächst; sonst training/data/approved.jsonl",
  datasetWhere: "Hier liegen keine Trainingsdaten. Nenne eine Datei: hygge dataset add texte.jsonl",
  datasetAdded: (file: string, added: number, known: number, refused: number) =>
    `${added} aufgenommen, ${known} schon da, ${refused} wegen eines Fehlers nicht: ${file}`,
  examples: "Beispiele:",
  afterHelp: `
Beispiele:
  hygge start                                          Seite auf http://127.0.0.1:3000
  hygge draft "Lampe Ljus, Messing, 49 €"              ein Text
  hygge draft "Sofa Ekeby, Leinen, 899 €" --channel instagram --variants 3
  hygge draft --csv auftraege.csv --out texte.csv      viele Texte, fortsetzbar
  hygge mine --search Ekeby                            eigene Aufträge
  hygge lint "Gönn dir das perfekte Sofa!"             Text an der Marke prüfen
  hygge model pull hf:org/repo/datei.gguf              anderes Modell laden
  hygge backup hygge.backup && hygge restore hygge.backup
  hygge move --to postgres://user@host/hygge           Umzug nach PostgreSQL
  hygge dataset add                                    freigegebene Texte für das nächste Modell
  hygge doctor                                         stimmt alles?

Solange ein Server auf dem Datenordner läuft, fragen alle Befehle ihn; sonst öffnen sie alles selbst.
Das Ergebnis steht auf stdout, alles andere auf stderr.

Rückgabewerte:
  0    gelungen
  1    misslungen
  2    falscher Aufruf, falsche Eingabe oder Konfiguration
  3    geschrieben, aber eine Prüfung ist nicht bestanden; bei --csv: nicht alle Zeilen sind gelungen
  4    Server, Datenbank, Modell oder Datenordner ist nicht da oder nicht frei
  130  mit Strg-C abgebrochen (143: mit SIGTERM)

Einstellungen stehen in Umgebungsvariablen: PORT, HYGGE_DATA_DIR, HYGGE_MODEL, DATABASE_URL … (README.md).
`,
  unknownCommand: (name: string, like?: string) =>
    `Den Befehl „${name}“ gibt es nicht.${like ? ` Meintest du „${like}“?` : ""} Alle Befehle: hygge --help`,
  unknownOption: (name: string, like?: string) =>
    `Die Option „${name}“ gibt es nicht.${like ? ` Meintest du „${like}“?` : ""} Alle Optionen: hygge --help`,
  missingArgument: (name: string) => `Es fehlt: ${name}. Beispiele: hygge --help`,
  missingValue: (option: string) => `Die Option ${option} braucht einen Wert. Beispiele: hygge --help`,
  tooMany: "Das sind zu viele Argumente. Setze Texte in Anführungszeichen. Beispiele: hygge --help",
  usage: (problem: string) => `Der Aufruf stimmt nicht: ${problem}. Beispiele: hygge --help`,
  roleUnknown: (name: string, allowed: string) =>
    `Die Rolle „${name}“ gibt es nicht. Möglich sind: ${allowed}`,
  localeUnknown: (name: string) => `Die Sprache „${name}“ gibt es hier nicht. Möglich sind: de, en`,
  limitRange: (min: number, max: number) => `--limit geht von ${min} bis ${max}.`,
  running: (url: string | undefined, roles: string[]) =>
    url ? `Hygge läuft: ${url}` : `Hygge läuft (${roles.join(", ")}).`,
  serverGone: (address: string) =>
    `Hygge unter ${address} antwortet nicht mehr. Der Auftrag ist gesichert; starte den Server neu, dann geht es weiter.`,
  cancelled: "Abgebrochen.",
  candidate: (n: number, of: number) => `Kandidat ${n} von ${of}`,
  queued: (position: number) => (position <= 1 ? "Gleich dran …" : `Wartet, Platz ${position} …`),
  writing: "Wird geschrieben …",
  score: (total: number) => `Stimme ${Math.round(total)}/100`,
  version: (n: number) => `Fassung ${n}`,
  light: { red: "rot", yellow: "gelb", green: "grün" },
  nothingYet: 'Noch keine Aufträge. Der erste: hygge draft "Lampe Ljus, Messing, 49 €"',
  left: (time: string) => `noch ${time}`,
  csvAlone: "--json und --variants gehen nicht mit --csv. Lass sie weg.",
  csvOrBrief: "Entweder ein Auftrag oder --csv, nicht beides.",
  outAlone: "--out gehört zu --csv. Für einen einzelnen Text leite die Ausgabe um: hygge draft … > text.txt",
  unreadable: (file: string, why: string) =>
    `${file} kann nicht gelesen werden (${why}). Prüfe Pfad und Rechte.`,
  unwritable: (file: string, why: string) =>
    `${file} kann nicht geschrieben werden (${why}). Prüfe Pfad und Rechte, oder nimm eine andere Datei.`,
  notOurs: (file: string) =>
    `${file} ist keine Ausgabe von hygge draft --csv und wird nicht überschrieben. Nimm mit --out eine andere Datei.`,
  csv: (file: string, problem: CsvProblem) =>
    ({
      header: `In ${file} fehlt die Spalte „brief“. Die erste Zeile muss die Spalten nennen: brief,channel,tone,length`,
      broken: `${file} ist ab Zeile ${problem.line} kein CSV. Prüfe dort die Anführungszeichen.`,
      empty: `In ${file} steht kein Auftrag. Die erste Zeile nennt die Spalten (brief,channel,tone,length), jede weitere ist ein Auftrag.`,
    })[problem.kind],
  skipped: (n: number) =>
    `${n} ${n === 1 ? "Zeile ist" : "Zeilen sind"} schon fertig und werden übersprungen.`,
  batchDone: (written: number, imperfect: number, failed: number, file?: string) =>
    `${written} geschrieben, ${imperfect} mit nicht bestandener Prüfung, ${failed} misslungen${file ? `: ${file}` : "."}`,
  pulling: (name: string) => `Lade ${name}`,
  pulled: (path: string, uri: string) => `Geladen: ${path}\nBenutzen: HYGGE_MODEL=${uri} hygge start`,
  inUse: "eingestellt",
  embedded: "eingebaut",
  stopFirst: (address: string) =>
    `Unter ${address} läuft ein Hygge auf diesem Ordner. Beende es für diesen Befehl, und starte es danach wieder.`,
  backedUp: (file: string, size: string) => `Gesichert: ${file} (${size})`,
  restored: (rows: number) => `Eingespielt: ${rows} Datensätze.`,
  moved: (rows: number, place: string) =>
    `Umgezogen: ${rows} Datensätze nach ${place}. Starte Hygge jetzt mit DATABASE_URL.`,
  moveNeedsEmbedded:
    "DATABASE_URL ist schon gesetzt. Umgezogen wird aus der eingebauten Datenbank: lass DATABASE_URL weg.",
  discord: {
    noToken: "DISCORD_TOKEN ist nicht gesetzt. Woher es kommt, steht in docs/discord.md.",
    badGuild: (id: string) =>
      `„${id}“ ist keine Nummer eines Servers. In Discord: Entwicklermodus an, Rechtsklick auf den Server, ID kopieren.`,
    registered: (n: number, guild: string | undefined) =>
      guild
        ? `${n} Befehle auf dem Server ${guild} angemeldet.`
        : `${n} Befehle angemeldet. Bis sie überall zu sehen sind, kann es eine Stunde dauern.`,
    refused: (why: string) => `Discord hat die Befehle nicht angenommen: ${why}`,
  },
  doctor: {
    ok: "Alles in Ordnung.",
    problems: (n: number) => `${n} ${n === 1 ? "Punkt braucht" : "Punkte brauchen"} deine Hand.`,
    node: (version: string) => `Node.js ${version}`,
    nodeOld: (version: string) => `Node.js ${version} ist zu alt. Installiere 20.19 oder neuer.`,
    config: "Konfiguration",
    dataDir: (dir: string) => `Datenordner ${dir}`,
    disk: (free: string) => `${free} frei auf der Platte`,
    diskLow: (free: string) => `Nur ${free} frei auf der Platte. Schaffe wenigstens 500 MB.`,
    memory: (free: string) => `${free} Arbeitsspeicher frei`,
    memoryLow: (free: string) =>
      `Nur ${free} Arbeitsspeicher frei. Das eingebaute Modell braucht etwa 900 MB.`,
    model: (name: string) => `Modell ${name}`,
    database: (place: string) => `Datenbank ${place}`,
    queue: (place: string) => `Warteschlange ${place}`,
    server: (address: string) => `Server läuft unter ${address}`,
    serverSilent: (address: string) =>
      `Der Server unter ${address} hält den Datenordner, antwortet aber nicht. Beende ihn und starte ihn neu.`,
    noServer: "Kein Server läuft. Starten: npm start",
    port: (port: number) => `Port ${port} ist frei`,
    brands: (names: string) => `Marken: ${names}`,
  },
};

const en: typeof de = {
  description: "Short copy in a brand's voice, on your own hardware.",
  titles: { usage: "Usage:", arguments: "Arguments:", options: "Options:", commands: "Commands:" },
  help: "this help",
  versionOption: "print the version",
  locale: "language of the messages: de or en (else by LC_ALL and LANG)",
  json: "output as JSON",
  brand: "brand (else HYGGE_BRAND)",
  channel: "channel: instagram, produkttext, newsletter, schild, gedicht, antwort, anzeige",
  commands: {
    start: "starts the server: page, API, writer",
    draft: "writes copy for a brief, or for every line of a CSV file",
    mine: "your own briefs, newest first",
    show: "a brief with all its versions",
    lint: "checks a text against the brand",
    model: "models: list, pull, describe",
    modelList: "all models that are here",
    modelPull: "downloads a model (the only command that uses the network)",
    modelInfo: "card of a model",
    backup: "saves everything in one file",
    restore: "brings a backup back",
    move: "moves from the embedded database to PostgreSQL",
    dashboard: "a link to the managers' page: works once, for ten minutes",
    export: "copy as CSV, or feedback as training data (sft, dpo, kto)",
    access: "everything that is stored of a person, as JSON",
    erase: "removes a person everywhere",
    dataset: "training data",
    datasetAdd: "adds approved copy to the training data",
    discord: "Discord: the bot's commands",
    discordRegister: "registers the commands with Discord (once, and after each update)",
    doctor: "checks the installation and says what to do",
  },
  options: {
    role: "only this role (web, worker, bot; may be repeated); else all",
    tone: "tone: warm, heiter, ruhig, sachlich",
    length: "length: kurz, mittel, lang",
    variants: "so many variants, 1 to 4",
    fill: "adds missing facts from the brand's product list",
    csv: "briefs from a file with the columns brief, channel, tone, length",
    out: "result into this file; what is finished in it already is skipped",
    verbose: "show candidates and log without a terminal, too",
    search: "only briefs and texts that hold this",
    limit: "so many, 1 to 100",
    endpoint: "address instead of https://huggingface.co",
    force: "overwrites what the target holds already",
    exportOut:
      "file; for training data the beginning of three names: NAME.train.jsonl, .eval.jsonl, .sources.jsonl",
    filter:
      "only what fits, as on the page: brand=…, channel=…, state=…, from=2026-01-31, search=… (repeatable)",
    person: "the person's id: slack:TEAM/USER, discord:USER, web:…, cli:NAME",
    also: "e-mail address or earlier name to look for, too (repeatable)",
    eraseDrafts: "their briefs and texts: anonymise keeps them without the name, delete deletes them",
    yes: "really; without it you are only told what would happen",
    to: "address of the empty database, postgres://…",
    guild: "on this server only: at once, good for trying; else everywhere",
    discordChannel: "also checks what the bot may do in this Discord channel",
  },
  argBrief: "the brief: product, name, facts; “-” reads it from standard input",
  argText: "the text; “-” reads it from standard input",
  argId: "number of the brief as `hygge mine` shows it",
  argUri: "hf:org/repo/file.gguf or an address",
  argModel: "path or hf:…; else the configured model",
  argFile: "file of the backup",
  argExport: "csv, sft, dpo or kto",
  exportKind: (value) => `There is no “${value}”. Use one of: csv, sft, dpo, kto`,
  filterShape: (value) => `“${value}” is no filter. Write for example: --filter brand=hygge`,
  exported: (r) =>
    `${r.examples} examples: ${r.train} to train with, ${r.eval} to evaluate with. Left out: ${r.duplicates} duplicates, ${r.withoutPrompt} without a known prompt.`,
  written: (files) => `Written: ${files}`,
  eraseSure: (id, rows) => `${id} is in ${rows} rows. With --yes they are cleaned; that can't be undone.`,
  erased: (r) =>
    `Deleted: ${r.briefs} briefs, ${r.drafts} texts. Cleaned: ${r.places} places, ${r.jobs} entries of the queue, ${r.files} files.`,
  remains: (what) => `Left to do: ${what}`,
  argDataset: "JSONL file that grows; else training/data/approved.jsonl",
  datasetWhere: "There is no training data here. Name a file: hygge dataset add texts.jsonl",
  datasetAdded: (file, added, known, refused) =>
    `${added} added, ${known} there already, ${refused} left out for a fault: ${file}`,
  examples: "Examples:",
  afterHelp: `
Examples:
  hygge start                                          page at http://127.0.0.1:3000
  hygge draft "Lampe Ljus, Messing, 49 €"              one text
  hygge draft "Sofa Ekeby, Leinen, 899 €" --channel instagram --variants 3
  hygge draft --csv briefs.csv --out drafts.csv        many texts, resumable
  hygge mine --search Ekeby                            your own briefs
  hygge lint "Gönn dir das perfekte Sofa!"             check a text against the brand
  hygge model pull hf:org/repo/file.gguf               get another model
  hygge backup hygge.backup && hygge restore hygge.backup
  hygge move --to postgres://user@host/hygge           move to PostgreSQL
  hygge dataset add                                    approved copy for the next model
  hygge doctor                                         is everything all right?

While a server runs on the data folder, every command asks it; otherwise it opens everything itself.
The answer goes to stdout, everything else to stderr.

Exit codes:
  0    done
  1    failed
  2    wrong usage, input or configuration
  3    written, but a check failed; with --csv: not every row went well
  4    server, database, model or data folder is missing or taken
  130  cancelled by Ctrl-C (143: by SIGTERM)

Settings are environment variables: PORT, HYGGE_DATA_DIR, HYGGE_MODEL, DATABASE_URL … (README.md).
`,
  unknownCommand: (name, like) =>
    `There is no command “${name}”.${like ? ` Did you mean “${like}”?` : ""} All commands: hygge --help`,
  unknownOption: (name, like) =>
    `There is no option “${name}”.${like ? ` Did you mean “${like}”?` : ""} All options: hygge --help`,
  missingArgument: (name) => `Missing: ${name}. Examples: hygge --help`,
  missingValue: (option) => `The option ${option} needs a value. Examples: hygge --help`,
  tooMany: "These are too many arguments. Put texts in quotes. Examples: hygge --help",
  usage: (problem) => `The call is not right: ${problem}. Examples: hygge --help`,
  roleUnknown: (name, allowed) => `There is no role “${name}”. Use any of: ${allowed}`,
  localeUnknown: (name) => `There is no language “${name}” here. Use one of: de, en`,
  limitRange: (min, max) => `--limit goes from ${min} to ${max}.`,
  running: (url, roles) => (url ? `Hygge is running: ${url}` : `Hygge is running (${roles.join(", ")}).`),
  serverGone: (address) =>
    `Hygge at ${address} does not answer any more. The brief is saved; start the server again and it goes on.`,
  cancelled: "Cancelled.",
  candidate: (n, of) => `Candidate ${n} of ${of}`,
  queued: (position) => (position <= 1 ? "Next in line …" : `Waiting, place ${position} …`),
  writing: "Writing …",
  score: (total) => `voice ${Math.round(total)}/100`,
  version: (n) => `Version ${n}`,
  light: { red: "red", yellow: "yellow", green: "green" },
  nothingYet: 'No briefs yet. The first: hygge draft "Lampe Ljus, Messing, 49 €"',
  left: (time) => `${time} left`,
  csvAlone: "--json and --variants don't go with --csv. Leave them out.",
  csvOrBrief: "Either a brief or --csv, not both.",
  outAlone: "--out goes with --csv. For a single text redirect the output: hygge draft … > text.txt",
  unreadable: (file, why) => `${file} can't be read (${why}). Check path and permissions.`,
  unwritable: (file, why) =>
    `${file} can't be written (${why}). Check path and permissions, or take another file.`,
  notOurs: (file) =>
    `${file} is no output of hygge draft --csv and is not overwritten. Take another file with --out.`,
  csv: (file, problem) =>
    ({
      header: `${file} has no column “brief”. The first line must name the columns: brief,channel,tone,length`,
      broken: `${file} is no CSV from line ${problem.line} on. Check the quotes there.`,
      empty: `${file} holds no brief. The first line names the columns (brief,channel,tone,length), every other line is a brief.`,
    })[problem.kind],
  skipped: (n) => `${n} ${n === 1 ? "row is" : "rows are"} finished already and skipped.`,
  batchDone: (written, imperfect, failed, file) =>
    `${written} written, ${imperfect} with a failed check, ${failed} failed${file ? `: ${file}` : "."}`,
  pulling: (name) => `Pulling ${name}`,
  pulled: (path, uri) => `Pulled: ${path}\nUse it: HYGGE_MODEL=${uri} hygge start`,
  inUse: "configured",
  embedded: "embedded",
  stopFirst: (address) =>
    `A Hygge runs on this folder at ${address}. Stop it for this command, and start it again afterwards.`,
  backedUp: (file, size) => `Saved: ${file} (${size})`,
  restored: (rows) => `Restored: ${rows} records.`,
  moved: (rows, place) => `Moved: ${rows} records to ${place}. Start Hygge with DATABASE_URL now.`,
  moveNeedsEmbedded:
    "DATABASE_URL is set already. Moving starts from the embedded database: unset DATABASE_URL.",
  discord: {
    noToken: "DISCORD_TOKEN is not set. docs/discord.md says where it comes from.",
    badGuild: (id) =>
      `“${id}” is no server's id. In Discord: turn on developer mode, right-click the server, Copy ID.`,
    registered: (n, guild) =>
      guild
        ? `${n} commands registered on server ${guild}.`
        : `${n} commands registered. It can take an hour until they show everywhere.`,
    refused: (why) => `Discord did not take the commands: ${why}`,
  },
  doctor: {
    ok: "Everything is all right.",
    problems: (n) => `${n} ${n === 1 ? "point needs" : "points need"} your hand.`,
    node: (version) => `Node.js ${version}`,
    nodeOld: (version) => `Node.js ${version} is too old. Install 20.19 or newer.`,
    config: "configuration",
    dataDir: (dir) => `data folder ${dir}`,
    disk: (free) => `${free} free on the disk`,
    diskLow: (free) => `Only ${free} free on the disk. Make room for at least 500 MB.`,
    memory: (free) => `${free} of memory free`,
    memoryLow: (free) => `Only ${free} of memory free. The embedded model needs about 900 MB.`,
    model: (name) => `model ${name}`,
    database: (place) => `database ${place}`,
    queue: (place) => `queue ${place}`,
    server: (address) => `server running at ${address}`,
    serverSilent: (address) =>
      `The server at ${address} holds the data folder but does not answer. Stop it and start it again.`,
    noServer: "No server is running. Start: npm start",
    port: (port) => `port ${port} is free`,
    brands: (names) => `brands: ${names}`,
  },
};

export const texts = (locale: Locale): typeof de => (locale === "de" ? de : en);
