import { sql } from "kysely";
import type { Database } from "../database.ts";
import {
  INSIGHT_LEVELS,
  type InsightCount,
  type InsightPoint,
  type InsightStore,
} from "../insight-store.ts";

const DAY = 86_400_000;
const ROWS_AT_ONCE = 500;
/** How many steps of a level are deleted at once. */
const SLICE = 15;
/** Rows of no app: when everything was counted, and when that may begin again. */
const DEPLOYMENT = "";
const COUNTED = "counted";
const NEXT_COUNT = "next_count";

export function sqlInsightStore(db: Database): InsightStore {
  return {
    async add(at, tallies) {
      const [{ step }] = INSIGHT_LEVELS;
      // In one order everywhere, so that servers never wait for each other in a circle.
      const rows = tallies
        .map(({ appId, metric, label, n }) => ({
          app_id: appId,
          step,
          at: at - (at % step),
          metric,
          label,
          n,
        }))
        .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
      for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) {
        await db.write(
          db.build
            .insertInto("insight_buckets")
            .values(rows.slice(from, from + ROWS_AT_ONCE))
            .onConflict((conflict) =>
              conflict
                .columns(["app_id", "step", "at", "metric", "label"])
                .doUpdateSet({ n: sql<number>`insight_buckets.n + excluded.n` }),
            ),
        );
      }
    },

    async rollUp(since) {
      for (const [index, { step }] of INSIGHT_LEVELS.entries()) {
        const finer = INSIGHT_LEVELS[index - 1];
        if (!finer) continue;
        // A bucket only ever grows, so the greater sum is the later one, or has rows that are gone now.
        await db.write(
          sql`INSERT INTO insight_buckets (app_id, step, at, metric, label, n)
            SELECT app_id, ${sql.lit(step)}, ${beginning(step)}, metric, label, CAST(sum(n) AS bigint)
            FROM insight_buckets
            WHERE step = ${finer.step} AND at >= ${since - (since % step)}
            GROUP BY app_id, ${beginning(step)}, metric, label ORDER BY 1, 3, 4, 5
            ON CONFLICT (app_id, step, at, metric, label) DO UPDATE SET
              n = CASE WHEN excluded.n > insight_buckets.n THEN excluded.n ELSE insight_buckets.n END`.compile(
            db.build,
          ),
        );
      }
    },

    async forget(now) {
      for (const { step, keepMs } of INSIGHT_LEVELS) {
        const end = now - keepMs;
        for (;;) {
          const oldest = await db.first<{ at: number | null }>(
            sql<{ at: number | null }>`SELECT min(at) AS at FROM insight_buckets
              WHERE step = ${step}`.compile(db.build),
          );
          if (oldest?.at == null || oldest.at >= end) break;
          await db.write(
            sql`DELETE FROM insight_buckets WHERE step = ${step}
              AND at < ${Math.min(end, oldest.at + SLICE * step)}`.compile(db.build),
          );
        }
      }
    },

    async series({ appId, from, until, width }) {
      const level = INSIGHT_LEVELS.findLast(({ step }) => width % step === 0);
      if (!level) throw new TypeError(`width is ${width}: give whole minutes`);
      const { step } = level;
      const bucket = beginning(width);
      return db.all<InsightPoint>(
        sql<InsightPoint>`SELECT ${bucket} AS at, metric, label, CAST(sum(n) AS bigint) AS n
          FROM insight_buckets
          WHERE app_id = ${appId} AND step = ${step} AND at >= ${from} AND at < ${until}
          GROUP BY ${bucket}, metric, label ORDER BY 1`.compile(db.build),
      );
    },

    async claimCount(until) {
      const now = await db.now();
      // Asked every few seconds, and mostly too early: that writes nothing.
      const next = await db.first(
        db.build
          .selectFrom("insight_counts")
          .select("counted_at")
          .where("app_id", "=", DEPLOYMENT)
          .where("name", "=", NEXT_COUNT),
      );
      if (next && next.counted_at > now) return false;
      const claimed = await db.write(
        db.build
          .insertInto("insight_counts")
          .values({ app_id: DEPLOYMENT, name: NEXT_COUNT, n: 0, counted_at: until })
          .onConflict((conflict) =>
            conflict
              .columns(["app_id", "name"])
              .doUpdateSet({ counted_at: until })
              .where("insight_counts.counted_at", "<=", now),
          )
          .returning("name"),
      );
      return claimed.length === 1;
    },

    async countSessions(after, size) {
      const now = await db.now();
      const boundary = await db.first<{ at: string }>(
        sql<{ at: string }>`SELECT user_id AS at FROM sessions WHERE user_id > ${after}
          ORDER BY user_id LIMIT 1 OFFSET ${size - 1}`.compile(db.build),
      );
      const until = boundary ? sql`AND user_id <= ${boundary.at}` : sql``;
      // As an expression, so that no planner looks through all that expire later.
      const rows = await db.all<{ app_id: string; sessions: number; users: number }>(
        sql<{ app_id: string; sessions: number; users: number }>`SELECT app_id,
            count(*) AS sessions, count(DISTINCT user_id) AS users
          FROM sessions WHERE user_id > ${after} ${until} AND ended_at IS NULL
            AND absolute_expires_at + 0 > ${now} AND idle_expires_at > ${now}
          GROUP BY app_id || '', app_id`.compile(db.build),
      );
      return {
        counts: rows.flatMap(({ app_id, sessions, users }) => [
          { appId: app_id, name: "live_sessions" as const, n: sessions },
          { appId: app_id, name: "signed_in_users" as const, n: users },
        ]),
        next: boundary?.at ?? null,
      };
    },

    async countUsers(after, size) {
      const now = await db.now();
      const boundary = await db.first<{ at: string }>(
        sql<{ at: string }>`SELECT id AS at FROM users WHERE id > ${after}
          ORDER BY id LIMIT 1 OFFSET ${size - 1}`.compile(db.build),
      );
      const until = boundary ? sql`AND id <= ${boundary.at}` : sql``;
      const since = (ms: number) =>
        sql`CAST(sum(CASE WHEN last_sign_in_at >= ${now - ms} THEN 1 ELSE 0 END) AS bigint)`;
      type Row = { app_id: string; users: number; day: number; month: number };
      const rows = await db.all<Row>(
        sql<Row>`SELECT app_id, count(*) AS users, ${since(DAY)} AS day, ${since(30 * DAY)} AS month
          FROM users WHERE id > ${after} ${until} GROUP BY app_id || '', app_id`.compile(db.build),
      );
      return {
        counts: rows.flatMap(({ app_id, users, day, month }) => [
          { appId: app_id, name: "users" as const, n: users },
          { appId: app_id, name: "signed_in_24h" as const, n: day },
          { appId: app_id, name: "signed_in_30d" as const, n: month },
        ]),
        next: boundary?.at ?? null,
      };
    },

    saveCounts: (counts, nextAt) =>
      db.transaction(async (tx) => {
        await tx.all(
          db.build.updateTable("insight_counts").set({ n: 0 }).where("app_id", "<>", DEPLOYMENT),
        );
        const at = tx.now;
        const rows = [
          ...counts.map(({ appId, name, n }) => ({ app_id: appId, name, n, counted_at: at })),
          { app_id: DEPLOYMENT, name: COUNTED, n: 0, counted_at: at },
          { app_id: DEPLOYMENT, name: NEXT_COUNT, n: 0, counted_at: nextAt },
        ];
        for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) {
          await tx.all(
            db.build
              .insertInto("insight_counts")
              .values(rows.slice(from, from + ROWS_AT_ONCE))
              .onConflict((conflict) =>
                conflict.columns(["app_id", "name"]).doUpdateSet({
                  n: sql<number>`excluded.n`,
                  counted_at: sql<number>`excluded.counted_at`,
                }),
              ),
          );
        }
      }),

    async counts(appId) {
      const rows = await db.all(
        db.build
          .selectFrom("insight_counts")
          .selectAll()
          .where("app_id", "in", [appId, DEPLOYMENT]),
      );
      const counted = rows.find((row) => row.app_id === DEPLOYMENT && row.name === COUNTED);
      if (!counted) return null;
      const own = rows.filter((row) => row.app_id === appId);
      return {
        countedAt: counted.counted_at,
        counts: new Map(own.map(({ name, n }) => [name as InsightCount, n])),
      };
    },
  };
}

/** Of the bucket that `at` is in. Written out, as PostgreSQL wants an expression that it groups by. */
const beginning = (step: number) => sql`at - at % ${sql.lit(step)}`;

const keyOf = ({ app_id, metric, label }: { app_id: string; metric: string; label: string }) =>
  `${app_id} ${metric} ${label}`;
