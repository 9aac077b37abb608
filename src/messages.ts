/** Every sentence that people read from the program, German and English. A message names the fix. */
import type { Locale } from "#src/chat.ts";
import type { ErrorCode } from "#src/errors.ts";
import type { RatingReason } from "#src/hygge.ts";
import type { BriefStatus, DraftState, GateId } from "#src/views.ts";

type Text = Record<Locale, string>;

const errors: Record<ErrorCode, Text> = {
  brief_empty: {
    de: "Der Auftrag ist leer. Schreib zum Beispiel: Sofa Ekeby, Leinen, 899 €",
    en: "The brief is empty. Write for example: Sofa Ekeby, Leinen, 899 €",
  },
  brief_too_long: {
    de: "Der Auftrag hat {length} Zeichen, {limit} sind erlaubt. Kürze ihn auf Produkt, Name und Fakten.",
    en: "The brief has {length} characters, {limit} are allowed. Shorten it to product, name and facts.",
  },
  brief_no_words: {
    de: "Im Auftrag steht kein Wort. Nenne wenigstens ein Produkt, zum Beispiel: Lampe Ljus, 49 €",
    en: "The brief has no words. Name at least a product, for example: Lampe Ljus, 49 €",
  },
  brief_contradiction: {
    de: "Im Auftrag widersprechen sich „{first}“ und „{second}“. Welches gilt? Schick ihn mit nur einem davon noch einmal.",
    en: "“{first}” and “{second}” contradict each other in the brief. Which one holds? Send it again with just one of them.",
  },
  channel_unknown: {
    de: "Den Kanal „{value}“ gibt es nicht. Möglich sind: {allowed}",
    en: "There is no channel “{value}”. Use one of: {allowed}",
  },
  tone_unknown: {
    de: "Den Ton „{value}“ gibt es nicht. Möglich sind: {allowed}",
    en: "There is no tone “{value}”. Use one of: {allowed}",
  },
  length_unknown: {
    de: "Die Länge „{value}“ gibt es nicht. Möglich sind: {allowed}",
    en: "There is no length “{value}”. Use one of: {allowed}",
  },
  brand_unknown: {
    de: "Die Marke „{value}“ gibt es nicht. Möglich sind: {allowed}",
    en: "There is no brand “{value}”. Use one of: {allowed}",
  },
  wish_too_long: {
    de: "Der Wunsch hat {length} Zeichen, {limit} sind erlaubt. Kürze ihn auf einen Satz.",
    en: "The wish has {length} characters, {limit} are allowed. Shorten it to one sentence.",
  },
  variants_range: {
    de: "{value} Varianten gehen nicht. Wähle {min} bis {max}.",
    en: "{value} variants won't work. Choose {min} to {max}.",
  },
  text_empty: {
    de: "Der Text ist leer. Schreib etwas, oder brich die Bearbeitung ab.",
    en: "The text is empty. Write something, or cancel the edit.",
  },
  text_too_long: {
    de: "Der Text hat {length} Zeichen, {limit} sind erlaubt. Kürze ihn.",
    en: "The text has {length} characters, {limit} are allowed. Shorten it.",
  },
  reasons_unknown: {
    de: "Den Grund „{value}“ gibt es nicht. Möglich sind: {allowed}",
    en: "There is no reason “{value}”. Use any of: {allowed}",
  },
  rating_invalid: {
    de: "Eine Bewertung ist „up“ oder „down“, nicht „{value}“.",
    en: "A rating is “up” or “down”, not “{value}”.",
  },
  comment_too_long: {
    de: "Der Kommentar hat {length} Zeichen, {limit} sind erlaubt. Kürze ihn.",
    en: "The comment has {length} characters, {limit} are allowed. Shorten it.",
  },
  input_invalid: {
    de: "Die Eingabe stimmt nicht: {field}: {problem}",
    en: "The input is not right: {field}: {problem}",
  },
  not_found: {
    de: "{kind} {id} gibt es nicht (mehr). Lade die Seite neu, oder prüfe die Nummer.",
    en: "There is no {kind} {id} (any more). Reload the page, or check the number.",
  },
  not_allowed: {
    de: "Das darfst du mit der Rolle „{role}“ nicht. Frag jemanden mit der Rolle „{needed}“.",
    en: "Your role “{role}” may not do that. Ask somebody with the role “{needed}”.",
  },
  not_ready: {
    de: "Der Entwurf ist noch nicht geschrieben. Warte, bis er da ist.",
    en: "The draft is not written yet. Wait until it is there.",
  },
  already_final: {
    de: "Über den Entwurf ist schon entschieden. Lade die Seite neu; für Änderungen bearbeite ihn oder schreib ihn neu.",
    en: "The draft has been decided already. Reload the page; to change it, edit it or write it anew.",
  },
  not_cancellable: {
    de: "Hier gibt es nichts mehr abzubrechen: Der Entwurf ist fertig oder schon abgebrochen.",
    en: "There is nothing left to cancel: the draft is finished or cancelled already.",
  },
  model_missing: {
    de: "Das Modell {path} ist nicht da. {fix}",
    en: "The model {path} is not there. {fix}",
  },
  model_corrupt: {
    de: "Das Modell {path} ist beschädigt ({reason}). Lade oder kopiere es noch einmal, oder lass HYGGE_MODEL weg.",
    en: "The model {path} is damaged ({reason}). Pull or copy it again, or unset HYGGE_MODEL.",
  },
  model_down: {
    de: "Das Modell läuft gerade nicht und wird neu gestartet. Dein Auftrag bleibt in der Schlange.",
    en: "The model is not running and is being restarted. Your brief stays in the queue.",
  },
  brief_poisoned: {
    de: "An diesem Auftrag ist das Modell {tries}-mal abgestürzt. Formuliere ihn anders, und sag der Technik Bescheid.",
    en: "The model crashed {tries} times on this brief. Word it differently, and tell your administrator.",
  },
  model_pull_failed: {
    de: "{uri} konnte nicht geladen werden: {reason}. Derselbe Befehl setzt fort, wo es abbrach.",
    en: "{uri} could not be pulled: {reason}. The same command goes on where it stopped.",
  },
  model_pull_hash: {
    de: "{uri} kam beschädigt an (sha256 {actual} statt {expected}) und wurde gelöscht. Starte den Befehl noch einmal.",
    en: "{uri} arrived damaged (sha256 {actual} instead of {expected}) and was deleted. Run the command again.",
  },
  config_invalid: {
    de: "Die Konfiguration stimmt nicht:\n{problems}",
    en: "The configuration is not right:\n{problems}",
  },
  data_locked: {
    de: "Der Ordner {dir} gehört einem laufenden Hygge ({address}). Öffne das, beende es, oder setze HYGGE_DATA_DIR.",
    en: "The folder {dir} belongs to a running Hygge ({address}). Open that, stop it, or set HYGGE_DATA_DIR.",
  },
  data_unwritable: {
    de: "In den Ordner {dir} kann nicht geschrieben werden ({reason}). Gib Schreibrecht, oder setze HYGGE_DATA_DIR.",
    en: "The folder {dir} can't be written ({reason}). Grant write access, or set HYGGE_DATA_DIR.",
  },
  disk_full: {
    de: "Die Platte ist voll ({dir}). Schaffe Platz; es ist nichts verloren, danach geht es weiter.",
    en: "The disk is full ({dir}). Free some space; nothing is lost, and it goes on afterwards.",
  },
  database_down: {
    de: "Die Datenbank antwortet nicht. Versuch es gleich noch einmal; läuft sie nicht, starte sie.",
    en: "The database does not answer. Try again in a moment; if it is not running, start it.",
  },
  database_newer: {
    de: "Die Datenbank stammt von einer neueren Hygge-Version (Schritt {migration}). Starte die neuere Version, oder spiele eine ältere Sicherung ein.",
    en: "The database was written by a newer Hygge (step {migration}). Start the newer version, or restore an older backup.",
  },
  database_damaged: {
    de: "Die Datenbank in {dir} lässt sich nicht öffnen ({reason}), und eine Sicherung fehlt. Verschiebe den Ordner {dir}/db, um neu anzufangen, oder spiele mit „hygge restore“ eine Sicherung ein.",
    en: "The database in {dir} does not open ({reason}), and there is no backup. Move the folder {dir}/db away to start anew, or bring a backup back with “hygge restore”.",
  },
  target_not_empty: {
    de: "In {place} liegen schon {briefs} Aufträge. Nimm eine leere Datenbank, oder überschreibe sie mit --force.",
    en: "{place} already holds {briefs} briefs. Take an empty database, or overwrite it with --force.",
  },
  backup_invalid: {
    de: "{file} ist keine vollständige Sicherung ({reason}). Nimm eine andere; geändert wurde nichts.",
    en: "{file} is not a complete backup ({reason}). Take another one; nothing was changed.",
  },
  queue_down: {
    de: "Die Warteschlange antwortet nicht. Versuch es gleich noch einmal; läuft Redis nicht, starte es.",
    en: "The queue does not answer. Try again in a moment; if Redis is not running, start it.",
  },
  port_in_use: {
    de: "Port {port} ist belegt. Beende, was dort läuft, oder setze PORT.",
    en: "Port {port} is taken. Stop what runs there, or set PORT.",
  },
  token_required: {
    de: "An {host} wird nur mit Kennwort gebunden. Setze HYGGE_TOKEN (mindestens 16 Zeichen), oder HOST=127.0.0.1.",
    en: "Binding to {host} needs a secret. Set HYGGE_TOKEN (at least 16 characters), or HOST=127.0.0.1.",
  },
  unauthorized: {
    de: "Hier braucht es das Kennwort (HYGGE_TOKEN). Melde dich an, oder schick es als Bearer-Token.",
    en: "This needs the token (HYGGE_TOKEN). Log in, or send it as a bearer token.",
  },
  link_invalid: {
    de: "Der Link gilt nicht mehr: Er war nur einmal und zehn Minuten lang gültig. Hol dir einen neuen, im Chat oder mit „hygge dashboard“.",
    en: "The link is no longer valid: it works once, for ten minutes. Get a new one in the chat or with “hygge dashboard”.",
  },
  foreign_origin: {
    de: "Anfragen von {host} werden nicht angenommen. Öffne die Seite unter ihrer eigenen Adresse, oder setze HYGGE_URL.",
    en: "Requests from {host} are not accepted. Open the page at its own address, or set HYGGE_URL.",
  },
  rate_limited: {
    de: "Das waren viele Anfragen auf einmal. Versuch es in {seconds} s noch einmal.",
    en: "That was a lot of requests at once. Try again in {seconds} s.",
  },
  body_too_large: {
    de: "Die Anfrage ist zu groß, erlaubt sind {limit} Bytes. Kürze den Text.",
    en: "The request is too large, {limit} bytes are allowed. Shorten the text.",
  },
  brand_invalid: {
    de: "Die Marke in {file} stimmt nicht: Zeile {line}, {key}: {problem}",
    en: "The brand in {file} is not right: line {line}, {key}: {problem}",
  },
  internal: {
    de: "Da ist etwas schiefgegangen, das nicht hätte passieren dürfen. Es ist nichts verloren; Näheres steht im Protokoll.",
    en: "Something went wrong that should not have happened. Nothing is lost; the log has the details.",
  },
};

