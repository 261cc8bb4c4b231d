/**
 * Reads what an app asks for when it sends a browser to sign in: the authorization request of
 * RFC 6749 section 4.1.1 with PKCE (RFC 7636), and of OpenID Connect `prompt`, `max_age` and
 * `login_hint`.
 */

import { isReturnUrl } from "@latchkey/core/return-urls";
import type { App } from "../apps/app-directory.ts";
import type { IdentityProvider } from "../storage/store.ts";
import type { Intent } from "./pages/words.ts";
import type { RedirectTarget } from "./redirect-answer.ts";
import { type RequestedProvider, readRequestedProvider } from "./requested-provider.ts";

export type Prompt = "login" | "consent" | "select_account" | "none";

export interface AuthorizeRequest extends RedirectTarget {
  readonly appId: string;
  /** S256; null when the app's server proves itself by its key instead. */
  readonly codeChallenge: string | null;
  readonly intent: Intent;
  readonly loginHint: string | null;
  readonly prompt: readonly Prompt[];
  /** Seconds since the last proof of identity; null for any. */
  readonly maxAge: number | null;
  readonly organizationId: string | null;
  readonly provider: RequestedProvider;
  /** The secret of an invitation, which signing in accepts; null without one. */
  readonly invitationToken: string | null;
}

/** A fault that no app may be told of by redirect: nobody vouches for where it would lead. */
export interface UntrustedFault {
  readonly kind: "untrusted";
  readonly code: string;
  readonly message: string;
  /** Known when only the redirect URI is at fault. */
  readonly app: App | null;
}

/** A fault that the app is told of (RFC 6749 section 4.1.2.1). */
export interface ReportedFault {
  readonly kind: "reported";
  readonly target: RedirectTarget;
  readonly error: string;
  readonly description: string;
}

export type ReadAuthorizeRequest =
  | { readonly kind: "valid"; readonly app: App; readonly request: AuthorizeRequest }
  | UntrustedFault
  | ReportedFault;

/** As it stands in the URL, and decoded; the first bounds what our own URL grows to. */
const MAX_STATE_WRITTEN = 8192;
const MAX_STATE_BYTES = 4096;
const MAX_HINT = 254;
const CHALLENGE = /^[A-Za-z0-9_-]{43}$/;
const PROMPTS: readonly string[] = ["login", "consent", "select_account", "none"];

