import type { Selectable } from "kysely";
import type { Database, Transaction } from "../database.ts";
import type { AuthorizationCodeTable } from "../schema.ts";
import type {
  AuthorizationCodeRecord,
  AuthorizationCodeStore,
  CodeExchangeRequest,
  CodeExchangeResult,
} from "../store.ts";
import { endSessions } from "./end-sessions.ts";
import { insertSession, keepReplay } from "./insert-session.ts";
import { recordEvent } from "./session-events.ts";
import { wasThrownOut } from "./thrown-out.ts";
import { Refused, untilSettled } from "./until-settled.ts";
import { prepareUserReads } from "./user-rows.ts";

type CodeRow = Selectable<AuthorizationCodeTable>;

export function sqlAuthorizationCodeStore(db: Database): AuthorizationCodeStore {
  return {
    create: (code) =>
      db.transaction(async (tx) => {
        await tx.all(
          db.build.insertInto("authorization_codes").values({
            id: code.id,
            app_id: code.appId,
            user_id: code.userId,
            redirect_uri: code.redirectUri,
            code_challenge: code.codeChallenge,
            auth_method: code.authMethod,
            authenticated_at: code.authenticatedAt,
            organization_id: code.organizationId,
            impersonator: code.impersonator && JSON.stringify(code.impersonator),
            created_at: tx.now,
            expires_at: tx.now + code.lifetimeMs,
            used_at: null,
            session_id: null,
          }),
        );
        if (!code.impersonator) return;
        // No session yet: the line stands under the id of the code, used or not.
        const subject = { id: code.id, appId: code.appId, userId: code.userId };
        await recordEvent(db, tx, subject, "impersonation_allowed", code.impersonator);
      }),
    async find(id) {
      const row = await db.first(
        db.build.selectFrom("authorization_codes").selectAll().where("id", "=", id),
      );
      return row ? toCode(row) : null;
    },
  };
}

function toCode(row: CodeRow): AuthorizationCodeRecord {
  return {
    id: row.id,
    appId: row.app_id,
    userId: row.user_id,
    redirectUri: row.redirect_uri,
    codeChallenge: row.code_challenge,
    authMethod: row.auth_method,
    authenticatedAt: row.authenticated_at,
    organizationId: row.organization_id,
    impersonator: row.impersonator === null ? null : JSON.parse(row.impersonator),
  };
}

/** Of two exchanges of one code the row's lock lets one win (RFC 6749 section 4.1.2). */
export function prepareExchangeCode(
  db: Database,
): (request: CodeExchangeRequest) => Promise<CodeExchangeResult> {
  const users = prepareUserReads(db);
  const refuse = (kind: Exclude<CodeExchangeResult["kind"], "signed_in">) =>
    new Refused<CodeExchangeResult>({ kind });

  return (request) =>
    untilSettled<CodeExchangeResult>(db, async (tx) => {
      const [spent] = await tx.all(
        db.build
          .updateTable("authorization_codes")
          .set({ used_at: tx.now, session_id: request.session.id })
          .where("id", "=", request.codeId)
          .where("used_at", "is", null)
          .where("expires_at", ">", tx.now)
          .returningAll(),
      );
      if (!spent) return spentBefore(tx, request);
      if (request.replay && !(await keepReplay(db, tx, request.replay))) throw refuse("repeated");
      const code = toCode(spent);
      await lockUser(tx, code);
      if (await wasThrownOut(db, tx, code.userId, code.authenticatedAt)) {
        throw refuse("code_expired");
      }
      const session = await insertSession(db, tx, code.userId, request.session, code);
      await recordEvent(db, tx, session, "signed_in", { method: session.authMethod });
      if (code.impersonator) {
        await recordEvent(db, tx, session, "impersonation_began", code.impersonator);
      }
      const user = await users.find(tx, code.appId, code.userId);
      if (!user) throw refuse("no_such_user");
      return { kind: "signed_in", user, session };
    });

  async function spentBefore(
    tx: Transaction,
    { codeId, replay }: CodeExchangeRequest,
  ): Promise<CodeExchangeResult> {
    const row = await tx.first(
      db.build.selectFrom("authorization_codes").selectAll().where("id", "=", codeId),
    );
    if (!row || row.used_at === null) return { kind: "code_expired" };
    const repeats =
      replay &&
      (await tx.first(
        db.build
          .selectFrom("replays")
          .select("id")
          .where("id", "=", replay.id)
          .where("expires_at", ">", tx.now),
      ));
    if (repeats) return { kind: "repeated" };
    if (row.session_id !== null) {
      const ending = { reason: "revoked", event: "code_reuse" } as const;
      await endSessions(db, tx, { sid: row.session_id }, ending);
    }
    return { kind: "code_spent" };
  }

  /** A disable or delete that runs now is seen from here on, or sees this session. */
  async function lockUser(tx: Transaction, code: AuthorizationCodeRecord): Promise<void> {
    const [row] = await tx.all(
      db.build
        .updateTable("users")
        // Whoever acts in the user's place is not the user signing in.
        .set((user) => ({
          last_sign_in_at: code.impersonator ? user.ref("last_sign_in_at") : tx.now,
        }))
        .where("id", "=", code.userId)
        .where("app_id", "=", code.appId)
        .where("disabled_at", "is", null)
        .returning("id"),
    );
    if (row) return;
    throw refuse(
      (await users.find(tx, code.appId, code.userId)) ? "user_disabled" : "no_such_user",
    );
  }
}