const gates: Record<GateId, Text> = {
  name: { de: "Produktname", en: "Product name" },
  price: { de: "Preis genau wie im Auftrag", en: "Price exactly as in the brief" },
  digits: { de: "Keine erfundenen Zahlen", en: "No invented numbers" },
  counts: { de: "Stückzahlen stimmen", en: "Counts are right" },
  material: { de: "Kein erfundenes Material", en: "No invented material" },
  colour: { de: "Keine erfundene Farbe", en: "No invented colour" },
  agreement: { de: "Geschlecht und Fall stimmen", en: "Gender and case agree" },
  nonword: { de: "Nur echte Wörter", en: "Real words only" },
  limit: { de: "Länge passt zum Kanal", en: "Length fits the channel" },
  forbidden: { de: "Keine verbotenen Wörter", en: "No forbidden words" },
  repetition: { de: "Keine Wiederholung", en: "No repetition" },
  ending: { de: "Endet wie ein Satz", en: "Ends like a sentence" },
  copy: { de: "Kein Abklatsch früherer Texte", en: "No copy of earlier texts" },
  markup: { de: "Reiner Text", en: "Plain text only" },
  address: { de: "Anrede stimmt", en: "Form of address is right" },
};

/** Rules of findings that are no gate. */
const rules = { grammar: { de: "Rechtschreibung und Grammatik", en: "Spelling and grammar" } };

