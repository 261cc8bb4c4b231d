import { type LatchkeyError, unavailable } from "@latchkey/core/errors";

/** R9: what proves a session outlived the session's row, which is no proof that it ended. */
export function stateLost(): LatchkeyError {
  return unavailable(
    "session_state_lost",
    "This session is authentic but the database has no record of it, as after a restore from an older backup. It is kept until the operator restores the record or declares the loss (latchkey sessions declare-loss).",
  );
}
