import { LatchkeyError, unavailable } from "@latchkey/core/errors";
import { UniqueViolation } from "../database.ts";
import { driver } from "./driver.ts";

/** By SQLSTATE or its class (PostgreSQL manual, appendix A): what was wrong and what to do. */
const conditions: Readonly<Record<string, string>> = {
  "08": "lost the connection",
  "25006": "is read only. Connect the server to the primary",
  "25P03": "ended a transaction that stood still too long. Try again",
  "25P04": "ended a transaction that took too long. Try again",
  "26000":
    "lost a prepared statement. Connect directly, or through a pooler that keeps prepared statements",
  "28": "refused the user or password of the database URL",
  "3D000": "has no database of the name in the database URL. Create it",
  "40001": "could not serialize the write. Try again",
  "40P01": "found a deadlock. Try again",
  "42P05":
    "already has a prepared statement. Connect directly, or through a pooler that keeps prepared statements",
  "53": "has run out of disk, memory or connections",
  "55P03": "did not get a lock in time. Try again",
  "57": "stopped the statement: it is starting, stopping, or the statement took too long",
  "58": "failed to read or write its own files. See its log",
  XX: "has an internal error or damaged data. See its log",
};

export function postgresUnavailable(what: string, cause?: unknown): LatchkeyError {
  return unavailable("database_unavailable", `PostgreSQL ${what}.`, cause);
}

/** A plan kept by a connection no longer fits the table: the schema moved on under a running server. */
export function isStalePlan(error: unknown): boolean {
  return (
    error instanceof driver().DatabaseError &&
    ((error.code === "0A000" && /cached plan/.test(error.message)) || error.code === "26000")
  );
}

/**
 * Whether the connection is still good after this failure: the server answered, in a state in
 * which the next statement can run.
 */
export function leavesConnectionUsable(error: unknown): boolean {
  if (!(error instanceof driver().DatabaseError) || error.severity !== "ERROR") return false;
  const code = error.code ?? "";
  return code !== "25006" && !code.startsWith("08") && !code.startsWith("57P");
}

/** Maps what pg rejects with. Bugs (syntax, NOT NULL, wrong types) stay as they are, without row values. */
export function postgresError(error: unknown): unknown {
  if (error instanceof driver().DatabaseError) {
    // These quote the values of the row; errors are logged.
    error.detail = undefined;
    error.where = undefined;
    const code = error.code ?? "";
    if (code === "23505") {
      return new UniqueViolation(
        `unique constraint ${error.constraint ?? ""} of ${error.table ?? "a table"}`,
      );
    }
    const condition = isStalePlan(error)
      ? "met a schema that changed while the statement was planned. Try again"
      : (conditions[code] ?? conditions[code.slice(0, 2)]);
    return condition ? postgresUnavailable(`${condition} (${code})`, error) : error;
  }
  // What is left comes from the socket or from pg's own state, except for misuse of the API.
  if (error instanceof TypeError || !(error instanceof Error)) return error;
  if (error instanceof LatchkeyError) return error;
  const code = "code" in error ? ` (${String(error.code)})` : "";
  return postgresUnavailable(`cannot be reached or did not answer in time${code}`, error);
}
