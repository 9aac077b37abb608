/** A brand voice as data: brands/<id>.yaml, checked on load and read again on every change. */
import { type FSWatcher, readdirSync, readFileSync, watch } from "node:fs";
import path from "node:path";
import { parse as parseCsv } from "csv-parse/sync";
import { type Document, isNode, LineCounter, parseDocument } from "yaml";
import { z } from "zod";
import { type Channel, channels, type Length, lengths, type Tone, tones } from "./brief/kinds.ts";
import { HyggeError } from "./errors.ts";
import type { Logger } from "./log.ts";

export interface Brand {
  id: string;
  name: string;
  /** How the brand speaks, for chat models' system prompt (German prose). */
  voice: string;
  /** How the reader is addressed. */
  address: "du" | "sie";
  defaults: { channel: Channel; tone: Tone };
  channels: Record<Channel, ChannelTemplate>;
  tones: Record<Tone, string>;
  forbidden: Forbidden[];
  lexicon: Lexicon;
  /** Pairs shown to chat models. */
  examples: { brief: string; channel: Channel; text: string }[];
  /** Known products that can fill a brief's gaps on request. */
  products: { name: string; facts: string[] }[];
  /** Where a price belongs, if that matters: a rule that the managers' edits taught. */
  pricePlace?: "start" | "end";
}

export interface ChannelTemplate {
  label: { de: string; en: string };
  /** What the text looks like, for chat models ("2-4 Sätze"). */
  shape: string;
  /** Graphemes, hard limits. */
  min: number;
  max: number;
  /** Graphemes that separate kurz | mittel | lang. */
  thirds: [number, number];
  defaultLength: Length;
  /** Whether the text must end with a sentence's end. */
  sentence: boolean;
}

export interface Forbidden {
  /** Word or phrase; inflected forms and compounds are matched unless `exact`. */
  word: string;
  exact?: boolean;
  replacements: string[];
  why?: string;
}

/** Small word lists of what the brand sells, for agreement and invention checks. */
export interface Lexicon {
  /** Product nouns with gender; compounds take the last part's. */
  products: { word: string; gender: Gender; plural?: string }[];
  /** Materials: noun with gender, adjective stems ("eichen", "ledern"). */
  materials: { word: string; gender: Gender; adjectives?: string[]; kin?: string[] }[];
  /** Colour stems: "sandfarben", "grau". */
  colours: string[];
}
export type Gender = "m" | "f" | "n";

const word = z.string().trim().min(1).max(80);
const text = z.string().trim().min(1);
const products = z.array(z.strictObject({ name: word, facts: z.array(text.max(120)).max(30) })).max(10_000);

const template = z
  .strictObject({
    label: z.strictObject({ de: word, en: word }),
    shape: text.max(300),
    min: z.int().min(1),
    max: z.int().max(4000),
    thirds: z.tuple([z.int().positive(), z.int().positive()]),
    defaultLength: z.enum(lengths),
    sentence: z.boolean(),
  })
  .refine((t) => t.min < t.max, { path: ["min"], error: "min must be less than max" })
  .refine((t) => t.thirds[0] < t.thirds[1] && t.thirds[1] < t.max, {
    path: ["thirds"],
    error: "thirds must rise and stay below max",
  });

/** In the file nouns stand under their article, which is how people know genders. */
const articles = { der: "m", die: "f", das: "n" } as const satisfies Record<string, Gender>;
const byArticle = <T extends z.ZodType>(value: T) => {
  const words = z.record(word, value).default({} as never);
  return z.strictObject({ der: words, die: words, das: words });
};

