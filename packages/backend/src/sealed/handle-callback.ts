/** The page that the session server sends a browser back to after a sign-in. */
import { crypto } from "@latchkey/core/crypto";
import { base64url, utf8 } from "@latchkey/core/encoding";
import { LatchkeyError } from "@latchkey/core/errors";
import type { SealedSession } from "@latchkey/core/sealed/sealed-session";
import { decodeJwt } from "@latchkey/core/tokens/jwt";
import { currentSession } from "./current-session.ts";
import type { Engine } from "./engine.ts";
import { handleStart } from "./handle-start.ts";
import { plainPage } from "./plain-page.ts";
import { cookieRequest } from "./request-cookies.ts";
import { returnPath } from "./return-path.ts";
import { sessionHeaders, withSessionHeaders } from "./session-headers.ts";
import type { SessionRequest } from "./session-result.ts";
import { readStart } from "./start-url.ts";
import { endFlow, findFlow, type SignInFlow } from "./verifier-cookie.ts";

export interface CallbackSuccess {
  readonly session: SealedSession;
  /** What `startSignIn` was given as `state`. */
  readonly state: string | undefined;
  /** A path on this site. */
  readonly returnTo: string;
  readonly request: SessionRequest;
}

export interface CallbackFailure {
  /**
   * `missing_parameters`, `unknown_state` (not begun in this browser, too long ago, or finished
   * before), `invalid_grant` (the code is used or over), `session_server_unavailable`,
   * `session_too_large`, or the error that the session server sent along, such as `access_denied`.
   */
  readonly code: string;
  /** Of the page that is shown without a response of yours. */
  readonly status: number;
  readonly message: string;
  readonly returnTo: string;
  readonly request: SessionRequest;
}

type MaybeResponse = Response | undefined | Promise<Response | undefined> | void | Promise<void>;

export interface CallbackOptions {
  /** Where to go on when the sign-in named no place. Default `/`. */
  readonly returnTo?: string | undefined;
  /**
   * Something in front has just found out that the session server is away: what would only find out
   * the same is answered at once. Default no.
   */
  readonly isAway?: boolean | undefined;
  /** May answer in place of the redirect; the cookies are added. */
  readonly onSuccess?: ((success: CallbackSuccess) => MaybeResponse) | undefined;
  /** May answer in place of the plain page; the cookies are added. */
  readonly onError?: ((failure: CallbackFailure) => MaybeResponse) | undefined;
}

interface Failed extends Pick<CallbackFailure, "code" | "status" | "message"> {
  readonly setCookies?: readonly string[];
  readonly retryAfter?: number;
}

