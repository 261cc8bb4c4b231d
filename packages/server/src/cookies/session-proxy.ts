/**
 * An app's own server in front of this one: it answers under a path of its host, such as
 * `https://app.example.com/__session`, passes calls on, and proves by the app's secret that the
 * cookies of that host are the app's to set. No domain has to be verified for it.
 */
import { LatchkeyError } from "@latchkey/core/errors";
import type { App, AppClient, AppDirectory } from "../apps/app-directory.ts";
import { secretMatches } from "../apps/create-app.ts";
import { type CookieMode, cookieSettings, hasCookiesOn } from "./cookie-mode.ts";

/** The header with the address that browsers call. */
export const PROXY_BASE = "x-latchkey-proxy-base";
/** The header with app id and secret, as Basic authentication writes them. */
export const PROXY_AUTHORIZATION = "x-latchkey-proxy-authorization";

export interface ProxyClaim {
  /** Null: no proxy says anything. */
  readonly base: string | null;
  readonly authorization: string | null;
}

export interface SessionProxy {
  readonly app: App;
  readonly base: URL;
}

/** Throws for a claim that is not proven. */
export async function readSessionProxy(
  directory: AppDirectory,
  { base, authorization }: ProxyClaim,
): Promise<SessionProxy | null> {
  if (base === null) return null;
  const url = URL.parse(base);
  const [id = "", ...secret] = decoded(authorization ?? "").split(":");
  const app = await directory.find(id);
  const isOwn = app !== null && (await secretMatches(secret.join(":"), app.secretHashes));
  // No user name, query or fragment: what is left is what stands there.
  const isPlain = url !== null && base === url.origin + url.pathname;
  const isPath = /^\/[A-Za-z0-9._/-]{1,100}$/.test(url?.pathname ?? "");
  if (app && isOwn && isPlain && isPath && url.protocol === "https:") return { app, base: url };
  throw new LatchkeyError(
    "invalid_credentials",
    401,
    isOwn
      ? `${PROXY_BASE} must be an https address with a path, such as https://app.example.com/__session.`
      : `${PROXY_AUTHORIZATION} must be the app id and its secret as Basic authentication.`,
  );
}

/** Cookies of the proxy's host alone; the refresh token's is bound to the proxy's path. */
export function proxyCookieMode(
  { app, base }: SessionProxy,
  client: AppClient | null,
): CookieMode | null {
  if (!hasCookiesOn(app, client)) return null;
  const { href, hostname, pathname } = base;
  const { sameSite, prefix, formerPrefixes } = cookieSettings(app);
  return {
    baseUrl: href,
    host: hostname,
    pathPrefix: pathname,
    scope: { domain: null, sameSite, refreshPath: pathname, prefix },
    formerPrefixes,
  };
}

function decoded(authorization: string): string {
  try {
    return atob(/^Basic ([A-Za-z0-9+/=]+)$/i.exec(authorization)?.[1] ?? "");
  } catch {
    return "";
  }
}
