import { type AuthenticatedUser, COOKIE_HELD_REFRESH_TOKEN } from "@latchkey/core/protocol/browser";
import { LatchkeyClientError } from "./errors.ts";
import { type StoredSession, storedSession } from "./stored-session.ts";

/**
 * What an answer makes of the session. `session_update_action` "ignore" keeps the refresh token
 * that is stored; absent means "set".
 *
 * @throws LatchkeyClientError `unavailable` where the answer carries no access token
 */
export function sessionFromAnswer(
  answer: AuthenticatedUser,
  previous: StoredSession | null,
): StoredSession {
  const { user, privy_access_token, session_update_action } = answer;
  const token = answer.token ?? privy_access_token ?? "";
  const kept = previous?.refreshToken ?? null;
  const given = session_update_action === "ignore" ? kept : (answer.refresh_token ?? kept);
  const session = storedSession({
    token,
    apiToken: privy_access_token ?? token,
    refreshToken: given === COOKIE_HELD_REFRESH_TOKEN ? null : given,
    identityToken: answer.identity_token ?? previous?.identityToken ?? null,
    user: user ?? previous?.user ?? null,
  });
  if (session) return session;
  throw new LatchkeyClientError("unavailable", "No access token in the answer.");
}
