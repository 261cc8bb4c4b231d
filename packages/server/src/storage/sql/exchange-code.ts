import type { Selectable } from "kysely";
import type { Database, Transaction } from "../database.ts";
import type { AuthorizationCodeTable } from "../schema.ts";
import type {
  AuthorizationCodeRecord,
  AuthorizationCodeStore,
  CodeExchangeRequest,
  CodeExchangeResult,
} from "../store.ts";
import { hasReplay, prepareBeginProven } from "./begin-proven.ts";
import { endSessions } from "./end-sessions.ts";
import { keepReplay } from "./insert-session.ts";
import { recordEvent } from "./session-events.ts";
import { Refused, untilSettled } from "./until-settled.ts";

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
            sealed_oauth_tokens: code.sealedTokens,
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
    sealedTokens: row.sealed_oauth_tokens,
  };
}

/** Of two exchanges of one code the row's lock lets one win (RFC 6749 section 4.1.2). */
export function prepareExchangeCode(
  db: Database,
): (request: CodeExchangeRequest) => Promise<CodeExchangeResult> {
  const begin = prepareBeginProven(db);

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
      if (request.replay && !(await keepReplay(db, tx, request.replay))) {
        throw new Refused<CodeExchangeResult>({ kind: "repeated" });
      }
      return { kind: "signed_in", ...(await begin(tx, toCode(spent), request.session)) };
    });

  async function spentBefore(
    tx: Transaction,
    { codeId, replay }: CodeExchangeRequest,
  ): Promise<CodeExchangeResult> {
    const row = await tx.first(
      db.build.selectFrom("authorization_codes").selectAll().where("id", "=", codeId),
    );
    if (!row || row.used_at === null) return { kind: "code_expired" };
    if (await hasReplay(db, tx, replay?.id)) return { kind: "repeated" };
    if (row.session_id !== null) {
      const ending = { reason: "revoked", event: "code_reuse" } as const;
      await endSessions(db, tx, { sid: row.session_id }, ending);
    }
    return { kind: "code_spent" };
  }
}
