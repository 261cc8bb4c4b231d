import { LatchkeyError } from "@latchkey/core/errors";
import { TERMINAL_CODE } from "@latchkey/core/protocol/browser";
import type { EndReason } from "@latchkey/core/sessions/rules";

/** Why there is no session: proof, on which a client clears its state (R5). */
export type TerminalReason = EndReason | "expired" | "invalid" | "key_retired" | "session_lost";

const WORDS: Record<TerminalReason, string> = {
  logout: "This session was signed out.",
  revoked: "This session was revoked.",
  reuse:
    "This session was ended because an old refresh token of it was used again, which may mean that it was copied.",
  user_disabled: "This session ended because its user was disabled.",
  user_deleted: "This session ended because its user was deleted.",
  replaced: "This session was replaced by a newer one.",
  expired: "This session has expired.",
  invalid: "This is not a refresh token of this server.",
  key_retired: "This session ended because the key behind its token was retired.",
  session_lost: "The operator declared this session lost after a restore.",
};

/** One sentence on why a session is over. */
export const terminalWords = (reason: TerminalReason): string => WORDS[reason];

/** The one error on which a client clears its session (session rule R5). */
export function terminalError(reason: TerminalReason): LatchkeyError {
  return new LatchkeyError(TERMINAL_CODE, 401, `${WORDS[reason]} Sign in again.`, { reason });
}

export function clientMismatch(): LatchkeyError {
  return new LatchkeyError(
    "client_mismatch",
    403,
    "This session belongs to another app. Nothing was changed; send the app id that the session began with.",
  );
}
