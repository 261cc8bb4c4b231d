/** The cookie that hands the access token to the page's scripts at once: for 30 s, read once. */
import type { NextRequest } from "next/server";

export const EAGER_COOKIE = "workos-access-token";
const LIFETIME_SECONDS = 30;

export function eagerTokenLine(token: string, secure: boolean): string {
  const attributes = `Path=/; Max-Age=${LIFETIME_SECONDS}; SameSite=Lax`;
  return `${EAGER_COOKIE}=${token}; ${attributes}${secure ? "; Secure" : ""}`;
}

/** Also without `Secure`, so that it works on http: whoever sends it can only remove. */
export const EAGER_REMOVAL = `${EAGER_COOKIE}=; Path=/; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; SameSite=Lax`;

/** A page that a browser loads: not its data, nothing in advance, no form. */
export function isDocumentLoad({ method, headers }: Pick<NextRequest, "method" | "headers">) {
  if (method !== "GET" || !headers.get("accept")?.includes("text/html")) return false;
  if (["rsc", "next-router-state-tree", "next-router-prefetch"].some((name) => headers.has(name))) {
    return false;
  }
  if (/prefetch/i.test(`${headers.get("purpose")} ${headers.get("sec-purpose")}`)) return false;
  const destination = headers.get("sec-fetch-dest");
  return destination === null || destination === "document";
}

/** As the session's cookie; in production always, but on this machine. */
export function isEagerSecure(url: string, isProduction: boolean): boolean {
  const { protocol, hostname } = new URL(url);
  const isLoopback = ["localhost", "127.0.0.1", "[::1]"].includes(hostname);
  return protocol === "https:" || (isProduction && !isLoopback);
}
