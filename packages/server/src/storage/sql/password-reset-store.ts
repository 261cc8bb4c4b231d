import type { Selectable } from "kysely";
import type { Database } from "../database.ts";
import type { PasswordResetTable } from "../schema.ts";
import type { PasswordReset, PasswordResetStore, User } from "../store.ts";
import { dropWaysIn } from "./drop-ways-in.ts";
import { setPassword } from "./password-store.ts";
import { Refused, untilSettled } from "./until-settled.ts";
import { prepareUserReads } from "./user-rows.ts";
import { verifyAddress } from "./verify-address.ts";

type Redeemed = Awaited<ReturnType<PasswordResetStore["redeem"]>>;

export function sqlPasswordResetStore(db: Database): PasswordResetStore {
  const users = prepareUserReads(db);

  return {
    create: ({ tokenHash, lifetimeMs, ...reset }) =>
      db.transaction(async (tx) => {
        const made: PasswordReset = { ...reset, createdAt: tx.now, expiresAt: tx.now + lifetimeMs };
        await tx.all(
          db.build.insertInto("password_resets").values({
            id: made.id,
            app_id: made.appId,
            user_id: made.userId,
            email: made.email,
            token_hash: tokenHash,
            sealed_token: made.sealedToken,
            created_at: made.createdAt,
            expires_at: made.expiresAt,
            used_at: null,
          }),
        );
        return made;
      }),

    async find(appId, id) {
      const row = await db.first(
        db.build
          .selectFrom("password_resets")
          .selectAll()
          .where("id", "=", id)
          .where("app_id", "=", appId),
      );
      return row ? toReset(row) : null;
    },

    async findByToken(tokenHash) {
      const now = await db.now();
      const row = await db.first(
        db.build
          .selectFrom("password_resets")
          .selectAll()
          .where("token_hash", "=", tokenHash)
          .where("used_at", "is", null)
          .where("expires_at", ">", now),
      );
      return row ? toReset(row) : null;
    },

    redeem: ({ appId, tokenHash, passwordHash }) =>
      untilSettled<Redeemed>(db, async (tx) => {
        const [row] = await tx.all(
          db.build
            .updateTable("password_resets")
            .set({ used_at: tx.now })
            .where("token_hash", "=", tokenHash)
            .where("app_id", "=", appId)
            .where("used_at", "is", null)
            .where("expires_at", ">", tx.now)
            .returningAll(),
        );
        if (!row) return { kind: "invalid_token" };
        const { user_id: userId, email } = row;
        const user = await users.find(tx, appId, userId);
        if (user?.disabledAt !== null) throw new Refused<Redeemed>({ kind: "user_disabled" });
        // Where the user has another address by now, nobody proved that one.
        if (!(await verifyAddress(db, tx, { appId, userId, email }))) {
          throw new Refused<Redeemed>({ kind: "invalid_token" });
        }
        if (!emailOf(user, email)?.isVerified) await dropWaysIn(db, tx, user);
        await tx.all(
          db.build
            .updateTable("password_resets")
            .set({ used_at: tx.now })
            .where("user_id", "=", userId)
            .where("used_at", "is", null),
        );
        await setPassword(db, tx, userId, passwordHash);
        return { kind: "reset", user: (await users.find(tx, appId, userId)) as User };
      }),
  };
}

const emailOf = ({ accounts }: User, email: string) =>
  accounts.find(({ type, subject }) => type === "email" && subject === email);

function toReset(row: Selectable<PasswordResetTable>): PasswordReset {
  return {
    id: row.id,
    appId: row.app_id,
    userId: row.user_id,
    email: row.email,
    sealedToken: row.sealed_token,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  };
}
