import type { Database, Transaction } from "../database.ts";
import type { Impersonator, NewReplay, NewSession, Session } from "../store.ts";
import { type SessionRow, toSession } from "./rows.ts";

/** What a session takes over from the authorization code that begins it. */
export interface SessionOrigin {
  readonly authenticatedAt: number;
  readonly impersonator: Impersonator | null;
  readonly organizationId: string | null;
}

export async function insertSession(
  db: Database,
  tx: Transaction,
  userId: string,
  begin: NewSession,
  origin: SessionOrigin = { authenticatedAt: tx.now, impersonator: null, organizationId: null },
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
    authenticated_at: origin.authenticatedAt,
    user_agent: begin.userAgent,
    ip: begin.ip,
    impersonator: origin.impersonator && JSON.stringify(origin.impersonator),
    organization_id: origin.organizationId,
  };
  await tx.all(db.build.insertInto("sessions").values(row));
  return toSession(row);
}

/** False when a live one has the id. */
export async function keepReplay(
  db: Database,
  tx: Transaction,
  replay: NewReplay,
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
