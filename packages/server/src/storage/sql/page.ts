import { LatchkeyError } from "@latchkey/core/errors";
import { type RawBuilder, sql } from "kysely";
import type { Database } from "../database.ts";
import type { Page, PageRequest } from "../store.ts";

interface Pageable {
  readonly id: string;
  readonly created_at: number;
}

/**
 * One page of `from` in order of creation. Cursors are ids of rows; `idColumn` where the wire's id
 * is not the key. One row more than asked tells whether there is a next page.
 *
 * @throws LatchkeyError 400 `invalid_cursor` for a row that is not in the list, because an empty
 * page would look like its end
 */
export async function readPage<R extends Pageable>(
  db: Database,
  table: "users" | "sessions" | "organizations" | "organization_memberships" | "invitations",
  where: RawBuilder<unknown>,
  { before, after, limit, order }: PageRequest,
  idColumn = "id",
): Promise<Page<R>> {
  const cursor = after ?? before;
  const backwards = after === null && before !== null;
  const ascending = (order === "asc") !== backwards;
  const direction = sql.raw(ascending ? "ASC" : "DESC");
  const name = sql.table(table);
  let place = sql`1 = 1`;
  if (cursor !== null) {
    const at = await db.first<Pageable>(
      sql<Pageable>`SELECT id, created_at FROM ${name} WHERE ${sql.ref(idColumn)} = ${cursor} AND ${where}`.compile(
        db.build,
      ),
    );
    if (!at) throw invalidCursor();
    const than = sql.raw(ascending ? ">" : "<");
    place = sql`(created_at, id) ${than} (${at.created_at}, ${at.id})`;
  }
  const rows = await db.all<R>(
    sql<R>`SELECT * FROM ${name} WHERE ${where} AND ${place}
      ORDER BY created_at ${direction}, id ${direction} LIMIT ${limit + 1}`.compile(db.build),
  );
  const more = rows.length > limit;
  const items = rows.slice(0, limit);
  if (backwards) items.reverse();
  return {
    items,
    hasBefore: backwards ? more : after !== null,
    hasAfter: backwards ? true : more,
  };
}

function invalidCursor(): LatchkeyError {
  return new LatchkeyError(
    "invalid_cursor",
    400,
    "before or after names nothing in this list any more. Begin again without it.",
  );
}
