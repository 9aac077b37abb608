/**
 * Grammar and spelling by a LanguageTool server of the company's own. It adds to the house's own checks and is never
 * needed: where it is slow or down, a text has no grammar findings, and editing goes on.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import type { Brand } from "#src/brand.ts";
import { nameSpans } from "#src/gates/facts.ts";
import type { GateContext } from "#src/gates/gates.ts";
import { type Span, words } from "#src/gates/read.ts";
import { said } from "#src/gates/said.ts";
import { endings, shipped } from "#src/gates/vocabulary.ts";
import type { Logger } from "#src/log.ts";
import type { Lint } from "#src/views.ts";

type Finding = Lint["findings"][number];
/** The brief that a text is for, and its brand: their names and words are right by definition. */
type About = Pick<GateContext, "brief" | "brand">;

export interface Grammar {
  /** Findings of rule "grammar" in reading order, UTF-16 offsets. Answers within `waitMs`, and never throws. */
  check(text: string, about: About): Promise<Finding[]>;
  /** Gives up what is still asked. */
  close(): void;
}

const pace = {
  /** What a person may have to wait. */
  waitMs: 1_500,
  /** A server's first answer takes long, and the second comes at once: what nobody waits for may still end. */
  giveUpMs: 60_000,
  /** Nothing is asked so long after a fault. */
  restMs: 10_000,
  /** A fault is logged once in so long. */
  quietMs: 300_000,
};
const remembered = 50;
const suggested = 5;

/** Signs are set by typography.ts, and style is the brand's. */
const asked = {
  language: "de-DE",
  disabledCategories: "TYPOGRAPHY,STYLE,REDUNDANCY,COLLOQUIALISMS",
  disabledRules: "DE_UNPAIRED_QUOTES",
};

/** What we read of an answer; a place is in Java's chars, which are UTF-16 units like ours. */
const answerSchema = z.object({
  matches: z.array(
    z.object({
      offset: z.int().min(0),
      length: z.int().min(1),
      replacements: z.array(z.object({ value: z.string() })),
      rule: z.object({
        id: z.string(),
        issueType: z.string().optional(),
        category: z.object({ id: z.string() }),
      }),
    }),
  ),
});
type Match = z.infer<typeof answerSchema>["matches"][number];

/** `url` is the server's address, http://127.0.0.1:8010. Nothing is sent before the first check. */
export function createGrammar(options: {
  url: string;
  log: Pick<Logger, "warn">;
  pace?: Partial<typeof pace>;
}): Grammar {
  const { log } = options;
  const { waitMs, giveUpMs, restMs, quietMs } = { ...pace, ...options.pace };
  const target = new URL("v2/check", options.url.endsWith("/") ? options.url : `${options.url}/`);
  const closing = new AbortController();
  /** By text, the oldest first; undefined is an answer that failed. */
  const answers = new Map<string, Promise<Match[] | undefined>>();
  let late = 0;
  let restUntil = 0;
  let quietUntil = 0;

  function tell(err: unknown): void {
    if (closing.signal.aborted || Date.now() < quietUntil) return;
    quietUntil = Date.now() + quietMs;
    log.warn({ err }, "grammar: LanguageTool doesn't help, texts are checked without it");
  }

  async function fetchMatches(text: string): Promise<Match[]> {
    const response = await fetch(target, {
      method: "POST",
      body: new URLSearchParams({ ...asked, text }),
      redirect: "error",
      signal: AbortSignal.any([closing.signal, AbortSignal.timeout(giveUpMs)]),
    });
    if (!response.ok) {
      await response.body?.cancel();
      throw new Error(`LanguageTool answered ${response.status}`);
    }
    return answerSchema.parse(await response.json()).matches;
  }

  function ask(text: string): Promise<Match[] | undefined> {
    const answer = fetchMatches(text).catch((err) => {
      answers.delete(text);
      restUntil = Date.now() + restMs;
      tell(err);
      return undefined;
    });
    answers.set(text, answer);
    for (const oldest of answers.keys()) {
      if (answers.size <= remembered) break;
      answers.delete(oldest);
    }
    return answer;
  }

  async function matchesOf(text: string): Promise<Match[]> {
    const known = answers.get(text);
    // A server that can't keep up is not given more to do.
    if (!known && (late > 0 || Date.now() < restUntil)) return [];
    const answer = known ?? ask(text);
    const waiting = new AbortController();
    const wait = sleep(waitMs, "late" as const, { signal: waiting.signal }).catch(() => undefined);
    const first = await Promise.race([answer, wait]);
    waiting.abort();
    if (first !== "late") return first ?? [];
    tell(new Error(`LanguageTool took longer than ${waitMs} ms`));
    late++;
    void answer.then(() => late--);
    return [];
  }

  return {
    async check(text, about) {
      if (closing.signal.aborted || text.trim() === "") return [];
      const matches = await matchesOf(text);
      const right = rightWords(about);
      const names = namesIn(text, about);
      return matches
        .filter((match) => isMistake(match, text, { right, names }))
        .map(({ offset, length, replacements }) => ({
          start: offset,
          end: offset + length,
          found: text.slice(offset, offset + length),
          rule: "grammar",
          suggestions: replacements.slice(0, suggested).map((replacement) => replacement.value),
        }))
        .sort((a, b) => a.start - b.start || a.end - b.end);
    },
    close: () => closing.abort(),
  };
}

