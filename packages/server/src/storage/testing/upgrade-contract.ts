import { sql } from "kysely";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Database } from "../database.ts";
import { migrate } from "../migrate.ts";
import { first } from "../migrations/0001-first.ts";
import { migrations } from "../migrations/index.ts";
import { sqlStore } from "../sql/sql-store.ts";

const NOW = 1_900_000_000_000;
const raw = (db: Database, text: string) =>
  sql.raw<Record<string, unknown>>(text).compile(db.build);

/** Statements of version 1, as that release sent them. */
const V1 = {
  app: `INSERT INTO apps (id, client_id, name, kind, settings, created_at, updated_at)
    VALUES ('app1', 'client_1', 'App', 'production', '{}', ${NOW}, ${NOW})`,
  user: (id: string) => `INSERT INTO users (id, server_id, app_id, is_guest, accepted_terms_at,
    custom_metadata, disabled_at, created_at, last_sign_in_at)
    VALUES ('${id}', 'user_${id}', 'app1', 0, NULL, '{"plan":"pro"}', NULL, ${NOW}, ${NOW})`,
  account: (id: string) => `INSERT INTO accounts (id, user_id, app_id, type, subject, data,
    verified_at, first_verified_at, latest_verified_at)
    VALUES ('account-${id}', '${id}', 'app1', 'email', '${id}@example.com', '{}', ${NOW}, ${NOW}, ${NOW})`,
  session: (id: string, user: string) => `INSERT INTO sessions (id, protocol, app_id, client_id,
    delivery, user_id, token_hash, kid, generation, moved_at, late_generation, last_outcome,
    created_at, absolute_expires_at, idle_expires_at, idle_ms, ended_at, end_reason, auth_method,
    authenticated_at, user_agent, ip, impersonator, organization_id)
    VALUES ('${id}', 'browser', 'app1', NULL, 'body', '${user}', 'hash-${id}', 'kid', 3, ${NOW}, NULL,
    'moved', ${NOW}, ${NOW + 9e9}, ${NOW + 9e9}, 9000000000, NULL, NULL, 'email', ${NOW}, 'agent',
    '192.0.2.1', NULL, NULL)`,
  readUser: `SELECT u.*, a.type, a.subject FROM users u LEFT JOIN accounts a ON a.user_id = u.id
    WHERE u.id = 'ada'`,
  refresh: `UPDATE sessions SET generation = generation + 1 WHERE id = 'session-1' RETURNING *`,
  signInAgain: `UPDATE accounts SET latest_verified_at = ${NOW + 1} WHERE user_id = 'ada'`,
};

/** From every released schema version to this one. `open` gives the same fresh database within a test. */
export function upgradeContract(name: string, fresh: () => Promise<() => Database>): void {
  describe(`a ${name} database of schema version 1`, () => {
    let open: () => Database;
    let opened: Database[];
    let old: Database;
    beforeEach(async () => {
      const source = await fresh();
      opened = [];
      open = () => {
        const db = source();
        opened.push(db);
        return db;
      };
      old = open();
      await migrate(old, [first]);
      const rows = [V1.app, V1.user("ada"), V1.account("ada"), V1.session("session-1", "ada")];
      for (const row of rows) await old.write(raw(old, row));
    });
    afterEach(async () => {
      for (const db of opened) await db.close();
    });

    test("keeps users, accounts and sessions when it is brought up to date", async () => {
      const db = open();
      const result = await migrate(db, migrations);
      expect(result.applied).toEqual(migrations.slice(1).map((step) => step.name));
      const store = sqlStore(db);
      const user = await store.users.find("app1", "ada");
      expect(user).toMatchObject({
        id: "ada",
        serverId: "user_ada",
        customMetadata: { plan: "pro" },
        accounts: [{ type: "email", subject: "ada@example.com", isVerified: true }],
        profile: { firstName: null, externalId: null, metadata: {}, updatedAt: NOW },
      });
      const { session } = await store.sessions.read("session-1");
      expect(session).toMatchObject({
        generation: 3,
        tokenHash: "hash-session-1",
        organizationId: null,
        impersonator: null,
        userAgent: "agent",
      });
      expect(await store.profiles.findByServerId("app1", "user_ada")).toMatchObject({ id: "ada" });
      expect(await store.apps.findByClientId("client_1")).toMatchObject({ id: "app1" });
    });

    test("goes on serving version 1 while others run the new one: a rolling deployment", async () => {
      // Planned before the schema changes, as a running server has them.
      for (const text of [V1.readUser, V1.refresh]) await old.write(raw(old, text));
      await migrate(open(), migrations);
      expect(await migrate(old, [first])).toMatchObject({ applied: [] });
      const statements = [
        V1.user("bob"),
        V1.account("bob"),
        V1.session("session-2", "bob"),
        V1.readUser,
        V1.refresh,
        V1.signInAgain,
      ];
      for (const text of statements) {
        // A stale plan is answered 503 once, which every client repeats.
        await old.write(raw(old, text)).catch((error: { status?: number }) => {
          if (error.status !== 503) throw error;
          return old.write(raw(old, text));
        });
      }
      const store = sqlStore(open());
      expect((await store.sessions.read("session-1")).session?.generation).toBe(5);
      expect(await store.profiles.findByServerId("app1", "user_bob")).toMatchObject({
        accounts: [{ subject: "bob@example.com", isVerified: true }],
      });
    });
  });
}
