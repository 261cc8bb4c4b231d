import { afterAll, beforeAll } from "vitest";
import { startTestPostgres, type TestPostgres } from "../../storage/testing/test-postgres.ts";
import { appServerFuzz } from "../testing/app-server-fuzz.ts";

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.stop());

appServerFuzz(() => postgres.freshDatabaseUrl(), 1500);
