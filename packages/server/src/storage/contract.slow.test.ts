import { afterAll, beforeAll } from "vitest";
import { storeContract } from "./testing/store-contract.ts";
import { openStoreWorld } from "./testing/store-world.ts";
import { startTestPostgres, type TestPostgres } from "./testing/test-postgres.ts";

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.stop());

storeContract("PostgreSQL", async () => openStoreWorld(await postgres.freshDatabaseUrl()));
