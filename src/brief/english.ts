/** A small glossary: English briefs become German ones word for word, facts and names kept. */
import type { LexiconIndex } from "#src/gates/nouns.ts";
import { shipped } from "#src/gates/vocabulary.ts";

/** Things, materials and colours: translated wherever they stand, unless they are German words too. */
const things: Record<string, string> = {
  ...pairs(`armchair Sessel; wing chair Ohrensessel; rocking chair Schaukelstuhl; office chair Bürostuhl;
    dining chair Esszimmerstuhl; high chair Hochstuhl; lounge chair Loungesessel; deck chair Liegestuhl;
    garden chair Gartenstuhl; folding chair Klappstuhl; chair Stuhl; chairs Stühle; stool Hocker; stools Hocker;
    bar stool Barhocker; footstool Fußhocker; ottoman Fußhocker; bench Bank; garden bench Gartenbank; bean bag Sitzsack;
    sofa bed Schlafsofa; corner sofa Ecksofa; couch Sofa; settee Sofa; loveseat Zweisitzer; daybed Tagesbett;
    bed Bett; bunk bed Etagenbett; loft bed Hochbett; guest bed Gästebett; cot Babybett; crib Babybett; bed frame Bettgestell;
    children's bed Kinderbett; kids bed Kinderbett; mattress Matratze; mattress topper Topper; slatted base Lattenrost; table Tisch;
    tables Tische; dining table Esstisch; coffee table Couchtisch; side table Beistelltisch; bedside table Nachttisch; nightstand Nachttisch;
    kitchen table Küchentisch; garden table Gartentisch; folding table Klapptisch; desk Schreibtisch; console table Konsole;
    changing table Wickelkommode; wardrobe Kleiderschrank; closet Kleiderschrank; cupboard Schrank; cabinet Schrank;
    glass cabinet Vitrine; display cabinet Vitrine; shoe cabinet Schuhschrank; shoe rack Schuhregal; sideboard Sideboard;
    dresser Kommode; chest of drawers Kommode; drawer unit Kommode; bookcase Bücherregal; bookshelf Bücherregal; shelf Regal;
    shelves Regale; wall shelf Wandregal; shelving unit Regal; coat rack Garderobe; coat stand Garderobenständer; hook Haken;
    hat stand Garderobenständer; toy box Spielzeugkiste; chest Truhe; box Box; boxes Boxen; basket Korb; laundry basket Wäschekorb;
    drying rack Wäscheständer; trolley Servierwagen; kitchen trolley Küchenwagen; mirror Spiegel; wall mirror Wandspiegel;
    lamp Lampe; table lamp Tischlampe; floor lamp Stehlampe; desk lamp Schreibtischlampe; reading lamp Leselampe; wall lamp Wandlampe;
    pendant lamp Pendellampe; ceiling lamp Deckenlampe; night light Nachtlicht; fairy lights Lichterkette; string lights Lichterkette; lantern Laterne;
    candle Kerze; candles Kerzen; scented candle Duftkerze; candle holder Kerzenhalter; candlestick Kerzenständer; tealight holder Teelichthalter;
    clock Uhr; wall clock Wanduhr; alarm clock Wecker; vase Vase; bowl Schale; bowls Schalen; salad bowl Salatschüssel;
    fruit bowl Obstschale; plate Teller; plates Teller; cup Tasse; cups Tassen; mug Becher; mugs Becher; glass Glas; glasses Gläser; tumbler Becher;
    carafe Karaffe; jug Krug; teapot Teekanne; coffee pot Kaffeekanne; thermos Thermoskanne; pot Topf; saucepan Kochtopf; soup pot Suppentopf;
    frying pan Bratpfanne; pan Pfanne; cutting board Schneidebrett; chopping board Schneidebrett; tray Tablett; baking dish Auflaufform;
    rug Teppich; carpet Teppich; runner Läufer; doormat Fußmatte; bath mat Badematte; cushion Kissen; cushions Kissen; pillow Kopfkissen;
    throw Plaid; blanket Decke; wool blanket Wolldecke; duvet Bettdecke; bedspread Tagesdecke; bed linen Bettwäsche; bedding Bettwäsche; fitted sheet Spannbettlaken;
    towel Handtuch; towels Handtücher; bath towel Badetuch; curtain Vorhang; curtains Vorhänge; shower curtain Duschvorhang; tablecloth Tischdecke;
    napkins Servietten; picture frame Bilderrahmen; hammock Hängematte; parasol Sonnenschirm; plant pot Blumentopf; planter Pflanztopf; watering can Gießkanne;
    bird house Vogelhaus; dog bed Hundebett; coat hanger Kleiderbügel; hangers Kleiderbügel; sheepskin Schaffell; room divider Raumteiler; swing Schaukel; cradle Wiege;
    oak Eiche; pine Kiefer; birch Birke; beech Buche; ash Esche; walnut Nussbaum; larch Lärche; maple Ahorn; acacia Akazie; bamboo Bambus; solid wood Massivholz;
    wood Holz; wooden Holz; solid oak massive Eiche; linen Leinen; cotton Baumwolle; wool Wolle; velvet Samt; leather Leder; corduroy Cord; felt Filz; silk Seide; fabric Stoff;
    steel Stahl; stainless steel Edelstahl; brass Messing; copper Kupfer; iron Eisen; cast iron Gusseisen; metal Metall; aluminium Aluminium;
    zinc Zink; ceramic Keramik; stoneware Steinzeug; earthenware Steingut; porcelain Porzellan; marble Marmor; stone Stein; concrete Beton; paper Papier; wicker Weide; cork Kork;
    seagrass Seegras; down Daunen; boucle Bouclé; beeswax Bienenwachs; rattan Rattan;
    sand-coloured sandfarben; sand-colored sandfarben; sand coloured sandfarben; sand colored sandfarben; white weiß; black schwarz; grey grau; gray grau; light grey hellgrau; dark grey dunkelgrau;
    light gray hellgrau; dark gray dunkelgrau; brown braun; dark brown dunkelbraun; red rot; dark red dunkelrot; rust rostrot; rust-red rostrot; green grün; dark green dunkelgrün; light green hellgrün;
    olive green olivgrün; moss green moosgrün; sage green salbeigrün; sage salbeigrün; emerald green smaragdgrün; blue blau; light blue hellblau; dark blue dunkelblau; navy dunkelblau; navy blue marineblau;
    yellow gelb; mustard senfgelb; mustard yellow senfgelb; pink rosa; dusty pink altrosa; purple lila; cream cremefarben; cream-coloured cremefarben;
    natural natur; off-white cremeweiß; charcoal anthrazit; terracotta terrakotta; turquoise türkis; golden golden; silver silbern; striped gestreift; checked kariert`),
};