/** `search` is the query as it came, with its question mark. */
export async function readAuthorizeRequest(
  search: string,
  findApp: (clientId: string) => Promise<App | null>,
  /** The app's enabled ones. */
  providersOf: (appId: string) => Promise<readonly IdentityProvider[]>,
): Promise<ReadAuthorizeRequest> {
  const query = new URLSearchParams(search);
  const untrusted = (code: string, message: string, app: App | null = null): UntrustedFault => ({
    kind: "untrusted",
    code,
    message,
    app,
  });

  const clientIds = query.getAll("client_id");
  const [clientId] = clientIds;
  if (clientId === undefined || clientIds.length > 1) {
    return untrusted(
      "client_id_missing",
      "The link does not say, or says twice, which app it is for. The app must send its client_id once.",
    );
  }
  const app = await findApp(clientId);
  if (!app) {
    return untrusted(
      "unknown_client",
      "This server knows no app with the client_id of the link. Compare it with the one that was shown when the app was made.",
    );
  }
  const redirectUris = query.getAll("redirect_uri");
  const [redirectUri] = redirectUris;
  if (redirectUri === undefined || redirectUris.length > 1) {
    return untrusted(
      "redirect_uri_missing",
      "The link does not say, or says twice, where to return to. The app must send its redirect_uri once.",
      app,
    );
  }
  if (!isReturnUrl(redirectUri, app.settings.redirectUris)) {
    return untrusted(
      "redirect_uri_not_registered",
      `The app asked to return to ${shown(redirectUri)}, which is not on its list. Whoever runs the app adds it to redirectUris, exactly as it is written here.`,
      app,
    );
  }

  const states = rawValues(search, "state");
  const [state = null] = states;
  const fault = (error: string, description: string): ReportedFault => ({
    kind: "reported",
    target: { redirectUri, state: stateProblem(states) ? null : state },
    error,
    description,
  });
  const badState = stateProblem(states);
  if (badState) return fault("invalid_request", badState);
  const twice = [...new Set(query.keys())].find((name) => query.getAll(name).length > 1);
  if (twice !== undefined && SINGLE.has(twice)) {
    return fault("invalid_request", `${twice} may be sent only once.`);
  }

  const responseType = query.get("response_type");
  if (responseType === null) {
    return fault("invalid_request", "response_type is missing. Send response_type=code.");
  }
  if (responseType !== "code") {
    return fault("unsupported_response_type", "Only response_type=code is offered.");
  }
  const read = readRequestedProvider(query, await providersOf(app.id));
  if (read.kind === "fault") return fault("invalid_request", read.description);
  const codeChallenge = query.get("code_challenge");
  const method = query.get("code_challenge_method");
  if (codeChallenge === null && method !== null) {
    return fault("invalid_request", "code_challenge_method came without a code_challenge.");
  }
  if (codeChallenge !== null && method !== "S256") {
    return fault("invalid_request", "code_challenge needs code_challenge_method=S256.");
  }
  if (codeChallenge !== null && !CHALLENGE.test(codeChallenge)) {
    return fault(
      "invalid_request",
      "code_challenge must be the base64url of a SHA-256, 43 characters.",
    );
  }
  const hint = query.get("screen_hint") ?? "sign-in";
  if (hint !== "sign-in" && hint !== "sign-up") {
    return fault("invalid_request", "screen_hint must be sign-in or sign-up.");
  }
  const prompt = (query.get("prompt") ?? "").split(" ").filter(Boolean);
  if (!prompt.every(isPrompt) || (prompt.includes("none") && prompt.length > 1)) {
    return fault(
      "invalid_request",
      "prompt must be login, consent, select_account, or none alone.",
    );
  }
  const maxAge = query.get("max_age");
  if (maxAge !== null && !/^[0-9]{1,9}$/.test(maxAge)) {
    return fault("invalid_request", "max_age must be a whole number of seconds.");
  }
  const organizationId = query.get("organization_id") || null;
  if (organizationId !== null && !/^[A-Za-z0-9_-]{1,64}$/.test(organizationId)) {
    return fault("invalid_request", "organization_id is not the id of an organization.");
  }
  const invitationToken = query.get("invitation_token") || null;
  if (invitationToken !== null && !/^[A-Za-z0-9_-]{43}$/.test(invitationToken)) {
    return fault("invalid_request", "invitation_token is not the token of an invitation.");
  }
  const loginHint = query.get("login_hint")?.trim() || null;
  return {
    kind: "valid",
    app,
    request: {
      appId: app.id,
      redirectUri,
      state,
      codeChallenge,
      intent: hint,
      loginHint: loginHint !== null && loginHint.length <= MAX_HINT ? loginHint : null,
      prompt: prompt.filter(isPrompt),
      maxAge: maxAge === null ? null : Number(maxAge),
      organizationId,
      provider: read.provider,
      invitationToken,
    },
  };
}

/** What must not be sent twice (RFC 6749 section 3.1); what is ignored may be. */
const SINGLE: ReadonlySet<string> = new Set([
  "response_type",
  "provider",
  "connection_id",
  "code_challenge",
  "code_challenge_method",
  "screen_hint",
  "prompt",
  "max_age",
  "organization_id",
  "domain_hint",
  "login_hint",
  "invitation_token",
]);

const isPrompt = (text: string): text is Prompt => PROMPTS.includes(text);

function stateProblem(states: readonly string[]): string | null {
  const [state] = states;
  if (state === undefined) return null;
  if (states.length > 1) return "state may be sent only once.";
  const bytes = state.replace(/%[0-9a-f]{2}/gi, "x").length;
  if (bytes > MAX_STATE_BYTES || state.length > MAX_STATE_WRITTEN) {
    return `state is longer than ${MAX_STATE_BYTES} bytes.`;
  }
  // What else the query of a URL can hold is percent-encoded.
  return /^[!-~]*$/.test(state) ? null : "state has characters that no URL has.";
}

/** The values of a parameter as they are written, so that bytes that are no UTF-8 survive too. */
function rawValues(search: string, name: string): string[] {
  return search
    .replace(/^\?/, "")
    .split("&")
    .filter((part) => new URLSearchParams(part).has(name))
    .map((part) => (part.includes("=") ? part.slice(part.indexOf("=") + 1) : ""));
}

const shown = (url: string): string => (url.length > 200 ? `${url.slice(0, 200)}…` : url);
