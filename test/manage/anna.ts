/** Anna is everywhere in this workspace: her own briefs, what others say of her, payloads, files. */
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import pino from "pino";
import { openQueue, type QueueOptions } from "#queue/open.ts";
import { addAudit } from "#src/store/audit.ts";
import type { Database } from "#src/store/open.ts";
import { world } from "./world.ts";

const log = pino({ level: "silent" });

export const anna = "slack:T1/U0ANNA77";
export const name = "Anna Mustermann";
export const email = "anna.mustermann@example.org";
const needles = [anna, "U0ANNA77", name, email, "mustermann"];

/** Everything that the store holds, as text: each row of each table, the queue's too. */
export async function dump({ pool }: Database): Promise<string> {
  const { rows } = await pool.query<{ at: string }>(
    "select quote_ident(schemaname) || '.' || quote_ident(tablename) as at from pg_tables where schemaname in ('hygge', 'hygge_local', 'bullmq')",
  );
  let text = "";
  for (const { at } of rows)
    text += (await pool.query<{ row: string }>(`select to_jsonb(t)::text as row from ${at} t`)).rows
      .map((r) => r.row)
      .join("\n");
  return text;
}

export const found = (text: string) =>
  needles.filter((needle) => text.toLowerCase().includes(needle.toLowerCase()));

export async function withAnna(database: Database, dataDir: string, options: Partial<QueueOptions> = {}) {
  const w = world(database);
  await w.person(anna, name);
  const own = await w.brief(`Karte für ${name}, ${email}`, [`Liebe Grüße von ${name}.`], {
    person: anna,
    surface: "slack",
    thread: "D0ANNA",
  });
  await w.edit(own.drafts[0] ?? "", `Herzliche Grüße von ${name}.`, anna);
  await w.rate(own.drafts[0] ?? "", "down", { person: anna, comment: "Das gefällt mir nicht." });
  const others = await w.brief("Sofa Ekeby, Leinen", ["Das Sofa Anna steht im Licht."]);
  await w.rate(others.drafts[0] ?? "", "up", { comment: `Annas Idee, frag <@U0ANNA77> oder ${email}` });
  await w.edit(others.drafts[0] ?? "", "Das Sofa steht im Licht.", anna);
  await w.decide(others.drafts[0] ?? "", "reject", "web:chef", `Nicht wie mit ${name} besprochen.`);
  await addAudit(database.db, {
    personId: "web:chef",
    action: "note",
    data: { text: `von ${name}`, [email]: [anna] },
  });
  const queue = await openQueue({ database, log, ...options });
  await queue.deliver("slack", `D0/${anna}`);
  await mkdir(path.join(dataDir, "exports"), { recursive: true });
  const file = (at: string, text: string) => writeFile(path.join(dataDir, at), text);
  await file(
    "exports/sft.jsonl",
    `{"text":"von ${name}"}\n{"text":"ohne"}\n{"draft":"${own.drafts[0]}"}\n{"by":"alias-1","text":"bleibt"}\n`,
  );
  await file("exports/liste.csv", `brief,person\nSofa,${name}\nTisch,Bert\n`);
  await file("hygge.log", `12:00 ${anna} kam\n12:01 jemand kam\n`);
  return { w, own, others, queue };
}
