/** Users by the beginning of an address, another account's subject, or a name: ranges of indexes. */
import { type RawBuilder, sql } from "kysely";
import type { Dialect } from "../database.ts";
import type { SearchedIn } from "../user-listing-store.ts";
import { isNone } from "./user-walks.ts";

type Sql = RawBuilder<unknown>;

export interface Found {
  /** Rows of `text`, `id` and `user_id` in order of text. */
  readonly rows: (after: { text: string; id: string } | null, count: number) => Sql;
  /** Leaves out whom the list has already: a condition on a candidate `c` and its user `u`. */
  readonly rest: Sql;
}

/** `beginning` in lower case, which is how addresses are kept. */
export function userSearch(dialect: Dialect, appId: string, beginning: string) {
  // By bytes, as the indexes have it.
  const collate = dialect === "postgres" ? sql` COLLATE "C"` : sql``;
  const end = endOf(beginning);
  const within = (text: Sql, id: Sql, after: { text: string; id: string } | null): Sql =>
    after === null
      ? sql`${text} >= ${beginning} AND ${text} < ${end}`
      : sql`${text} >= ${after.text} AND (${text}, ${id}) > (${after.text}, ${after.id}) AND ${text} < ${end}`;

  const subject = (alias: string): Sql => sql`${sql.ref(`${alias}.subject`)}${collate}`;
  const hasNoSubject = isNone(sql`accounts s WHERE s.user_id = u.id AND s.type <> 'guest'
    AND ${subject("s")} >= ${beginning} AND ${subject("s")} < ${end}`);
  const name = (column: "first_name" | "last_name"): Sql =>
    sql`lower(${sql.ref(column)})${collate}`;

  const byName = (column: "first_name" | "last_name", rest: Sql): Found => ({
    rest,
    rows: (after, count) => sql`SELECT ${name(column)} AS text, id, id AS user_id FROM users
      WHERE app_id = ${appId} AND ${sql.ref(column)} IS NOT NULL
        AND ${within(name(column), sql.ref("id"), after)}
      ORDER BY ${name(column)}, id LIMIT ${count}`,
  });

  const found: Readonly<Record<SearchedIn, Found>> = {
    subject: {
      // Of a user with two, the first is in the list.
      rest: isNone(sql`accounts b WHERE b.user_id = u.id AND b.type <> 'guest'
        AND ${subject("b")} >= ${beginning} AND (${subject("b")}, b.id) < (c.text, c.id)`),
      rows: (after, count) => sql`SELECT ${subject("a")} AS text, a.id, a.user_id FROM accounts a
        WHERE a.app_id = ${appId} AND a.type <> 'guest'
          AND ${within(subject("a"), sql.ref("a.id"), after)}
        ORDER BY ${subject("a")}, a.id LIMIT ${count}`,
    },
    first_name: byName("first_name", hasNoSubject),
    last_name: byName(
      "last_name",
      sql`${hasNoSubject} AND (u.first_name IS NULL OR NOT (
        lower(u.first_name)${collate} >= ${beginning} AND lower(u.first_name)${collate} < ${end}))`,
    ),
  };
  return found;
}

/** The least text that no text with this beginning reaches: UTF-8 sorts as code points do. */
const endOf = (beginning: string): string => `${beginning}\u{10ffff}`;
