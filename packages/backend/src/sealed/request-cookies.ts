import { parseCookieHeader } from "@latchkey/core/cookies/cookie-header";
import type { CookieRequest } from "@latchkey/core/sealed/session-cookie";
import type { SessionSettings } from "./options.ts";
import type { SessionRequest } from "./session-result.ts";

/** What of a request the cookies that answer it depend on. */
export function cookieRequest(settings: SessionSettings, request: SessionRequest): CookieRequest {
  requireRequest(request);
  const { attributesFor, now } = settings;
  return {
    cookies: parseCookieHeader(request.headers.get("cookie")),
    attributes: attributesFor(originOf(request)),
    host: hostOf(settings, request),
    now: now(),
  };
}

export function originOf(request: SessionRequest) {
  return { url: request.url, forwardedProto: request.headers.get("x-forwarded-proto") };
}

function hostOf({ trustProxy }: SessionSettings, request: SessionRequest): string | undefined {
  const forwarded = trustProxy ? request.headers.get("x-forwarded-host") : null;
  return forwarded?.split(",", 1)[0]?.trim() || URL.parse(request.url)?.hostname;
}

function requireRequest(request: SessionRequest): void {
  if (typeof request?.headers?.get === "function" && typeof request.url === "string") return;
  throw new TypeError("A web-standard Request is needed; for node:http make one by toWebRequest.");
}
