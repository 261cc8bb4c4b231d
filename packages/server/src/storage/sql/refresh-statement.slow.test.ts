import { afterAll, beforeAll } from "vitest";
import { refreshAgreement } from "../testing/refresh-agreement.ts";
import { openStoreWorld } from "../testing/store-world.ts";
import { startTestPostgres, type TestPostgres } from "../testing/test-postgres.ts";

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.stop());

refreshAgreement("PostgreSQL", async () => openStoreWorld(await postgres.freshDatabaseUrl()), 2000);
