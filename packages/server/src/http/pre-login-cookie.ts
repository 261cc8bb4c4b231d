/**
 * Binds a sign-in to the browser that began it (ASVS 10.1.2): a random value that only the session
 * server reads. Handed out with the app config, so that it is there when a code is asked for.
 */

import { cookieValues } from "@latchkey/core/cookies/cookie-header";
import { crypto } from "@latchkey/core/crypto";
import { base64url } from "@latchkey/core/encoding";
import type { RequestContext } from "./context.ts";

const VALUE = /^[A-Za-z0-9_-]{22}$/;
const MAX_AGE_S = 86_400;

const nameOn = (secure: boolean) => (secure ? "__Host-latchkey-prelogin" : "latchkey-prelogin");

/** The value that came with the request; null without one, or with two that differ. */
export function readPreLogin(context: RequestContext, secure: boolean): string | null {
  const [value, ...others] = cookieValues(context.req.header("cookie"), nameOn(secure));
  return value !== undefined && VALUE.test(value) && others.length === 0 ? value : null;
}

/** Answers the value that it set. */
export function setPreLogin(context: RequestContext, secure: boolean): string {
  const value = base64url(crypto.randomBytes(16));
  // Another site's page calls us with credentials, so over https it must be SameSite=None; it
  // authorises nothing, it only ties two calls of one browser together.
  const attributes = secure ? "Secure; SameSite=None" : "SameSite=Lax";
  context.header(
    "set-cookie",
    `${nameOn(secure)}=${value}; Path=/; Max-Age=${MAX_AGE_S}; HttpOnly; ${attributes}`,
  );
  return value;
}
