import type { Database, Transaction } from "../database.ts";
import type { SessionStore, SignInRequest, SignInResult } from "../store.ts";
import { announceSignIn } from "./announce-users.ts";
import { insertSession, keepReplay } from "./insert-session.ts";
import { prepareProof } from "./prove-account.ts";
import { recordEvent } from "./session-events.ts";
import { Refused, untilSettled } from "./until-settled.ts";

export function prepareSignIn(db: Database): SessionStore["signIn"] {
  const { prove } = prepareProof(db);

  async function signIn(tx: Transaction, request: SignInRequest): Promise<SignInResult> {
    // First, so that of two equal requests one waits here and is told that it repeats.
    if (request.replay && !(await keepReplay(db, tx, request.replay))) {
      throw new Refused<SignInResult>({ kind: "repeated" });
    }
    const { appId } = request.session;
    const { user, isNewUser, hasJoined } = await prove(tx, { ...request, appId });
    const session = await insertSession(db, tx, user.id, request.session);
    await recordEvent(db, tx, session, "signed_in", { method: session.authMethod });
    if (hasJoined) {
      await recordEvent(db, tx, session, "account_linked", { type: request.account.type });
    }
    await announceSignIn(db, tx, user, session, request.account);
    return { kind: "signed_in", user, session, isNewUser, hasJoined };
  }

  return (request) => untilSettled(db, (tx) => signIn(tx, request));
}
