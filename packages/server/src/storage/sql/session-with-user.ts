import { sql } from "kysely";
import type { Database } from "../database.ts";
import { prepare } from "../prepared.ts";
import type { StoredSession, User } from "../store.ts";
import { opaqueText } from "./opaque-text.ts";
import {
  type AccountRow,
  type SessionRow,
  toAccount,
  toSession,
  toUser,
  type UserRow,
} from "./rows.ts";

/** Of the user all that the session's row does not say; all null without one. */
type OwnedRow = SessionRow &
  Omit<UserRow, "id" | "app_id" | "created_at"> &
  Omit<AccountRow, "id" | "user_id" | "app_id"> & {
    readonly user_created_at: number;
    readonly account_id: string;
    readonly db_now?: number;
  };

const COLUMNS = sql`s.*, u.created_at AS user_created_at, u.server_id, u.is_guest,
  u.accepted_terms_at, u.custom_metadata, u.disabled_at, u.last_sign_in_at, u.first_name, u.last_name,
  u.profile_picture_url, u.external_id, u.metadata, u.locale, u.updated_at,
  a.id AS account_id, a.type, a.subject, a.verified_at, a.first_verified_at, a.latest_verified_at, a.unverified,
  a.data`;
const USER = sql`LEFT JOIN users u ON u.id = s.user_id AND u.app_id = s.app_id
  LEFT JOIN accounts a ON a.user_id = u.id`;

/** One statement where a request needs both: on PostgreSQL each is a round trip. */
export function prepareReadWithUser(db: Database) {
  const bySid = prepare<{ sid: string }, OwnedRow>(db.build, (param) =>
    db.dialect === "postgres"
      ? sql`SELECT ${COLUMNS}, floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint AS db_now
            FROM (SELECT 1) AS always LEFT JOIN sessions s ON s.id = ${opaqueText(param("sid"))} ${USER}`
      : sql`SELECT ${COLUMNS} FROM sessions s ${USER} WHERE s.id = ${opaqueText(param("sid"))}`,
  );

  return async (
    sid: string,
  ): Promise<{ session: StoredSession | null; user: User | null; now: number }> => {
    const rows = await db.all(bySid({ sid }));
    const [row] = rows;
    const now = row?.db_now ?? (await db.now());
    // PostgreSQL answers a row of nulls when there is no session, to carry its time.
    if (!row?.id) return { session: null, user: null, now };
    const session = { ...toSession(row), tokenHash: row.token_hash };
    return { session, user: row.server_id === null ? null : userOf(row, rows), now };
  };
}

function userOf(row: OwnedRow, rows: readonly OwnedRow[]): User {
  const accounts = rows.filter(({ account_id }) => account_id !== null);
  // As the other reads of users have them.
  if (accounts.length > 1) accounts.sort(byAge);
  const user: UserRow = {
    id: row.user_id,
    server_id: row.server_id,
    app_id: row.app_id,
    is_guest: row.is_guest,
    accepted_terms_at: row.accepted_terms_at,
    custom_metadata: row.custom_metadata,
    disabled_at: row.disabled_at,
    created_at: row.user_created_at,
    last_sign_in_at: row.last_sign_in_at,
    first_name: row.first_name,
    last_name: row.last_name,
    profile_picture_url: row.profile_picture_url,
    external_id: row.external_id,
    metadata: row.metadata,
    locale: row.locale,
    updated_at: row.updated_at,
  };
  return toUser(user, accounts.map(toAccount));
}

function byAge(one: OwnedRow, other: OwnedRow): number {
  const apart = one.first_verified_at - other.first_verified_at;
  return apart === 0 ? (one.account_id < other.account_id ? -1 : 1) : apart;
}
