import type { AuthenticatedUser, OAuthTokens, User } from "@latchkey/core/protocol/browser";
import { sessionFromAnswer } from "./answer.ts";
import type { AppConfigSource } from "./app-config.ts";
import { base64url } from "./base64url.ts";
import type { Context } from "./context.ts";
import { LatchkeyClientError } from "./errors.ts";
import type { Logouts } from "./logouts.ts";
import type { EndedSession } from "./record.ts";
import type { Refresher } from "./refresh.ts";
import { withRetry } from "./retry.ts";
import type { Moment } from "./server-clock.ts";
import type { SessionState } from "./session-state.ts";
import type { StoredSession } from "./stored-session.ts";

/** Whether an unknown address may become a new account. */
export type SignInMode = "login-or-sign-up" | "no-signup";

export interface SignedIn {
  readonly user: User;
  readonly isNewUser: boolean;
  /** For the API of the provider signed in with, where the app's settings ask for them; kept nowhere. */
  readonly oauthTokens?: OAuthTokens | undefined;
}

export interface SignIn {
  /** Has the server mail a one-time code. */
  sendCode(input: { email: string }): Promise<void>;
  signInWithCode(input: { email: string; code: string; mode?: SignInMode }): Promise<SignedIn>;
  signInAsGuest(): Promise<SignedIn>;
  /** With a token of the app's own issuer, where the app accepts those. */
  signInWithCustomToken(input: { token: string; mode?: SignInMode }): Promise<SignedIn>;
  /**
   * Signs out of this browser at once, and of the server as soon as it can be reached. Resolves
   * after the first try; never rejects for the server's sake.
   */
  signOut(): Promise<void>;
}

/** How every way of signing in ends: with the server's answer to a proof. */
export type Authenticate = (path: string, body: Record<string, unknown>) => Promise<SignedIn>;

export function createSignIn(
  context: Context,
  config: AppConfigSource,
  state: SessionState,
  refresher: Refresher,
  logouts: Logouts,
  onOutcome: (error: null) => void,
): SignIn & { readonly authenticate: Authenticate } {
  const { store, clock } = context;
  const randomText = (bytes: number) => base64url(context.settings.randomBytes(bytes));

  const authenticate: Authenticate = async (path, body) => {
    context.open();
    const { epoch } = store.read();
    await config.ensure();
    // There one cookie holds whichever session it is: a late answer about the old one would take the
    // new one's place, and its end would be the new one's.
    if (context.cookieMode()) {
      await context.wait(Promise.all([refresher.running()])).catch(() => {});
      await logouts.flush();
    }
    // A code is good once: with the key, a repeat of a request whose answer was lost gets it again.
    const idempotencyKey = randomText(16);
    let done: SignedIn | undefined;
    const attempt = async () => {
      const sent = clock.moment();
      const call = context.call<AuthenticatedUser>(path, { body, idempotencyKey });
      const { body: answer } = await call;
      done ??= begin(answer, epoch, sent);
      return done;
    };
    return withRetry(async () => done ?? context.wait(attempt()), context.random);
  };

  function begin(answer: AuthenticatedUser, epoch: number, sent: Moment): SignedIn {
    const session = sessionFromAnswer(answer, null);
    const before = store.read();
    // Signed out since, or signed in by another attempt, in whichever tab: that was later.
    if (before.epoch !== epoch && (before.session || before.endReason === "logout")) {
      store.update((record) => ({ ...record, ended: [...record.ended, owed(session)] }));
      void logouts.flush();
      throw new LatchkeyClientError("superseded", "Overtaken by a later sign-in or sign-out.");
    }
    store.update((record) => ({
      ...state.withSession(record, session, sent),
      epoch: state.nextEpoch(record),
      guestCredential:
        session.user?.is_guest && session.refreshToken ? record.guestCredential : null,
      ended: context.cookieMode()
        ? []
        : [...record.ended, ...(record.session ? [owed(record.session)] : [])],
    }));
    state.syncCookies();
    onOutcome(null);
    // The session that this one replaces ends (ASVS 7.2.4).
    void logouts.flush();
    const { user, is_new_user, oauth_tokens: oauthTokens } = answer;
    return { user, isNewUser: !!is_new_user, oauthTokens };
  }

  return {
    authenticate,
    async sendCode({ email }) {
      context.open();
      await config.ensure();
      await context.wait(context.call("/passwordless/init", { body: { email } }));
    },
    signInWithCode: (input) => authenticate("/passwordless/authenticate", { ...input }),
    signInWithCustomToken: (input) =>
      authenticate("/custom_jwt_account/authenticate", { ...input }),
    async signInAsGuest() {
      context.open();
      // Kept, so that a repeat after a lost answer is the same guest.
      store.update((record) => ({
        ...record,
        guestCredential: record.guestCredential ?? randomText(32),
      }));
      const { guestCredential } = store.read();
      return authenticate("/guest/authenticate", { guest_credential: guestCredential });
    },
    async signOut() {
      context.open();
      const refreshing = refresher.running();
      const { epoch, session } = store.read();
      state.end(epoch, "logout", state.hasCredential() ? [owed(session)] : []);
      await logouts.flush();
      onOutcome(null);
      if (!refreshing || !context.cookieMode()) return;
      // Its answer may set the cookies again after the logout's has removed them.
      await refreshing.catch(() => {});
      if (store.read().session) return;
      await context.call("/sessions/logout", { body: {}, keepalive: true }).catch(() => {});
    },
  };
}

/** Where a cookie holds the session, it alone tells which one. */
const owed = (session: StoredSession | null): EndedSession => ({
  apiToken: (session?.refreshToken && session.apiToken) || "",
  refreshToken: session?.refreshToken ?? null,
});
