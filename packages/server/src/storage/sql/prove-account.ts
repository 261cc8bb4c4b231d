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
import { dropWaysIn } from "./drop-ways-in.ts";
import { joinedByAddress } from "./join-by-address.ts";
import { dropPassword } from "./password-store.ts";
import { spendStep } from "./provider-step-store.ts";
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

interface Proven {
  readonly user: User;
  readonly isNewUser: boolean;
  readonly hasJoined: boolean;
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
    const email = request.account.provider?.email ?? null;
    const address = email === null ? null : { type: "email", subject: email };
    if (address && !(await users.findByAccount(tx, appId, address))) {
      await insertAccount(db, tx, appId, request.newUser.id, address);
    }
  }

  /** Adds the account to whoever it joins, as long as nothing about them changed meanwhile. */
  async function join(tx: Transaction, { appId, account }: Proof, user: User): Promise<void> {
    const locked = await joinedByAddress(users, tx, appId, account);
    if (locked?.id !== user.id) throw new Overtaken();
    await insertAccount(db, tx, appId, user.id, account);
  }

  return {
    users,
    async prove(tx: Transaction, request: Proof): Promise<Proven> {
      const { appId, account } = request;
      const known = await users.findByAccount(tx, appId, account);
      // What makes a new passkey proves nothing of one that is there.
      if (known && account.passkey) throw refuse("account_taken");
      const joined = known ? null : await joinedByAddress(users, tx, appId, account);
      if (!known && !joined) await beginUser(tx, request);
      const userId = (known ?? joined)?.id ?? request.newUser.id;
      await lockUser(tx, appId, userId);
      if (joined) await join(tx, request, joined);
      if (request.codeId && !(await spendCode(db, tx, request.codeId))) {
        throw refuse("code_spent");
      }
      const stepId = account.provider?.stepId ?? null;
      if (stepId !== null && !(await spendStep(db, tx, stepId))) throw refuse("code_spent");
      const wasUnproven = known?.accounts.some(
        (each) =>
          each.type === account.type && each.subject === account.subject && !each.isVerified,
      );
      if (known && wasUnproven) {
        await dropPassword(db, tx, userId);
        await dropWaysIn(db, tx, known);
      }
      const verified = await tx.all(
        db.build
          .updateTable("accounts")
          .set({
            latest_verified_at: tx.now,
            ...(wasUnproven && { unverified: null }),
            ...(account.data && { data: JSON.stringify(account.data) }),
          })
          .where("app_id", "=", appId)
          .where("type", "=", account.type)
          .where("subject", "=", account.subject)
          .where("user_id", "=", userId)
          .returning("id"),
      );
      if (verified.length === 0) throw new Overtaken();
      const user = (await users.find(tx, appId, userId)) as User;
      const isNewUser = !known && !joined;
      if (isNewUser) await announce(db, tx, appId, "user.created", () => ({ user }));
      if (joined) await announceAccount(db, tx, "user.linked_account", user, account);
      if (wasUnproven) await announceAccount(db, tx, "user.updated_account", user, account);
      return { user, isNewUser, hasJoined: joined !== null };
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
