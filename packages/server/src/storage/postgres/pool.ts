import type pg from "pg";
import { driver } from "./driver.ts";
import { postgresUnavailable } from "./errors.ts";

export interface PoolSettings {
  readonly url: string;
  readonly maxConnections: number;
  readonly connectTimeoutMs: number;
  readonly statementTimeoutMs: number;
  readonly lockTimeoutMs: number;
}

const int8 = 20;
const bool = 16;
const numeric = 1700;

/** The types that PostgreSQL has and SQLite has not come out as SQLite's: numbers. */
const types: pg.CustomTypesConfig = {
  getTypeParser(oid: number, format?: "text" | "binary") {
    if (oid === int8 || oid === numeric) return Number;
    if (oid === bool) return (text: string) => (text === "t" ? 1 : 0);
    const { types } = driver();
    return format === "binary" ? types.getTypeParser(oid, format) : types.getTypeParser(oid);
  },
};

export function createPool(settings: PoolSettings): pg.Pool {
  const pool = new (driver().Pool)({
    connectionString: settings.url,
    max: settings.maxConnections,
    connectionTimeoutMillis: settings.connectTimeoutMs,
    idleTimeoutMillis: 60_000,
    keepAlive: true,
    application_name: "latchkey",
    // The server's own timeout comes first; this one is for a server that has gone silent.
    query_timeout: settings.statementTimeoutMs + 2_000,
    types,
    onConnect: (client) => prepareConnection(client, settings),
  });
  // A lost connection shows in the statement that uses it; an idle one is replaced by the pool.
  const ignore = (): void => {};
  pool.on("error", ignore);
  pool.on("connect", (client) => client.on("error", ignore));
  return pool;
}

/**
 * Everything in one round trip. `transaction_read_only` is on for a standby and wherever the
 * default is read only (libpq's own check for target_session_attrs=read-write).
 */
async function prepareConnection(client: pg.ClientBase, settings: PoolSettings): Promise<void> {
  const results: unknown = await client.query(`
    SET statement_timeout = ${settings.statementTimeoutMs};
    SET lock_timeout = ${settings.lockTimeoutMs};
    SET idle_in_transaction_session_timeout = ${settings.statementTimeoutMs};
    SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ COMMITTED;
    SELECT set_config('synchronous_commit', 'on', false)
      WHERE current_setting('synchronous_commit', true) = 'off';
    SHOW transaction_read_only`);
  const last = (results as pg.QueryResult<{ transaction_read_only: string }>[]).at(-1);
  if (last?.rows[0]?.transaction_read_only !== "off") {
    throw postgresUnavailable(
      "is read only: a standby, or default_transaction_read_only is on. Connect the server to the primary",
    );
  }
}