export async function handleCallback(
  engine: Engine,
  request: SessionRequest,
  options: CallbackOptions,
): Promise<Response> {
  const { settings } = engine;
  const cookies = cookieRequest(settings, request);
  const query = new URL(request.url).searchParams;
  const start = await readStart(settings, query);
  if (start) return handleStart(engine, request, start, options.isAway);
  const [code, state, error] = ["code", "state", "error"].map((name) => query.get(name) || null);
  const flow = state ? await findFlow(settings, cookies.cookies, state) : null;
  const origins = [new URL(settings.redirectUri).origin, new URL(request.url).origin];
  const returnTo = returnPath(
    flow && flow.returnPathname !== "/" ? flow.returnPathname : options.returnTo,
    origins,
  );
  const flowOver = flow && state ? [endFlow(settings, request, state)] : [];

  async function fail(failed: Failed): Promise<Response> {
    const { code, status, message, setCookies = flowOver, retryAfter } = failed;
    settings.problem(new LatchkeyError(code, status, `A sign-in did not succeed: ${message}`));
    const answer = await options.onError?.({ code, status, message, returnTo, request });
    if (answer) return withSessionHeaders(answer, sessionHeaders(setCookies));
    const title = status === 503 ? "Signing in is not possible just now" : "You are not signed in";
    const again = new URL(request.url);
    return plainPage({
      ...{ status, code, title, text: message, setCookies },
      // The flow is kept for a server that is away: the same address works again.
      goOn: retryAfter === undefined ? returnTo : again.pathname + again.search,
      ...(retryAfter !== undefined && { retryAfter }),
    });
  }

  /** The back button, or a second click: who is signed in already is not told of a failure. */
  async function goOnSignedIn(): Promise<Response | null> {
    const found = await currentSession(engine, request);
    if (found.status !== "signed_in") return null;
    const headers = sessionHeaders([...flowOver, ...found.headers.getSetCookie()]);
    headers.set("location", returnTo);
    return new Response(null, { status: 303, headers });
  }

  if (error) {
    const known = /^[a-z0-9_.-]{1,64}$/i.test(error) ? error : "unknown_error";
    return fail({ code: known, status: 400, message: "The sign-in was ended before it was done." });
  }
  if (!code) return fail({ ...FAILED.missing_parameters });
  if (state && !flow) return (await goOnSignedIn()) ?? fail({ ...FAILED.unknown_state });

  const outcome = await engine.authenticate(
    { grant_type: "authorization_code", code, ...(flow && { code_verifier: flow.codeVerifier }) },
    // The same for the same code, so that an answer that got lost is answered again.
    { "idempotency-key": `code-${base64url(await crypto.sha256(utf8(code)))}` },
  );
  if (outcome.kind === "unavailable") {
    const { retryAfter } = outcome;
    return fail({ ...FAILED.session_server_unavailable, setCookies: [], retryAfter });
  }
  if (outcome.kind !== "session") {
    const isOver = outcome.kind === "terminal";
    if (!isOver) return fail({ ...outcome, status: 400 });
    return (await goOnSignedIn()) ?? fail({ ...FAILED.invalid_grant });
  }
  const { session } = outcome;
  if (!isAccepted(engine, flow, session)) return fail({ ...FAILED.unknown_state });
  const sealed = await engine.seal(session, cookies);
  if (sealed.length === 0) return fail({ ...FAILED.session_too_large });
  const headers = sessionHeaders([...flowOver, ...sealed]);
  const success = { session, state: flow?.customState, returnTo, request };
  const answer = await options.onSuccess?.(success);
  if (answer) return withSessionHeaders(answer, headers);
  headers.set("location", returnTo);
  return new Response(null, { status: 303, headers });
}

/**
 * A code that came without a state may have been put into this browser by somebody else (login
 * CSRF), but for an impersonation: that begins at the operator's, and only an operator makes one.
 */
function isAccepted(
  { settings }: Engine,
  flow: SignInFlow | null,
  { accessToken, user, impersonator }: SealedSession,
): boolean {
  const claims = decodeJwt(accessToken)?.payload;
  if (claims?.iss !== settings.issuer || claims.sub !== user.id) {
    const words = "The session server's tokens do not name it: check serverUrl and publicUrl.";
    settings.problem(new LatchkeyError("invalid_access_token", 503, words));
  }
  return flow !== null || impersonator !== undefined;
}

const FAILED = {
  missing_parameters: {
    code: "missing_parameters",
    status: 400,
    message: "This address belongs to a sign-in and says nothing by itself.",
  },
  unknown_state: {
    code: "unknown_state",
    status: 400,
    message:
      "This sign-in is finished already, took more than ten minutes, or was begun in another browser. Are cookies blocked?",
  },
  invalid_grant: {
    code: "invalid_grant",
    status: 400,
    message: "This sign-in was used before or took too long. Please sign in again.",
  },
  session_server_unavailable: {
    code: "session_server_unavailable",
    status: 503,
    message: "The sign-in cannot be finished just now. Please try again in a moment.",
  },
  session_too_large: {
    code: "session_too_large",
    status: 422,
    message: "There is more to remember about this account than cookies hold.",
  },
} as const satisfies Record<string, Failed>;
