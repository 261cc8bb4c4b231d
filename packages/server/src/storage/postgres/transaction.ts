import type { CompiledQuery } from "kysely";
import type pg from "pg";
import type { Transaction, TransactionOptions } from "../database.ts";
import { guardTransaction } from "../guarded-transaction.ts";
import { leavesConnectionUsable, postgresError, postgresUnavailable } from "./errors.ts";
import { clock, type Outcome, type RunStatement } from "./run-statement.ts";

/** BEGIN … COMMIT around `work`. Never throws: what `work` threw comes back as it is. */
export async function runTransaction<T>(
  client: pg.ClientBase,
  run: RunStatement,
  work: (tx: Transaction) => Promise<T>,
  { timeoutMs }: TransactionOptions = {},
): Promise<Outcome<T>> {
  let now: number;
  try {
    now = await begin(client, timeoutMs);
  } catch (error) {
    return { ok: false, error: postgresError(error), usable: false };
  }

  // One connection answers one statement at a time, whatever work does with the promises.
  let last: Promise<unknown> = Promise.resolve();
  let usable = true;
  async function runNext(query: CompiledQuery): Promise<unknown[]> {
    const outcome = await run(client, query, timeoutMs);
    if (outcome.ok) return outcome.value;
    usable &&= outcome.usable;
    throw outcome.error;
  }
  const guarded = guardTransaction(now, (query) => {
    const answer = last.then(() => runNext(query));
    last = answer.catch(() => {});
    return answer;
  });

  let result: Outcome<T>;
  try {
    result = { ok: true, value: await work(guarded.tx) };
  } catch (error) {
    result = { ok: false, error, usable: true };
  }
  guarded.end();
  await last;
  const failure = guarded.failure();
  if (failure) result = { ok: false, error: failure.error, usable };
  return result.ok ? commit(client, result) : rollback(client, result);
}

/** Returns the transaction's time; one round trip. */
async function begin(client: pg.ClientBase, timeoutMs: number | undefined): Promise<number> {
  const timeouts =
    timeoutMs === undefined
      ? ""
      : `SET LOCAL statement_timeout = ${timeoutMs}; SET LOCAL lock_timeout = ${timeoutMs};
         SET LOCAL idle_in_transaction_session_timeout = ${timeoutMs};`;
  const results: unknown = await client.query(
    `BEGIN ISOLATION LEVEL READ COMMITTED; ${timeouts} SELECT ${clock} AS now`,
  );
  const answer = (results as pg.QueryResult<{ now: number }>[]).at(-1)?.rows[0];
  if (!answer) throw new Error("PostgreSQL answered BEGIN without the time");
  return answer.now;
}

async function commit<T>(
  client: pg.ClientBase,
  result: Outcome<T> & { ok: true },
): Promise<Outcome<T>> {
  try {
    const { command } = await client.query("COMMIT");
    if (command === "COMMIT") return result;
    const error = postgresUnavailable(
      "rolled the transaction back when it was to commit. Try again",
    );
    return { ok: false, error, usable: true };
  } catch (cause) {
    const usable = leavesConnectionUsable(cause);
    const error = usable
      ? postgresError(cause)
      : postgresUnavailable("did not confirm a commit: whether it happened is not known", cause);
    return { ok: false, error, usable };
  }
}

async function rollback<T>(
  client: pg.ClientBase,
  result: Outcome<T> & { ok: false },
): Promise<Outcome<T>> {
  if (!result.usable) return result;
  try {
    await client.query("ROLLBACK");
    return result;
  } catch {
    return { ...result, usable: false };
  }
}
