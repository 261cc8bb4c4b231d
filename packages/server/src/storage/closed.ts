import { type LatchkeyError, unavailable } from "@latchkey/core/errors";

/** For calls after `Database.close()`. */
export function closedError(): LatchkeyError {
  return unavailable(
    "database_unavailable",
    "The session database is closed: the server is stopping.",
  );
}
