/** The session of a request in the proxy. */
import type { SessionResult } from "@latchkey/backend/sealed";
import type { NextRequest } from "next/server";
import { keepPrivate } from "./authkit-headers.ts";
import {
  EAGER_COOKIE,
  EAGER_REMOVAL,
  eagerTokenLine,
  isDocumentLoad,
  isEagerSecure,
} from "./eager-token.ts";
import { TokenRefreshError } from "./errors.ts";
import type { AuthkitOptions, AuthkitResponse, NoUserInfo, UserInfo } from "./interfaces.ts";
import type { AppSessions } from "./ports.ts";
import { REDIRECT_URI, REDIRECT_URI_PROOF } from "./proxy-proof.ts";
import { PROXY_WORD } from "./proxy-word.ts";
import { userInfo, userOf } from "./user-info.ts";

export interface ProxyPorts {
  sessions(): AppSessions;
  readonly isProduction: boolean;
  log(words: string): void;
}

export async function proxySession(
  ports: ProxyPorts,
  request: NextRequest,
  options: AuthkitOptions,
): Promise<AuthkitResponse> {
  const { manager, prove } = ports.sessions();
  const refreshes: SessionResult[] = [];
  const found = await manager.getSession(request, {
    refreshBufferSeconds: options.refreshBufferSeconds,
    onRefresh: (result) => refreshes.push(result),
  });
  if (options.debug) ports.log(wordsOf(request, found, refreshes.length > 0));
  await tellOf(refreshes, request, options, ports);

  const headers = new Headers();
  headers.set(PROXY_WORD, found.status === "unavailable" ? "unavailable" : "true");
  headers.set("x-url", pageUrl(request.url).href);
  if (options.redirectUri) {
    headers.set(REDIRECT_URI, options.redirectUri);
    headers.set(REDIRECT_URI_PROOF, await prove(options.redirectUri));
  }
  for (const line of found.headers.getSetCookie()) headers.append("set-cookie", line);
  for (const line of eagerLines(ports, request, found, options)) headers.append("set-cookie", line);
  const isAnonymous = found.status === "signed_out" && found.reason === "no_session";
  const isPublic = isAnonymous && !request.headers.has("authorization");
  if (!isPublic || headers.has("set-cookie")) keepPrivate(headers);

  if (found.status === "signed_in") return { session: userInfo(found), headers };
  const { pathname, search } = pageUrl(request.url);
  const authorizationUrl = await manager.startUrl({
    mode: "ensure",
    returnTo: pathname + search,
    screenHint: options.screenHint,
    redirectUri: options.redirectUri,
  });
  if (found.status === "signed_out") {
    return { session: { user: null }, headers, authorizationUrl };
  }
  const session: UserInfo | NoUserInfo = { user: null, unavailable: true };
  return { session, headers, authorizationUrl, retryAfter: found.retryAfter };
}

/** Without what Next adds to ask for a page's data; else byte for byte. */
function pageUrl(requested: string): URL {
  const url = new URL(requested);
  if (url.searchParams.has("_rsc")) url.searchParams.delete("_rsc");
  return url;
}

function eagerLines(
  { isProduction }: ProxyPorts,
  request: NextRequest,
  found: SessionResult,
  { eagerAuth }: AuthkitOptions,
): string[] {
  const there = request.cookies.get(EAGER_COOKIE)?.value;
  if (found.status === "signed_out") return there === undefined ? [] : [EAGER_REMOVAL];
  if (!eagerAuth || found.status !== "signed_in" || !isDocumentLoad(request)) return [];
  if (there === found.accessToken) return [];
  return [eagerTokenLine(found.accessToken, isEagerSecure(request.url, isProduction))];
}

async function tellOf(
  refreshes: readonly SessionResult[],
  request: NextRequest,
  { onSessionRefreshSuccess, onSessionRefreshError }: AuthkitOptions,
  { log }: ProxyPorts,
): Promise<void> {
  for (const result of refreshes) {
    try {
      if (result.status === "signed_in") {
        const { accessToken, organizationId, impersonator } = result;
        const data = { accessToken, user: userOf(result), impersonator, organizationId };
        await onSessionRefreshSuccess?.(data);
      } else {
        const isTransient = result.status === "unavailable";
        const code = result.status === "unavailable" ? result.code : result.reason;
        const words = `The session was not refreshed: ${code}.`;
        const error = new TokenRefreshError(words, undefined, { isTransient, code });
        await onSessionRefreshError?.({ error, request, isTransient });
      }
    } catch (error) {
      log(`A listener of refreshes failed: ${error instanceof Error ? error.message : error}`);
    }
  }
}

function wordsOf(request: NextRequest, found: SessionResult, refreshed: boolean): string {
  const { pathname } = new URL(request.url);
  const more =
    found.status === "signed_in"
      ? ` ${found.sessionId}${refreshed ? ", a refresh was tried" : ""}`
      : ` (${found.status === "unavailable" ? found.code : (found.detail ?? found.reason)})`;
  return `${request.method} ${pathname}: ${found.status}${more}`;
}
