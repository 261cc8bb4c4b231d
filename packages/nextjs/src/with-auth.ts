import type { SessionResult, StaleSession } from "@latchkey/backend/sealed";
import { type CurrentRequest, canSetCookies, currentRequest, pathOf } from "./current-request.ts";
import type { NoUserInfo, UserInfo } from "./interfaces.ts";
import type { NextPorts } from "./ports.ts";
import { provenRedirectUri } from "./proxy-proof.ts";
import { saysAway } from "./proxy-word.ts";
import { setCookies } from "./set-cookie-lines.ts";
import { userInfo } from "./user-info.ts";

export interface WithAuthOptions {
  /** Sends who is not signed in to the sign-in, and back to the page. Default no. */
  ensureSignedIn?: boolean | undefined;
  /** Where to go back to, in place of the page. */
  returnTo?: string | undefined;
}

/**
 * Opens and verifies the session's cookie itself, whether or not the proxy covers the route. A token
 * that is over is refreshed where a cookie can be set; where not, the browser makes a detour over
 * the callback, which can.
 */
export async function withAuth(
  ports: NextPorts,
  { ensureSignedIn = false, returnTo }: WithAuthOptions = {},
): Promise<UserInfo | NoUserInfo> {
  const current = await currentRequest(ports);
  const found = await sessionOf(ports, current);
  if (found.status === "signed_in") return userInfo(found);
  if (ensureSignedIn) return toSignIn(ports, current, { mode: "ensure", returnTo });
  if (found.status === "signed_out") return { user: null };
  if (found.status === "unavailable") return { user: null, unavailable: true };
  return toSignIn(ports, current, { mode: "refresh", returnTo });
}

/** What can be said of the session here, with a refresh where its cookie can be set. */
export async function sessionOf(
  ports: NextPorts,
  { request, store, headers }: CurrentRequest,
): Promise<SessionResult | StaleSession | { readonly status: "unavailable" }> {
  if (saysAway(headers)) return { status: "unavailable" };
  const { manager } = ports.sessions();
  const found = await manager.readSession(request);
  if (found.status !== "stale" || !canSetCookies(store)) return found;
  const refreshed = await manager.getSession(request);
  setCookies(store, refreshed.headers.getSetCookie());
  return refreshed;
}

interface SignInDetour {
  readonly mode: "ensure" | "refresh" | "sign_in";
  readonly returnTo?: string | undefined;
  readonly organizationId?: string | undefined;
}

/** By way of the callback, which can set the cookies of a sign-in where a page cannot. */
export async function toSignIn(
  ports: NextPorts,
  current: CurrentRequest,
  detour: SignInDetour,
): Promise<never> {
  ports.redirect(await detourUrl(ports, current, detour));
}

export async function detourUrl(
  ports: NextPorts,
  { headers }: Pick<CurrentRequest, "headers">,
  { mode, returnTo, organizationId }: SignInDetour,
): Promise<string> {
  const path = await pathOf(ports, headers);
  return ports.sessions().manager.startUrl({
    mode,
    returnTo: returnTo ?? path,
    organizationId,
    screenHint: isSignUp(headers, path) ? "sign-up" : "sign-in",
    redirectUri: await redirectUriOf(ports, headers),
  });
}

/** The proxy's, where it was given one of its own. */
export async function redirectUriOf(
  { sessions }: Pick<NextPorts, "sessions">,
  headers: Headers,
): Promise<string | undefined> {
  return (await provenRedirectUri(headers, sessions().prove)) ?? undefined;
}

/** The proxy says so by the path; where none is anybody may, and gets the other form. */
function isSignUp(headers: Headers, path: string | null): boolean {
  const told = headers.get("x-sign-up-paths");
  return path !== null && told === new URL(path, "https://paths.invalid").pathname;
}