function isMistake(
  { offset, length, rule }: Match,
  text: string,
  { right, names }: { right: (word: string) => boolean; names: Span[] },
): boolean {
  const end = offset + length;
  if (end > text.length) return false;
  // A poem's line may begin like a sentence.
  if (rule.category.id === "CASING" && text[offset - 1] === "\n") return false;
  // Nobody knows a name's gender.
  if (rule.issueType !== "misspelling") return !names.some((name) => name.start < end && offset < name.end);
  if (names.some((name) => name.start <= offset && end <= name.end)) return false;
  // "Ekeby-Sofas" is right if its parts are: one of them ours, the others ours or German.
  const parts = words(text.slice(offset, end)).flatMap((word) => word.text.split(/[-’'‑]/u).filter(Boolean));
  return !(parts.some(right) && parts.every((part) => right(part) || shipped().has(part)));
}

/** Where names stand that no dictionary has: of the brief, the brand and its products. */
function namesIn(text: string, { brief, brand }: About): Span[] {
  const names = [brief.name, brand.name, ...brand.products.map((product) => product.name)];
  return names.flatMap((name) => (name ? nameSpans(text, name.normalize("NFC")) : []));
}

/** Whether a word is one that the person used or that the brand's lexicon has, inflected or not. */
function rightWords(about: About): (word: string) => boolean {
  const told = new Set(
    words(`${said(about)} ${about.brief.name ?? ""}`).flatMap(({ lower }) => lower.split("-")),
  );
  const sold = lexiconWords(about.brand);
  const isForm = (lower: string) => {
    for (let cut = 0; cut <= 5 && lower.length - cut >= 3; cut++) {
      const stem = lower.slice(0, lower.length - cut);
      if (endings.has(lower.slice(stem.length)) && (told.has(stem) || sold.has(stem))) return true;
    }
    return false;
  };
  return (word) => {
    const lower = word.toLowerCase();
    // "petrolfarbenem" is "petrol".
    return isForm(lower) || isForm(lower.replace(/farben(?:e[mnrs]?)?$/u, ""));
  };
}

const lexicons = new WeakMap<Brand, ReadonlySet<string>>();
function lexiconWords(brand: Brand): ReadonlySet<string> {
  let known = lexicons.get(brand);
  if (!known) {
    const { products, materials, colours } = brand.lexicon;
    const source = [
      brand.name,
      ...brand.products.map(({ name, facts }) => `${name} ${facts.join(" ")}`),
      ...products.map(({ word, plural }) => `${word} ${plural ?? ""}`),
      ...materials.map(({ word, adjectives, kin }) =>
        [word, ...(adjectives ?? []), ...(kin ?? [])].join(" "),
      ),
      ...colours,
    ];
    known = new Set(words(source.join(" ")).flatMap(({ lower }) => [lower, ...lower.split("-")]));
    lexicons.set(brand, known);
  }
  return known;
}
