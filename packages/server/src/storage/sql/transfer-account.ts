import type { Database, Transaction } from "../database.ts";
import type { TransferRequest, TransferResult, User } from "../store.ts";
import { announce } from "./announce.ts";
import { endSessions } from "./end-sessions.ts";
import { spendStep } from "./provider-step-store.ts";
import { recordEvent } from "./session-events.ts";
import { Refused, untilSettled } from "./until-settled.ts";
import { prepareUserReads } from "./user-rows.ts";

/** Both user rows first, in one order whoever asks, so that no two transfers wait for each other. */
export function prepareTransfer(
  db: Database,
): (request: TransferRequest) => Promise<TransferResult> {
  const users = prepareUserReads(db);

  async function lock(tx: Transaction, appId: string, id: string): Promise<User | null> {
    const locked = await tx.all(
      db.build
        .updateTable("users")
        .set((row) => ({ app_id: row.ref("app_id") }))
        .where("id", "=", id)
        .where("app_id", "=", appId)
        .where("disabled_at", "is", null)
        .returning("id"),
    );
    return locked.length === 1 ? users.find(tx, appId, id) : null;
  }

  async function transfer(tx: Transaction, request: TransferRequest): Promise<TransferResult> {
    const { appId, fromId, toId, account, sid, stepId } = request;
    const locked = new Map<string, User | null>();
    for (const id of [fromId, toId].sort()) locked.set(id, await lock(tx, appId, id));
    const [from, to] = [locked.get(fromId), locked.get(toId)];
    if (!to) return { kind: "no_such_user" };
    const [moved, ...others] = from?.accounts ?? [];
    const isSole = moved?.type === account.type && moved.subject === account.subject;
    if (!isSole || others.length > 0) return { kind: "linked_to_another_user" };
    if (to.accounts.some(({ type }) => type === account.type)) {
      return { kind: "cannot_link_more_of_type" };
    }
    if (!(await spendStep(db, tx, stepId))) throw new Refused({ kind: "code_spent" });
    await tx.all(
      db.build
        .updateTable("accounts")
        .set({ user_id: toId, latest_verified_at: tx.now })
        .where("app_id", "=", appId)
        .where("type", "=", account.type)
        .where("subject", "=", account.subject),
    );
    await tx.all(db.build.updateTable("users").set({ is_guest: 0 }).where("id", "=", toId));
    await tx.all(
      db.build.deleteFrom("accounts").where("user_id", "=", toId).where("type", "=", "guest"),
    );
    // Nobody could come in as that user any more.
    await tx.all(db.build.deleteFrom("users").where("id", "=", fromId).where("app_id", "=", appId));
    await endSessions(db, tx, { userId: fromId }, { reason: "user_deleted" });
    const data = { type: account.type };
    const session = { id: sid, appId, userId: toId };
    await recordEvent(db, tx, session, "account_linked", data);
    const user = (await users.find(tx, appId, toId)) as User;
    const shown = user.accounts.find(
      (each) => each.type === account.type && each.subject === account.subject,
    );
    if (shown) {
      await announce(db, tx, appId, "user.transferred_account", () => ({
        fromUserId: fromId,
        user,
        account: shown,
      }));
    }
    return { kind: "linked", user };
  }

  return (request) => untilSettled<TransferResult>(db, (tx) => transfer(tx, request));
}
