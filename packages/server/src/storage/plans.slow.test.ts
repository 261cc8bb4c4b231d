import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openDatabase } from "./open-database.ts";
import { planContract } from "./testing/plan-contract.ts";
import { DAY, newApp, signIn, signInRequest } from "./testing/samples.ts";
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

test("a refresh writes no index, however many there are: PostgreSQL keeps the row in its page", async () => {
  const world = await openStoreWorld(await postgres.freshDatabaseUrl());
  const { db, store } = world;
  const { session } = await signIn(store, signInRequest(await newApp(store)));
  const moves = 50;
  for (let generation = 0; generation < moves; generation++) {
    const { session: before, now } = await store.sessions.read(session.id);
    if (!before) throw new Error("the session is gone");
    const moved = await store.sessions.refresh({
      before,
      tokenHash: before.tokenHash,
      presented: generation,
      now,
      policy: { windowMs: 0, lateReplay: "forgive_once", idleMs: 30 * DAY },
      currentKid: "kid-1",
      predicted: "moved",
      requireClock: () => undefined,
    });
    expect(moved?.outcome).toBe("moved");
  }
  const updates = () =>
    db.first<{ n: number; hot: number }>(
      sql<{ n: number; hot: number }>`SELECT n_tup_upd AS n, n_tup_hot_upd AS hot
        FROM pg_stat_user_tables WHERE relname = 'sessions'`.compile(db.build),
    );
  // It tells its counters a second later.
  await expect.poll(updates, { timeout: 20_000 }).toEqual({ n: moves, hot: moves });
  await world.close();
});
