import { unavailable } from "@latchkey/core/errors";
import { type Database, type Transaction, UniqueViolation } from "../database.ts";

/** Rolls the transaction back and becomes the answer. */
export class Refused<T> extends Error {
  readonly result: T;
  constructor(result: T) {
    super("refused");
    this.result = result;
  }
}

/** What was read changed before it was locked: begin again. */
export class Overtaken extends Error {}

const MAX_ATTEMPTS = 5;

/** Runs `work` in a transaction until no other request gets in its way. */
export async function untilSettled<T>(
  db: Database,
  work: (tx: Transaction) => Promise<T>,
): Promise<T> {
  for (let attempts = 1; ; attempts++) {
    try {
      return await db.transaction(work);
    } catch (error) {
      if (error instanceof Refused) return error.result as T;
      // Two first sign-ins of one address met: the second finds the user that the first made.
      if (!(error instanceof Overtaken || error instanceof UniqueViolation)) throw error;
      if (attempts === MAX_ATTEMPTS) {
        throw unavailable("busy", "This account is changing all the time. Try again.", error);
      }
    }
  }
}
