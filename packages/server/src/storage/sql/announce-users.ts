import type { Database, Transaction } from "../database.ts";
import type { Account, AccountKey, Session, User, WebhookEventType } from "../store.ts";
import { announce } from "./announce.ts";

type Build = Pick<Database, "build">;

/** Somebody proved who they are, and began a session by it. */
export async function announceSignIn(
  db: Build,
  tx: Transaction,
  user: User,
  session: Session,
  key: AccountKey | null,
): Promise<void> {
  const { appId } = user;
  const account = key ? accountOf(user, key) : accountByMethod(user, session.authMethod);
  // Whoever acts in the user's place is not the user; and a guest has no account to tell of.
  if (account && account.type !== "guest" && !session.impersonator) {
    await announce(db, tx, appId, "user.authenticated", () => ({ user, account }));
  }
  await announce(db, tx, appId, "session.created", () => ({
    session,
    serverUserId: user.serverId,
  }));
}

type AccountEvent = Extract<
  WebhookEventType,
  "user.linked_account" | "user.unlinked_account" | "user.updated_account"
>;

/** `user` is as it is now; an account that is gone is not among theirs any more. */
export async function announceAccount(
  db: Build,
  tx: Transaction,
  type: AccountEvent,
  user: User | null,
  which: AccountKey | Account,
): Promise<void> {
  if (!user) return;
  const account = "verifiedAt" in which ? which : accountOf(user, which);
  if (!account || account.type === "guest") return;
  await announce(db, tx, user.appId, type, () => ({ user, account }));
}

const accountOf = (user: User, { type, subject }: AccountKey): Account | null =>
  user.accounts.find((each) => each.type === type && each.subject === subject) ?? null;

/** By what a session proven before was proven; nothing else tells it any more. */
function accountByMethod(user: User, method: string): Account | null {
  const sameName = user.accounts.find(({ type }) => type === method || type === `${method}_oauth`);
  return sameName ?? user.accounts.find(({ type }) => type === "email") ?? user.accounts[0] ?? null;
}
