/** A workspace with a history: as many drafts as wanted, over two years, from the training texts. For benchmarks and tests. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Database } from "#src/store/open.ts";
import { gateIds } from "#src/views.ts";

interface Source {
  channel: string;
  brief: string;
  tone: string;
  response: string;
}

const sources = async (): Promise<Source[]> =>
  (await readFile(path.join(import.meta.dirname, "../../training/data/plain.jsonl"), "utf8"))
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Source);

/** Small and the same on every machine. */
export function dice(seed: number) {
  let x = seed >>> 0;
  return () => {
    x = (x + 0x9e3779b9) >>> 0;
    let y = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
    y = Math.imul(y ^ (y >>> 15), 0x735a2d97);
    return ((y ^ (y >>> 15)) >>> 0) / 2 ** 32;
  };
}

const swaps: [RegExp, string][] = [
  [/\bgemütlich/g, "behaglich"],
  [/\bkostet\b/g, "gibt es für"],
  [/\babends\b/g, "am Abend"],
  [/ heute/g, ""],
];

export const people = Array.from({ length: 40 }, (_, i) => ({
  id: i % 3 === 0 ? `slack:T1/U${i}` : i % 3 === 1 ? `web:person-${i}` : `discord:${1000 + i}`,
  surface: i % 3 === 0 ? "slack" : i % 3 === 1 ? "web" : "discord",
  name: `Person ${i}`,
}));

