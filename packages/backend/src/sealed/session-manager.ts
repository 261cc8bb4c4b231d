import type { SealedSession } from "@latchkey/core/sealed/sealed-session";
import { currentSession, refreshNow } from "./current-session.ts";
import { createEngine } from "./engine.ts";
import { type CallbackOptions, handleCallback } from "./handle-callback.ts";
import { readSessionOptions, type SessionManagerOptions } from "./options.ts";
import { cookieRequest } from "./request-cookies.ts";
import { sessionHeaders } from "./session-headers.ts";
import type { SessionRefused, SessionRequest, SessionResult } from "./session-result.ts";
import { type SignOutOptions, signOut } from "./sign-out.ts";
import { type StartedSignIn, type StartSignInOptions, startSignIn } from "./start-sign-in.ts";

export interface SessionManager {
  /**
   * Whom the request is signed in as; refreshes the session where it is due. Answers within 5 s and
   * never rejects because of what was sent or because the session server is away. Set the result's
   * headers on the response, whichever it is.
   */
  getSession(request: SessionRequest): Promise<SessionResult>;
  /** Begins a sign-in: redirect to `url` with `headers`. */
  startSignIn(request: SessionRequest, options?: StartSignInOptions): Promise<StartedSignIn>;
  /** Answers the redirect URI: a redirect to where the sign-in began, or a plain page. */
  handleCallback(request: SessionRequest, options?: CallbackOptions): Promise<Response>;
  /**
   * Signs out here and at the session server. Answer a form's POST with it: a mere link could be
   * followed in advance or from another site.
   */
  signOut(request: SessionRequest, options?: SignOutOptions): Promise<Response>;
  /** Refreshes though it is not due: for new claims after a change of roles, for example. */
  refreshSession(
    request: SessionRequest,
    options?: { readonly organizationId?: string | undefined },
  ): Promise<SessionResult | SessionRefused>;
  /** Goes over to another organization of the user; `refused` where they are no member. */
  switchOrganization(
    request: SessionRequest,
    organizationId: string,
  ): Promise<SessionResult | SessionRefused>;
  /** Headers that keep a session which came some other way, such as by password or magic code. */
  saveSession(request: SessionRequest, session: SealedSession): Promise<Headers>;
}

/**
 * Keeps an app's sessions in a sealed cookie. Make one per process: it holds keys, verified tokens
 * and the refreshes under way. Throws a TypeError for options that cannot work.
 */
export function createSessionManager(options: SessionManagerOptions): SessionManager {
  const settings = readSessionOptions(options);
  const engine = createEngine(settings);
  return {
    getSession: (request) => currentSession(engine, request),
    startSignIn: (request, more = {}) => startSignIn(settings, request, more),
    handleCallback: (request, more = {}) => handleCallback(engine, request, more),
    signOut: (request, more = {}) => signOut(engine, request, more),
    refreshSession: (request, more = {}) =>
      refreshNow(engine, request, more.organizationId ?? null),
    switchOrganization(request, organizationId) {
      if (typeof organizationId === "string" && organizationId !== "") {
        return refreshNow(engine, request, organizationId);
      }
      throw new TypeError("switchOrganization takes the organization's id, org_…, second.");
    },
    async saveSession(request, session) {
      return sessionHeaders(await engine.seal(session, cookieRequest(settings, request)));
    },
  };
}
