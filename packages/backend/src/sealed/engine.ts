/** What every operation of the session manager shares: the cookie, the tokens, the refreshes. */
import { LatchkeyError } from "@latchkey/core/errors";
import type { SealedSession } from "@latchkey/core/sealed/sealed-session";
import {
  type CookieRequest,
  createSessionCookie,
  type SessionCookie,
} from "@latchkey/core/sealed/session-cookie";
import { createJwksKeys } from "../jwks-keys.ts";
import { type AuthenticateOutcome, authenticateCall } from "./authenticate-call.ts";
import { createEndedSessions, type EndedSessions } from "./ended-sessions.ts";
import type { SessionSettings } from "./options.ts";
import { createRefreshFlights, type RefreshFlights } from "./refresh-flights.ts";
import { createSessionTokenVerifier, type VerifySessionToken } from "./verify-session-token.ts";

/** Everything that waits for the session server is over by then; a page answers within 5 s. */
export const DEADLINE_MS = 4_000;
/** Of one call: below the deadline, so that what went wrong is known when that is there. */
const CALL_TIMEOUT_MS = 3_500;

export interface Engine {
  readonly settings: SessionSettings;
  readonly cookie: SessionCookie;
  readonly verify: VerifySessionToken;
  readonly flights: RefreshFlights;
  readonly ended: EndedSessions;
  authenticate(
    body: Readonly<Record<string, string>>,
    headers?: Readonly<Record<string, string>>,
  ): Promise<AuthenticateOutcome>;
  /** Set-Cookie lines that keep the session; none, and a problem, when it is too long. */
  seal(session: SealedSession, request: CookieRequest): Promise<readonly string[]>;
}

export function createEngine(settings: SessionSettings): Engine {
  const { serverUrl, clientId, apiKey, fetch, now, problem } = settings;
  const { cookieName: name, ring, formerNames, formerDomains } = settings;
  const cookie = createSessionCookie({ name, ring, formerNames, formerDomains });
  const keySource = createJwksKeys({
    url: `${serverUrl}/sso/jwks/${encodeURIComponent(clientId)}`,
    fetch,
    timeoutMs: CALL_TIMEOUT_MS,
    now,
    onRefreshError: problem,
  });
  const call = {
    url: `${serverUrl}/user_management/authenticate`,
    fetch,
    timeoutMs: CALL_TIMEOUT_MS,
  };
  const authenticate: Engine["authenticate"] = async (body, headers) => {
    const client = { client_id: clientId, client_secret: apiKey };
    const outcome = await authenticateCall(call, { ...client, ...body }, headers);
    if (outcome.kind === "unavailable") {
      problem(new LatchkeyError("session_server_unavailable", 503, outcome.message));
    }
    return outcome;
  };
  const flights = createRefreshFlights({
    now,
    timeoutMs: 2 * CALL_TIMEOUT_MS,
    call: ({ refreshToken }, organizationId) =>
      authenticate({
        grant_type: "refresh_token",
        refresh_token: refreshToken,
        ...(organizationId !== null && { organization_id: organizationId }),
      }),
  });

  return {
    settings,
    cookie,
    verify: createSessionTokenVerifier({ ...settings, keySource }),
    flights,
    ended: createEndedSessions(now),
    authenticate,
    async seal(session, request) {
      const sealed = await cookie.seal(session, request);
      if (!sealed.ok) {
        const words = `The session has ${sealed.length} characters sealed and cookies hold ${sealed.most}: keep less in the user's metadata or in the token.`;
        problem(new LatchkeyError("session_too_large", 500, words));
        return [];
      }
      if (sealed.warning) problem(new LatchkeyError("cookie_too_large", 500, sealed.warning));
      return sealed.setCookies;
    },
  };
}
