import type { Database } from "../database.ts";
import type { KeyStore } from "../store.ts";
import { toSigningKey } from "./rows.ts";

export function sqlKeyStore(db: Database): KeyStore {
  return {
    async signingKeys(appId, protocol) {
      const now = await db.now();
      const rows = await db.all(
        db.build
          .selectFrom("signing_keys")
          .selectAll()
          .where("app_id", "=", appId)
          .where("protocol", "=", protocol)
          .where((where) =>
            where.or([where("retired_at", "is", null), where("retired_at", ">", now)]),
          )
          .orderBy("active_at")
          .orderBy("kid"),
      );
      return rows.map(toSigningKey);
    },

    addSigningKey: (key, { leadMs, overlapMs }) =>
      db.transaction(async (tx) => {
        const activeAt = tx.now + leadMs;
        await tx.all(
          db.build
            .updateTable("signing_keys")
            .set({ retired_at: activeAt + overlapMs })
            .where("app_id", "=", key.appId)
            .where("protocol", "=", key.protocol)
            .where((where) =>
              where.or([
                where("retired_at", "is", null),
                where("retired_at", ">", activeAt + overlapMs),
              ]),
            ),
        );
        await tx.all(
          db.build.insertInto("signing_keys").values({
            kid: key.kid,
            app_id: key.appId,
            protocol: key.protocol,
            alg: "ES256",
            public_jwk: JSON.stringify(key.publicJwk),
            sealed_private_jwk: key.sealedPrivateJwk,
            created_at: tx.now,
            active_at: activeAt,
            retired_at: null,
          }),
        );
      }),

    async tokenKeys() {
      const rows = await db.all(
        db.build.selectFrom("token_keys").selectAll().orderBy("active_at").orderBy("kid"),
      );
      return rows.map((row) => ({
        kid: row.kid,
        salt: row.salt,
        activeAt: row.active_at,
        retiredAt: row.retired_at,
      }));
    },

    addTokenKey: ({ kid, salt }) =>
      db.transaction(async (tx) => {
        await tx.all(
          db.build
            .insertInto("token_keys")
            .values({ kid, salt, created_at: tx.now, active_at: tx.now, retired_at: null }),
        );
      }),

    async retireTokenKey(kid) {
      const now = await db.now();
      const rows = await db.write(
        db.build
          .updateTable("token_keys")
          .set({ retired_at: now })
          .where("kid", "=", kid)
          .where("retired_at", "is", null)
          .returning("kid"),
      );
      return rows.length === 1;
    },

    async setMeta(key, value) {
      await db.write(
        db.build
          .insertInto("meta")
          .values({ key, value })
          .onConflict((conflict) => conflict.column("key").doUpdateSet({ value })),
      );
    },

    meta: (key, valueIfAbsent) =>
      db.transaction(async (tx) => {
        if (valueIfAbsent !== undefined) {
          await tx.all(
            db.build
              .insertInto("meta")
              .values({ key, value: valueIfAbsent })
              .onConflict((conflict) => conflict.column("key").doNothing()),
          );
        }
        const row = await tx.first(
          db.build.selectFrom("meta").select("value").where("key", "=", key),
        );
        return row?.value ?? null;
      }),
  };
}
