import type { Database } from "../database.ts";
import type { CompletePendingResult, PendingSignIn, PendingSignInStore } from "../store.ts";
import { hasReplay, prepareBeginProven } from "./begin-proven.ts";
import { keepReplay } from "./insert-session.ts";
import { Refused, untilSettled } from "./until-settled.ts";
import { spendCode } from "./user-rows.ts";
import { verifyAddress } from "./verify-address.ts";

export function sqlPendingSignInStore(db: Database): PendingSignInStore {
  const begin = prepareBeginProven(db);

  return {
    create: (pending) =>
      db.transaction(async (tx) => {
        await tx.all(
          db.build.insertInto("pending_sign_ins").values({
            id: pending.id,
            app_id: pending.appId,
            user_id: pending.userId,
            waits_for: pending.waitsFor,
            email: pending.email,
            auth_method: pending.authMethod,
            authenticated_at: tx.now,
            created_at: tx.now,
            expires_at: tx.now + pending.lifetimeMs,
            used_at: null,
          }),
        );
      }),

    async find(appId, id) {
      const now = await db.now();
      const row = await db.first(
        db.build
          .selectFrom("pending_sign_ins")
          .selectAll()
          .where("id", "=", id)
          .where("app_id", "=", appId)
          .where("used_at", "is", null)
          .where("expires_at", ">", now),
      );
      if (!row) return null;
      return {
        id: row.id,
        appId: row.app_id,
        userId: row.user_id,
        waitsFor: row.waits_for as PendingSignIn["waitsFor"],
        email: row.email,
        authMethod: row.auth_method,
        authenticatedAt: row.authenticated_at,
      };
    },

    complete: (request) =>
      untilSettled<CompletePendingResult>(db, async (tx) => {
        const [row] = await tx.all(
          db.build
            .updateTable("pending_sign_ins")
            .set({ used_at: tx.now })
            .where("id", "=", request.id)
            .where("app_id", "=", request.session.appId)
            .where("used_at", "is", null)
            .where("expires_at", ">", tx.now)
            .returningAll(),
        );
        if (!row) {
          const repeats = await hasReplay(db, tx, request.replay?.id);
          return { kind: repeats ? "repeated" : "code_expired" };
        }
        if (request.replay && !(await keepReplay(db, tx, request.replay))) {
          throw new Refused<CompletePendingResult>({ kind: "repeated" });
        }
        const { app_id: appId, user_id: userId, email } = row;
        if (request.codeId !== null) {
          if (!(await spendCode(db, tx, request.codeId))) {
            throw new Refused<CompletePendingResult>({ kind: "code_spent" });
          }
          if (!(await verifyAddress(db, tx, { appId, userId, email }))) {
            throw new Refused<CompletePendingResult>({ kind: "no_such_user" });
          }
        }
        const proven = {
          appId,
          userId,
          authenticatedAt: row.authenticated_at,
          impersonator: null,
          organizationId: request.organizationId,
        };
        const session = { ...request.session, authMethod: row.auth_method };
        return { kind: "signed_in", ...(await begin(tx, proven, session)) };
      }),
  };
}
