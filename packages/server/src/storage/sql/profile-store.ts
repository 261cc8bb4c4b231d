import { sql } from "kysely";
import { type Database, type Transaction, UniqueViolation } from "../database.ts";
import type { ProfileChange, ProfileStore, User } from "../store.ts";
import { announce } from "./announce.ts";
import { announceAccount } from "./announce-users.ts";
import { endOthers } from "./end-others.ts";
import { readPage } from "./page.ts";
import { setPassword } from "./password-store.ts";
import type { UserRow } from "./rows.ts";
import { Refused } from "./until-settled.ts";
import { insertAccount, insertUser, prepareUserReads, spendCode } from "./user-rows.ts";
import { verifyAddress } from "./verify-address.ts";

/** Users as the app-server protocol has them. */
export function sqlProfileStore(db: Database): ProfileStore {
  const reads = prepareUserReads(db);

  async function findBy(appId: string, column: "server_id" | "external_id", value: string) {
    const row = await db.first(
      db.build
        .selectFrom("users")
        .select("id")
        .where("app_id", "=", appId)
        .where(column, "=", value),
    );
    return row ? reads.find(db, appId, row.id) : null;
  }

  /** Which of the two unique names a violation was about. */
  async function taken(appId: string, externalId: string | null | undefined, self: string | null) {
    const other = externalId ? await findBy(appId, "external_id", externalId) : null;
    return other && other.id !== self ? "external_id_taken" : "email_taken";
  }

  async function writeProfile(tx: Transaction, id: string, profile: ProfileChange) {
    const changed = await tx.all(
      db.build
        .updateTable("users")
        .set({ ...columns(profile), updated_at: tx.now })
        .where("id", "=", id)
        .returning("id"),
    );
    return changed.length === 1;
  }

  const setVerified = (tx: Transaction, userId: string, verified: boolean) =>
    tx.all(
      db.build
        .updateTable("accounts")
        .set({ unverified: verified ? null : 1 })
        .where("user_id", "=", userId)
        .where("type", "=", "email"),
    );

  return {
    findByServerId: (appId, serverId) => findBy(appId, "server_id", serverId),
    findByExternalId: (appId, externalId) => findBy(appId, "external_id", externalId),

    async page(appId, { email, organizationId }, page) {
      const address = email === null ? sql`` : sql`AND a.subject = ${email}`;
      const member =
        organizationId === null
          ? sql``
          : sql`AND EXISTS (SELECT 1 FROM organization_memberships m
              WHERE m.user_id = users.id AND m.organization_id = ${organizationId})`;
      const where = sql`app_id = ${appId} AND EXISTS (SELECT 1 FROM accounts a
        WHERE a.user_id = users.id AND a.type = 'email' ${address}) ${member}`;
      const { items, ...ends } = await readPage<UserRow>(db, "users", where, page, "server_id");
      return { ...ends, items: await reads.complete(db, items) };
    },

    async create(appId, { ids, email, verified, profile, passwordHash }) {
      try {
        return await db.transaction(async (tx) => {
          await insertUser(db, tx, appId, ids, { isGuest: false, customMetadata: null });
          await insertAccount(db, tx, appId, ids.id, { type: "email", subject: email });
          await writeProfile(tx, ids.id, profile);
          if (!verified) await setVerified(tx, ids.id, false);
          if (passwordHash !== null) await setPassword(db, tx, ids.id, passwordHash);
          const user = (await reads.find(tx, appId, ids.id)) as User;
          await announce(db, tx, appId, "user.created", () => ({ user }));
          return { kind: "created", user };
        });
      } catch (error) {
        if (!(error instanceof UniqueViolation)) throw error;
        return { kind: await taken(appId, profile.externalId, null) };
      }
    },

    async verifyEmail({ appId, id, email, codeId }) {
      try {
        return await db.transaction(async (tx) => {
          const verified = await verifyAddress(db, tx, { appId, userId: id, email });
          if (!verified || !(await spendCode(db, tx, codeId))) throw new Refused(null);
          return reads.find(tx, appId, id);
        });
      } catch (error) {
        if (error instanceof Refused) return null;
        throw error;
      }
    },

    async update(appId, id, { profile, email, verified, passwordHash }) {
      type Result = Awaited<ReturnType<ProfileStore["update"]>>;
      try {
        return await db.transaction<Result>(async (tx) => {
          const before = await reads.find(tx, appId, id);
          if (!before || !(await writeProfile(tx, id, profile))) {
            throw new Refused<Result>({ kind: "no_such_user" });
          }
          const current = before.accounts.find((account) => account.type === "email");
          if (email !== null && current?.subject !== email) {
            await tx.all(
              db.build.deleteFrom("accounts").where("user_id", "=", id).where("type", "=", "email"),
            );
            await insertAccount(db, tx, appId, id, { type: "email", subject: email });
            // Nobody has proven the new address, unless the backend says so.
            if (verified === null) await setVerified(tx, id, false);
            if (current) {
              const user = { appId, userId: id, sid: null };
              await endOthers(db, tx, user, { event: "account_updated", account: current });
            }
          }
          if (verified !== null) await setVerified(tx, id, verified);
          if (passwordHash !== null) await setPassword(db, tx, id, passwordHash);
          const user = (await reads.find(tx, appId, id)) as User;
          const now = user.accounts.find((account) => account.type === "email");
          if (now && (now.subject !== current?.subject || now.isVerified !== current.isVerified)) {
            const type = current ? "user.updated_account" : "user.linked_account";
            await announceAccount(db, tx, type, user, now);
          }
          return { kind: "updated", user };
        });
      } catch (error) {
        if (error instanceof Refused) return error.result as Result;
        if (!(error instanceof UniqueViolation)) throw error;
        return { kind: await taken(appId, profile.externalId, id) };
      }
    },
  };
}

function columns(profile: ProfileChange) {
  return {
    ...(profile.firstName !== undefined && { first_name: profile.firstName }),
    ...(profile.lastName !== undefined && { last_name: profile.lastName }),
    ...(profile.profilePictureUrl !== undefined && {
      profile_picture_url: profile.profilePictureUrl,
    }),
    ...(profile.externalId !== undefined && { external_id: profile.externalId }),
    ...(profile.locale !== undefined && { locale: profile.locale }),
    ...(profile.metadata !== undefined && { metadata: JSON.stringify(profile.metadata) }),
  };
}
