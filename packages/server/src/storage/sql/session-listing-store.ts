import { LatchkeyError } from "@latchkey/core/errors";
import { type RawBuilder, sql } from "kysely";
import type { Database } from "../database.ts";
import type {
  SessionFilter,
  SessionListing,
  SessionListingPlace,
  SessionListingStore,
} from "../session-listing-store.ts";
import { type SessionRow, toSession } from "./rows.ts";

type Sql = RawBuilder<unknown>;

/** How many sessions a page looks at: a few first, which mostly is enough. */
const LOOKS = [200, 1000];

export function sqlSessionListingStore(db: Database): SessionListingStore {
  return {
    async page({ appId, filter, after, limit }) {
      const walk = filter.state === "ended" || filter.reason !== undefined ? "ended" : "begun";
      if (after && after.walk !== walk) throw ofAnotherList();
      const now = await db.now();
      const time = sql.ref(walk === "ended" ? "ended_at" : "created_at");
      const place = after ? sql`AND (${time}, id) < (${after.at}, ${after.id})` : sql``;
      const reason = filter.reason === undefined ? sql`` : sql`AND end_reason = ${filter.reason}`;
      const ended = walk === "ended" ? sql`AND ended_at IS NOT NULL ${reason}` : sql``;
      const rest = conditions(filter, walk, now);

      const candidates = (count: number): Sql => sql`SELECT * FROM sessions
        WHERE app_id = ${appId} ${ended} ${place} ORDER BY ${time} DESC, id DESC LIMIT ${count}`;
      const placeOf = (
        row: Pick<SessionRow, "id" | "created_at" | "ended_at">,
      ): SessionListingPlace => ({
        walk,
        at: walk === "ended" ? (row.ended_at ?? 0) : row.created_at,
        id: row.id,
      });

      async function look(most: number): Promise<Omit<SessionListing, "now"> | null> {
        const rows = await db.all<SessionRow>(
          sql<SessionRow>`SELECT * FROM (${candidates(most)}) c WHERE ${rest ?? sql`1 = 1`}
            ORDER BY ${time} DESC, id DESC LIMIT ${limit + 1}`.compile(db.build),
        );
        const last = rows[limit - 1];
        if (last && rows.length > limit) {
          return { sessions: await withAccounts(rows.slice(0, limit)), next: placeOf(last) };
        }
        if (rest === null) return { sessions: await withAccounts(rows), next: null };
        const [at] = await db.all<SessionRow>(
          sql<SessionRow>`SELECT id, created_at, ended_at FROM (${candidates(most)}) c
            ORDER BY ${time} DESC, id DESC LIMIT 1 OFFSET ${most - 1}`.compile(db.build),
        );
        if (at && most !== LOOKS.at(-1)) return null;
        return { sessions: await withAccounts(rows), next: at ? placeOf(at) : null };
      }

      for (const most of rest === null ? [limit + 1] : LOOKS) {
        const found = await look(most);
        if (found) return { ...found, now };
      }
      return { sessions: [], next: null, now };
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
