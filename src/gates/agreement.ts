/**
 * Gender and case agreement of article, adjectives and a noun of the lexicon: "der Schuhregal", "aus grauem Kiefer",
 * "ein graues Sessel". Says something only where no reading of the words is grammatical.
 */
import type { Gender } from "#src/brand.ts";
import { clauseFinding } from "./clauses.ts";
import type { Finding, GateContext } from "./gates.ts";
import { type Case, lexiconIndex, type NounForm } from "./nouns.ts";
import { numberWord, type Word, words } from "./read.ts";

type Slot = Gender | "pl";
type Reading = `${Case}-${Slot}`;

function readings(table: Partial<Record<Case, string>>): ReadonlySet<Reading> {
  const set = new Set<Reading>();
  for (const [name, slots] of Object.entries(table))
    for (const slot of slots.split(" ")) set.add(`${name}-${slot}` as Reading);
  return set;
}

/** Definite articles and what declines like them. */
const definite: Record<string, ReadonlySet<Reading>> = {
  er: readings({ nom: "m", dat: "f", gen: "f pl" }),
  ie: readings({ nom: "f pl", acc: "f pl" }),
  as: readings({ nom: "n", acc: "n" }),
  en: readings({ acc: "m", dat: "pl" }),
  em: readings({ dat: "m n" }),
  es: readings({ gen: "m n" }),
};
/** ein, kein, mein, dein, sein, ihr, unser, euer. */
const indefinite: Record<string, ReadonlySet<Reading>> = {
  "": readings({ nom: "m n", acc: "n" }),
  e: readings({ nom: "f pl", acc: "f pl" }),
  en: readings({ acc: "m", dat: "pl" }),
  em: readings({ dat: "m n" }),
  er: readings({ dat: "f", gen: "f pl" }),
  es: readings({ gen: "m n" }),
};
/** Adjective endings by what stands before them. */
const weak: Record<string, ReadonlySet<Reading>> = {
  e: readings({ nom: "m f n", acc: "f n" }),
  en: readings({ nom: "pl", acc: "m pl", dat: "m f n pl", gen: "m f n pl" }),
};
const mixed: Record<string, ReadonlySet<Reading>> = {
  e: readings({ nom: "f", acc: "f" }),
  er: readings({ nom: "m" }),
  es: readings({ nom: "n", acc: "n" }),
  en: readings({ nom: "pl", acc: "m pl", dat: "m f n pl", gen: "m f n pl" }),
};
const strong: Record<string, ReadonlySet<Reading>> = {
  e: readings({ nom: "f pl", acc: "f pl" }),
  er: readings({ nom: "m", dat: "f", gen: "f pl" }),
  es: readings({ nom: "n", acc: "n" }),
  en: readings({ acc: "m", dat: "pl", gen: "m n" }),
  em: readings({ dat: "m n" }),
};

interface Determiner {
  set: ReadonlySet<Reading>;
  adjectives: Record<string, ReadonlySet<Reading>>;
  /** Also a pronoun: a relative one after a comma ("der"), or one that stands alone ("einer", "ihr"). */
  pronoun?: "relative" | "alone";
}

function determiner(lower: string): Determiner | undefined {
  const article = /^d(er|ie|as|en|em|es)$/u.exec(lower);
  // Forms of "der" are relative and demonstrative pronouns too.
  if (article?.[1]) return { set: definite[article[1]] ?? new Set(), adjectives: weak, pronoun: "relative" };
  const this_ = /^(?:dies|jed|jen|welch)(er|e|es|en|em)$/u.exec(lower);
  if (this_?.[1]) {
    const ending = this_[1] === "e" ? "ie" : this_[1] === "es" ? "as" : this_[1];
    const set = definite[ending];
    // "dieses" is a genitive as well.
    const genitive = ending === "as" ? new Set([...(set ?? []), ...(definite.es ?? [])]) : set;
    return { set: genitive ?? new Set(), adjectives: weak };
  }
  const own = /^(?:k?ein|mein|dein|sein|ihr|unser|euer|eur)(e|en|em|er|es)?$/u.exec(lower);
  if (!own || lower === "eur") return undefined;
  const alone = lower === "ihr" || own[1] === "er" || own[1] === "es";
  return {
    // "ein" has no plural, "kein" and "dein" have.
    set: new Set(
      [...(indefinite[own[1] ?? ""] ?? [])].filter((one) => !lower.startsWith("ein") || !one.endsWith("pl")),
    ),
    adjectives: mixed,
    ...(alone ? { pronoun: "alone" as const } : {}),
  };
}

