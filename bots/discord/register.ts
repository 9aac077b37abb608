/** The commands as Discord knows them. Registered by `hygge discord register`, never at a start. */
import {
  ApplicationCommandType,
  ApplicationIntegrationType,
  ContextMenuCommandBuilder,
  InteractionContextType,
  type LocalizationMap,
  PermissionFlagsBits,
  type REST,
  Routes,
  SlashCommandBuilder,
  type SlashCommandStringOption,
} from "discord.js";
import { lengths, tones } from "#src/brief.ts";
import { limits } from "./limits.ts";
import { texts } from "./messages.ts";

export const names = {
  brief: "hygge",
  help: "hygge-hilfe",
  mine: "hygge-meine",
  status: "hygge-status",
  dashboard: "hygge-dashboard",
  rewrite: "In Hygge-Ton umschreiben",
  reply: "Antwort vorschlagen",
  show: "Im Dashboard zeigen",
} as const;

/** German is the default; every locale that we speak is set all the same, as Discord falls back to none of them. */
const inTwo = (de: string, en: string): LocalizationMap => ({ de, "en-US": en, "en-GB": en });

const named =
  (de: string, en: string, deText: string, enText: string) => (option: SlashCommandStringOption) =>
    option
      .setName(de)
      .setNameLocalizations(inTwo(de, en))
      .setDescription(deText)
      .setDescriptionLocalizations(inTwo(deText, enText));

function slash(name: string, en: string, deText: string, enText: string): SlashCommandBuilder {
  return new SlashCommandBuilder()
    .setName(name)
    .setNameLocalizations(inTwo(name, en))
    .setDescription(deText)
    .setDescriptionLocalizations(inTwo(deText, enText))
    .setContexts(InteractionContextType.Guild, InteractionContextType.BotDM)
    .setIntegrationTypes(ApplicationIntegrationType.GuildInstall);
}

const onMessage = (name: string, en: string) =>
  new ContextMenuCommandBuilder()
    .setType(ApplicationCommandType.Message)
    .setName(name)
    .setNameLocalizations(inTwo(name, en))
    .setContexts(InteractionContextType.Guild, InteractionContextType.BotDM)
    .setIntegrationTypes(ApplicationIntegrationType.GuildInstall);

export function commands() {
  const [de, en] = [texts("de"), texts("en")];
  const brief = slash(
    names.brief,
    "hygge",
    "Schreibt einen kurzen Text in der Stimme der Marke",
    "Writes a short German text in the brand's voice",
  );
  brief.addStringOption((option) =>
    named(
      "brief",
      "brief",
      "Produkt, Name und Fakten: Sofa Ekeby, Leinen, 899 €. Leer: ein Formular",
      "Product, name and facts: Sofa Ekeby, Leinen, 899 €. Empty: a form",
    )(option).setMaxLength(limits.option),
  );
  brief.addStringOption((option) =>
    named("kanal", "channel", "Wofür der Text ist", "What the text is for")(option).setAutocomplete(true),
  );
  brief.addStringOption((option) =>
    named(
      "ton",
      "tone",
      "Wie er klingt",
      "How it sounds",
    )(option).addChoices(
      ...tones.map((value) => ({
        name: de.tones[value],
        name_localizations: inTwo(de.tones[value], en.tones[value]),
        value,
      })),
    ),
  );
  brief.addStringOption((option) =>
    named(
      "laenge",
      "length",
      "Wie lang er ist",
      "How long it is",
    )(option).addChoices(
      ...lengths.map((value) => ({
        name: de.lengths[value],
        name_localizations: inTwo(de.lengths[value], en.lengths[value]),
        value,
      })),
    ),
  );
  brief.addIntegerOption((option) =>
    option
      .setName("varianten")
      .setNameLocalizations(inTwo("varianten", "variants"))
      .setDescription("Wie viele zur Auswahl")
      .setDescriptionLocalizations(inTwo("Wie viele zur Auswahl", "How many to choose from"))
      .setMinValue(1)
      .setMaxValue(4),
  );
  brief.addStringOption((option) =>
    named("marke", "brand", "In wessen Stimme", "In whose voice")(option).setAutocomplete(true),
  );
  return [
    brief,
    slash(names.help, "hygge-help", "Was Hygge kann", "What Hygge can do"),
    slash(names.mine, "hygge-mine", "Deine letzten Texte", "Your latest texts"),
    slash(
      names.status,
      "hygge-status",
      "Läuft alles? Wie lang ist die Schlange?",
      "Is all well? How long is the queue?",
    ),
    slash(
      names.dashboard,
      "hygge-dashboard",
      "Für die Leitung: alle Bewertungen und Freigaben",
      "For managers: all feedback and approvals",
    ).setDefaultMemberPermissions(PermissionFlagsBits.ManageGuild),
    onMessage(names.rewrite, "Rewrite in Hygge's voice"),
    onMessage(names.reply, "Suggest a reply"),
    onMessage(names.show, "Show in the dashboard").setDefaultMemberPermissions(
      PermissionFlagsBits.ManageGuild,
    ),
  ].map((command) => {
    const json = command.toJSON();
    // The builders add what Discord no longer knows.
    if ("default_permission" in json) delete json.default_permission;
    delete json.nsfw;
    return json;
  });
}

/**
 * Puts all commands in one request: for one server at once, or for all of them (Discord takes up to an hour to show
 * these). Returns how many there are now.
 */
export async function register(rest: REST, applicationId: string, guildId?: string): Promise<number> {
  const route =
    guildId === undefined
      ? Routes.applicationCommands(applicationId)
      : Routes.applicationGuildCommands(applicationId, guildId);
  const done = (await rest.put(route, { body: commands() })) as unknown[];
  return done.length;
}