const states: Record<DraftState, Text> = {
  draft: { de: "Entwurf", en: "Draft" },
  requested: { de: "Freigabe angefragt", en: "Approval requested" },
  approved: { de: "Freigegeben", en: "Approved" },
  rejected: { de: "Abgelehnt", en: "Rejected" },
};

const statuses: Record<BriefStatus, Text> = {
  queued: { de: "Wartet", en: "Queued" },
  writing: { de: "Wird geschrieben", en: "Writing" },
  done: { de: "Fertig", en: "Done" },
  failed: { de: "Fehlgeschlagen", en: "Failed" },
  cancelled: { de: "Abgebrochen", en: "Cancelled" },
};

const reasons: Record<RatingReason, Text> = {
  facts: { de: "Fakten falsch", en: "Facts are wrong" },
  tone: { de: "Ton passt nicht", en: "Tone is off" },
  grammar: { de: "Grammatik", en: "Grammar" },
  sense: { de: "Ergibt keinen Sinn", en: "Makes no sense" },
  length: { de: "Länge passt nicht", en: "Length is off" },
  boring: { de: "Langweilig", en: "Boring" },
  repetition: { de: "Wiederholt sich", en: "Repeats itself" },
  other: { de: "Etwas anderes", en: "Something else" },
};

const kinds: Record<string, Text> = {
  brief: { de: "Auftrag", en: "brief" },
  draft: { de: "Entwurf", en: "draft" },
  path: { de: "Die Adresse", en: "address" },
};

