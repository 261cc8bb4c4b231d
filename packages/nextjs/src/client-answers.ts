/** What the page's scripts are told of the session. */
import { currentRequest } from "./current-request.ts";
import { TokenRefreshError } from "./errors.ts";
import type { SwitchToOrganizationOptions, UserInfo } from "./interfaces.ts";
import type { NextPorts } from "./ports.ts";
import { refreshSession } from "./refresh-session.ts";
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

export interface AuthQuestion {
  /** With the address to sign in at, for nobody. */
  readonly ensureSignedIn?: boolean | undefined;
  /** Where to come back to from there. */
  readonly returnTo?: string | undefined;
  /** With the access token. */
  readonly token?: boolean | undefined;
}

export async function authAnswer(ports: NextPorts, question: AuthQuestion): Promise<AuthAnswer> {
  const found = await sessionOf(ports, await currentRequest(ports));
  if (found.status === "signed_in") return signedIn(userInfo(found), question);
  if (found.status === "signed_out") return signedOut(ports, question);
  return { status: "unavailable", error: "The session server cannot be reached." };
}

export async function refreshedAnswer(
  ports: NextPorts,
  question: AuthQuestion & { readonly organizationId?: string | undefined },
): Promise<AuthAnswer> {
  try {
    const auth = await refreshSession(ports, { organizationId: question.organizationId });
    if (auth.user) return signedIn(auth, question);
  } catch (error) {
    if (!(error instanceof TokenRefreshError)) throw error;
    if (error.isTransient) return { status: "unavailable", error: error.message };
  }
  return signedOut(ports, question);
}

export async function switchedAnswer(
  ports: NextPorts,
  organizationId: string,
  options?: SwitchToOrganizationOptions,
): Promise<ClientUserInfo | { error: string }> {
  try {
    const { accessToken: _, ...auth } = await switchToOrganization(ports, organizationId, options);
    return auth;
  } catch (error) {
    if (error instanceof TokenRefreshError) return { error: error.message };
    throw error;
  }
}

/** Of the organization that the session is in, and of no other. */
export async function organizationAnswer(
  ports: NextPorts,
): Promise<{ id: string; name: string } | null> {
  const { manager } = ports.sessions();
  const found = await manager.readSession((await currentRequest(ports)).request);
  if (found.status !== "signed_in" || !found.organizationId) return null;
  return manager.organizationName(found.organizationId);
}

function signedIn({ accessToken, ...auth }: UserInfo, { token }: AuthQuestion): AuthAnswer {
  return { status: "signed_in", auth, ...(token === true && { accessToken }) };
}

async function signedOut(
  ports: NextPorts,
  { ensureSignedIn, returnTo }: AuthQuestion,
): Promise<AuthAnswer> {
  if (ensureSignedIn !== true) return { status: "signed_out" };
  const signInUrl = await detourUrl(ports, await currentRequest(ports), {
    mode: "ensure",
    returnTo,
  });
  return { status: "signed_out", signInUrl };
}
