import { LatchkeyError, unavailable } from "@latchkey/core/errors";
import Sqlite from "better-sqlite3";
import { UniqueViolation } from "../database.ts";

/** By primary result code (https://sqlite.org/rescode.html): what was wrong and what to do. */
const conditions: Readonly<Record<string, string>> = {
  BUSY: "is locked by another process. Let one server and short-lived tools use it, and try again",
  LOCKED: "is locked by another statement. Try again",
  FULL: "cannot grow: the disk or its quota is full. Free some space",
  IOERR: "could not be read or written: the disk failed. Check the disk and the system log",
  READONLY: "is read only. Let the server's user write to the file and its directory",
  PERM: "may not be opened. Let the server's user read and write it",
  CANTOPEN: "cannot be opened. Check the path and that the server's user may read and write it",
  CORRUPT: "is damaged. Stop the server and restore a backup",
  NOTADB: "is not an SQLite database. Check the path, or restore a backup",
  NOMEM: "needs more memory than there is",
  PROTOCOL: "could not be locked. Keep it on a local disk, not on a network file system",
  NOLFS: "is larger than the file system allows",
  INTERRUPT: "was interrupted. Try again",
};

export function databaseUnavailable(what: string, cause?: unknown): LatchkeyError {
  return unavailable("database_unavailable", `The session database file ${what}.`, cause);
}

/** True when a statement failed by the database's fault: the batch it ran in cannot be trusted. */
export function isDatabaseFault(error: unknown): boolean {
  return error instanceof LatchkeyError && error.cause instanceof Sqlite.SqliteError;
}

/** Its busy handler has waited in vain for another process. */
export function isBusy(error: unknown): boolean {
  return error instanceof Sqlite.SqliteError && error.code.startsWith("SQLITE_BUSY");
}

/** Maps what better-sqlite3 and node:fs throw. Bugs (syntax, NOT NULL, wrong types) stay as they are. */
export function sqliteError(error: unknown): unknown {
  if (error instanceof Sqlite.SqliteError) {
    const code = error.code.replace(/^SQLITE_/, "");
    if (code === "CONSTRAINT_UNIQUE" || code === "CONSTRAINT_PRIMARYKEY") {
      return new UniqueViolation(error.message);
    }
    const condition = conditions[code.replace(/_.*/, "")];
    return condition ? databaseUnavailable(`${condition} (${error.code})`, error) : error;
  }
  if (error instanceof Error && "syscall" in error && "code" in error) {
    return databaseUnavailable(`or its directory cannot be used (${error.code})`, error);
  }
  return error;
}
