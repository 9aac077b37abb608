import { describe } from "vitest";
import { storeContract } from "#test/contracts/store.ts";
import { memoryDatabase, serverDatabase } from "#test/fixtures/database.ts";
import { livePostgres } from "#test/fixtures/servers.ts";

storeContract("PGlite", memoryDatabase);

const postgres = await livePostgres();
describe.skipIf(postgres === undefined)("live", () => {
  storeContract("PostgreSQL", () => serverDatabase(postgres ?? ""));
});
