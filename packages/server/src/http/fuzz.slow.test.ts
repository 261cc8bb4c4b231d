import { afterAll } from "vitest";
import { startTestPostgres, type TestPostgres } from "../storage/testing/test-postgres.ts";
import { fuzzContract } from "./testing/fuzz-contract.ts";

let postgres: TestPostgres | undefined;

// Hooks after all run in reverse: the server closes first.
afterAll(() => postgres?.stop());

fuzzContract(async () => {
  postgres = await startTestPostgres();
  return postgres.freshDatabaseUrl();
}, 100);
