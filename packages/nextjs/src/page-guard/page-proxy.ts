import type { PageGuardOptions } from "@latchkey/backend";
import { type NextRequest, NextResponse } from "next/server";
import { keepPrivate } from "../authkit-headers.ts";
import { pathMatcher } from "../path-globs.ts";
import { createPageGuard, type NextPageDecision } from "./next-page-guard.ts";

export interface PageProxyOptions extends PageGuardOptions {
  /** Globs of pages that only signed-in users may have, such as `/account/:path*`, without basePath. */
  readonly guardedPaths?: readonly string[] | undefined;
  /** How a request goes on that the guard has no answer to. Default `NextResponse.next()`. */
  readonly next?:
    | ((request: NextRequest, decision: NextPageDecision) => Response | Promise<Response>)
    | undefined;
}

/**
 * The whole of a `proxy.ts` (before Next 16 `middleware.ts`): renews a session before its page is
 * rendered, keeps strangers from guarded pages, and caches away from both (session rule R8).
 *
 * Throws a TypeError for options that cannot work.
 */
export function createPageProxy(
  options: PageProxyOptions,
): (request: NextRequest) => Promise<Response> {
  const { guardedPaths = [], next = () => NextResponse.next(), ...guardOptions } = options ?? {};
  const guard = createPageGuard(guardOptions as PageGuardOptions);
  const matches = pathMatcher("guardedPaths", guardedPaths);
  return async (request) => {
    const guarded = namesOf(request.nextUrl.pathname).some(matches);
    const decision = await guard.check(request, { guarded });
    if (decision.response) return decision.response;
    const answer = await next(request, decision);
    const own = new Response(answer.body, answer);
    keepPrivate(own.headers);
    return own;
  };
}

/** A path as it came and as Next reads it: an escaped letter must not lead around the guard. */
function namesOf(path: string): string[] {
  try {
    return [path, new URL(decodeURI(path), "https://paths.invalid").pathname];
  } catch {
    return [path];
  }
}
