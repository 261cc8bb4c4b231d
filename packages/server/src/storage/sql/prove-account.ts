import type { Database, Transaction } from "../database.ts";
import type {
  NewAccount,
  NewUserIds,
  ProveAccountRequest,
  ProveAccountResult,
  User,
} from "../store.ts";
import { announce } from "./announce.ts";
import { announceAccount } from "./announce-users.ts";
import { dropPassword } from "./password-store.ts";
import { Overtaken, Refused, untilSettled } from "./until-settled.ts";
import { insertAccount, insertUser, prepareUserReads, spendCode } from "./user-rows.ts";

type RefusedProof = Exclude<ProveAccountResult, { kind: "proven" }>;

export interface Proof {
  readonly appId: string;
  readonly account: NewAccount;
  /** Whether an unknown account begins a user. */
  readonly allowSignUp: boolean;
  readonly isGuest: boolean;
  readonly newUser: NewUserIds;
  readonly maxUsers: number | null;
  readonly codeId: string | null;
}

/** The steps of every sign-in between proof and session; throws {@link Refused}. */
export function prepareProof(db: Database) {
  const users = prepareUserReads(db);
  const refuse = (kind: RefusedProof["kind"]) => new Refused<RefusedProof>({ kind });

  /** A disable, delete or unlink that runs now is seen from here on, or sees this sign-in. */
  async function lockUser(tx: Transaction, appId: string, userId: string): Promise<void> {
    const [row] = await tx.all(
      db.build
        .updateTable("users")
        .set({ last_sign_in_at: tx.now })
        .where("id", "=", userId)
        .where("app_id", "=", appId)
        .where("disabled_at", "is", null)
        .returning("id"),
    );
    if (row) return;
    if (await users.find(tx, appId, userId)) throw refuse("user_disabled");
    throw new Overtaken();
  }

  async function beginUser(tx: Transaction, request: Proof): Promise<void> {
    if (!request.allowSignUp) throw refuse("no_such_user");
    const { appId } = request;
    if (request.maxUsers !== null) {
      // Locks the app row: parallel sign-ups count each other's users.
      await tx.all(
        db.build
          .updateTable("apps")
          .set((row) => ({ name: row.ref("name") }))
          .where("id", "=", appId),
      );
      const counted = await tx.all(
        db.build
          .selectFrom("users")
          .select("id")
          .where("app_id", "=", appId)
          .limit(request.maxUsers),
      );
      if (counted.length >= request.maxUsers) throw refuse("too_many_users");
    }
    await insertUser(db, tx, appId, request.newUser, {
      isGuest: request.isGuest,
      customMetadata: null,
    });
    await insertAccount(db, tx, appId, request.newUser.id, request.account);
  }

  return {
    users,
    async prove(tx: Transaction, request: Proof): Promise<{ user: User; isNewUser: boolean }> {
      const { appId, account } = request;
      const known = await users.findByAccount(tx, appId, account);
      if (!known) await beginUser(tx, request);
      const userId = known?.id ?? request.newUser.id;
      await lockUser(tx, appId, userId);
      if (request.codeId && !(await spendCode(db, tx, request.codeId))) {
        throw refuse("code_spent");
      }
      const wasUnproven = known?.accounts.some(
        (each) =>
          each.type === account.type && each.subject === account.subject && !each.isVerified,
      );
      if (wasUnproven) await dropPassword(db, tx, userId);
      const verified = await tx.all(
        db.build
          .updateTable("accounts")
          .set({ latest_verified_at: tx.now, ...(wasUnproven && { unverified: null }) })
          .where("app_id", "=", appId)
          .where("type", "=", account.type)
          .where("subject", "=", account.subject)
          .where("user_id", "=", userId)
          .returning("id"),
      );
      if (verified.length === 0) throw new Overtaken();
      const user = (await users.find(tx, appId, userId)) as User;
      if (!known) await announce(db, tx, appId, "user.created", () => ({ user }));
      if (wasUnproven) await announceAccount(db, tx, "user.updated_account", user, account);
      return { user, isNewUser: !known };
    },
  };
}

export function prepareProveAccount(
  db: Database,
): (request: ProveAccountRequest) => Promise<ProveAccountResult> {
  const { prove } = prepareProof(db);
  return (request) =>
    untilSettled<ProveAccountResult>(db, async (tx) => ({
      kind: "proven",
      ...(await prove(tx, { ...request, isGuest: false })),
    }));
}