const contracted: Record<string, ReadonlySet<Reading>> = {
  am: readings({ dat: "m n" }),
  im: readings({ dat: "m n" }),
  vom: readings({ dat: "m n" }),
  zum: readings({ dat: "m n" }),
  beim: readings({ dat: "m n" }),
  zur: readings({ dat: "f" }),
  ins: readings({ acc: "n" }),
  ans: readings({ acc: "n" }),
  aufs: readings({ acc: "n" }),
  fürs: readings({ acc: "n" }),
};

const dative: readonly Case[] = ["dat"];
const accusative: readonly Case[] = ["acc"];
const either: readonly Case[] = ["acc", "dat"];
const governs: Record<string, readonly Case[]> = {
  aus: dative,
  mit: dative,
  von: dative,
  bei: dative,
  nach: dative,
  für: accusative,
  ohne: accusative,
  durch: accusative,
  gegen: accusative,
  auf: either,
  in: either,
  unter: either,
  neben: either,
  hinter: either,
  vor: either,
  über: either,
  zwischen: either,
};
export function agreementGate(text: string, ctx: GateContext): Finding | undefined {
  const index = lexiconIndex(ctx.brand);
  const all = words(text);
  const names = new Set((ctx.brief.name ?? "").toLowerCase().split(/\s+/u));
  for (const [position, word] of all.entries()) {
    if (!/^\p{Lu}/u.test(word.text) || names.has(word.lower)) continue;
    const known = index.noun(word.text);
    if (known.length === 0) continue;
    const verbal = word.lower.endsWith("n") && known.every((form) => form.number === "pl");
    const forms = verbal ? [...known, ...infinitive] : known;
    const phrase = phraseBefore(text, all, position, names);
    if (!phrase) continue;
    const role = roleAtStart(text, all, position, phrase.start);
    const could = role?.number ? forms.filter((form) => form.number === role.number) : forms;
    if (agrees(could, role ? { ...phrase, cases: [role.case] } : phrase)) continue;
    const start = phrase.start;
    return { found: text.slice(start, word.end), at: [{ start, end: word.end }] };
  }
  return clauseFinding(text, ctx);
}

/** Words of one phrase stand in one line. */
const blank = /^[ \u00a0]+$/u;

/** Plurals in -n may be nouns made of verbs: "im Liegen", "beim Spielen". */
const infinitive: readonly NounForm[] = [{ gender: "n", number: "sg", cases: ["nom", "acc", "dat"] }];

/**
 * The case of a phrase that begins a sentence: subject of "ist", "kostet", object of "gibt es", "bekommst du".
 * "Der Stehlampe ist" reads as a dative otherwise, and "Der Sessel gibt es für 49 €" as a nominative.
 */
function roleAtStart(
  text: string,
  all: readonly Word[],
  position: number,
  start: number,
): { case: Case; number?: "sg" | "pl" } | undefined {
  if (!/(?:^|[.?:…“]\s|\n)$/u.test(text.slice(Math.max(0, start - 2), start))) return undefined;
  const noun = all[position];
  // "Dem Pouf ist es recht", "Im Korb ist Platz": what is plainly something else stays so.
  if (!noun || !/^(?:der|die|das|den|eine?) /iu.test(text.slice(start, noun.start))) return undefined;
  const rest = text.slice(noun.end, noun.end + 80);
  if (
    /^(?: (?:\p{Lu}\p{L}*|aus|\p{Ll}+e[mr]))* (?:gibt es|gibt’s|bekommst du|bekommt ihr|kaufst du|nimmst du|holst du)\b/u.test(
      rest,
    )
  )
    return { case: "acc" };
  const verb =
    /^(?: \p{Lu}\p{L}*)?(?: aus (?:\p{Ll}+e[nrm] )?\p{Lu}\p{L}*)? (ist|sind|kostet|kosten|hat|misst|bietet|trägt|wiegt|liegt|hängt|wartet)(?!\p{L})/u.exec(
      rest,
    )?.[1];
  if (verb === "ist" || verb === "kostet") return { case: "nom", number: "sg" };
  if (verb === "sind" || verb === "kosten") return { case: "nom", number: "pl" };
  // "Den Handschuh hat der Hund": these take an object, which may come first.
  return verb && !/^den /iu.test(text.slice(start)) ? { case: "nom" } : undefined;
}