const schema = z
  .strictObject({
    id: z.string().regex(/^[a-z0-9-]{1,40}$/, "must be small letters, digits and dashes"),
    name: word,
    address: z.enum(["du", "sie"]),
    voice: text.max(6000),
    defaults: z.strictObject({ channel: z.enum(channels), tone: z.enum(tones) }),
    tones: z.record(z.enum(tones), text.max(300)),
    channels: z.record(z.enum(channels), template),
    forbidden: z
      .array(
        z.strictObject({
          word,
          exact: z.boolean().optional(),
          replacements: z.array(text.max(120)).default([]),
          why: text.max(200).optional(),
        }),
      )
      .default([]),
    lexicon: z.strictObject({
      products: byArticle(word.nullable()),
      materials: byArticle(
        z
          .strictObject({ adjectives: z.array(word).optional(), kin: z.array(word).optional() })
          .nullable()
          .transform((value) => value ?? {}),
      ),
      colours: z.array(word),
    }),
    examples: z
      .array(z.strictObject({ channel: z.enum(channels), brief: text.max(500), text: text.max(4000) }))
      .default([]),
    products: products.default([]),
    productsFile: word.optional(),
  })
  .superRefine((brand, ctx) => {
    for (const [index, { channel, text }] of brand.examples.entries()) {
      const { min, max } = brand.channels[channel];
      const count = [...new Intl.Segmenter("de").segment(text)].length;
      if (count < min || count > max)
        ctx.addIssue({
          code: "custom",
          path: ["examples", index, "text"],
          message: `has ${count} characters, ${channel} takes ${min}-${max}`,
        });
    }
  })
  .transform(({ lexicon, productsFile, ...brand }) => ({
    brand: {
      ...brand,
      lexicon: {
        products: genders.flatMap(([article, gender]) =>
          Object.entries(lexicon.products[article]).map(([word, plural]) => ({
            word,
            gender,
            ...(plural === null ? {} : { plural }),
          })),
        ),
        materials: genders.flatMap(([article, gender]) =>
          Object.entries(lexicon.materials[article]).map(([word, more]) => ({ word, gender, ...more })),
        ),
        colours: lexicon.colours,
      },
    },
    productsFile,
  }));
const genders = Object.entries(articles) as [keyof typeof articles, Gender][];

const shippedDir = path.join(import.meta.dirname, "../brands");

/**
 * Reads a brand from a YAML file, or one of the brands that ship with Hygge by its id.
 * @throws HyggeError brand_invalid {file, line, key, problem}
 */
export function loadBrand(file: string): Brand {
  const target = /\.ya?ml$/i.test(file) ? file : path.join(shippedDir, `${file}.yaml`);
  return readBrand(target).brand;
}

/** Also the source as read, so that an unchanged brand keeps its identity and what is cached for it. */
function readBrand(file: string): { brand: Brand; source: string } {
  const source = readText(file, file);
  const lines = new LineCounter();
  const doc = parseDocument(source, { lineCounter: lines });
  const broken = doc.errors[0];
  if (broken)
    throw invalid(file, broken.linePos?.[0].line ?? 1, "yaml", broken.message.split("\n")[0] ?? broken.code);
  const parsed = schema.safeParse(doc.toJS());
  if (!parsed.success) throw problemAt(file, doc, lines, parsed.error.issues[0]);
  const { brand, productsFile } = parsed.data;
  const id = path.basename(file).replace(/\.ya?ml$/i, "");
  if (brand.id !== id) throw invalid(file, 1, "id", `must be "${id}" like the file's name`);
  if (productsFile === undefined) return { brand: brand, source };
  const list = path.resolve(path.dirname(file), productsFile);
  const more = readText(list, file);
  return {
    brand: { ...brand, products: [...brand.products, ...readProducts(list, more)] },
    source: `${source}\0${more}`,
  };
}

function readText(file: string, brandFile: string): string {
  try {
    return readFileSync(file, "utf8").replace(/^\uFEFF/, "");
  } catch (cause) {
    const problem = `can't be read (${(cause as NodeJS.ErrnoException).code ?? "unknown"})`;
    throw file === brandFile
      ? invalid(file, 1, "file", problem)
      : invalid(brandFile, 1, "productsFile", `${file} ${problem}`);
  }
}

const invalid = (file: string, line: number, key: string, problem: string) =>
  new HyggeError("brand_invalid", { file, line, key, problem });

/** The line of a schema issue: of its key, or of the nearest parent that exists. */
function problemAt(file: string, doc: Document, lines: LineCounter, issue: z.core.$ZodIssue | undefined) {
  const keys = [...(issue?.path ?? [])].map((key) => (typeof key === "symbol" ? String(key) : key));
  if (issue?.code === "unrecognized_keys" && issue.keys[0] !== undefined) keys.push(issue.keys[0]);
  let line = 1;
  for (let depth = keys.length; depth > 0; depth--) {
    const node = doc.getIn(keys.slice(0, depth), true);
    if (isNode(node) && node.range) {
      line = lines.linePos(node.range[0]).line;
      break;
    }
  }
  return invalid(file, line, keys.join(".") || "brand", issue?.message ?? "invalid");
}

