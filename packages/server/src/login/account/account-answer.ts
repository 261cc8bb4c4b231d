import type { RequestContext } from "../../http/context.ts";
import { listPasskeys } from "../../passkeys/manage-passkeys.ts";
import { accountTypeOf } from "../../providers/provider-preset.ts";
import type { Services } from "../../services.ts";
import type { Session } from "../../storage/store.ts";
import { offersPasswords } from "../../users/passwords.ts";
import { wayToApp } from "../app-home.ts";
import { loginMethods } from "../login-methods.ts";
import { pageResponse } from "../page-response.ts";
import { accountPage } from "../pages/account-page.ts";
import { brandingOf } from "../pages/branding.ts";
import type { OpenAccount } from "./open-account.ts";

const SHOWN_SESSIONS = 100;

/** What to say at the page's head, or beside a field. */
export interface AccountNotes {
  readonly notice?: string | null;
  readonly emailError?: string | null;
  readonly passwordError?: string | null;
}

/** The account page, of what is there now. */
export async function showAccount(
  services: Services,
  context: RequestContext,
  { app, user, fresh }: OpenAccount,
  { notice = null, emailError = null, passwordError = null }: AccountNotes = {},
): Promise<Response> {
  const { store } = services;
  const [methods, passkeys, password, sessions, now] = await Promise.all([
    loginMethods(services, app),
    listPasskeys(services, app, user),
    store.passwords.find(user.id),
    store.sessions.ofUser(app.id, user.id, {
      before: null,
      after: null,
      limit: SHOWN_SESSIONS,
      order: "desc",
    }),
    store.now(),
  ]);
  const has = new Set(user.accounts.map(({ type }) => type));
  const isRefused = emailError !== null || passwordError !== null;
  const page = accountPage({
    branding: brandingOf(app),
    clientId: app.clientId,
    fresh: fresh?.sealed ?? null,
    accounts: user.accounts,
    passkeys,
    password:
      offersPasswords(services, app) && has.has("email") ? { isSet: password !== null } : null,
    takesAddress: methods.address,
    addsPasskeys: app.settings.passkeyAuth,
    providers: methods.providers.map((provider) => ({
      id: provider.id,
      name: provider.name,
      accountType: accountTypeOf(provider),
      isLinked: has.has(accountTypeOf(provider)),
    })),
    sessions: sessions.items.filter((session) => isLive(session, now)),
    back: wayToApp(app)[0] ?? null,
    notice,
    emailError,
    passwordError,
  });
  return pageResponse(context, page, { status: isRefused ? 422 : 200 });
}

const isLive = (session: Session, now: number): boolean =>
  session.endedAt === null && session.absoluteExpiresAt > now && session.idleExpiresAt > now;
