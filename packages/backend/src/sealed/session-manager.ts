import type { SealedSession } from "@latchkey/core/sealed/sealed-session";
import {
  currentSession,
  type GetSessionOptions,
  readSession,
  refreshNow,
} from "./current-session.ts";
import { createEngine } from "./engine.ts";
import { type CallbackOptions, handleCallback } from "./handle-callback.ts";
import { readSessionOptions, type SessionManagerOptions } from "./options.ts";
import { type OrganizationName, organizationName } from "./organization.ts";
import { cookieRequest } from "./request-cookies.ts";
import { sessionHeaders } from "./session-headers.ts";
import type {
  SessionRefused,
  SessionRequest,
  SessionResult,
  StaleSession,
} from "./session-result.ts";
import { type SignOutOptions, signOut } from "./sign-out.ts";
import { type StartedSignIn, type StartSignInOptions, startSignIn } from "./start-sign-in.ts";
import { type StartUrlOptions, startUrl } from "./start-url.ts";

export interface SessionManager {
  /**
   * Whom the request is signed in as; refreshes the session where it is due. Answers within 5 s and
   * never rejects because of what was sent or because the session server is away. Set the result's
   * headers on the response, whichever it is.
   */
  getSession(request: SessionRequest, options?: GetSessionOptions): Promise<SessionResult>;
  /**
   * The same without a refresh, for places that could not set its cookie: a session whose token is
   * over is `stale`. Send the browser to a `startUrl` of mode `refresh` then.
   */
  readSession(request: SessionRequest): Promise<SessionResult | StaleSession>;
  /** Begins a sign-in: redirect to `url` with `headers`. */
  startSignIn(request: SessionRequest, options?: StartSignInOptions): Promise<StartedSignIn>;
  /**
   * An address of this app, below the redirect URI, that begins a sign-in when it is opened: for
   * links, and for pages that can set no cookie. `handleCallback` answers it.
   */
  startUrl(options?: StartUrlOptions): Promise<string>;
  /**
   * Answers the redirect URI: a redirect to where the sign-in began, or a plain page. With `?start`
   * it begins one, also without {@link startUrl}: `?start&return_to=/path`.
   */
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
  /** What an organization is called; null when that cannot be found out. */
  organizationName(organizationId: string): Promise<OrganizationName | null>;
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
    getSession: (request, more = {}) => currentSession(engine, request, more),
    readSession: (request) => readSession(engine, request),
    startUrl: (more = {}) => startUrl(settings, more),
    organizationName: (organizationId) => organizationName(engine, organizationId),
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
