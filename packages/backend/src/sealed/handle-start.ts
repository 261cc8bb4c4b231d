import { currentSession } from "./current-session.ts";
import type { Engine } from "./engine.ts";
import { plainPage } from "./plain-page.ts";
import { returnPath } from "./return-path.ts";
import { sessionHeaders } from "./session-headers.ts";
import type { SessionRequest } from "./session-result.ts";
import { unavailable } from "./session-results.ts";
import { startSignIn } from "./start-sign-in.ts";
import type { StartUrlOptions } from "./start-url.ts";

/** Answers what `startUrl` made: a redirect to the sign-in, or back with a session. */
export async function handleStart(
  engine: Engine,
  request: SessionRequest,
  { mode = "sign_in", ...options }: StartUrlOptions,
  isAway = false,
): Promise<Response> {
  const { settings } = engine;
  if (!isNavigation(request)) {
    // A flow would begin that no browser goes on with. Frameworks navigate when they read this.
    const headers = sessionHeaders();
    headers.set("content-type", "text/plain");
    return new Response("Sign in: open this address in the browser.", { status: 401, headers });
  }
  const origins = [settings.redirectUri, options.redirectUri ?? request.url, request.url];
  const returnTo = returnPath(
    options.returnTo,
    origins.map((url) => new URL(url).origin),
  );
  let setCookies: readonly string[] = [];
  if (mode !== "sign_in") {
    const found = isAway
      ? unavailable("session_server_unavailable", 1)
      : await currentSession(engine, request);
    setCookies = found.headers.getSetCookie();
    if (found.status === "unavailable") {
      const { pathname, search } = new URL(request.url);
      return plainPage({
        status: 503,
        code: found.code,
        title: "This is not possible just now",
        text: "Whether you are signed in cannot be found out at the moment. You are not signed out. Please try again.",
        goOn: pathname + search,
        setCookies,
        retryAfter: found.retryAfter,
      });
    }
    if (found.status === "signed_in" || mode === "refresh") return redirect(returnTo, setCookies);
  }
  const started = await startSignIn(settings, request, options);
  return redirect(started.url, [...setCookies, ...started.headers.getSetCookie()]);
}

function redirect(location: string, setCookies: readonly string[]): Response {
  const headers = sessionHeaders(setCookies);
  headers.set("location", location);
  return new Response(null, { status: 303, headers });
}

/** Not a fetch by a script or a framework (its data of a page), and nothing in advance. */
function isNavigation({ headers }: SessionRequest): boolean {
  if (/prefetch/i.test(`${headers.get("sec-purpose")} ${headers.get("purpose")}`)) return false;
  if (headers.has("rsc") || headers.has("next-action")) return false;
  const mode = headers.get("sec-fetch-mode");
  return mode === null || mode === "navigate";
}
