"use server";

// Every function of this file can be called by anybody who sends a request. Each reads the session
// of the request itself, and answers an address to sign in at in place of a redirect there: whether
// to leave the page is the page's to decide.
import { currentRequest } from "./current-request.ts";
import { TokenRefreshError } from "./errors.ts";
import type { SwitchToOrganizationOptions, UserInfo } from "./interfaces.ts";
import { nextPorts } from "./next-ports.ts";
import { refreshSession } from "./refresh-session.ts";
import { endSession } from "./sign-out.ts";
import { switchToOrganization } from "./switch-organization.ts";
import { userInfo } from "./user-info.ts";
import { detourUrl, sessionOf } from "./with-auth.ts";

/** Without the access token: the page's scripts ask for that by itself. */
export type ClientUserInfo = Omit<UserInfo, "accessToken">;

export type AuthAnswer =
  | { status: "signed_in"; auth: ClientUserInfo; accessToken?: string }
  | { status: "signed_out"; signInUrl?: string }
  /** Nothing is known just now, and nobody is signed out (session rule R5). */
  | { status: "unavailable"; error: string };

/** `token` for the access token too. */
export async function getAuthAction(
  options: { ensureSignedIn?: boolean; returnTo?: string; token?: boolean } = {},
): Promise<AuthAnswer> {
  const current = await currentRequest(nextPorts);
  const found = await sessionOf(nextPorts, current);
  if (found.status === "signed_in") return signedIn(userInfo(found), options.token === true);
  if (found.status !== "signed_out") {
    return { status: "unavailable", error: "The session server cannot be reached." };
  }
  if (options.ensureSignedIn !== true) return { status: "signed_out" };
  return { status: "signed_out", signInUrl: await signInUrl(options.returnTo) };
}

export async function refreshAuthAction(
  options: {
    ensureSignedIn?: boolean;
    organizationId?: string;
    returnTo?: string;
    token?: boolean;
  } = {},
): Promise<AuthAnswer> {
  try {
    const auth = await refreshSession(nextPorts, { organizationId: options.organizationId });
    if (auth.user) return signedIn(auth, options.token === true);
  } catch (error) {
    if (!(error instanceof TokenRefreshError)) throw error;
    if (error.isTransient) return { status: "unavailable", error: error.message };
  }
  if (options.ensureSignedIn !== true) return { status: "signed_out" };
  return { status: "signed_out", signInUrl: await signInUrl(options.returnTo) };
}

export async function switchToOrganizationAction(
  organizationId: string,
  options?: SwitchToOrganizationOptions,
): Promise<ClientUserInfo | { error: string }> {
  try {
    const { accessToken: _, ...auth } = await switchToOrganization(
      nextPorts,
      organizationId,
      options,
    );
    return auth;
  } catch (error) {
    if (error instanceof TokenRefreshError) return { error: error.message };
    throw error;
  }
}

/**
 * Leads the browser to where the session ends everywhere. By Next's redirect: after an action that
 * only set cookies Next renders the page anew, and where that leads nobody in to, it would lead away
 * before the session has ended.
 */
export async function signOutAction(options: { returnTo?: string } = {}): Promise<void> {
  nextPorts.redirect(await endSession(nextPorts, { returnTo: options.returnTo }));
}

/** Of the organization that the session is in, and of no other. */
export async function getOrganizationAction(): Promise<{ id: string; name: string } | null> {
  const current = await currentRequest(nextPorts);
  const { manager } = nextPorts.sessions();
  const found = await manager.readSession(current.request);
  if (found.status !== "signed_in" || !found.organizationId) return null;
  return manager.organizationName(found.organizationId);
}

async function signInUrl(returnTo: string | undefined): Promise<string> {
  const current = await currentRequest(nextPorts);
  return detourUrl(nextPorts, current, { mode: "ensure", returnTo });
}

function signedIn({ accessToken, ...auth }: UserInfo, withToken: boolean): AuthAnswer {
  return { status: "signed_in", auth, ...(withToken && { accessToken }) };
}
