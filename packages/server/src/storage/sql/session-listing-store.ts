import { LatchkeyError } from "@latchkey/core/errors";
import { type RawBuilder, sql } from "kysely";
import type { Database } from "../database.ts";
import type {
  SessionListingPlace as Place,
  SessionFilter,
  SessionListing,
  SessionListingStore,
} from "../session-listing-store.ts";
import { type SessionRow, toSession } from "./rows.ts";

type Sql = RawBuilder<unknown>;

/** How many sessions a page looks at: a few first, which mostly is enough, then the rest. */
const LOOKS = [200, 800];

export function sqlSessionListingStore(db: Database): SessionListingStore {
  return {
    async page({ appId, filter, after, limit }) {
      const walk = filter.state === "ended" || filter.reason !== undefined ? "ended" : "begun";
      if (after && after.walk !== walk) throw ofAnotherList();
      const now = await db.now();
      const time = sql.ref(walk === "ended" ? "ended_at" : "created_at");
      const before = (from: Place | null) =>
        from ? sql`AND (${time}, id) < (${from.at}, ${from.id})` : sql``;
      const reason = filter.reason === undefined ? sql`` : sql`AND end_reason = ${filter.reason}`;
      const ended = walk === "ended" ? sql`AND ended_at IS NOT NULL ${reason}` : sql``;
      const rest = conditions(filter, walk, now);

      const candidates = (from: Place | null, count: number): Sql => sql`SELECT * FROM sessions
        WHERE app_id = ${appId} ${ended} ${before(from)} ORDER BY ${time} DESC, id DESC LIMIT ${count}`;
      const placeOf = (row: Pick<SessionRow, "id" | "created_at" | "ended_at">): Place => ({
        walk,
        at: walk === "ended" ? (row.ended_at ?? 0) : row.created_at,
        id: row.id,
      });
      const listing = async (rows: SessionRow[], next: Place | null): Promise<SessionListing> => ({
        sessions: await withAccounts(rows),
        next,
        now,
      });

      const rows: SessionRow[] = [];
      let from = after;
      for (const most of rest === null ? [limit + 1] : LOOKS) {
        const inner = candidates(from, most);
        rows.push(
          ...(await db.all<SessionRow>(
            sql<SessionRow>`SELECT * FROM (${inner}) c WHERE ${rest ?? sql`1 = 1`}
              ORDER BY ${time} DESC, id DESC LIMIT ${limit + 1 - rows.length}`.compile(db.build),
          )),
        );
        const last = rows[limit - 1];
        if (last && rows.length > limit) return listing(rows.slice(0, limit), placeOf(last));
        if (rest === null) return listing(rows, null);
        const end = await db.first<SessionRow>(
          sql<SessionRow>`SELECT id, created_at, ended_at FROM (${inner}) c
            ORDER BY ${time} DESC, id DESC LIMIT 1 OFFSET ${most - 1}`.compile(db.build),
        );
        if (!end) return listing(rows, null);
        from = placeOf(end);
      }
      return listing(rows, from);
    },
  };

  async function withAccounts(rows: readonly SessionRow[]): Promise<SessionListing["sessions"]> {
    const users = [...new Set(rows.map((row) => row.user_id))];
    const accounts =
      users.length === 0
        ? []
        : await db.all(
            db.build
              .selectFrom("accounts")
              .select(["user_id", "type", "subject"])
              .where("user_id", "in", users)
              .where("type", "<>", "guest")
              .orderBy("first_verified_at", "desc")
              .orderBy("id", "desc"),
          );
    const oldest = new Map(accounts.map(({ user_id, ...account }) => [user_id, account]));
    return rows.map((row) => ({
      session: toSession(row),
      account: oldest.get(row.user_id) ?? null,
    }));
  }
}

/** What of the filter the walk does not answer. */
function conditions(
  { state, method }: SessionFilter,
  walk: "begun" | "ended",
  now: number,
): Sql | null {
  const all = [
    ...(state === "active" && walk === "begun"
      ? [sql`ended_at IS NULL AND absolute_expires_at > ${now} AND idle_expires_at > ${now}`]
      : []),
    // None is both.
    ...(state === "active" && walk === "ended" ? [sql`1 = 0`] : []),
    ...(method === undefined ? [] : [sql`auth_method = ${method}`]),
  ];
  return all.length === 0 ? null : sql.join(all, sql` AND `);
}

function ofAnotherList(): LatchkeyError {
  return new LatchkeyError(
    "invalid_cursor",
    400,
    "after is of a list with another filter. Begin again without it.",
  );
}