/** The rest of a brief: only where it is written in English. */
const phrases: Record<string, string> = {
  ...pairs(`seats Sitze; seat Sitz; seater Sitzer; two-seater Zweisitzer; three-seater Dreisitzer; drawers Schubladen; drawer Schublade; doors Türen; door Tür;
    compartments Fächer; hooks Haken; levels Ebenen; tiers Ebenen; places Plätze; people Personen; persons Personen; pieces Stück; pcs Stück; piece Stück; cups Tassen; hours Stunden; legs Beine;
    leg Bein; frame Gestell; cover Bezug; lid Deckel; wheels Rollen; castors Rollen; handle Griff; storage Stauraum; footrest Fußteil; backrest Rückenlehne;
    wide breit; width Breite; high hoch; tall hoch; height Höhe; deep tief; depth Tiefe; long lang; length Länge; thick dick; diameter Durchmesser; round rund; oval oval; square quadratisch; seat height Sitzhöhe;
    large groß; big groß; small klein; foldable klappbar; folding klappbar; extendable ausziehbar; stackable stapelbar; adjustable verstellbar; height-adjustable höhenverstellbar;
    height adjustable höhenverstellbar; washable waschbar; machine washable waschbar; machine-washable waschbar; removable abnehmbar; removable cover Bezug abnehmbar; dishwasher safe spülmaschinenfest; dishwasher-safe spülmaschinenfest;
    dimmable dimmbar; waterproof wasserfest; weatherproof wetterfest; handmade handgemacht; hand-woven handgewebt; solid massiv; soft weich; new neu; price Preis; name Name; product Produkt; material Material; colour Farbe; color Farbe;
    set of 2 2er-Set; set of 3 3er-Set; set of 4 4er-Set; set of 6 6er-Set; set of two 2er-Set; set of four 4er-Set; set of six 6er-Set; pair Paar; each je; per je; from ab; instead of statt; now jetzt; only nur; two zwei; three drei; four vier; five fünf; six sechs; seven sieben; eight acht;
    with mit; without ohne; and und; or oder; for für; made of aus; made from aus; in in; of aus; the -; a -; an -; our -; theme Thema; topic Thema; outdoor Outdoor; indoor drinnen;
    please bitte; write -; about über; something etwas; called namens; named namens;
    autumn Herbst; fall Herbst; winter Winter; spring Frühling; summer Sommer; christmas Weihnachten; easter Ostern; rain Regen; snow Schnee; sunday Sonntag; saturday Samstag; monday Montag; friday Freitag;
    evening Abend; morning Morgen; guests Gäste; family Familie; families Familien; children Kinder; kids Kinder; friends Freunde; reading Lesen; breakfast Frühstück; coffee Kaffee; tea Tee; balcony Balkon; garden Garten; kitchen Küche;
    bedroom Schlafzimmer; living room Wohnzimmer; bathroom Bad; hallway Flur; nursery Kinderzimmer; home office Homeoffice; small flats kleine Wohnungen; small flat kleine Wohnung; small apartment kleine Wohnung; first flat erste Wohnung; moving house Umzug; dog Hund; cat Katze; book Buch; books Bücher; students Studenten;
    shelf sign Regalschild; shelf label Regalschild; price tag Preisschild; product description Produkttext; product text Produkttext; subject line Betreffzeile; newsletter subject Newsletter-Betreff; poem Gedicht; ad Anzeige; advert Anzeige; short kurz;
    it is made of aus; it is -; and costs kostet; it costs kostet; costs kostet; and measures misst;
    seating group Sitzgruppe; bed sheet Bettlaken; rainy days Regentage; long evenings lange Abende`),
};

