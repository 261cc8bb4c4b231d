import { LatchkeyError } from "@latchkey/core/errors";
import { type RawBuilder, sql } from "kysely";
import type { Database } from "../database.ts";
import type {
  SearchedIn,
  UserListing,
  UserListingPlace,
  UserListingRequest,
  UserListingStore,
} from "../user-listing-store.ts";
import type { UserRow } from "./rows.ts";
import { prepareUserReads } from "./user-rows.ts";
import { userSearch } from "./user-search.ts";
import { both, candidatesFor, conditions } from "./user-walks.ts";

type Sql = RawBuilder<unknown>;
type TimePlace = { readonly at: number; readonly id: string };
type TextPlace = { readonly text: string; readonly id: string };

const SEARCHED_IN: readonly SearchedIn[] = ["subject", "first_name", "last_name"];

/** How many candidates a page looks at: a few first, which mostly is enough, then the rest. */
const LOOKS = [200, 800];

export function sqlUserListingStore(db: Database): UserListingStore {
  const reads = prepareUserReads(db);
  // One by one: joined, PostgreSQL may read all users and hash them.
  const user =
    db.dialect === "postgres"
      ? sql`CROSS JOIN LATERAL (SELECT * FROM users WHERE id = c.user_id LIMIT 1) u`
      : sql`JOIN users u ON u.id = c.user_id`;

  /** Of the candidates those that fit, at most `limit`, and where to go on; null: there are no more. */
  async function look<P extends TimePlace | TextPlace>(
    key: keyof P & ("at" | "text"),
    candidates: (after: P | null, count: number) => Sql,
    rest: Sql | null,
    after: P | null,
    limit: number,
  ): Promise<{ rows: UserRow[]; last: P | null }> {
    type Place = { readonly place_key: unknown; readonly place_id: string };
    const column = sql.ref(`c.${key}`);
    const direction = sql.raw(key === "at" ? "DESC" : "ASC");
    const order = sql`ORDER BY ${column} ${direction}, c.id ${direction}`;
    const placeOf = (row: Place) => ({ [key]: row.place_key, id: row.place_id }) as unknown as P;
    const rows: (UserRow & Place)[] = [];
    let from = after;
    for (const most of rest === null ? [limit + 1] : LOOKS) {
      const inner = candidates(from, most);
      rows.push(
        ...(await db.all<UserRow & Place>(
          sql<UserRow & Place>`SELECT ${column} AS place_key, c.id AS place_id, u.*
            FROM (${inner}) c ${user}
            WHERE ${rest ?? sql`1 = 1`} ${order} LIMIT ${limit + 1 - rows.length}`.compile(
            db.build,
          ),
        )),
      );
      const last = rows[limit - 1];
      if (last && rows.length > limit) return { rows: rows.slice(0, limit), last: placeOf(last) };
      if (rest === null) return { rows, last: null };
      const end = await db.first<Place>(
        sql<Place>`SELECT ${column} AS place_key, c.id AS place_id FROM (${inner}) c
          ${order} LIMIT 1 OFFSET ${most - 1}`.compile(db.build),
      );
      if (!end) return { rows, last: null };
      from = placeOf(end);
    }
    return { rows, last: from };
  }

  async function byTime({ appId, filter, after, limit }: UserListingRequest): Promise<UserListing> {
    const { walk, rows: candidates, rest } = candidatesFor(appId, filter);
    if (after && (after.kind !== "by_time" || after.walk !== walk)) throw ofAnotherList();
    const { rows, last } = await look<TimePlace>("at", candidates, rest, after, limit);
    return {
      users: await reads.complete(db, rows),
      next: last && { kind: "by_time", walk, ...last },
    };
  }

  async function byText(
    { appId, filter, after, limit }: UserListingRequest,
    beginning: string,
  ): Promise<UserListing> {
    if (after && after.kind !== "by_text") throw ofAnotherList();
    const searches = userSearch(db.dialect, appId, beginning);
    const filtered = conditions(filter);
    const rows: UserRow[] = [];
    const first = after ? SEARCHED_IN.indexOf(after.in) : 0;
    for (const [index, searched] of SEARCHED_IN.slice(first).entries()) {
      const { rows: candidates, rest } = searches[searched];
      const place = index === 0 && after?.text != null ? { text: after.text, id: after.id } : null;
      const found = await look<TextPlace>(
        "text",
        candidates,
        both(rest, filtered),
        place,
        limit - rows.length,
      );
      rows.push(...found.rows);
      if (found.last) return listing(rows, { kind: "by_text", in: searched, ...found.last });
      const following = SEARCHED_IN[first + index + 1];
      if (rows.length === limit && following) {
        return listing(rows, { kind: "by_text", in: following, text: null, id: "" });
      }
    }
    return listing(rows, null);
  }

  const listing = async (rows: UserRow[], next: UserListingPlace | null): Promise<UserListing> => ({
    users: await reads.complete(db, rows),
    next,
  });

  return {
    page: (request) =>
      request.beginning === null ? byTime(request) : byText(request, request.beginning),
  };
}

function ofAnotherList(): LatchkeyError {
  return new LatchkeyError(
    "invalid_cursor",
    400,
    "after is of a list with another search or filter. Begin again without it.",
  );
}
