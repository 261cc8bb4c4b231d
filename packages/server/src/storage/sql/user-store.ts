import { sql } from "kysely";
import { type Database, type Transaction, UniqueViolation } from "../database.ts";
import type { AccountKey, User, UserPlace, UserStore } from "../store.ts";
import { announce, isHeard } from "./announce.ts";
import { announceAccount } from "./announce-users.ts";
import { endOthers } from "./end-others.ts";
import { endSessions } from "./end-sessions.ts";
import { prepareProveAccount } from "./prove-account.ts";
import { spendStep } from "./provider-step-store.ts";
import { toAccount } from "./rows.ts";
import { recordEvent } from "./session-events.ts";
import { prepareTransfer } from "./transfer-account.ts";
import { Refused } from "./until-settled.ts";
import { insertAccount, insertUser, prepareUserReads, spendCode } from "./user-rows.ts";

export function sqlUserStore(db: Database): UserStore {
  const reads = prepareUserReads(db);

  /** Runs `work` all or nothing; a taken account becomes `taken`. */
  async function attempt<T>(work: (tx: Transaction) => Promise<T>, taken: T): Promise<T> {
    try {
      return await db.transaction(work);
    } catch (error) {
      if (error instanceof Refused) return error.result as T;
      if (error instanceof UniqueViolation) return taken;
      throw error;
    }
  }

  async function description(tx: Transaction, appId: string, id: string) {
    const user = await reads.find(tx, appId, id);
    return user && { user };
  }

  /** Locks the user row; undefined when it is gone or disabled. */
  const lockUser = (tx: Transaction, appId: string, id: string) =>
    tx.first(
      db.build
        .updateTable("users")
        .set((row) => ({ app_id: row.ref("app_id") }))
        .where("id", "=", id)
        .where("app_id", "=", appId)
        .where("disabled_at", "is", null)
        .returningAll(),
    );

  const accountsOf = (tx: Transaction, userId: string) =>
    tx.all(db.build.selectFrom("accounts").selectAll().where("user_id", "=", userId));

  const removeAccount = (tx: Transaction, userId: string, { type, subject }: AccountKey) =>
    tx.all(
      db.build
        .deleteFrom("accounts")
        .where("user_id", "=", userId)
        .where("type", "=", type)
        .where("subject", "=", subject)
        .returning("id"),
    );

  const pageOf = (appId: string, after: UserPlace | null, limit: number) => {
    let query = db.build
      .selectFrom("users")
      .selectAll()
      .where("app_id", "=", appId)
      .orderBy("created_at")
      .orderBy("id")
      .limit(limit);
    if (after !== null) {
      query = query.where(sql<boolean>`(created_at, id) > (${after.createdAt}, ${after.id})`);
    }
    return query;
  };

  async function updateUser(appId: string, id: string, change: Record<string, string | number>) {
    const changed = await db.write(
      db.build
        .updateTable("users")
        .set(change)
        .where("id", "=", id)
        .where("app_id", "=", appId)
        .returning("id"),
    );
    return changed.length === 1 ? reads.find(db, appId, id) : null;
  }

  return {
    find: (appId, id) => reads.find(db, appId, id),
    findByAccount: (appId, account) => reads.findByAccount(db, appId, account),

    proveAccount: prepareProveAccount(db),

    async list(appId, { after, limit }) {
      return reads.complete(db, await db.all(pageOf(appId, after, limit)));
    },

    async search(appId, { term, emails, after, limit }) {
      let query = pageOf(appId, after, limit);
      if (term !== null || emails.length > 0) {
        query = query.where((where) =>
          where.exists(
            where
              .selectFrom("accounts")
              .select("accounts.id")
              .whereRef("accounts.user_id", "=", "users.id")
              .where("accounts.type", "<>", "guest")
              .where((account) =>
                account.or([
                  ...(term === null
                    ? []
                    : [
                        sql<boolean>`lower(accounts.subject) LIKE ${likePattern(term)} ESCAPE '\\'`,
                      ]),
                  ...(emails.length === 0
                    ? []
                    : [
                        account.and([
                          account("accounts.type", "=", "email"),
                          account("accounts.subject", "in", [...emails]),
                        ]),
                      ]),
                ]),
              ),
          ),
        );
      }
      return reads.complete(db, await db.all(query));
    },

    async create(appId, users) {
      let at = 0;
      try {
        await db.transaction(async (tx) => {
          for (const [index, user] of users.entries()) {
            at = index;
            await insertUser(db, tx, appId, user.ids, {
              isGuest: false,
              customMetadata: user.customMetadata,
            });
            for (const account of user.accounts) {
              await insertAccount(db, tx, appId, user.ids.id, account);
            }
            await announce(db, tx, appId, "user.created", () =>
              description(tx, appId, user.ids.id),
            );
          }
        });
      } catch (error) {
        if (!(error instanceof UniqueViolation)) throw error;
        for (const account of users[at]?.accounts ?? []) {
          const user = await reads.findByAccount(db, appId, account);
          if (user) return { kind: "linked_to_another_user", user };
        }
        return { kind: "linked_to_another_user", user: null };
      }
      const created: User[] = [];
      for (const { ids } of users) {
        const user = await reads.find(db, appId, ids.id);
        if (user) created.push(user);
      }
      return { kind: "created", users: created };
    },

    setCustomMetadata: (appId, id, value) =>
      updateUser(appId, id, { custom_metadata: JSON.stringify(value) }),

    async acceptTerms(appId, id) {
      return updateUser(appId, id, { accepted_terms_at: await db.now() });
    },

    link: (appId, id, account, codeId, sid = null) =>
      attempt<Awaited<ReturnType<UserStore["link"]>>>(
        async (tx) => {
          if (!(await lockUser(tx, appId, id))) return { kind: "no_such_user" };
          const accounts = await accountsOf(tx, id);
          const alike = accounts.filter((each) => each.type === account.type);
          if (alike.length >= (account.type === "passkey" ? MAX_PASSKEYS : 1)) {
            return { kind: "cannot_link_more_of_type" };
          }
          if (codeId && !(await spendCode(db, tx, codeId))) return { kind: "code_spent" };
          const stepId = account.provider?.stepId ?? null;
          if (stepId !== null && !(await spendStep(db, tx, stepId))) return { kind: "code_spent" };
          await insertAccount(db, tx, appId, id, account);
          // From now on the account is the way in; the guest's credential is none any more.
          await tx.all(db.build.updateTable("users").set({ is_guest: 0 }).where("id", "=", id));
          await tx.all(
            db.build.deleteFrom("accounts").where("user_id", "=", id).where("type", "=", "guest"),
          );
          if (sid !== null) {
            const session = { id: sid, appId, userId: id };
            await recordEvent(db, tx, session, "account_linked", { type: account.type });
          }
          const user = (await reads.find(tx, appId, id)) as User;
          await announceAccount(db, tx, "user.linked_account", user, account);
          return { kind: "linked", user };
        },
        { kind: "linked_to_another_user" },
      ),

    unlink: (appId, id, account, sid = null) =>
      attempt<Awaited<ReturnType<UserStore["unlink"]>>>(
        async (tx) => {
          if (!(await lockUser(tx, appId, id))) return { kind: "no_such_user" };
          const accounts = await accountsOf(tx, id);
          const gone = accounts.find(
            (each) => each.type === account.type && each.subject === account.subject,
          );
          if (!gone) return { kind: "not_linked" };
          if (accounts.length === 1) return { kind: "sole_account" };
          await removeAccount(tx, id, account);
          await endOthers(
            db,
            tx,
            { appId, userId: id, sid },
            { event: "account_unlinked", account },
          );
          const user = (await reads.find(tx, appId, id)) as User;
          await announceAccount(db, tx, "user.unlinked_account", user, toAccount(gone));
          return { kind: "unlinked", user };
        },
        { kind: "not_linked" },
      ),

    transferAccount: prepareTransfer(db),

    replaceAccount: ({ appId, id, from, to, codeId, sid }) =>
      attempt<Awaited<ReturnType<UserStore["replaceAccount"]>>>(
        async (tx) => {
          if (!(await lockUser(tx, appId, id))) return { kind: "no_such_user" };
          const removed = await removeAccount(tx, id, from);
          if (removed.length === 0) return { kind: "not_linked" };
          if (codeId && !(await spendCode(db, tx, codeId))) {
            throw new Refused({ kind: "code_spent" });
          }
          await insertAccount(db, tx, appId, id, to);
          await endOthers(
            db,
            tx,
            { appId, userId: id, sid },
            { event: "account_updated", account: from },
          );
          const user = (await reads.find(tx, appId, id)) as User;
          await announceAccount(db, tx, "user.updated_account", user, to);
          return { kind: "linked", user };
        },
        { kind: "linked_to_another_user" },
      ),

    setDisabled: (appId, id, disabled) =>
      db.transaction(async (tx) => {
        const changed = await tx.all(
          db.build
            .updateTable("users")
            .set({ disabled_at: disabled ? tx.now : null })
            .where("id", "=", id)
            .where("app_id", "=", appId)
            .returning("id"),
        );
        if (changed.length === 0) return false;
        const type = disabled ? "user.disabled" : "user.enabled";
        await announce(db, tx, appId, type, () => description(tx, appId, id));
        if (!disabled) return true;
        // Enabling the user again must not bring back who was signed in before.
        await tx.all(db.build.deleteFrom("sign_ins").where("user_id", "=", id));
        await endSessions(db, tx, { userId: id }, { reason: "user_disabled" });
        return true;
      }),

    delete: (appId, id) =>
      db.transaction(async (tx) => {
        const isTold = await isHeard(db, tx, appId, "user.deleted");
        const user = isTold ? await reads.find(tx, appId, id) : null;
        const gone = await tx.all(
          db.build
            .deleteFrom("users")
            .where("id", "=", id)
            .where("app_id", "=", appId)
            .returning("id"),
        );
        if (gone.length === 0) return false;
        if (user) await announce(db, tx, appId, "user.deleted", () => ({ user }));
        await endSessions(db, tx, { userId: id }, { reason: "user_deleted" });
        return true;
      }),
  };
}

/** Enough for every device of a person, and a list that can still be read. */
const MAX_PASSKEYS = 20;

/** Matches `term` anywhere, with LIKE's own signs taken literally. */
function likePattern(term: string): string {
  return `%${term.toLowerCase().replace(/[\\%_]/g, "\\$&")}%`;
}