const definiteArticle = /^(?:d(?:er|ie|as|en|em|es)|dies(?:er|e|es|en|em))$/u;

interface Phrase {
  adjectives: string[];
  set?: ReadonlySet<Reading>;
  declension: Record<string, ReadonlySet<Reading>>[];
  cases?: readonly Case[];
  start: number;
}

/** The words that must agree with the noun at `position`; undefined when there is nothing to judge. */
function phraseBefore(
  text: string,
  all: readonly Word[],
  position: number,
  names?: ReadonlySet<string>,
): Phrase | undefined {
  const noun = all[position];
  if (!noun) return undefined;
  const adjectives: string[] = [];
  let at = position - 1;
  let start = noun.start;
  while (at >= 0) {
    const word = all[at];
    const next = all[at + 1];
    if (!word || !next || !adjacent(text, word, next, adjectives.length > 0)) break;
    const ending = adjectiveEnding(word);
    // All adjectives of a phrase end alike; what ends differently is a verb or another phrase's.
    if (ending === undefined || (adjectives.length > 0 && ending !== adjectives[0])) break;
    adjectives.push(ending);
    start = word.start;
    at--;
  }
  const before = all[at];
  const next = all[at + 1];
  if (!before || !next || !blank.test(text.slice(before.end, next.start)))
    return adjectives.length > 0 ? { adjectives, declension: [strong, weak, mixed], start } : undefined;

  const contraction = contracted[before.lower];
  if (contraction) return { adjectives, set: contraction, declension: [weak], start: before.start };

  // "das eine Licht", "dieser eine Tag": declined like an adjective.
  const one = /^eine[nrsm]?$/u.exec(before.lower);
  const definiteBefore = one ? all[at - 1] : undefined;
  if (definiteBefore && (contracted[definiteBefore.lower] || definiteArticle.test(definiteBefore.lower)))
    return undefined;

  // "hinter der vier Rollen": a number stands between article and noun.
  const counted = numberWord(before.lower) !== undefined ? all[at - 1] : undefined;
  if (
    counted &&
    adjectives.length === 0 &&
    /^(?:der|die|den)$/u.test(counted.lower) &&
    blank.test(text.slice(counted.end, before.start))
  ) {
    const government = governs[all[at - 2]?.lower ?? ""];
    const further = all[at - 2];
    if (government && further && blank.test(text.slice(further.end, counted.start)))
      return {
        adjectives,
        set: determiner(counted.lower)?.set ?? new Set(),
        declension: [weak],
        cases: government,
        start: further.start,
      };
    return undefined;
  }

  const article = determiner(before.lower);
  if (article) {
    const further = all[at - 1];
    const gap = further ? text.slice(further.end, before.start) : "";
    // "Was für ein Einkauf", "vom Bett aus das Fenster": behind a noun it may belong to what stands before.
    const behind =
      (further?.lower === "für" && all[at - 2]?.lower === "was") ||
      (further?.lower === "aus" && /^\p{Lu}/u.test(all[at - 2]?.text ?? ""));
    const government = further && blank.test(gap) && !behind ? governs[further.lower] : undefined;
    const afterPreposition = government && further ? all[at - 2] : further;
    const clause = afterPreposition
      ? text.slice(afterPreposition.end, (government ? further : before)?.start)
      : "";
    // ", der Leinen mag", ", auf dem Kissen liegen": a relative pronoun with a bare noun after it.
    // "Ekeby, der Sessel aus Cord" is none.
    if (
      article.pronoun === "relative" &&
      adjectives.length === 0 &&
      /,\s*$/u.test(clause) &&
      !(names?.has(further?.lower ?? "") && /^ (?:aus|für|mit) /u.test(text.slice(noun.end, noun.end + 5)))
    )
      return undefined;
    // "Wenn einer Kissen wirft", "habt ihr Stühle": a pronoun, unless a preposition makes it an article.
    if (article.pronoun === "alone" && adjectives.length === 0 && !government) return undefined;
    if (before.lower === "ihr") return undefined;
    return {
      adjectives,
      set: article.set,
      declension: [article.adjectives],
      ...(government ? { cases: government } : {}),
      start: government && further ? further.start : before.start,
    };
  }
  if (adjectives.length === 0) return undefined;
  const government = governs[before.lower];
  if (government) return { adjectives, cases: government, declension: [strong], start: before.start };
  return { adjectives, declension: [strong, weak, mixed], start };
}

