import type { Statement } from "better-sqlite3";
import type { CompiledQuery } from "kysely";
import type { Connection } from "./connection.ts";
import { sqliteError } from "./errors.ts";

/** Far above the number of statements that a server has; a list of unbounded shapes stays bounded. */
const capacity = 500;

export interface StatementCache {
  /** Runs the statement now. Throws what `sqliteError` makes of a failure. */
  run(query: CompiledQuery): unknown[];
  readonly size: number;
}

/** Statements prepared once per SQL text; the oldest goes when there are too many. */
export function statementCache(
  connection: Connection,
  accept: (statement: Statement) => void = () => {},
): StatementCache {
  const statements = new Map<string, Statement>();

  function prepare(sql: string): Statement {
    const statement = connection.prepare(sql);
    accept(statement);
    if (statements.size >= capacity) {
      for (const oldest of statements.keys()) {
        statements.delete(oldest);
        break;
      }
    }
    statements.set(sql, statement);
    return statement;
  }

  return {
    run({ sql, parameters }) {
      try {
        const statement = statements.get(sql) ?? prepare(sql);
        if (statement.reader) return statement.all(...parameters);
        statement.run(...parameters);
        return [];
      } catch (error) {
        throw sqliteError(error);
      }
    },
    get size() {
      return statements.size;
    },
  };
}
