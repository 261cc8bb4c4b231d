import type { CompiledQuery } from "kysely";
import { compiled, type Statement } from "./compile-only.ts";
import type { Transaction } from "./database.ts";

export interface GuardedTransaction {
  readonly tx: Transaction;
  /** What the first refused statement failed with. Work that caught it may not commit all the same. */
  failure(): { readonly error: unknown } | undefined;
  /** From here on every call is caller misuse. */
  end(): void;
}

/**
 * Makes both databases behave alike: PostgreSQL ignores everything after a refused statement, and
 * SQLite would carry on. Here the first failure decides the whole transaction.
 */
export function guardTransaction(
  now: number,
  run: (query: CompiledQuery) => Promise<unknown[]>,
): GuardedTransaction {
  let failed: { readonly error: unknown } | undefined;
  let ended = false;

  async function all<R>(statement: Statement<R>): Promise<R[]> {
    if (ended) {
      throw new TypeError(
        "The transaction is over: await every tx call before the work function returns",
      );
    }
    if (failed) throw failed.error;
    try {
      return (await run(compiled(statement))) as R[];
    } catch (error) {
      failed ??= { error };
      throw error;
    }
  }

  return {
    tx: { now, all, first: async (statement) => (await all(statement))[0] },
    failure: () => failed,
    end: () => {
      ended = true;
    },
  };
}
