import type Sqlite from "better-sqlite3";
import type { CompiledQuery } from "kysely";
import { closedError } from "../closed.ts";
import { compiled, compileOnly, type Statement } from "../compile-only.ts";
import type { Database, Transaction } from "../database.ts";
import { openFile, type SqliteFile } from "./connection.ts";
import { sqliteError } from "./errors.ts";
import { groupCommit } from "./group-commit.ts";
import { statementCache } from "./statement-cache.ts";

export interface SqliteOptions {
  /** The database file, created when missing; ":memory:" for one that lives as long as this object. */
  readonly path: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/**
 * The embedded database: write-ahead log, synchronous FULL, writes of one moment in one commit.
 * Throws {@link LatchkeyError} 503 `database_unavailable` when the file cannot be used.
 */
export function openSqlite({ path, now }: SqliteOptions): Database {
  const file = open(path);
  const reads = statementCache(file.reader, requireReading);
  const readsOfWriter = statementCache(file.writer, requireReading);
  const commits = groupCommit(file.writer, statementCache(file.writer), now);
  let closed: Promise<void> | undefined;

  function assertOpen(): void {
    if (closed) throw closedError();
  }

  async function all<R>(statement: Statement<R>): Promise<R[]> {
    assertOpen();
    // Every commit empties the reader's cache and leaves the writer's full. But while a group is
    // open the writer sees what is not committed.
    const { run } = file.writer.inTransaction ? reads : readsOfWriter;
    return run(compiled(statement)) as R[];
  }

  return {
    dialect: "sqlite",
    build: compileOnly("sqlite"),
    now: async () => {
      assertOpen();
      return now();
    },
    all,
    first: async (statement) => (await all(statement))[0],
    async write<R>(statement: Statement<R>): Promise<R[]> {
      assertOpen();
      const query: CompiledQuery = compiled(statement);
      return (await commits.enqueue(query)) as R[];
    },
    async transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
      assertOpen();
      return (await commits.enqueue(work)) as T;
    },
    close() {
      closed ??= commits.drain().then(file.close);
      return closed;
    },
  };
}

function requireReading(statement: Sqlite.Statement): void {
  if (statement.readonly) return;
  throw new TypeError("A writing statement was passed to all or first: pass it to write");
}

function open(path: string): SqliteFile {
  try {
    return openFile(path);
  } catch (error) {
    throw sqliteError(error);
  }
}
