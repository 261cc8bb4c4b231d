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
import { candidatesFor, conditions } from "./user-walks.ts";

type Sql = RawBuilder<unknown>;
type Place<Key extends "at" | "text"> = Key extends "at"
  ? { readonly at: number; readonly id: string }
  : { readonly text: string; readonly id: string };

const SEARCHED_IN: readonly SearchedIn[] = ["subject", "first_name", "last_name"];

/** How many candidates a page looks at: a few first, which mostly is enough. */
const LOOKS = [200, 1000];

export function sqlUserListingStore(db: Database): UserListingStore {
  const reads = prepareUserReads(db);

  /** Of the candidates those that fit, at most `limit`, and the last that was looked at. */
  async function look<Key extends "at" | "text">(
    key: Key,
    candidates: (count: number) => Sql,
    rest: Sql | null,
    limit: number,
  ): Promise<{ rows: UserRow[]; last: Place<Key> | null }> {
    type Row = UserRow & { readonly place_key: number & string; readonly place_id: string };
    const order = sql.raw(key === "at" ? "DESC" : "ASC");
    const column = sql.ref(`c.${key}`);
    const placeOf = (at: unknown, id: string) => ({ [key]: at, id }) as unknown as Place<Key>;
    for (const most of rest === null ? [limit + 1] : LOOKS) {
      const rows = await db.all<Row>(
        sql<Row>`SELECT ${column} AS place_key, c.id AS place_id, u.*
          FROM (${candidates(most)}) c JOIN users u ON u.id = c.user_id
          WHERE ${rest ?? sql`1 = 1`}
          ORDER BY ${column} ${order}, c.id ${order} LIMIT ${limit + 1}`.compile(db.build),
      );
      const last = rows[limit - 1];
      if (last && rows.length > limit) {
        return { rows: rows.slice(0, limit), last: placeOf(last.place_key, last.place_id) };
      }
      if (rest === null) return { rows, last: null };
      const [at] = await db.all<{ key: unknown; id: string }>(
        sql<{ key: unknown; id: string }>`SELECT ${column} AS key, c.id
          FROM (${candidates(most)}) c ORDER BY ${column} ${order}, c.id ${order}
          LIMIT 1 OFFSET ${most - 1}`.compile(db.build),
      );
      if (!at) return { rows, last: null };
      if (most === LOOKS.at(-1)) return { rows, last: placeOf(at.key, at.id) };
    }
    return { rows: [], last: null };
  }

  async function byTime({ appId, filter, after, limit }: UserListingRequest): Promise<UserListing> {
    const { walk, rows: candidates, rest } = candidatesFor(appId, filter);
    if (after && (after.kind !== "by_time" || after.walk !== walk)) throw ofAnotherList();
    const { rows, last } = await look("at", (count) => candidates(after, count), rest, limit);
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
      const both = [rest, filtered].filter((each) => each !== null);
      const found = await look(
        "text",
        (count) => candidates(place, count),
        both.length === 0 ? null : sql.join(both, sql` AND `),
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
