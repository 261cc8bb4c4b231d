/**
 * The deployment's own memory that somebody signed in here, so that its apps need not each ask. The
 * cookie holds a secret; the database only its keyed hash.
 */
import { type App, sharesSignIn } from "../apps/app-directory.ts";
import type { RequestContext } from "../http/context.ts";
import { keyedHash } from "../keys/master-key.ts";
import type { Services } from "../services.ts";
import { refusedSignIn } from "../sessions/sign-in.ts";
import type { SignInRecord } from "../storage/store.ts";
import type { AuthorizeRequest } from "./authorize-request.ts";
import { deleteCookie, readCookie, SIGN_IN_COOKIE, setCookie } from "./cookies.ts";

const idOf = ({ master }: Services, cookieValue: string): Promise<string> =>
  keyedHash(master, "sign-in", "id", cookieValue);

/** The sign-in whose cookie came along, while it is good. */
export async function currentSignIn(
  services: Services,
  context: RequestContext,
): Promise<SignInRecord | null> {
  const value = readCookie(context, SIGN_IN_COOKIE, services.settings.secure);
  return value === null ? null : findSignIn(services, value);
}

export async function findSignIn(services: Services, cookieValue: string) {
  return services.store.signIns.find(await idOf(services, cookieValue));
}

/**
 * Begins a sign-in in place of the one before it in this browser (ASVS 7.2.4).
 *
 * @throws LatchkeyError `user_disabled`, when that happened after the proof
 */
export async function beginSignIn(
  services: Services,
  context: RequestContext,
  cookieValue: string,
  signIn: Pick<SignInRecord, "appId" | "userId" | "account" | "authMethod">,
): Promise<SignInRecord> {
  await endSignIn(services, context);
  const begun = await services.store.signIns.begin({
    ...signIn,
    id: await idOf(services, cookieValue),
    lifetimeMs: SIGN_IN_COOKIE.maxAgeS * 1000,
  });
  if (!begun) throw refusedSignIn("user_disabled");
  keepSignIn(services, context, cookieValue);
  return begun;
}

export function keepSignIn(services: Services, context: RequestContext, cookieValue: string): void {
  setCookie(context, SIGN_IN_COOKIE, services.settings.secure, cookieValue);
}

/** Ends the sign-in of this browser in the database; the caller decides about the cookie. */
async function endSignIn(services: Services, context: RequestContext): Promise<void> {
  const value = readCookie(context, SIGN_IN_COOKIE, services.settings.secure);
  if (value !== null) await services.store.signIns.end(await idOf(services, value));
}

export async function forgetSignIn(services: Services, context: RequestContext): Promise<void> {
  await endSignIn(services, context);
  deleteCookie(context, SIGN_IN_COOKIE, services.settings.secure);
}

/**
 * Whether the app takes this sign-in without asking. Of another app only one that was proven by a
 * code mailed from here: whatever else an app accepts, its own operators could have set.
 */
export function mayReuse(
  app: App,
  signIn: SignInRecord,
  request: Pick<AuthorizeRequest, "prompt" | "loginHint" | "maxAge">,
  now: number,
): boolean {
  const { settings } = app;
  const asks = request.prompt.some((each) => each !== "none");
  const isOther =
    request.loginHint !== null && request.loginHint.toLowerCase() !== signIn.account.subject;
  const isOld =
    request.maxAge !== null &&
    (request.maxAge === 0 || now - signIn.authenticatedAt > request.maxAge * 1000);
  if (asks || isOther || isOld) return false;
  if (signIn.authMethod === "email" && !settings.emailAuth) return false;
  if (signIn.authMethod === "passkey" && !settings.passkeyAuth) return false;
  if (signIn.authMethod === "password" && !settings.passwordAuth) return false;
  if (signIn.appId === app.id) return true;
  return sharesSignIn(app) && signIn.authMethod === "email";
}
