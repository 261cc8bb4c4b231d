import { sql } from "kysely";
import { afterAll, beforeAll } from "vitest";
import { openDatabase } from "./open-database.ts";
import { planContract } from "./testing/plan-contract.ts";
import { openStoreWorld } from "./testing/store-world.ts";
import { startTestPostgres, type TestPostgres } from "./testing/test-postgres.ts";

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.stop());

const NUMBERS = "FROM generate_series(1, 20000) AS n(i)";

/** Enough for PostgreSQL to plan as it does for many. */
const ROWS = [
  `INSERT INTO apps VALUES ('app', 'client_1', 'App', 'production', '{}', 1, 1)`,
  `INSERT INTO organizations (id, app_id, name, entitlements, feature_flags, created_at, updated_at)
    VALUES ('org_1', 'app', 'Org', '[]', '[]', 1, 1)`,
  `INSERT INTO users (id, server_id, app_id, is_guest, disabled_at, created_at, last_sign_in_at,
      first_name, last_name)
    SELECT md5('u' || i), 'user_' || i, 'app', (i % 50 = 0)::int, CASE WHEN i % 100 = 0 THEN 1 END,
      i * 1000, i * 1000, 'first' || i, 'last' || i ${NUMBERS}`,
  `INSERT INTO accounts (id, user_id, app_id, type, subject, data, verified_at, first_verified_at,
      latest_verified_at)
    SELECT 'a' || i, md5('u' || i), 'app', CASE WHEN i % 100 = 0 THEN 'passkey' ELSE 'email' END,
      i || '@example.com', '{}', i, i, i ${NUMBERS}`,
  `INSERT INTO organization_memberships (id, app_id, organization_id, user_id, roles, status,
      created_at, updated_at)
    SELECT 'm' || i, 'app', 'org_1', md5('u' || i), '[]', 'active', i, i ${NUMBERS} WHERE i % 50 = 0`,
  `INSERT INTO sessions (id, protocol, app_id, delivery, user_id, token_hash, kid, generation,
      moved_at, last_outcome, created_at, absolute_expires_at, idle_expires_at, idle_ms, ended_at,
      end_reason, auth_method, authenticated_at)
    SELECT 's' || i, 'browser', 'app', 'body', md5('u' || i % 7000), 'hash', 'kid', 0, i, 'moved', i,
      9000000000000, 9000000000000, 1, CASE WHEN i % 4 = 0 THEN i END,
      CASE WHEN i % 4 = 0 THEN 'logout' END, 'email', i ${NUMBERS}`,
  "ANALYZE",
];

// Where there is an index PostgreSQL takes it, of whatever size the table is, and says where there is none.
planContract("PostgreSQL", async () => {
  const url = await postgres.freshDatabaseUrl();
  const world = await openStoreWorld(url);
  const name = new URL(url).pathname.slice(1);
  for (const text of [...ROWS, `ALTER DATABASE ${name} SET enable_seqscan = off`]) {
    await world.db.write(sql.raw(text).compile(world.db.build));
  }
  await world.close();
  const db = openDatabase(url, { now: Date.now });
  return { db, appId: "app", close: () => db.close() };
});
