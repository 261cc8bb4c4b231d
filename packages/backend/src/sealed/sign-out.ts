import type { Engine } from "./engine.ts";
import { cookieRequest } from "./request-cookies.ts";
import { returnPath } from "./return-path.ts";
import { sessionHeaders } from "./session-headers.ts";
import { sessionIdOf } from "./session-id.ts";
import type { SessionRequest } from "./session-result.ts";

export interface SignOutOptions {
  /**
   * Where to go on: a path on this site or a URL, which must be on the app's list (`logoutUris`).
   * Default: the first of that list.
   */
  readonly returnTo?: string | undefined;
}

/**
 * Removes the cookie with all that is left over of it, and sends the browser to the session server,
 * which ends the session and its own sign-in. A cookie of another app stays where it is.
 */
export async function signOut(
  engine: Engine,
  request: SessionRequest,
  { returnTo }: SignOutOptions,
): Promise<Response> {
  const { settings, cookie, ended } = engine;
  const cookies = cookieRequest(settings, request);
  const opened = await cookie.open(cookies.cookies, cookies.now);
  const site = new URL(settings.redirectUri).origin;
  const isOurs = opened.ok || opened.reason === "expired";
  const headers = sessionHeaders(isOurs ? await cookie.expire(cookies) : []);
  headers.set("location", returnPath(returnTo, [site, new URL(request.url).origin]));
  const sessionId = opened.ok ? sessionIdOf(opened.session) : "";
  if (sessionId) {
    ended.add(sessionId);
    const url = new URL("/user_management/sessions/logout", settings.publicUrl);
    url.searchParams.set("session_id", sessionId);
    if (returnTo) url.searchParams.set("return_to", new URL(returnTo, site).href);
    headers.set("location", url.href);
  }
  return new Response(null, { status: 303, headers });
}
