import { unavailable } from "@latchkey/core/errors";
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

/** The account changed between being read and being locked: begin again. */
class Overtaken extends Error {}

const MAX_ATTEMPTS = 5;

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
    // First, so that of two equal requests one waits here and is told that it repeats.
    if (request.replay && !(await keepReplay(tx, request.replay))) {
      throw new Refused({ kind: "repeated" });
    }
    const known = await users.findByAccount(tx, appId, request.account);
    if (!known) await beginUser(tx, request);
    const userId = known?.id ?? request.newUser.id;
    await lockUser(tx, appId, userId);
    if (request.codeId && !(await spendCode(db, tx, request.codeId))) {
      throw new Refused({ kind: "code_spent" });
    }
    const verified = await tx.all(
      db.build
        .updateTable("accounts")
        .set({ latest_verified_at: tx.now })
        .where("app_id", "=", appId)
        .where("type", "=", request.account.type)
        .where("subject", "=", request.account.subject)
        .where("user_id", "=", userId)
        .returning("id"),
    );
    if (verified.length === 0) throw new Overtaken();
    const session = await insertSession(tx, userId, request.session);
    await recordEvent(db, tx, session, "signed_in", { method: session.authMethod });
    const user = (await users.find(tx, appId, userId)) as User;
    return { kind: "signed_in", user, session, isNewUser: !known };
  }

  /** A disable, delete or unlink that runs now is seen from here on, or sees this session. */
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
    if (await users.find(tx, appId, userId)) throw new Refused({ kind: "user_disabled" });
    throw new Overtaken();
  }

  async function beginUser(tx: Transaction, request: SignInRequest): Promise<void> {
    if (!request.allowSignUp) throw new Refused({ kind: "no_such_user" });
    const { appId } = request.session;
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

  /** False when a live one has the id. */
  async function keepReplay(
    tx: Transaction,
    replay: NonNullable<SignInRequest["replay"]>,
  ): Promise<boolean> {
    const row = {
      request_hash: replay.requestHash,
      sealed_answer: replay.sealedAnswer,
      expires_at: tx.now + replay.lifetimeMs,
    };
    const kept = await tx.all(
      db.build
        .insertInto("replays")
        .values({ id: replay.id, ...row })
        .onConflict((conflict) =>
          conflict.column("id").doUpdateSet(row).where("replays.expires_at", "<=", tx.now),
        )
        .returning("id"),
    );
    return kept.length === 1;
  }

  return async (request) => {
    for (let attempts = 1; ; attempts++) {
      try {
        return await attempt(request);
      } catch (error) {
        // Two first sign-ins of one address met: the second finds the user that the first made.
        if (!(error instanceof Overtaken || error instanceof UniqueViolation)) throw error;
        if (attempts === MAX_ATTEMPTS) {
          throw unavailable("busy", "This account is changing all the time. Try again.", error);
        }
      }
    }
  };
}
