import type { Database } from "./database.ts";
import { openPostgres } from "./postgres/open-postgres.ts";
import { openSqlite } from "./sqlite/open-sqlite.ts";

export interface OpenDatabaseDeps {
  /** Milliseconds since the epoch; the clock of an SQLite database. */
  readonly now: () => number;
  /** PostgreSQL connections of this process; default 10. */
  readonly maxConnections?: number;
}

/**
 * `postgres://…` or `postgresql://…`, `sqlite:<path>`, `:memory:`, or the path of an SQLite file.
 *
 * @throws TypeError for any other scheme.
 */
export function openDatabase(url: string, { now, maxConnections }: OpenDatabaseDeps): Database {
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(url)?.[1]?.toLowerCase();
  if (scheme === "postgres" || scheme === "postgresql") {
    return openPostgres({ url, ...(maxConnections === undefined ? {} : { maxConnections }) });
  }
  const path = scheme === "sqlite" ? url.slice("sqlite:".length) : url;
  if (path === "" || path.startsWith("//") || (scheme && scheme !== "sqlite")) {
    throw new TypeError(
      "The database URL must be postgres://user:password@host/database, sqlite:<path>, or a file path",
    );
  }
  return openSqlite({ path, now });
}
