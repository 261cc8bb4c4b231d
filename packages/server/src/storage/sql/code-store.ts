import { sql } from "kysely";
import type { Database } from "../database.ts";
import type { CodeStore } from "../store.ts";

export function sqlCodeStore(db: Database): CodeStore {
  return {
    create: (code, maxLive) =>
      db.transaction(async (tx) => {
        // One row per address, locked first: parallel requests count each other's codes.
        const gate = `codes:${code.appId}:${code.addressHash}`;
        await tx.all(
          db.build
            .insertInto("limits")
            .values({ id: gate, used: 0, resets_at: tx.now + code.lifetimeMs })
            .onConflict((conflict) =>
              conflict.column("id").doUpdateSet({ resets_at: tx.now + code.lifetimeMs }),
            ),
        );
        const live = await tx.all(
          db.build
            .selectFrom("codes")
            .select("id")
            .where("app_id", "=", code.appId)
            .where("address_hash", "=", code.addressHash)
            .where("used_at", "is", null)
            .where("expires_at", ">", tx.now)
            .limit(maxLive),
        );
        if (live.length >= maxLive) return false;
        await tx.all(
          db.build.insertInto("codes").values({
            id: code.id,
            app_id: code.appId,
            address_hash: code.addressHash,
            binding: code.binding,
            cookie_binding: code.cookieBinding,
            code_hash: code.codeHash,
            attempts: 0,
            created_at: tx.now,
            expires_at: tx.now + code.lifetimeMs,
            used_at: null,
          }),
        );
        return true;
      }),

    attempt: ({ appId, addressHash, binding, cookieBinding, maxAttempts }) =>
      db.transaction(async (tx) => {
        const counted = await tx.all(
          db.build
            .updateTable("codes")
            .set((row) => ({ attempts: sql<number>`${row.ref("attempts")} + 1` }))
            .where("app_id", "=", appId)
            .where("address_hash", "=", addressHash)
            .where("used_at", "is", null)
            .where("expires_at", ">", tx.now)
            .where("attempts", "<", maxAttempts)
            // A code asked for with a cookie is good for that cookie only.
            .where((where) =>
              where.or([
                ...(cookieBinding === null ? [] : [where("cookie_binding", "=", cookieBinding)]),
                where.and([where("cookie_binding", "is", null), where("binding", "=", binding)]),
              ]),
            )
            .returning(["id", "code_hash"]),
        );
        return counted.map((row) => ({ id: row.id, codeHash: row.code_hash }));
      }),
  };
}