const fill = (text: string, details: Readonly<Record<string, string | number>>) =>
  text.replace(/\{(\w+)\}/g, (_, key: string) => String(details[key] ?? ""));

/** The sentence for an error code, e.g. of HyggeError; unknown codes read "internal". */
export function message(
  locale: Locale,
  code: string,
  details: Readonly<Record<string, string | number>> = {},
): string {
  const text = Object.hasOwn(errors, code) ? errors[code as ErrorCode] : errors.internal;
  const kind = typeof details.kind === "string" ? kinds[details.kind]?.[locale] : undefined;
  return fill(text[locale], kind === undefined ? details : { ...details, kind }).trim();
}

export const gateLabel = (locale: Locale, id: GateId) => gates[id][locale];
export const stateLabel = (locale: Locale, state: DraftState) => states[state][locale];
export const statusLabel = (locale: Locale, status: BriefStatus) => statuses[status][locale];
export const reasonLabel = (locale: Locale, reason: RatingReason) => reasons[reason][locale];

/** All labels of a locale, for the page. */
export function labels(locale: Locale) {
  const pick = <K extends string>(table: Record<K, Text>) =>
    Object.fromEntries(Object.entries<Text>(table).map(([key, text]) => [key, text[locale]])) as Record<
      K,
      string
    >;
  return {
    gates: pick({ ...gates, ...rules }),
    states: pick(states),
    statuses: pick(statuses),
    reasons: pick(reasons),
  };
}
