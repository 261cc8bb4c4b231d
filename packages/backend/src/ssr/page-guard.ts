/**
 * Decides about a page before it is rendered. One navigation takes each detour at most once: the
 * bounce that brings Strict cookies along, then the renewal; the address says which it has behind it.
 */

import {
  type RefreshReason,
  readReason,
  withoutReason,
  withReason,
} from "@latchkey/core/cookies/refresh-reason";
import type { AuthResult } from "../auth-result.ts";
import { hasOauthParameters } from "../refresh-page.ts";
import { cookieValues, readHeader } from "../request.ts";
import { isDocumentNavigation, mayHideCookies, type PageRequest } from "./navigation.ts";
import { type PageGuardOptions, type PageSettings, readPageOptions } from "./options.ts";
import type { PageDecision } from "./page-decision.ts";
import { bouncePage, redirect, refusal, unavailablePage } from "./page-responses.ts";

export interface PageCheck {
  /** Whether only signed-in users may have what is asked for. Default no. */
  readonly guarded?: boolean | undefined;
}

export interface PageGuard {
  /** Never rejects because of what was sent or because the session server is away. */
  check(request: PageRequest, options?: PageCheck): Promise<PageDecision>;
}

/** Make one per app and keep it. Throws a TypeError for options that cannot work. */
export function createPageGuard(options: PageGuardOptions): PageGuard {
  const settings = readPageOptions(options);
  return {
    async check(request, { guarded = false } = {}) {
      const { backend, now } = settings;
      const url = addressOf(settings, request);
      const result = await backend.authenticateRequest(request);
      if (result.status === "signed_in") {
        return { status: "signed_in", session: result, response: null };
      }
      const hasTwin = hasTwins(settings, result);
      const status = hasTwin && hasHint(settings, request) ? "maybe" : statusOf(result);
      const visit = {
        url,
        guarded,
        status,
        reason: readReason(url, now() / 1000),
        isNavigation: isDocumentNavigation(request),
        mayHideCookies: settings.isStrict && mayHideCookies(request),
        retryAfter: result.status === "unavailable" ? result.retryAfter : 5,
      };
      const response = isUntouched(settings, url) ? null : respond(settings, visit);
      if (hasTwin) response?.headers.append("set-cookie", expiredTwin(settings));
      return { status, session: null, response };
    },
  };
}

interface Visit {
  readonly url: URL;
  readonly guarded: boolean;
  readonly status: Exclude<PageDecision["status"], "signed_in">;
  readonly reason: RefreshReason | null;
  readonly isNavigation: boolean;
  readonly mayHideCookies: boolean;
  readonly retryAfter: number;
}

function respond(settings: PageSettings, visit: Visit): Response | null {
  const { url, guarded, status, reason, isNavigation, retryAfter } = visit;
  if (status === "unavailable") {
    if (!guarded) return null;
    if (!isNavigation) return refusal(503, "keys_unavailable", retryAfter);
    return unavailablePage(pathOf(url), retryAfter);
  }
  if (!isNavigation) {
    return guarded || status === "maybe" ? refusal(401, "refresh_required") : null;
  }
  const untried = reason === null || reason === "bounced";
  if (status === "maybe" && untried) return redirect(refreshAddress(settings, url));
  if (!guarded) return null;
  if (reason === null && visit.mayHideCookies) {
    return bouncePage(pathOf(withReason(url, "bounced", settings.now() / 1000)));
  }
  // A browser that says it has a session is sent to sign in on the session server's word alone: a
  // renewal that did not arrive here proves nothing (session rule R5).
  const mayBeSignedIn = status === "maybe" && reason !== "signed_out";
  if (mayBeSignedIn || reason === "unavailable") {
    return unavailablePage(pathOf(withoutReason(url)), retryAfter);
  }
  return signIn(settings, url);
}

/**
 * Where the session host sets cookies for the whole domain, one of this host alone is left from the
 * time when the page set it. The two cannot be told apart, so that neither counts.
 */
function hasTwins({ way }: PageSettings, result: AuthResult): boolean {
  const isAmbiguous =
    result.status === "signed_out" &&
    result.reason === "invalid" &&
    result.detail === "ambiguous_cookie";
  return isAmbiguous && way.kind === "session_host" && !way.isProxy;
}

const expiredTwin = ({ backend }: PageSettings) =>
  `${backend.cookieNames.accessToken}=; Path=/; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Secure; SameSite=Strict`;

const hasHint = ({ backend }: PageSettings, request: PageRequest) =>
  cookieValues(request, backend.cookieNames.sessionHint).length > 0;

/** The refresh page decides by itself, and a sign-in under way needs its address as it is. */
function isUntouched({ way }: PageSettings, url: URL): boolean {
  return (way.kind === "page" && url.pathname === way.path) || hasOauthParameters(url);
}

function statusOf(result: Exclude<AuthResult, { status: "signed_in" }>): Visit["status"] {
  if (result.status === "unavailable") return "unavailable";
  return result.mayRefresh ? "maybe" : "unknown";
}

function refreshAddress({ way, now }: PageSettings, url: URL): string {
  const target = withReason(url, "sent", now() / 1000);
  if (way.kind === "page") {
    return `${way.path}?redirect_uri=${encodeURIComponent(pathOf(target))}`;
  }
  const client = way.clientId === null ? "" : `&client_id=${encodeURIComponent(way.clientId)}`;
  return `${way.origin}/session/refresh?redirect_uri=${encodeURIComponent(target.href)}${client}`;
}

function signIn({ signInPage }: PageSettings, url: URL): Response {
  if (signInPage === null) return refusal(401, "refresh_required");
  const wanted = withoutReason(url);
  if (wanted.pathname === signInPage) return refusal(401, "refresh_required");
  return redirect(`${signInPage}?redirect_uri=${encodeURIComponent(pathOf(wanted))}`);
}

/** The address as browsers have it: behind a proxy, the request itself may say http. */
function addressOf({ origin, way }: PageSettings, request: PageRequest): URL {
  const given = request.originalUrl ?? request.url ?? "/";
  // A path may begin with two slashes, which would read as a host.
  const isPath = given.startsWith("/");
  const host = `https://${readHeader(request, "host") || "localhost"}`;
  const url =
    URL.parse(isPath ? `${origin ?? host}${given}` : given) ??
    new URL(origin ?? "https://localhost");
  if (origin !== null) return new URL(origin + pathOf(url));
  if (way.kind === "session_host") url.protocol = "https:";
  return url;
}

/** A path that begins with two slashes would be another host to a browser. */
const pathOf = (url: URL): string => `${url.pathname.replace(/^\/{2,}/, "/")}${url.search}`;
