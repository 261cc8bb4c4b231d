import {
  type NextFetchEvent,
  type NextMiddleware,
  type NextRequest,
  NextResponse,
} from "next/server";
import { handleAuthkitProxy, keepPrivate } from "./authkit-headers.ts";
import type { AuthkitMiddlewareOptions } from "./interfaces.ts";
import { pathMatcher } from "./path-globs.ts";
import { type ProxyPorts, proxySession } from "./proxy-session.ts";
import { SIGN_IN_FIRST } from "./sign-in-first.ts";
import { unavailablePage } from "./unavailable-page.ts";

/** Throws a TypeError for a glob that is none; the environment is read with the first request. */
export function createProxy(
  ports: ProxyPorts,
  options: AuthkitMiddlewareOptions = {},
): NextMiddleware {
  const { middlewareAuth = { enabled: false, unauthenticatedPaths: [] }, signUpPaths = [] } =
    options;
  const { unauthenticatedPaths = [] } = middlewareAuth;
  const isOpen = pathMatcher("middlewareAuth.unauthenticatedPaths", unauthenticatedPaths);
  const isSignUp = pathMatcher("signUpPaths", signUpPaths);

  return async (request: NextRequest, _event: NextFetchEvent) => {
    const path = request.nextUrl.pathname;
    const redirectUri = options.redirectUri || ports.sessions().redirectUri;
    const { session, headers, authorizationUrl, retryAfter } = await proxySession(ports, request, {
      ...options,
      redirectUri,
      screenHint: isSignUp(path) ? "sign-up" : "sign-in",
    });
    // The page's own path and no glob: where no proxy is, nobody may give the app a pattern to run.
    if (isSignUp(path)) headers.set("x-sign-up-paths", new URL(request.url).pathname);
    // Else nobody could ever finish a sign-in. The whole path counts also below a basePath.
    const callback = new URL(redirectUri).pathname;
    const isCallback = [path, new URL(request.url).pathname].includes(callback);
    if (!middlewareAuth.enabled || session.user || isCallback || isOpen(path)) {
      return handleAuthkitProxy(request, headers);
    }
    if (retryAfter !== undefined) {
      return withCookies(unavailablePage(request, retryAfter), headers);
    }
    if (!isNavigation(request)) {
      // Next navigates to the page when its data is refused, and its actions fail with the words.
      const answer = new NextResponse(SIGN_IN_FIRST, { status: 401 });
      answer.headers.set("content-type", "text/plain");
      return withCookies(answer, headers);
    }
    return handleAuthkitProxy(request, headers, { redirect: authorizationUrl });
  };
}

function withCookies(response: NextResponse, headers: Headers): NextResponse {
  for (const line of headers.getSetCookie()) response.headers.append("set-cookie", line);
  keepPrivate(response.headers);
  return response;
}

/** What a browser shows as a page; on plain http browsers do not say: assume it. */
function isNavigation({ headers }: NextRequest): boolean {
  if (headers.has("next-action")) return false;
  const mode = headers.get("sec-fetch-mode");
  return mode === null || mode === "navigate";
}