/** About 1.4 drafts a brief: some are revised, some edited, some decided, some rated. Returns how many drafts there are. */
export async function seed(
  database: Database,
  drafts: number,
  options: { days?: number; log?: (done: number) => void } = {},
): Promise<number> {
  const { pool } = database;
  const texts = await sources();
  const days = options.days ?? 730;
  const random = dice(7);
  const pick = () => texts[Math.floor(random() * texts.length)] as Source;
  const now = Date.now();
  const models = [
    { name: "hygge", version: "v0", hash: "a".repeat(64), quant: "Q4_0" },
    { name: "hygge", version: "v1", hash: "b".repeat(64), quant: "Q4_0" },
    { name: "hygge", version: "v1", hash: "c".repeat(64), quant: "Q8_0" },
  ];
  await insert("people", people);
  let made = 0;
  while (made < drafts) {
    const rows = { briefs: [] as object[], generations: [] as object[], drafts: [] as object[] };
    const more = { prompts: [] as object[], ratings: [] as object[], candidates: [] as object[] };
    for (let i = 0; i < 500 && made < drafts; i++) {
      const source = pick();
      const number = made;
      const price = `${Math.floor(random() * 900) + 9} €`;
      const own = (text: string) =>
        text.replace(/\d[\d.,]*\s€/, price).replace(/\b(Sjönäs|Ekeby|Ljus)\b/g, `Nr${number}`);
      const share = (drafts - made) / drafts;
      const at = new Date(now - share * days * 86_400_000 - random() * 3_600_000);
      const person = people[Math.floor(random() ** 2 * people.length)]?.id;
      const id = `b${number}`;
      const text = own(source.brief);
      const common = { channel: source.channel, tone: source.tone, length: "mittel" };
      const parsed = {
        ...common,
        text,
        task: text,
        given: { channel: false, tone: false, length: false },
        facts: [{ kind: "price", text: price, numbers: [price.replace(" €", "")] }],
        language: "de",
      };
      const prompt = { kind: "labels", text: `Auftrag: ${text}\nKanal: ${source.channel}\nText:\n` };
      const promptHash = createHash("sha256").update(JSON.stringify(prompt)).digest("hex");
      more.prompts.push({ hash: promptHash, prompt, created_at: at });
      rows.briefs.push({
        ...common,
        id,
        person_id: person,
        surface: "web",
        thread: id,
        brand: random() < 0.85 ? "hygge" : "nord",
        text,
        variants: 1,
        parsed,
        created_at: at,
      });
      let parent: string | null = null;
      let version = 0;
      const add = (
        draft: Record<string, unknown>,
        kind: string,
        minutes: number,
        generation: string | null,
      ) => {
        version++;
        const draftId = generation ? `${generation}-1` : `e${number}-${version}`;
        const when = new Date(at.getTime() + minutes * 60_000);
        const fate = random();
        const state =
          fate < 0.25 ? "approved" : fate < 0.32 ? "rejected" : fate < 0.35 ? "requested" : "draft";
        const decided = state === "approved" || state === "rejected";
        const bad = random() < 0.12 ? Math.floor(random() * gateIds.length) : -1;
        rows.drafts.push({
          ...common,
          id: draftId,
          brief_id: id,
          generation_id: generation,
          parent_id: parent,
          version,
          kind,
          person_id: person,
          wish: version > 1 && kind === "generated" ? "kürzer" : null,
          gates: gateIds.map((gate, g) =>
            g === bad ? { id: gate, ok: false, found: "x" } : { id: gate, ok: true },
          ),
          score: { total: Math.round(30 + random() * 70), style: 0.8, adherence: 0.9, fluency: 0.7 },
          facts: [{ text: price, kind: "price", found: true }],
          model: kind === "generated" ? models[Math.min(2, Math.floor((1 - share) * 3))] : null,
          prompt_hash: kind === "generated" ? promptHash : null,
          seed: kind === "generated" ? Math.floor(random() * 2 ** 31) : null,
          sampling: { temperature: 0.5, topP: 0.95, minP: 0.05 },
          timings: { totalMs: 2300, firstTextMs: 160, tokens: 500, rounds: 1 },
          state,
          decided_by: decided ? people[0]?.id : null,
          decided_at: decided ? new Date(when.getTime() + 3_600_000) : null,
          decision_note: state === "rejected" ? "Klingt nach Prospekt." : null,
          created_at: when,
          posted_at: new Date(when.getTime() + 200),
          ...draft,
        });
        if (random() < 0.25) {
          const down = random() < 0.35;
          more.ratings.push({
            draft_id: draftId,
            person_id: person,
            value: down ? "down" : "up",
            reasons: down ? [["tone", "facts", "boring", "grammar"][Math.floor(random() * 4)]] : [],
            comment: down && random() < 0.3 ? "Das klingt nach Katalog." : null,
            created_at: when,
            updated_at: when,
          });
        }
        parent = draftId;
        made++;
      };
      const generate = (n: number, written: string) => {
        const generation = `g${number}-${n}`;
        const when = new Date(at.getTime() + n * 60_000 - 3_000 - random() * 4_000);
        rows.generations.push({
          ...common,
          id: generation,
          brief_id: id,
          person_id: person,
          parent_id: parent,
          wish: n > 1 ? "kürzer" : null,
          variants: 1,
          status: "done",
          tag: 1,
          attempts: 1,
          crashes: 0,
          queued_at: when,
          started_at: when,
          finished_at: when,
        });
        add({ text: written }, "generated", n, generation);
      };
      // Sentences of four texts: as many different texts as drafts, in the language's own words.
      const written = own(
        [source, pick(), pick(), pick()]
          .map(
            ({ response }, n) => response.split(/(?<=[.?!])\s/)[n] ?? response.split(/(?<=[.?!])\s/)[0] ?? "",
          )
          .join(" "),
      );
      generate(1, written);
      if (random() < 0.15)
        generate(
          2,
          written
            .split(/(?<=[.?!])\s/)
            .slice(0, 2)
            .join(" "),
        );
      if (random() < 0.3) {
        let edited = written;
        for (const [from, to] of swaps) if (random() < 0.8) edited = edited.replace(from, to);
        if (edited === written) edited = `${written} Schau vorbei.`;
        add({ text: edited }, "edited", 5, null);
      }
    }
    await insert("briefs", rows.briefs);
    await insert("generations", rows.generations);
    await insert("drafts", rows.drafts);
    await insert("prompts", more.prompts, "on conflict do nothing");
    await insert("ratings", more.ratings);
    options.log?.(made);
  }
  return made;

  async function insert(table: string, list: object[], tail = ""): Promise<void> {
    if (list.length === 0) return;
    const columns = Object.keys(list[0] ?? {}).join(", ");
    await pool.query(
      `insert into hygge.${table} (${columns}) select ${columns} from jsonb_populate_recordset(null::hygge.${table}, $1::jsonb) ${tail}`,
      [JSON.stringify(list)],
    );
  }
}
