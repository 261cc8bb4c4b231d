import type { Database, Transaction } from "../database.ts";
import type { NewSession, Session, User } from "../store.ts";
import { announceSignIn } from "./announce-users.ts";
import { insertSession, type SessionOrigin } from "./insert-session.ts";
import { recordEvent } from "./session-events.ts";
import { wasThrownOut } from "./thrown-out.ts";
import { Refused } from "./until-settled.ts";
import { prepareUserReads } from "./user-rows.ts";

/** Who was proven before this transaction, and what of it the session takes over. */
export interface ProvenBefore extends SessionOrigin {
  readonly appId: string;
  readonly userId: string;
}

/**
 * Begins the session of somebody who proved who they are a while ago, by a code or at another
 * browser. Throws {@link Refused} with kind `no_such_user`, `user_disabled` or, when a session of
 * theirs was ended by somebody else meanwhile, `code_expired`.
 */
export function prepareBeginProven(db: Database) {
  const users = prepareUserReads(db);

  /** A disable or delete that runs now is seen from here on, or sees this session. */
  async function lockUser(tx: Transaction, proven: ProvenBefore): Promise<void> {
    const [row] = await tx.all(
      db.build
        .updateTable("users")
        // Whoever acts in the user's place is not the user signing in.
        .set((user) => ({
          last_sign_in_at: proven.impersonator ? user.ref("last_sign_in_at") : tx.now,
        }))
        .where("id", "=", proven.userId)
        .where("app_id", "=", proven.appId)
        .where("disabled_at", "is", null)
        .returning("id"),
    );
    if (row) return;
    const isKnown = await users.find(tx, proven.appId, proven.userId);
    throw new Refused({ kind: isKnown ? "user_disabled" : "no_such_user" });
  }

  return async (
    tx: Transaction,
    proven: ProvenBefore,
    begin: NewSession,
  ): Promise<{ user: User; session: Session }> => {
    await lockUser(tx, proven);
    if (await wasThrownOut(db, tx, proven.userId, proven.authenticatedAt)) {
      throw new Refused({ kind: "code_expired" });
    }
    const session = await insertSession(db, tx, proven.userId, begin, proven);
    await recordEvent(db, tx, session, "signed_in", { method: session.authMethod });
    if (proven.impersonator) {
      await recordEvent(db, tx, session, "impersonation_began", proven.impersonator);
    }
    const user = await users.find(tx, proven.appId, proven.userId);
    if (!user) throw new Refused({ kind: "no_such_user" });
    await announceSignIn(db, tx, user, session, null);
    return { user, session };
  };
}

/** Whether a live answer is kept under the id. */
export async function hasReplay(
  db: Database,
  tx: Transaction,
  id: string | undefined,
): Promise<boolean> {
  if (id === undefined) return false;
  const kept = await tx.first(
    db.build
      .selectFrom("replays")
      .select("id")
      .where("id", "=", id)
      .where("expires_at", ">", tx.now),
  );
  return kept !== undefined;
}
