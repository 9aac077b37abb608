/** What needs several databases and models of its own. */
import path from "node:path";
import { expect, test } from "vitest";
import { freshDatabase, livePostgres } from "#test/fixtures/servers.ts";
import { hygge, startServer, temporary } from "./hygge.ts";
import { call } from "./in-process.ts";

test("a draft opens everything, writes, and closes; a server can start afterwards", async () => {
  const home = await temporary();
  const env = { HYGGE_DATA_DIR: home.dir };
  const alone = await hygge(["draft", "Lampe Ljus, Messing, 49 €"], { env });
  expect([0, 3]).toContain(alone.code);
  expect(alone.stdout).toContain("Ljus");
  const server = await startServer(env);
  const { stdout } = await call(["mine"], "en", env);
  expect(stdout.split("\n")).toHaveLength(2);
  expect(await server.stop()).toBe(0);
  await home.remove();
});

test("a backup comes back elsewhere as it was, and not over what is there unless forced", async () => {
  const [home, other] = [await temporary(), await temporary()];
  const [here, there] = [home, other].map(({ dir }) => ({ HYGGE_DATA_DIR: dir }));
  for (const brief of ["Lampe Ljus, Messing, 49 €", "Sofa Ekeby, Leinen, 899 €"])
    await call(["draft", brief], "en", here);
  const file = path.join(home.dir, "all.backup");
  expect(await call(["backup", file], "de", here)).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(/^Gesichert: /),
  });
  expect(await call(["restore", file], "de", there)).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(/^Eingespielt: /),
  });
  const mine = async (env?: Record<string, string>) =>
    JSON.parse((await call(["mine", "--json"], "en", env)).stdout);
  expect(await mine(there)).toEqual(await mine(here));
  expect(await mine(here)).toHaveLength(2);
  expect(await call(["restore", file], "en", there)).toMatchObject({
    code: 2,
    stderr: `${other.dir} already holds 2 briefs. Take an empty database, or overwrite it with --force.\n`,
  });
  expect((await call(["restore", file, "--force"], "en", there)).code).toBe(0);
  await Promise.all([home.remove(), other.remove()]);
});

const postgres = await livePostgres();
test.skipIf(postgres === undefined)(
  "moving to PostgreSQL takes everything along, and it goes on there",
  async () => {
    const home = await temporary();
    const database = await freshDatabase(postgres ?? "");
    const env = { HYGGE_DATA_DIR: home.dir };
    await call(["draft", "Lampe Ljus, Messing, 49 €"], "en", env);
    const mine = async (more = {}) =>
      JSON.parse((await call(["mine", "--json"], "en", { ...env, ...more })).stdout);
    const before = await mine();
    expect(await call(["move", "--to", database.url], "en", env)).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(
        /^Moved: \d+ records to postgres:.*Start Hygge with DATABASE_URL now\.\n$/,
      ),
    });
    expect(await mine({ DATABASE_URL: database.url })).toEqual(before);
    const next = await call(["draft", "Sofa Ekeby, Leinen, 899 €"], "en", {
      ...env,
      DATABASE_URL: database.url,
    });
    expect([0, 3]).toContain(next.code);
    expect(await mine({ DATABASE_URL: database.url })).toHaveLength(2);
    await database.drop();
    await home.remove();
  },
);
