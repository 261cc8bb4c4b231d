import { crypto } from "@latchkey/core/crypto";
import { base64url, utf8 } from "@latchkey/core/encoding";
import type { SessionSettings } from "./options.ts";
import { cookieRequest } from "./request-cookies.ts";
import { returnPath } from "./return-path.ts";
import { sessionHeaders } from "./session-headers.ts";
import type { SessionRequest } from "./session-result.ts";
import { flowCookies, newFlow } from "./verifier-cookie.ts";

export interface StartSignInOptions {
  /** Where on this site to go on after it: a path, or a URL of this site. Default `/`. */
  readonly returnTo?: string | null | undefined;
  readonly screenHint?: "sign-in" | "sign-up" | undefined;
  readonly organizationId?: string | undefined;
  /** An e-mail address to fill in. */
  readonly loginHint?: string | undefined;
  /** Such as `login`: ask for a proof though somebody is signed in. */
  readonly prompt?: string | undefined;
  /** Seconds since the last proof that are still good enough. */
  readonly maxAge?: number | undefined;
  /** Handed to `onSuccess`; kept in the sealed cookie. */
  readonly state?: string | undefined;
  /** In place of the manager's. */
  readonly redirectUri?: string | undefined;
}

export interface StartedSignIn {
  /** Where to send the browser. */
  readonly url: string;
  /** For the response that does so: without the cookie the callback is refused. */
  readonly headers: Headers;
}

/** RFC 6749 section 4.1.1 with PKCE S256 (RFC 7636). */
export async function startSignIn(
  settings: SessionSettings,
  request: SessionRequest,
  options: StartSignInOptions,
): Promise<StartedSignIn> {
  const { cookies } = cookieRequest(settings, request);
  const redirectUri = options.redirectUri ?? settings.redirectUri;
  const origins = [new URL(redirectUri).origin, new URL(request.url).origin];
  const flow = newFlow(returnPath(options.returnTo, origins), options.state);
  const url = new URL("/user_management/authorize", settings.publicUrl);
  const parameters = {
    client_id: settings.clientId,
    redirect_uri: redirectUri,
    response_type: "code",
    provider: "authkit",
    state: flow.nonce,
    code_challenge: base64url(await crypto.sha256(utf8(flow.codeVerifier))),
    code_challenge_method: "S256",
    screen_hint: options.screenHint,
    organization_id: options.organizationId,
    login_hint: options.loginHint,
    prompt: options.prompt,
    max_age: options.maxAge?.toString(),
  };
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) url.searchParams.set(name, value);
  }
  const headers = sessionHeaders(await flowCookies(settings, request, cookies, flow));
  return { url: url.href, headers };
}
