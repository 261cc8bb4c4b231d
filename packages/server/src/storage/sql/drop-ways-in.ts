import type { Database, Transaction } from "../database.ts";
import type { User } from "../store.ts";
import { announceAccount } from "./announce-users.ts";
import { endOthers } from "./end-others.ts";

/**
 * Takes from a user the passkeys and providers' accounts of before a mail first proved the
 * address, and ends what they began: whoever added them may be waiting there for the address's owner
 * (pre-hijacking), as with a password. `user` is as they were.
 */
export async function dropWaysIn(
  db: Database,
  tx: Transaction,
  { id: userId, appId, accounts, ...user }: User,
): Promise<void> {
  const isWayIn = ({ type, data }: User["accounts"][number]) =>
    type === "passkey" || data.issuer !== undefined;
  const left = accounts.filter((account) => !isWayIn(account));
  for (const account of accounts.filter(isWayIn)) {
    const { type, subject } = account;
    await tx.all(
      db.build
        .deleteFrom("accounts")
        .where("user_id", "=", userId)
        .where("type", "=", type)
        .where("subject", "=", subject),
    );
    await endOthers(db, tx, { appId, userId, sid: null }, { event: "account_unlinked", account });
    const now = { ...user, id: userId, appId, accounts: left };
    await announceAccount(db, tx, "user.unlinked_account", now, account);
  }
}
