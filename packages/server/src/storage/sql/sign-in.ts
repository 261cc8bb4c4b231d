import { type Database, type Transaction, UniqueViolation } from "../database.ts";
import type {
  NewSession,
  Session,
  SessionStore,
  SignInRequest,
  SignInResult,
  User,
} from "../store.ts";
import { type SessionRow, toSession } from "./rows.ts";
import { recordEvent } from "./session-events.ts";
import { insertAccount, insertUser, prepareUserReads, spendCode } from "./user-rows.ts";

/** Rolls the transaction back and becomes the answer. */
class Refused extends Error {
  readonly result: SignInResult;
  constructor(result: SignInResult) {
    super(result.kind);
    this.result = result;
  }
}

export function prepareSignIn(db: Database): SessionStore["signIn"] {
  const users = prepareUserReads(db);

  async function attempt(request: SignInRequest): Promise<SignInResult> {
    try {
      return await db.transaction((tx) => signIn(tx, request));
    } catch (error) {
      if (error instanceof Refused) return error.result;
      throw error;
    }
  }

  async function signIn(tx: Transaction, request: SignInRequest): Promise<SignInResult> {
    const { appId } = request.session;
    const known = await users.findByAccount(tx, appId, request.account);
    if (!known) await beginUser(tx, request);
    const userId = known?.id ?? request.newUser.id;
    // Locks the user row: a disable or delete that runs now is seen, or sees this session.
    const [row] = await tx.all(
      db.build
        .updateTable("users")
        .set({ last_sign_in_at: tx.now })
        .where("id", "=", userId)
        .where("app_id", "=", appId)
        .where("disabled_at", "is", null)
        .returning("id"),
    );
    if (!row) throw new Refused({ kind: "user_disabled" });
    if (request.codeId && !(await spendCode(db, tx, request.codeId))) {
      throw new Refused({ kind: "code_spent" });
    }
    await tx.all(
      db.build
        .updateTable("accounts")
        .set({ latest_verified_at: tx.now })
        .where("app_id", "=", appId)
        .where("type", "=", request.account.type)
        .where("subject", "=", request.account.subject),
    );
    const session = await insertSession(tx, userId, request.session);
    await recordEvent(db, tx, session, "signed_in", { method: session.authMethod });
    if (request.replay) await keepReplay(tx, request.replay);
    const user = (await users.find(tx, appId, userId)) as User;
    return { kind: "signed_in", user, session, isNewUser: !known };
  }

  async function beginUser(tx: Transaction, request: SignInRequest): Promise<void> {
    if (!request.allowSignUp) throw new Refused({ kind: "no_such_user" });
    const { appId } = request.session;
    if (request.maxUsers !== null) {
      const counted = await tx.all(
        db.build
          .selectFrom("users")
          .select("id")
          .where("app_id", "=", appId)
          .limit(request.maxUsers),
      );
      if (counted.length >= request.maxUsers) throw new Refused({ kind: "too_many_users" });
    }
    await insertUser(db, tx, appId, request.newUser, {
      isGuest: request.isGuest,
      customMetadata: null,
    });
    await insertAccount(db, tx, appId, request.newUser.id, request.account);
  }

  async function insertSession(
    tx: Transaction,
    userId: string,
    begin: NewSession,
  ): Promise<Session> {
    // Whole seconds, because the refresh token carries the expiry in seconds.
    const absolute = Math.floor((tx.now + begin.lifetimeMs) / 1000) * 1000;
    const row: SessionRow = {
      id: begin.id,
      protocol: begin.protocol,
      app_id: begin.appId,
      client_id: begin.clientId,
      delivery: begin.delivery,
      user_id: userId,
      token_hash: begin.tokenHash,
      kid: begin.kid,
      generation: 0,
      moved_at: tx.now,
      late_generation: null,
      last_outcome: "signed_in",
      created_at: tx.now,
      absolute_expires_at: absolute,
      idle_expires_at: Math.min(absolute, tx.now + begin.idleMs),
      idle_ms: begin.idleMs,
      ended_at: null,
      end_reason: null,
      auth_method: begin.authMethod,
      authenticated_at: tx.now,
      user_agent: begin.userAgent,
      ip: begin.ip,
      impersonator: null,
      organization_id: null,
    };
    await tx.all(db.build.insertInto("sessions").values(row));
    return toSession(row);
  }

  async function keepReplay(tx: Transaction, replay: NonNullable<SignInRequest["replay"]>) {
    await tx.all(
      db.build.insertInto("replays").values({
        id: replay.id,
        request_hash: replay.requestHash,
        sealed_answer: replay.sealedAnswer,
        expires_at: tx.now + replay.lifetimeMs,
      }),
    );
  }

  return async (request) => {
    try {
      return await attempt(request);
    } catch (error) {
      // Two first sign-ins of one address met: the second finds the user that the first made.
      if (error instanceof UniqueViolation) return attempt(request);
      throw error;
    }
  };
}
