/** The token refresh cycle: from a request to whom it is signed in as, and its cookies. */
import { LatchkeyError } from "@latchkey/core/errors";
import type { SealedSession } from "@latchkey/core/sealed/sealed-session";
import type { CookieRequest } from "@latchkey/core/sealed/session-cookie";
import type { AppServerTokenClaims } from "@latchkey/core/tokens/app-server-tokens";
import { DEADLINE_MS, type Engine } from "./engine.ts";
import { readBuffer } from "./options.ts";
import { cookieRequest } from "./request-cookies.ts";
import { sessionHeaders } from "./session-headers.ts";
import { sessionIdOf } from "./session-id.ts";
import type {
  SessionRefused,
  SessionRequest,
  SessionResult,
  StaleSession,
} from "./session-result.ts";
import { signedIn, signedOut, unavailable } from "./session-results.ts";
import { within } from "./within.ts";

/** For a refresh that could wait; the session goes on with the token that it has. */
const SOFT_DEADLINE_MS = 2_000;

interface Found {
  readonly session: SealedSession;
  /** Newer than what the cookie holds, or sealed in a way to be left behind. */
  readonly mustSeal: boolean;
  readonly request: CookieRequest;
}

export interface GetSessionOptions {
  /** In place of the manager's. */
  readonly refreshBufferSeconds?: number | undefined;
  /** Hears how each refresh ended that was tried for this request. */
  readonly onRefresh?: ((result: SessionResult) => void) | undefined;
}

type Finding = { readonly found: Found } | { readonly result: SessionResult };

export async function currentSession(
  engine: Engine,
  request: SessionRequest,
  options: GetSessionOptions = {},
): Promise<SessionResult> {
  const { refreshBufferSeconds, onRefresh } = options;
  const bufferFor =
    refreshBufferSeconds === undefined
      ? engine.settings.bufferFor
      : readBuffer(refreshBufferSeconds);
  const cookies = cookieRequest(engine.settings, request);
  const work = async (): Promise<SessionResult> => {
    const state = await stateOf(engine, cookies);
    if ("result" in state) return state.result;
    const { found, claims } = state;
    if (!claims) return told(await refreshed(engine, found, null), onRefresh);
    const left = claims.exp - engine.settings.now() / 1_000;
    if (left >= bufferFor(claims.exp - claims.iat)) return asItIs(engine, found, claims);
    return refreshedSoftly(engine, found, claims, onRefresh);
  };
  const answer = await within(DEADLINE_MS, work());
  return answer ?? unavailable("session_server_unavailable", 1);
}

/** The session as it is: no call, and no cookie that would have to be set. */
export async function readSession(
  engine: Engine,
  request: SessionRequest,
): Promise<SessionResult | StaleSession> {
  const cookies = cookieRequest(engine.settings, request);
  const work = async (): Promise<SessionResult | StaleSession> => {
    const state = await stateOf(engine, cookies);
    if ("result" in state) return state.result;
    const { found, claims } = state;
    if (claims) return asItIs(engine, found, claims);
    const { session } = found;
    const [userId, sessionId] = [session.user.id, sessionIdOf(session)];
    return { status: "stale", userId, sessionId, headers: sessionHeaders() };
  };
  const answer = await within(DEADLINE_MS, work());
  return answer ?? unavailable("keys_unavailable", 1);
}

type State =
  | { readonly result: SessionResult }
  /** Without claims the token is over, or of no use: only a refresh can tell more. */
  | { readonly found: Found; readonly claims: AppServerTokenClaims | null };

async function stateOf(engine: Engine, request: CookieRequest): Promise<State> {
  const finding = await findSession(engine, request);
  if ("result" in finding) return finding;
  const { found } = finding;
  const { session } = found;
  const verdict = await engine.verify(session.accessToken);
  if (verdict.kind === "other_client") return { result: signedOut("other_client") };
  if (verdict.kind === "unavailable") {
    return { result: unavailable("keys_unavailable", verdict.retryAfter) };
  }
  if (verdict.kind === "invalid") return { found, claims: null };
  const { claims } = verdict;
  if (claims.sub !== session.user.id) {
    return { result: signedOut("unreadable_cookie", "the user and the token differ") };
  }
  if (engine.ended.has(claims.sid)) return { result: await over(engine, found, "signed out here") };
  return { found, claims: verdict.kind === "expired" ? null : claims };
}

function told(
  result: SessionResult,
  listener: ((result: SessionResult) => void) | undefined,
): SessionResult {
  listener?.(result);
  return result;
}

