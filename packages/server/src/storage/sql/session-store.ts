import type { RefreshOutcome } from "@latchkey/core/sessions/rules";
import { sql } from "kysely";
import type { Database, Transaction } from "../database.ts";
import { prepare } from "../prepared.ts";
import type { RefreshRequest, Session, SessionStore } from "../store.ts";
import { announce } from "./announce.ts";
import { prepareBury } from "./bury-session.ts";
import { describeSession } from "./describe-session.ts";
import { endSessions } from "./end-sessions.ts";
import { prepareExchangeCode } from "./exchange-code.ts";
import { afterMove, prepareMoveStatement } from "./move-statement.ts";
import { readPage } from "./page.ts";
import { afterRefresh, prepareRefreshStatement, type RefreshedRow } from "./refresh-statement.ts";
import { type SessionRow, toSession } from "./rows.ts";
import { recordEvent } from "./session-events.ts";
import { prepareReadWithUser } from "./session-with-user.ts";
import { prepareSignIn } from "./sign-in.ts";

/** Outcomes that leave a line in the session's trail, by its name; the others are everyday. */
const NOTEWORTHY = new Map<RefreshOutcome, string>([
  ["late_replay", "late_replay"],
  ["regressed", "generation_regressed"],
  ["reuse", "reuse"],
]);

export function sqlSessionStore(db: Database): SessionStore {
  const readById = prepare<{ sid: string }, SessionRow & { db_now?: number }>(db.build, (param) =>
    db.dialect === "postgres"
      ? sql`SELECT s.*, floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint AS db_now
            FROM (SELECT 1) AS always LEFT JOIN sessions s ON s.id = ${param("sid")}`
      : sql`SELECT * FROM sessions WHERE id = ${param("sid")}`,
  );
  const refreshStatement = prepareRefreshStatement(db.build);
  const moveStatement = prepareMoveStatement(db.build);

  async function read(sid: string) {
    const row = await db.first(readById({ sid }));
    const now = row?.db_now ?? (await db.now());
    // PostgreSQL answers a row of nulls when there is no session, to carry its time.
    if (!row?.id) return { session: null, now };
    return { session: { ...toSession(row), tokenHash: row.token_hash }, now };
  }

  async function refresh(request: RefreshRequest) {
    const values = {
      sid: request.before.id,
      tokenHash: request.tokenHash,
      presented: request.presented,
      now: request.now,
      windowMs: request.policy.windowMs,
      forgive: request.policy.lateReplay === "forgive_once" ? 1 : 0,
      idleMs: request.policy.idleMs,
      currentKid: request.currentKid,
    };
    if (request.predicted === "moved") {
      const [row] = await db.write(moveStatement(values));
      if (row) {
        const session = afterMove(request.before, request.currentKid, row);
        return { outcome: "moved" as const, session };
      }
      // A race made it something else: the whole statement says what.
    }
    return db.transaction(async (tx) => {
      const row = await tx.first(refreshStatement(values));
      if (!row) return null;
      const answer = answerOf(request, row);
      if (answer.outcome === "reuse") request.requireClock();
      await trail(tx, answer, request);
      return answer;
    });
  }

  const answerOf = ({ before }: RefreshRequest, row: RefreshedRow) => ({
    outcome: row.last_outcome as RefreshOutcome,
    session: afterRefresh(before, row),
  });

  async function trail(
    tx: Transaction,
    { outcome, session }: { outcome: RefreshOutcome; session: Session },
    request: RefreshRequest,
  ) {
    const type = NOTEWORTHY.get(outcome);
    if (!type) return;
    await recordEvent(db, tx, session, type, {
      presented: request.presented,
      generation: session.generation,
    });
    if (outcome !== "reuse") return;
    const describe = () => describeSession(db, tx, session);
    await announce(db, tx, session.appId, "session.reuse_detected", describe);
  }

  return {
    read,
    readWithUser: prepareReadWithUser(db),
    refresh,
    signIn: prepareSignIn(db),
    exchangeCode: prepareExchangeCode(db),
    async deliverByCookie(sid) {
      await db.write(
        db.build.updateTable("sessions").set({ delivery: "cookie" }).where("id", "=", sid),
      );
    },
    async setOrganization(sid, organizationId) {
      await db.write(
        db.build
          .updateTable("sessions")
          .set({ organization_id: organizationId })
          .where("id", "=", sid)
          .where("ended_at", "is", null),
      );
    },
    async ofUser(appId, userId, page) {
      // As an expression, so that no planner walks through all sessions of the app by their age.
      const where = sql`user_id = ${userId} AND app_id || '' = ${appId}`;
      const { items, ...ends } = await readPage<SessionRow>(db, "sessions", where, page);
      return { ...ends, items: items.map(toSession) };
    },
    end: (sid, reason) =>
      db.transaction(async (tx) => (await endSessions(db, tx, { sid }, { reason })) > 0),
    bury: prepareBury(db),
    endAllOfUser: (userId, reason) =>
      db.transaction(async (tx) => {
        // The user row first, as sign-in does, so that neither slips past the other.
        await tx.all(
          db.build
            .updateTable("users")
            .set((row) => ({ created_at: row.ref("created_at") }))
            .where("id", "=", userId),
        );
        await tx.all(db.build.deleteFrom("sign_ins").where("user_id", "=", userId));
        return endSessions(db, tx, { userId }, { reason });
      }),
    async findReplay(id) {
      const now = await db.now();
      const row = await db.first(
        db.build
          .selectFrom("replays")
          .select(["request_hash", "sealed_answer"])
          .where("id", "=", id)
          .where("expires_at", ">", now),
      );
      return row ? { requestHash: row.request_hash, sealedAnswer: row.sealed_answer } : null;
    },
    events: (sid) =>
      db.all(
        db.build
          .selectFrom("session_events")
          .select(["type", "at"])
          .where("session_id", "=", sid)
          .orderBy("at")
          .orderBy("id"),
      ),
  };
}
