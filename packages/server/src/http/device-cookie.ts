/** Carries the mark of codes/known-device.ts: proves nothing but which browser signed in before. */
import { cookieValues } from "@latchkey/core/cookies/cookie-header";
import { DEVICE_LIFETIME_MS } from "../codes/known-device.ts";
import type { RequestContext } from "./context.ts";

/** One for each app: signing in at another takes none away. */
const nameOf = (secure: boolean, appId: string) =>
  `${secure ? "__Host-" : ""}latchkey-device-${appId}`;

/** Null without one, or with several. */
export function readDeviceCookie(
  context: RequestContext,
  secure: boolean,
  appId: string,
): string | null {
  const [value, ...others] = cookieValues(context.req.header("cookie"), nameOf(secure, appId));
  return value !== undefined && others.length === 0 ? value : null;
}

export function setDeviceCookie(
  context: RequestContext,
  secure: boolean,
  appId: string,
  mark: string,
): void {
  // As the pre-login cookie: pages of another site call with credentials.
  const attributes = secure ? "Secure; SameSite=None" : "SameSite=Lax";
  context.header(
    "set-cookie",
    `${nameOf(secure, appId)}=${mark}; Path=/; Max-Age=${DEVICE_LIFETIME_MS / 1000}; HttpOnly; ${attributes}`,
    { append: true },
  );
}
