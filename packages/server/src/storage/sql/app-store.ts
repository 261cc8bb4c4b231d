import type { Database } from "../database.ts";
import type { AppStore, TestAccountRecord } from "../store.ts";
import { sqlAppEdits } from "./app-edits.ts";
import { toApp } from "./rows.ts";

export function sqlAppStore(db: Database): AppStore {
  const testAccounts = (appId: string) =>
    db.build.selectFrom("test_accounts").selectAll().where("app_id", "=", appId);
  const toTestAccount = (row: {
    id: string;
    email: string;
    sealed_code: string;
    created_at: number;
    updated_at: number;
  }): TestAccountRecord => ({
    id: row.id,
    email: row.email,
    sealedCode: row.sealed_code,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  });

  return {
    create: (app, secrets) =>
      db.transaction(async (tx) => {
        const row = {
          id: app.id,
          client_id: app.clientId,
          name: app.name,
          kind: app.kind,
          settings: app.settings,
          created_at: tx.now,
          updated_at: tx.now,
        };
        await tx.all(db.build.insertInto("apps").values(row));
        for (const secret of secrets) {
          await tx.all(
            db.build.insertInto("app_secrets").values({
              ...secret,
              app_id: app.id,
              created_at: tx.now,
              expires_at: null,
            }),
          );
        }
        return toApp(row);
      }),

    async find(id) {
      const row = await db.first(db.build.selectFrom("apps").selectAll().where("id", "=", id));
      return row ? toApp(row) : null;
    },

    async findByClientId(clientId) {
      const row = await db.first(
        db.build.selectFrom("apps").selectAll().where("client_id", "=", clientId),
      );
      return row ? toApp(row) : null;
    },

    async findIdBySecret(kind, hash) {
      const now = await db.now();
      const row = await db.first(
        db.build
          .selectFrom("app_secrets")
          .select("app_id")
          .where("hash", "=", hash)
          .where("kind", "=", kind)
          .where((where) =>
            where.or([where("expires_at", "is", null), where("expires_at", ">", now)]),
          ),
      );
      return row?.app_id ?? null;
    },

    async list() {
      const rows = await db.all(
        db.build
          .selectFrom("apps")
          .selectAll()
          .where("kind", "<>", "internal")
          .orderBy("created_at")
          .orderBy("id"),
      );
      return rows.map(toApp);
    },

    async updateSettings(id, settings) {
      const now = await db.now();
      const rows = await db.write(
        db.build
          .updateTable("apps")
          .set({ settings, updated_at: now })
          .where("id", "=", id)
          .returning("id"),
      );
      return rows.length === 1;
    },

    ...sqlAppEdits(db),

    async clients(appId) {
      const rows = await db.all(
        db.build.selectFrom("app_clients").selectAll().where("app_id", "=", appId),
      );
      return rows.map(({ id, app_id, name, settings }) => ({ id, appId: app_id, name, settings }));
    },

    createClient: ({ id, appId, name, settings }) =>
      db.transaction(async (tx) => {
        await tx.all(
          db.build.insertInto("app_clients").values({
            id,
            app_id: appId,
            name,
            settings,
            created_at: tx.now,
            updated_at: tx.now,
          }),
        );
      }),

    async secretHashes(appId, kind) {
      const now = await db.now();
      const rows = await db.all(
        db.build
          .selectFrom("app_secrets")
          .select("hash")
          .where("app_id", "=", appId)
          .where("kind", "=", kind)
          .where((where) =>
            where.or([where("expires_at", "is", null), where("expires_at", ">", now)]),
          ),
      );
      return rows.map((row) => row.hash);
    },

    replaceSecret: ({ id, appId, kind, hash }, overlapMs) =>
      db.transaction(async (tx) => {
        const end = tx.now + overlapMs;
        await tx.all(
          db.build
            .updateTable("app_secrets")
            .set({ expires_at: end })
            .where("app_id", "=", appId)
            .where("kind", "=", kind)
            .where((where) =>
              where.or([where("expires_at", "is", null), where("expires_at", ">", end)]),
            ),
        );
        await tx.all(
          db.build
            .insertInto("app_secrets")
            .values({ id, app_id: appId, kind, hash, created_at: tx.now, expires_at: null }),
        );
      }),

    async testAccounts(appId) {
      return (await db.all(testAccounts(appId).orderBy("created_at"))).map(toTestAccount);
    },

    async findTestAccount(appId, email) {
      const row = await db.first(testAccounts(appId).where("email", "=", email));
      return row ? toTestAccount(row) : null;
    },

    addTestAccount: (account) =>
      db.transaction(async (tx) => {
        // Enabling again revokes the set before.
        await tx.all(db.build.deleteFrom("test_accounts").where("app_id", "=", account.appId));
        await tx.all(
          db.build.insertInto("test_accounts").values({
            id: account.id,
            app_id: account.appId,
            email: account.email,
            sealed_code: account.sealedCode,
            created_at: tx.now,
            updated_at: tx.now,
          }),
        );
      }),

    async removeTestAccounts(appId) {
      const rows = await db.write(
        db.build.deleteFrom("test_accounts").where("app_id", "=", appId).returning("id"),
      );
      return rows.length;
    },

    async allowlist(appId) {
      const rows = await db.all(
        db.build
          .selectFrom("allowlist")
          .selectAll()
          .where("app_id", "=", appId)
          .orderBy("created_at")
          .orderBy("id"),
      );
      return rows.map(({ id, type, value, created_at }) => ({
        id,
        type,
        value,
        createdAt: created_at,
      }));
    },

    async isOnAllowlist(appId, email, domain) {
      const row = await db.first(
        db.build
          .selectFrom("allowlist")
          .select("id")
          .where("app_id", "=", appId)
          .where((where) =>
            where.or([
              where.and({ type: "email", value: email }),
              where.and({ type: "email_domain", value: domain }),
            ]),
          )
          .limit(1),
      );
      return row !== undefined;
    },

    addToAllowlist: ({ id, appId, type, value }) =>
      db.transaction(async (tx) => {
        await tx.all(
          db.build
            .insertInto("allowlist")
            .values({ id, app_id: appId, type, value, created_at: tx.now })
            .onConflict((conflict) => conflict.columns(["app_id", "type", "value"]).doNothing()),
        );
        const row = await tx.first(
          db.build
            .selectFrom("allowlist")
            .selectAll()
            .where("app_id", "=", appId)
            .where("type", "=", type)
            .where("value", "=", value),
        );
        if (!row) throw new Error("The allowlist entry just written is not there.");
        return { id: row.id, type: row.type, value: row.value, createdAt: row.created_at };
      }),

    async removeFromAllowlist(appId, type, value) {
      const rows = await db.write(
        db.build
          .deleteFrom("allowlist")
          .where("app_id", "=", appId)
          .where("type", "=", type)
          .where("value", "=", value)
          .returning("id"),
      );
      return rows.length === 1;
    },
  };
}
