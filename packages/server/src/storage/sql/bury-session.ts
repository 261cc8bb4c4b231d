import type { Database } from "../database.ts";
import type { LostSession, SessionStore } from "../store.ts";
import { endSessions } from "./end-sessions.ts";
import { type SessionRow, toSession } from "./rows.ts";
import { recordEvent } from "./session-events.ts";

/** No app may let a session last longer. */
const LONGEST_MS = 400 * 86_400_000;

export function prepareBury(db: Database): SessionStore["bury"] {
  return (lost: LostSession) =>
    db.transaction(async (tx) => {
      const row: SessionRow = {
        id: lost.id,
        protocol: lost.protocol,
        app_id: lost.appId,
        client_id: null,
        delivery: "body",
        user_id: "",
        token_hash: lost.tokenHash ?? "",
        kid: lost.kid ?? "",
        generation: lost.generation,
        moved_at: tx.now,
        late_generation: null,
        last_outcome: "ended",
        created_at: tx.now,
        absolute_expires_at: lost.absoluteExpiresAt ?? tx.now + LONGEST_MS,
        idle_expires_at: lost.absoluteExpiresAt ?? tx.now + LONGEST_MS,
        idle_ms: 0,
        ended_at: tx.now,
        end_reason: "logout",
        auth_method: "",
        authenticated_at: tx.now,
        user_agent: null,
        ip: null,
        impersonator: null,
        organization_id: null,
      };
      const buried = await tx.all(
        db.build
          .insertInto("sessions")
          .values(row)
          .onConflict((conflict) => conflict.column("id").doNothing())
          .returning("id"),
      );
      if (buried.length > 0) return recordEvent(db, tx, toSession(row), "logout");
      await endSessions(db, tx, { sid: lost.id }, { reason: "logout" });
    });
}
