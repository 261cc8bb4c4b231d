import type { AuthResult, TokenResult } from "./auth-result.ts";
import { createJwksKeys } from "./jwks-keys.ts";
import { createFixedKey } from "./key-source.ts";
import { type LatchkeyBackendOptions, readOptions } from "./options.ts";
import { bearerToken, cookieValues, type RequestLike } from "./request.ts";
import { createTokenVerifier } from "./verify-token.ts";

export interface LatchkeyBackend {
  /**
   * Whether a valid access token of this app came with the request, in `Authorization: Bearer`
   * or else in the cookie. A Bearer header decides alone, even when the cookie would be valid.
   * Never rejects because of what was sent or because the session server is away.
   */
  authenticateRequest(request: RequestLike): Promise<AuthResult>;
  /** The same judgement on a token that came some other way, a WebSocket message for example. */
  verifyAccessToken(token: string): Promise<TokenResult>;
  /** The cookies that it reads. */
  readonly cookieNames: { readonly accessToken: string; readonly sessionHint: string };
}

/**
 * Verifies sessions in an app's own server. Make one per app and keep it: it holds the keys and
 * the tokens verified so far. Throws a TypeError for options that cannot work.
 */
export function createLatchkeyBackend(options: LatchkeyBackendOptions): LatchkeyBackend {
  const settings = readOptions(options);
  const { cookieName, sessionCookieName, keys, now } = settings;
  const keySource = "pem" in keys ? createFixedKey(keys.pem) : createJwksKeys({ ...keys, now });
  const verify = createTokenVerifier({ ...settings, keySource });

  async function authenticateRequest(request: RequestLike): Promise<AuthResult> {
    requireRequest(request);
    const mayRefresh = () => cookieValues(request, sessionCookieName).length > 0;
    let token = bearerToken(request);
    if (token === null) {
      const found = cookieValues(request, cookieName);
      if (found.length > 1) {
        // A refresh replaces one of the two cookies and leaves the other: it cannot help.
        const detail = "ambiguous_cookie";
        return { status: "signed_out", reason: "invalid", detail, mayRefresh: false };
      }
      token = found[0] ?? null;
    }
    if (token === null) {
      return { status: "signed_out", reason: "no_token", mayRefresh: mayRefresh() };
    }
    const result = await verify(token);
    return result.status === "signed_out" ? { ...result, mayRefresh: mayRefresh() } : result;
  }

  async function verifyAccessToken(token: string): Promise<TokenResult> {
    if (typeof token === "string") return verify(token);
    throw new TypeError(`verifyAccessToken takes the token as a string, not ${typeof token}.`);
  }

  return {
    authenticateRequest,
    verifyAccessToken,
    cookieNames: { accessToken: cookieName, sessionHint: sessionCookieName },
  };
}

function requireRequest(request: RequestLike): void {
  if (typeof request?.headers === "object" && request.headers !== null) return;
  throw new TypeError("authenticateRequest takes the Request, or req of node:http, with headers.");
}