function pairs(list: string): Record<string, string> {
  return Object.fromEntries(
    list.split(";").map((entry) => {
      const words = entry.trim().split(/\s+/);
      const german = germanPart(words);
      return [words.slice(0, -german).join(" ").toLowerCase(), words.slice(-german).join(" ")];
    }),
  );
}

/** How many words at the end of a glossary entry are German. */
function germanPart(words: string[]): number {
  const last = words.slice(-2).join(" ");
  return /^(?:massive Eiche|Bezug abnehmbar|kleine Wohnung(?:en)?|erste Wohnung|lange Abende)$/u.test(last)
    ? 2
    : 1;
}

/** English words that show the language though they are not translated. */
const telling = new Set(
  "the with for and of is please write our new made from your this that to price instead now only each without".split(
    " ",
  ),
);

const pattern = (glossary: Record<string, string>) =>
  new RegExp(
    `(?<![\\p{L}\\d-])(?:${Object.keys(glossary)
      .sort((a, b) => b.length - a.length)
      .map((key) => key.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/ /g, "\\s+"))
      .join("|")})(?![\\p{L}-])`,
    "giu",
  );
const thing = pattern(things);
const all = { ...phrases, ...things };
const anything = pattern(all);

/** The language that a brief is written in, by its plain words; names and numbers say nothing. */
export function languageOf(text: string, index: LexiconIndex): "de" | "en" {
  let german = 0;
  let english = 0;
  for (const [word] of text.matchAll(/\p{L}+(?:[-’']\p{L}+)*/gu)) {
    const lower = word.toLowerCase();
    const known =
      shipped().has(lower) || index.product(lower) !== undefined || index.colour(lower) !== undefined;
    const foreign = telling.has(lower) || Object.hasOwn(all, lower) || /-colou?red$/u.test(lower);
    if (foreign && !(known && !telling.has(lower))) english++;
    else if (known && !foreign) german++;
    else if (/[äöüß]/u.test(lower) && known) german++;
  }
  return english > german && english > 0 ? "en" : "de";
}

/** Translated by the glossary: all of it for an English text, things alone for a German one. */
export function germanize(text: string, language: "de" | "en", index: LexiconIndex): string {
  if (language === "de") {
    return text.replace(thing, (found) => {
      const lower = found.toLowerCase();
      // Many are German too: "Bank", "Box", "Sofa"; "Ash" in a German brief is a name.
      const german = lower
        .split(/\s+/)
        .every((word) => shipped().has(word) || index.product(word) !== undefined);
      return german || /^(?:ash|rust|sage|down|throw|pan|pot|cot|felt)$/u.test(lower)
        ? found
        : (things[key(found)] ?? found);
    });
  }
  return text
    .replace(/\babout\s+(?:our|the|an?)\s+(?:new\s+)?/giu, "über das ")
    .replace(/(\d)\s*[- ]?(?:pc|piece)\s+set\b/giu, "$1er-Set")
    .replace(/\bset\s+of\s+(\d+)/giu, "$1er-Set")
    .replace(/(\d)[- ]?seater\b/giu, "$1-Sitzer")
    .replace(
      /(\p{L}+)[- ]colou?red\b/giu,
      (whole, colour: string) =>
        all[`${colour.toLowerCase()}-coloured`] ?? all[colour.toLowerCase()] ?? whole,
    )
    .replace(anything, (found) => {
      const german = all[key(found)] ?? found;
      return german === "-" ? "" : german;
    })
    .replace(/\bfür\s+(\p{Lu}\p{L}+)/gu, "für $1")
    .replace(/ +/g, " ");
}

const key = (found: string) => found.toLowerCase().replace(/\s+/g, " ").replace("’", "'");
