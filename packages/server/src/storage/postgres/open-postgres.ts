import type pg from "pg";
import { closedError } from "../closed.ts";
import { compiled, compileOnly, type Statement } from "../compile-only.ts";
import type { Database } from "../database.ts";
import { isStalePlan, leavesConnectionUsable, postgresError } from "./errors.ts";
import { createPool } from "./pool.ts";
import { clock, type Outcome, statementRunner } from "./run-statement.ts";
import { statementNames } from "./statement-names.ts";
import { runTransaction } from "./transaction.ts";

export interface PostgresOptions {
  /** postgres://user:password@host:port/database?sslmode=… */
  readonly url: string;
  /** Default 10. */
  readonly maxConnections?: number;
  /** For a free or a new connection; default 5,000. */
  readonly connectTimeoutMs?: number;
  /** Default 10,000. */
  readonly statementTimeoutMs?: number;
  /** Default 5,000. */
  readonly lockTimeoutMs?: number;
}

/**
 * Connects on first use and again by itself after any loss; opening tries nothing. While there is
 * no primary, everything is rejected with {@link LatchkeyError} 503 `database_unavailable`.
 */
export function openPostgres(options: PostgresOptions): Database {
  const pool = createPool({
    url: options.url,
    maxConnections: options.maxConnections ?? 10,
    connectTimeoutMs: options.connectTimeoutMs ?? 5_000,
    statementTimeoutMs: options.statementTimeoutMs ?? 10_000,
    lockTimeoutMs: options.lockTimeoutMs ?? 5_000,
  });
  const run = statementRunner(statementNames());
  // The pool's own end() would leave what waits for a connection unanswered.
  const underWay = new Set<Promise<unknown>>();
  let closed: Promise<void> | undefined;

  async function lend<T>(use: (client: pg.ClientBase) => Promise<Outcome<T>>): Promise<T> {
    let client: pg.PoolClient;
    try {
      client = await pool.connect();
    } catch (error) {
      throw postgresError(error);
    }
    const outcome = await use(client);
    client.release(!outcome.ok && !outcome.usable);
    if (outcome.ok) return outcome.value;
    throw outcome.error;
  }

  async function withClient<T>(use: (client: pg.ClientBase) => Promise<Outcome<T>>): Promise<T> {
    if (closed) throw closedError();
    const work = lend(use);
    underWay.add(work);
    try {
      return await work;
    } finally {
      underWay.delete(work);
    }
  }

  async function all<R>(statement: Statement<R>): Promise<R[]> {
    const query = compiled(statement);
    return (await withClient(async (client) => {
      const outcome = await run(client, query);
      // A stale plan is found before anything runs, so the statement may be sent again.
      return outcome.ok || !isStalePlan(causeOf(outcome.error)) ? outcome : run(client, query);
    })) as R[];
  }

  return {
    dialect: "postgres",
    build: compileOnly("postgres"),
    now: () => withClient(readClock),
    all,
    first: async (statement) => (await all(statement))[0],
    write: all,
    transaction: (work, transactionOptions) =>
      withClient((client) => runTransaction(client, run, work, transactionOptions)),
    close() {
      closed ??= Promise.allSettled(underWay).then(() => pool.end());
      return closed;
    },
  };
}

function causeOf(error: unknown): unknown {
  return error instanceof Error ? error.cause : undefined;
}

async function readClock(client: pg.ClientBase): Promise<Outcome<number>> {
  try {
    const { rows } = await client.query<{ now: number }>({
      name: "now",
      text: `SELECT ${clock} AS now`,
    });
    return { ok: true, value: (rows[0] as { now: number }).now };
  } catch (error) {
    return { ok: false, error: postgresError(error), usable: leavesConnectionUsable(error) };
  }
}
