/** 200 commands at once, on our own small Discord: each answered in Discord's three seconds, each draft posted once. */
import { expect, it } from "vitest";
import { scriptedModel } from "#test/fixtures/scripted-model.ts";
import { openFake } from "./fake.ts";
import { eventually, openHouse } from "./house.ts";
import { draftTexts } from "./read.ts";

const commands = 200;
const people = 20;

it("a burst of 200 commands of 20 people", async () => {
  const fake = await openFake({ latencyMs: 40 });
  const model = scriptedModel([
    "Manche Abende brauchen nur einen Platz, an dem niemand aufsteht. Ekeby ist so ein Platz, aus Leinen, für 899 €. Komm vorbei.",
  ]);
  const house = await openHouse(fake, model);
  try {
    const started = Date.now();
    const asked = Array.from({ length: commands }, (_, i) =>
      fake.interact(
        2,
        {
          id: "1",
          name: "hygge",
          type: 1,
          options: [
            { name: "brief", type: 3, value: "Sofa Ekeby, Leinen, 899 €" },
            { name: "kanal", type: 3, value: "instagram" },
          ],
        },
        { userId: String(300000000000000001n + BigInt(i % people)) },
      ),
    );
    const answers = () => asked.filter(({ callback }) => callback).length;
    await eventually(async () => answers() === commands, "all answered", 20_000).catch(() => {
      throw new Error(`${answers()} of ${commands} were answered within 3 s`);
    });
    const waits = asked.map(({ answeredMs = Number.POSITIVE_INFINITY }) => answeredMs).sort((a, b) => a - b);
    console.log(`answered in ${waits[commands / 2]} ms (median), ${waits.at(-1)} ms (last)`);
    expect(waits.at(-1)).toBeLessThan(3_000);

    const posted = () =>
      fake
        .threads()
        .map(({ id }) => fake.messages(String(id)).filter((m) => draftTexts(m).length > 0).length);
    await eventually(
      async () => posted().reduce((sum, n) => sum + n, 0) >= commands,
      "all drafts are in their threads",
      600_000,
    );
    console.log(`all ${commands} drafts posted after ${Math.round((Date.now() - started) / 1000)} s`);
    const { rows } = await house.database.db.execute<{ n: number }>(
      "select count(*)::int as n from hygge.deliveries where status = 'posted' and kind = 'drafts'",
    );
    await eventually(async () => rows[0]?.n !== undefined, "counted");
    expect(posted()).toEqual(Array.from({ length: commands }, () => 1));
    expect(fake.problems).toEqual([]);
    const byStatus = Object.entries(
      fake.calls.reduce<Record<string, number>>((sums, { method, path, status }) => {
        const key = `${method} ${path.replace(/\d{15,}/g, ":id").replace(/token-[^/]+/, ":token")} ${status}`;
        sums[key] = (sums[key] ?? 0) + 1;
        return sums;
      }, {}),
    );
    console.log(byStatus.map(([key, n]) => `${n} ${key}`).join("\n"));
  } finally {
    await house.close();
    await fake.close();
  }
});