/** Products of a CSV (a name column; every other cell is a fact) or YAML file (a list of name and facts). */
function readProducts(file: string, source: string): Brand["products"] {
  if (/\.ya?ml$/i.test(file)) {
    const lines = new LineCounter();
    const doc = parseDocument(source, { lineCounter: lines });
    const parsed = products.safeParse(doc.toJS());
    if (!parsed.success) throw problemAt(file, doc, lines, parsed.error.issues[0]);
    return parsed.data;
  }
  const header = source.split(/\r?\n/, 1)[0] ?? "";
  const delimiter = [";", "\t", ","].find((sign) => header.includes(sign)) ?? ",";
  let rows: string[][];
  try {
    rows = parseCsv(source, { delimiter, trim: true, skip_empty_lines: true, relax_column_count: true });
  } catch (cause) {
    const { lines, message } = cause as Error & { lines?: number };
    throw invalid(file, lines ?? 1, "csv", message);
  }
  const columns = (rows[0] ?? []).map((column) => column.toLowerCase());
  const nameAt = columns.indexOf("name");
  if (nameAt < 0) throw invalid(file, 1, "name", "the first line must name the columns, one of them name");
  return rows.slice(1).flatMap((row) => {
    const name = row[nameAt];
    if (!name) return [];
    const facts = row.flatMap((cell, at) => {
      if (at === nameAt || cell === "") return [];
      if (/^(?:preis|price)$/.test(columns[at] ?? "") && /\d$/.test(cell)) return [`${cell} €`];
      return /^(?:facts?|fakten|angaben)$/.test(columns[at] ?? "") ? cell.split(/\s*[,;|]\s+/) : [cell];
    });
    return [{ name, facts }];
  });
}

export interface Brands {
  get(id: string): Brand | undefined;
  list(): Brand[];
  close(): void;
}

/** What to say where `value` names no brand. */
export const unknownBrand = (brands: Pick<Brands, "list">, value: string): HyggeError =>
  new HyggeError("brand_unknown", {
    value,
    allowed: brands
      .list()
      .map(({ id }) => id)
      .join(", "),
  });

/**
 * All brands of a folder, read again when a file in it changes. A file that became wrong keeps its last good
 * version and is logged; at the start it is thrown.
 * @throws HyggeError brand_invalid
 */
export function openBrands(dir: string, log: Pick<Logger, "info" | "warn" | "error">): Brands {
  const known = new Map<string, { brand: Brand; source: string }>();
  const files = () => readdirSync(dir).filter((name) => /^[a-z0-9-]+\.ya?ml$/.test(name));

  let names: string[];
  try {
    names = files();
  } catch (cause) {
    throw invalid(dir, 1, "folder", `can't be read (${(cause as NodeJS.ErrnoException).code ?? "unknown"})`);
  }
  for (const name of names) known.set(name, readBrand(path.join(dir, name)));
  if (known.size === 0) throw invalid(dir, 1, "folder", "has no brand");

  const reload = () => {
    let now: string[];
    try {
      now = files();
    } catch (err) {
      log.error({ err }, "brands can't be read, the last ones stay");
      return;
    }
    for (const name of now) {
      try {
        const read = readBrand(path.join(dir, name));
        if (read.source === known.get(name)?.source) continue;
        known.set(name, read);
        log.info({ brand: read.brand.id }, "brand read again");
      } catch (err) {
        log.error({ err }, "brand is wrong, its last version stays");
      }
    }
    for (const name of known.keys())
      if (!now.includes(name) && known.size > 1) {
        known.delete(name);
        log.warn({ file: name }, "brand removed");
      }
  };

  // Editors write a file in several steps: wait until it is quiet.
  let timer: NodeJS.Timeout | undefined;
  let watcher: FSWatcher | undefined;
  try {
    watcher = watch(dir, { persistent: false }, () => {
      clearTimeout(timer);
      timer = setTimeout(reload, 150).unref();
    });
    watcher.on("error", (err) => log.warn({ err }, "brands are no longer watched"));
  } catch (err) {
    log.warn({ err }, "brands are not watched: a change needs a restart");
  }
  return {
    get: (id) => [...known.values()].find(({ brand }) => brand.id === id)?.brand,
    list: () => [...known.values()].map(({ brand }) => brand),
    close() {
      clearTimeout(timer);
      watcher?.close();
    },
  };
}