/** Refreshes whether or not it is due, for new claims or another organization. */
export async function refreshNow(
  engine: Engine,
  request: SessionRequest,
  organizationId: string | null,
): Promise<SessionResult | SessionRefused> {
  const cookies = cookieRequest(engine.settings, request);
  const work = async (): Promise<SessionResult | SessionRefused> => {
    const finding = await findSession(engine, cookies);
    if ("result" in finding) return finding.result;
    const verdict = await engine.verify(finding.found.session.accessToken);
    if (verdict.kind === "other_client") return signedOut("other_client");
    return refreshed(engine, finding.found, organizationId, "tell");
  };
  const answer = await within(DEADLINE_MS, work());
  return answer ?? unavailable("session_server_unavailable", 1);
}

async function findSession(engine: Engine, request: CookieRequest): Promise<Finding> {
  const opened = await engine.cookie.open(request.cookies, request.now);
  if (opened.ok) {
    const session = engine.flights.latest(opened.session);
    const mustSeal = session !== opened.session || opened.stale || opened.leftovers;
    return { found: { session, mustSeal, request } };
  }
  const { reason, field } = opened;
  if (reason === "absent") return { result: signedOut("no_session") };
  if (reason === "expired") {
    return { result: signedOut("ended", reason, await engine.cookie.expire(request)) };
  }
  const detail = field === undefined ? reason : `${reason}: ${field}`;
  return { result: signedOut("unreadable_cookie", detail) };
}

async function asItIs(engine: Engine, found: Found, claims: AppServerTokenClaims) {
  const { session, mustSeal, request } = found;
  return signedIn(session, claims, mustSeal ? await engine.seal(session, request) : []);
}

async function over(engine: Engine, { session, request }: Found, detail: string) {
  engine.ended.add(sessionIdOf(session));
  return signedOut("ended", detail, await engine.cookie.expire(request));
}

/** The token is still good: whatever fails, the answer is signed in with it. */
async function refreshedSoftly(
  engine: Engine,
  found: Found,
  claims: AppServerTokenClaims,
  onRefresh: GetSessionOptions["onRefresh"],
): Promise<SessionResult> {
  const result = await within(SOFT_DEADLINE_MS, refreshed(engine, found, null));
  told(result ?? unavailable("session_server_unavailable", 1), onRefresh);
  if (result && result.status !== "unavailable") return result;
  const kept = await asItIs(engine, found, claims);
  // A refresh that worked is kept even where its token cannot be checked.
  const lines = result?.headers.getSetCookie() ?? [];
  return lines.length > 0 ? { ...kept, headers: sessionHeaders(lines) } : kept;
}

async function refreshed(
  engine: Engine,
  found: Found,
  organizationId: string | null,
): Promise<SessionResult>;
async function refreshed(
  engine: Engine,
  found: Found,
  organizationId: string | null,
  refusal: "tell",
): Promise<SessionResult | SessionRefused>;
async function refreshed(
  engine: Engine,
  found: Found,
  organizationId: string | null,
  refusal?: "tell",
): Promise<SessionResult | SessionRefused> {
  const { session: before, request } = found;
  const outcome = await engine.flights.refresh(before, organizationId);
  if (outcome.kind === "terminal") return over(engine, found, outcome.message);
  if (outcome.kind === "unavailable") {
    return unavailable("session_server_unavailable", outcome.retryAfter);
  }
  if (outcome.kind === "refused") {
    const { code, message } = outcome;
    if (refusal) return { status: "refused", code, message, headers: sessionHeaders() };
    engine.settings.problem(new LatchkeyError(code, 503, `A refresh was declined: ${message}`));
    return unavailable(code, 1);
  }
  // The session moved on. Its cookie is set whatever else happens: the old one is good for a
  // while only (session rules R3 and R4).
  const { session } = outcome;
  const isTheirs = session.user.id === before.user.id;
  const setCookies = isTheirs ? await engine.seal(session, request) : [];
  const verdict = await engine.verify(session.accessToken);
  // Over already is a token of seconds, or a clock that is ahead: it came from the server just now.
  if (verdict.kind === "valid" || verdict.kind === "expired") {
    if (isTheirs && verdict.claims.sub === session.user.id) {
      if (engine.ended.has(verdict.claims.sid)) return over(engine, found, "signed out here");
      return signedIn(session, verdict.claims, setCookies);
    }
  }
  if (verdict.kind === "unavailable") {
    return unavailable("keys_unavailable", verdict.retryAfter, setCookies);
  }
  const detail = "detail" in verdict ? verdict.detail : verdict.kind;
  const words = `The session server's new access token does not verify (${detail}): do serverUrl, publicUrl and clientId name the same server and app?`;
  engine.settings.problem(new LatchkeyError("invalid_access_token", 503, words));
  return unavailable("invalid_access_token", 5, setCookies);
}
