import type { Selectable } from "kysely";
import { type Database, type Transaction, UniqueViolation } from "../database.ts";
import type { DeviceGrantTable } from "../schema.ts";
import type { DeviceExchangeResult, DeviceGrantStore } from "../store.ts";
import { hasReplay, prepareBeginProven } from "./begin-proven.ts";
import { keepReplay } from "./insert-session.ts";
import { Refused, untilSettled } from "./until-settled.ts";

type Row = Selectable<DeviceGrantTable>;

/** RFC 8628 section 3.5: each `slow_down` adds five seconds. */
const SLOWER_MS = 5000;
const SLOWEST_MS = 60_000;
/** What the way here may shorten the wait by. */
const JITTER_MS = 1000;

export function sqlDeviceGrantStore(db: Database): DeviceGrantStore {
  const begin = prepareBeginProven(db);

  return {
    async create(grant) {
      try {
        await db.transaction(async (tx) => {
          await tx.all(
            db.build.insertInto("device_grants").values({
              id: grant.id,
              app_id: grant.appId,
              user_code: grant.userCode,
              status: "pending",
              user_id: null,
              auth_method: null,
              authenticated_at: null,
              user_agent: grant.userAgent,
              ip: grant.ip,
              interval_ms: grant.intervalMs,
              polled_at: null,
              created_at: tx.now,
              expires_at: tx.now + grant.lifetimeMs,
            }),
          );
        });
        return true;
      } catch (error) {
        if (error instanceof UniqueViolation) return false;
        throw error;
      }
    },

    async findPending(by) {
      const now = await db.now();
      const [column, value] =
        "id" in by ? (["id", by.id] as const) : (["user_code", by.userCode] as const);
      const row = await db.first(
        db.build
          .selectFrom("device_grants")
          .selectAll()
          .where(column, "=", value)
          .where("status", "=", "pending")
          .where("expires_at", ">", now),
      );
      return row ? { id: row.id, appId: row.app_id, userAgent: row.user_agent, ip: row.ip } : null;
    },

    decide: (id, decision) =>
      db.transaction(async (tx) => {
        const decided = await tx.all(
          db.build
            .updateTable("device_grants")
            .set(
              decision.kind === "denied"
                ? { status: "denied" }
                : {
                    status: "approved",
                    user_id: decision.userId,
                    auth_method: decision.authMethod,
                    authenticated_at: decision.authenticatedAt,
                  },
            )
            .where("id", "=", id)
            .where("status", "=", "pending")
            .where("expires_at", ">", tx.now)
            .returning("id"),
        );
        return decided.length === 1;
      }),

    exchange: (request) =>
      untilSettled<DeviceExchangeResult>(db, async (tx) => {
        // Locks the row: of two polls one is counted after the other.
        const row = await tx.first(
          db.build
            .updateTable("device_grants")
            .set((grant) => ({ status: grant.ref("status") }))
            .where("id", "=", request.id)
            .where("app_id", "=", request.session.appId)
            .returningAll(),
        );
        if (!row) return { kind: "unknown" };
        if (row.status === "spent") {
          return {
            kind: (await hasReplay(db, tx, request.replay?.id)) ? "repeated" : "code_spent",
          };
        }
        if (row.expires_at <= tx.now) return { kind: "code_expired" };
        if (row.status === "denied") return { kind: "denied" };
        if (row.user_id === null || row.authenticated_at === null) return countPoll(tx, row);
        if (request.replay && !(await keepReplay(db, tx, request.replay))) {
          throw new Refused<DeviceExchangeResult>({ kind: "repeated" });
        }
        await tx.all(
          db.build
            .updateTable("device_grants")
            .set({ status: "spent", polled_at: tx.now })
            .where("id", "=", row.id),
        );
        const proven = {
          appId: row.app_id,
          userId: row.user_id,
          authenticatedAt: row.authenticated_at,
          impersonator: null,
          organizationId: null,
        };
        const session = { ...request.session, authMethod: row.auth_method ?? "email" };
        return { kind: "signed_in", ...(await begin(tx, proven, session)) };
      }),
  };

  async function countPoll(tx: Transaction, row: Row): Promise<DeviceExchangeResult> {
    const isTooFast =
      row.polled_at !== null && tx.now - row.polled_at < row.interval_ms - JITTER_MS;
    await tx.all(
      db.build
        .updateTable("device_grants")
        .set({
          polled_at: tx.now,
          ...(isTooFast && { interval_ms: Math.min(row.interval_ms + SLOWER_MS, SLOWEST_MS) }),
        })
        .where("id", "=", row.id),
    );
    return { kind: isTooFast ? "too_fast" : "pending" };
  }
}
