import { type RawBuilder, sql } from "kysely";
import type { Database } from "../database.ts";
import type { UserListing, UserListingRequest, UserListingStore } from "../store.ts";
import type { UserRow } from "./rows.ts";
import { prepareUserReads } from "./user-rows.ts";

export function sqlUserListingStore(db: Database): UserListingStore {
  const reads = prepareUserReads(db);
  /** As the index accounts_subject has it. */
  const subject: RawBuilder<string> =
    db.dialect === "postgres" ? sql`a.subject COLLATE "C"` : sql`a.subject`;

  async function byAge({ appId, after, limit }: UserListingRequest): Promise<UserListing> {
    const place =
      after?.kind === "by_age"
        ? sql`AND (created_at, id) < (${after.createdAt}, ${after.id})`
        : sql``;
    const rows = await db.all<UserRow>(
      sql<UserRow>`SELECT * FROM users WHERE app_id = ${appId} ${place}
        ORDER BY created_at DESC, id DESC LIMIT ${limit + 1}`.compile(db.build),
    );
    const users = await reads.complete(db, rows.slice(0, limit));
    const last = rows.length > limit ? users.at(-1) : undefined;
    return {
      users,
      next: last ? { kind: "by_age", createdAt: last.createdAt, id: last.id } : null,
    };
  }

  /** A user with two such accounts comes once for each that is on another page. */
  async function bySubject(
    { appId, after, limit }: UserListingRequest,
    beginning: string,
  ): Promise<UserListing> {
    type Row = UserRow & { readonly account_subject: string };
    const from =
      after?.kind === "by_subject"
        ? sql`(${subject}, u.id) > (${after.subject}, ${after.id})`
        : sql`${subject} >= ${beginning}`;
    const rows = await db.all<Row>(
      sql<Row>`SELECT u.*, a.subject AS account_subject
        FROM accounts a JOIN users u ON u.id = a.user_id
        WHERE a.app_id = ${appId} AND ${from} AND ${subject} < ${endOf(beginning)}
          AND a.type <> 'guest'
        ORDER BY ${subject}, u.id LIMIT ${limit + 1}`.compile(db.build),
    );
    const shown = rows.slice(0, limit);
    const unique = [...new Map(shown.map((row) => [row.id, row])).values()];
    const last = rows.length > limit ? shown.at(-1) : undefined;
    return {
      users: await reads.complete(db, unique),
      next: last ? { kind: "by_subject", subject: last.account_subject, id: last.id } : null,
    };
  }

  return {
    page: (request) =>
      request.beginning === null ? byAge(request) : bySubject(request, request.beginning),
  };
}

/** The least text that no text with this beginning reaches: UTF-8 sorts as code points do. */
const endOf = (beginning: string): string => `${beginning}\u{10ffff}`;
