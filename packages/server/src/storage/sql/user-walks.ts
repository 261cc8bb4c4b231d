/**
 * The indexes along which users are listed. Each gives candidates in its order; the filters that it
 * does not answer are conditions on the user's row.
 */
import { type RawBuilder, sql } from "kysely";
import type { UserFilter, UserWalk } from "../user-listing-store.ts";

type Sql = RawBuilder<unknown>;

export interface Candidates {
  readonly walk: UserWalk;
  /** Rows of `at`, `id` and `user_id`, newest first. */
  readonly rows: (after: { at: number; id: string } | null, count: number) => Sql;
  /** What is left to check of a candidate `c` and its user `u`; null: every one fits. */
  readonly rest: Sql | null;
}

/** Along what is rarest, as far as one can know without looking. */
function walkFor(filter: UserFilter): UserWalk {
  if (filter.organizationId !== undefined) return "organization";
  if (filter.disabled === true) return "disabled";
  if (filter.guest === true) return "guests";
  const isBySignIn = filter.signedInFrom !== undefined || filter.signedInUntil !== undefined;
  // Nearly everybody has an address.
  const isRareType = filter.accountType !== undefined && filter.accountType !== "email";
  if (isBySignIn && !isRareType) return "signed_in";
  if (filter.accountType !== undefined) return "account_type";
  return "created";
}

export function candidatesFor(appId: string, filter: UserFilter): Candidates {
  const walk = walkFor(filter);
  const own = (time: string, where: Sql, covered: (keyof UserFilter)[]): Candidates => ({
    walk,
    rest: conditions(filter, covered),
    rows(after, count) {
      const at = sql.ref(time);
      return sql`SELECT ${at} AS at, id, id AS user_id FROM users
        WHERE app_id = ${appId} AND ${where} ${before(at, sql.ref("id"), after)}
        ORDER BY ${at} DESC, id DESC LIMIT ${count}`;
    },
  });
  switch (walk) {
    case "created":
      return own(
        "created_at",
        range(sql`created_at`, filter.createdFrom, filter.createdUntil) ?? sql`1 = 1`,
        ["createdFrom", "createdUntil"],
      );
    case "signed_in":
      return own(
        "last_sign_in_at",
        range(sql`last_sign_in_at`, filter.signedInFrom, filter.signedInUntil) ?? sql`1 = 1`,
        ["signedInFrom", "signedInUntil"],
      );
    case "disabled":
      return own("created_at", sql`disabled_at IS NOT NULL`, ["disabled"]);
    case "guests":
      return own("created_at", sql`is_guest = 1`, ["guest"]);
    case "account_type":
      return {
        walk,
        // Of a user with two, the newest is in the list.
        rest: both(
          isNone(sql`accounts b WHERE b.user_id = u.id AND b.type = ${filter.accountType}
            AND (b.first_verified_at, b.id) > (c.at, c.id)`),
          conditions(filter, ["accountType"]),
        ),
        rows: (after, count) => sql`SELECT a.first_verified_at AS at, a.id, a.user_id
          FROM accounts a
          WHERE a.app_id = ${appId} AND a.type = ${filter.accountType}
            ${before(sql.ref("a.first_verified_at"), sql.ref("a.id"), after)}
          ORDER BY a.first_verified_at DESC, a.id DESC LIMIT ${count}`,
      };
    case "organization":
      return {
        walk,
        rest: conditions(filter, ["organizationId"]),
        rows: (after, count) => sql`SELECT m.created_at AS at, m.id, m.user_id
          FROM organization_memberships m
          WHERE m.organization_id = ${filter.organizationId} AND m.app_id = ${appId}
            ${before(sql.ref("m.created_at"), sql.ref("m.id"), after)}
          ORDER BY m.created_at DESC, m.id DESC LIMIT ${count}`,
      };
  }
}

/** Of conditions that may be none. */
export function both(one: Sql | null, other: Sql | null): Sql | null {
  return one && other ? sql`${one} AND ${other}` : (one ?? other);
}

const before = (at: Sql, id: Sql, after: { at: number; id: string } | null): Sql =>
  after === null ? sql`` : sql`AND (${at}, ${id}) < (${after.at}, ${after.id})`;

function range(at: Sql, from: number | undefined, until: number | undefined): Sql | null {
  const bounds = [
    ...(from === undefined ? [] : [sql`${at} >= ${from}`]),
    ...(until === undefined ? [] : [sql`${at} < ${until}`]),
  ];
  return bounds.length === 0 ? null : sql.join(bounds, sql` AND `);
}

/**
 * A question about one row, and never a join: for EXISTS PostgreSQL may read another table whole, and
 * hash it.
 */
const isSome = (rows: Sql): Sql => sql`(SELECT 1 FROM ${rows} LIMIT 1) IS NOT NULL`;
export const isNone = (rows: Sql): Sql => sql`(SELECT 1 FROM ${rows} LIMIT 1) IS NULL`;

/**
 * What `filter` asks of the row `u`, but for what is `covered` already. Written so that no index of
 * users answers it, for it is asked of the candidates alone.
 */
export function conditions(
  filter: UserFilter,
  covered: readonly (keyof UserFilter)[] = [],
): Sql | null {
  const asks = <K extends keyof UserFilter>(key: K): UserFilter[K] | undefined =>
    covered.includes(key) ? undefined : filter[key];
  const disabled = asks("disabled");
  const guest = asks("guest");
  const type = asks("accountType");
  const organization = asks("organizationId");
  const all = [
    range(sql`u.created_at + 0`, asks("createdFrom"), asks("createdUntil")),
    range(sql`u.last_sign_in_at + 0`, asks("signedInFrom"), asks("signedInUntil")),
    disabled === undefined
      ? null
      : disabled
        ? sql`coalesce(u.disabled_at, -1) >= 0`
        : sql`coalesce(u.disabled_at, -1) < 0`,
    guest === undefined ? null : sql`u.is_guest + 0 = ${guest ? 1 : 0}`,
    type === undefined ? null : isSome(sql`accounts t WHERE t.user_id = u.id AND t.type = ${type}`),
    organization === undefined
      ? null
      : isSome(sql`organization_memberships o
          WHERE o.organization_id = ${organization} AND o.user_id = u.id`),
  ].filter((each) => each !== null);
  return all.length === 0 ? null : sql.join(all, sql` AND `);
}
