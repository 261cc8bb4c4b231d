import { setImmediate } from "node:timers";
import type { CompiledQuery } from "kysely";
import type { Connection } from "./connection.ts";
import { databaseUnavailable, isBusy, isDatabaseFault, sqliteError } from "./errors.ts";
import { savepoints, type Work } from "./savepoint.ts";
import type { StatementCache } from "./statement-cache.ts";

/** Bounds how long one batch keeps the event loop. */
const maxBatch = 256;
/** Bounds how long the first of a batch waits for the others. */
const maxTurns = 4;
/** Each attempt waits for the connection's busy timeout; between them the event loop runs. */
const beginAttempts = 8;

interface Entry {
  readonly work: CompiledQuery | Work;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** What has run in a group, to be answered once the group is committed. */
interface Done {
  readonly entry: Entry;
  readonly settle: () => void;
}

export interface GroupCommit {
  /** Resolves after the commit that the work was part of. */
  enqueue(work: CompiledQuery | Work): Promise<unknown>;
  /** Resolves when everything enqueued so far has been answered. */
  drain(): Promise<void>;
}

/**
 * Runs the writes of one moment in one BEGIN IMMEDIATE … COMMIT, so that they share its fsync.
 * Work runs strictly one after another, each transaction in a savepoint of its own.
 */
export function groupCommit(
  connection: Connection,
  statements: StatementCache,
  now: () => number,
): GroupCommit {
  const begin = connection.prepare("BEGIN IMMEDIATE");
  const commit = connection.prepare("COMMIT");
  const rollback = connection.prepare("ROLLBACK");
  const inSavepoint = savepoints(connection, statements, now);
  let queue: Entry[] = [];
  let running: Promise<void> | undefined;

  function enqueue(work: CompiledQuery | Work): Promise<unknown> {
    return new Promise((resolve, reject) => {
      queue.push({ work, resolve, reject });
      running ??= flushUntilEmpty();
    });
  }

  async function flushUntilEmpty(): Promise<void> {
    while (queue.length > 0) {
      await untilQuiet();
      await flush(queue.splice(0, maxBatch));
    }
    running = undefined;
  }

  /** A turn of the event loop, and another for as long as each brings more to share the commit. */
  async function untilQuiet(): Promise<void> {
    for (let turns = 1; ; turns++) {
      const before = queue.length;
      await turn();
      if (queue.length === before || queue.length >= maxBatch || turns >= maxTurns) return;
    }
  }

  /** Never throws: every entry is answered, or stays in the queue. */
  async function flush(batch: Entry[]): Promise<void> {
    const done: Done[] = [];
    try {
      await beginImmediate();
    } catch (error) {
      for (const entry of batch) entry.reject(sqliteError(error));
      return;
    }
    for (const [index, entry] of batch.entries()) {
      try {
        const { work } = entry;
        const value = typeof work === "function" ? await inSavepoint(work) : statements.run(work);
        done.push({ entry, settle: () => entry.resolve(value) });
      } catch (error) {
        // What was refused may rest on what the group has written and not committed yet.
        done.push({ entry, settle: () => entry.reject(error) });
        // SQLite may have rolled back everything, not only this statement.
        if (isDatabaseFault(error) || !connection.inTransaction) {
          queue = [...batch.slice(index + 1), ...queue];
          abandon(error, done);
          return;
        }
      }
    }
    try {
      commit.run();
    } catch (error) {
      abandon(sqliteError(error), done);
      return;
    }
    for (const { settle } of done) settle();
  }

  /** Nothing of the batch is committed, so what had run in it did not happen. */
  function abandon(error: unknown, done: readonly { entry: Entry }[]): void {
    const refusal = isDatabaseFault(error)
      ? error
      : databaseUnavailable("gave up a group of writes: nothing was changed, try again", error);
    for (const { entry } of done) entry.reject(refusal);
    try {
      if (connection.inTransaction) rollback.run();
    } catch {
      // The next BEGIN fails and says so.
    }
  }

  async function beginImmediate(): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        begin.run();
        return;
      } catch (error) {
        if (!isBusy(error) || attempt >= beginAttempts) throw error;
        await turn();
      }
    }
  }

  return {
    enqueue,
    drain: async () => {
      while (running) await running;
    },
  };
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
