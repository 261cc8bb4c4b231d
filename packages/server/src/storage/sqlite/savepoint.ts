import { clearImmediate, setImmediate } from "node:timers";
import type { Transaction } from "../database.ts";
import { guardTransaction } from "../guarded-transaction.ts";
import type { Connection } from "./connection.ts";
import { sqliteError } from "./errors.ts";
import type { StatementCache } from "./statement-cache.ts";

export type Work = (tx: Transaction) => Promise<unknown>;

/** Runs work inside the open transaction so that it can be undone alone. */
export function savepoints(
  connection: Connection,
  statements: StatementCache,
  now: () => number,
): (work: Work) => Promise<unknown> {
  const savepoint = connection.prepare("SAVEPOINT work");
  const release = connection.prepare("RELEASE work");
  const rollbackTo = connection.prepare("ROLLBACK TO work");

  function control(...steps: (typeof savepoint)[]): void {
    try {
      for (const step of steps) step.run();
    } catch (error) {
      throw sqliteError(error);
    }
  }

  return async (work) => {
    control(savepoint);
    const guarded = guardTransaction(now(), async (query) => statements.run(query));
    try {
      const value = await withinThisTurn(work(guarded.tx));
      const failure = guarded.failure();
      if (failure) throw failure.error;
      control(release);
      return value;
    } catch (error) {
      if (connection.inTransaction) control(rollbackTo, release);
      throw guarded.failure()?.error ?? error;
    } finally {
      guarded.end();
    }
  };
}

/**
 * Statements answer within microtasks, so work that has not settled when the event loop turns
 * waits for something else and would hold up every other write.
 */
function withinThisTurn<T>(work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const overdue = setImmediate(() =>
      reject(
        new TypeError(
          "The work of a transaction awaited something other than tx: do that before or after the transaction",
        ),
      ),
    );
    const settled = () => clearImmediate(overdue);
    work.then(resolve, reject).then(settled, settled);
  });
}