function adjacent(text: string, word: Word, next: Word, listed: boolean): boolean {
  const gap = text.slice(word.end, next.start);
  return blank.test(gap) || (listed && /^,[ \u00a0]+$/u.test(gap));
}

/** Words that end like adjectives and aren't. */
const others = new Set(
  `der die das den dem des ein eine einen einem einer eines kein keine keinen keinem keiner keines mein meine meinen
  meinem meiner meines dein deine deinen deinem deiner deines sein seine seinen seinem seiner seines ihr ihre ihren ihrem
  ihrer ihres unser unsere unseren unserem unserer unseres euer eure euren eurem eurer eures dieser diese dieses diesen
  diesem jeder jede jedes jeden jedem jener jene jenes jenen jenem welcher welche welches welchen welchem er sie es wer
  was wir alle allen aller alles allem viele vielen vieler vieles mehrere mehreren einige einigen wenige wenigen beide
  beiden beider manche manchen mancher solche solchen solcher solches andere anderen anderer anderes anderem unter über
  hinter neben zwischen gegen wegen ohne eben aber oder immer wieder hier heute gerne wenn denn dann außer sonst nur
  lieber später früher weiter länger besser mehr immer sehr ganze etwas nichts unten oben außen innen hinten vorne
  morgen gestern ihnen wessen dessen deren haben werden können müssen sollen wollen dürfen hätte wäre würde habe gabe
  statt nahe lange gegenüber jenseits allerlei lauter genug paar rosa lila ihres bisschen zwei drei vier fünf sechs
  sieben acht neun zehn elf zwölf zweier dreier beides derselbe dieselbe dieselben dasselbe denselben merken weder
  demselben derselben desselben mögen hören erst gerade beinahe heute alleine zusammen zu so liegen
  stehen sitzen hängen stecken warten kommen passen bleiben brauchen machen gehören tragen kosten nehmen sehen legen
  stellen gehen finden kennen suchen holen wohnen schlafen lesen essen trinken leuchten brennen duften reichen ziehen fallen laufen
  spielen tanzen wachsen leben kleben rollen treffen teilen bekommen fliegen springen rascheln klappern fahren rücken`.split(
    /\s+/u,
  ),
);

function adjectiveEnding(word: Word): string | undefined {
  if (word.text !== word.lower || others.has(word.lower)) return undefined;
  if (
    /^(?:da|wo|hin|her)r?(?:an|auf|aus|bei|durch|für|gegen|hinter|in|mit|neben|über|unter|vor|zwischen)$/u.test(
      word.lower,
    )
  )
    return undefined;
  return /^\p{Ll}{3,}?(e[nrsm]?)$/u.exec(word.lower)?.[1];
}

function agrees(forms: readonly NounForm[], phrase: Phrase): boolean {
  for (const form of forms) {
    const slot: Slot = form.number === "pl" ? "pl" : form.gender;
    for (const grammatical of form.cases) {
      if (phrase.cases && !phrase.cases.includes(grammatical)) continue;
      const reading: Reading = `${grammatical}-${slot}`;
      if (phrase.set && !phrase.set.has(reading)) continue;
      const fits = phrase.declension.some((declension) =>
        phrase.adjectives.every((ending) => declension[ending]?.has(reading) ?? false),
      );
      if (fits) return true;
    }
  }
  return false;
}
