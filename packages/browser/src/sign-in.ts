import type { AuthenticatedUser, User } from "@latchkey/core/protocol/browser";
import { sessionFromAnswer } from "./answer.ts";
import type { AppConfigSource } from "./app-config.ts";
import { base64url } from "./base64url.ts";
import type { Context } from "./context.ts";
import { LatchkeyClientError } from "./errors.ts";
import type { Logouts } from "./logouts.ts";
import type { EndedSession, SessionRecord } from "./record.ts";
import type { Refresher } from "./refresh.ts";
import type { Moment } from "./server-clock.ts";
import type { SessionState } from "./session-state.ts";
import type { StoredSession } from "./stored-session.ts";

/** Whether an unknown address may become a new account. */
export type SignInMode = "login-or-sign-up" | "no-signup";

export interface SignedIn {
  readonly user: User;
  readonly isNewUser: boolean;
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

export function createSignIn(
  context: Context,
  config: AppConfigSource,
  state: SessionState,
  refresher: Refresher,
  logouts: Logouts,
  onOutcome: (error: null) => void,
): SignIn {
  const { store, clock } = context;
  /** Counts what the user did here: of answers that cross, only the last act's counts. */
  let acts = 0;

  async function authenticate(path: string, body: Record<string, unknown>): Promise<SignedIn> {
    context.open();
    acts += 1;
    const act = acts;
    await config.ensure();
    // There one cookie holds whichever session it is: end the old one before there is a new one.
    if (context.cookieMode()) await logouts.flush();
    return context.wait(request(path, body, act));
  }

  async function request(path: string, body: object, act: number): Promise<SignedIn> {
    const sent = clock.moment();
    const { body: answer } = await context.call<AuthenticatedUser>(path, { body: { ...body } });
    const session = sessionFromAnswer(answer, null);
    if (act !== acts) {
      store.update((record) => ({ ...record, ended: [...record.ended, owed(session)] }));
      void logouts.flush();
      throw new LatchkeyClientError(
        "superseded",
        "A later sign-in or sign-out in this page overtook this sign-in.",
      );
    }
    store.update((record) => begin(record, session, sent));
    state.syncCookies();
    onOutcome(null);
    // The session that this one replaces ends (ASVS 7.2.4).
    void logouts.flush();
    return { user: answer.user, isNewUser: answer.is_new_user === true };
  }

  function begin(record: SessionRecord, session: StoredSession, sent: Moment): SessionRecord {
    const replaced = record.session ? [owed(record.session)] : [];
    return {
      ...state.withSession(record, session, sent),
      epoch: state.nextEpoch(record),
      guestCredential: session.user?.is_guest ? record.guestCredential : null,
      ended: context.cookieMode() ? [] : [...record.ended, ...replaced],
    };
  }

  return {
    async sendCode({ email }) {
      context.open();
      await config.ensure();
      await context.wait(context.call("/passwordless/init", { body: { email } }));
    },
    signInWithCode: ({ email, code, mode }) =>
      authenticate("/passwordless/authenticate", { email, code, mode }),
    signInWithCustomToken: ({ token, mode }) =>
      authenticate("/custom_jwt_account/authenticate", { token, mode }),
    async signInAsGuest() {
      context.open();
      // Kept, so that a repeat after a lost answer is the same guest.
      store.update((record) => ({
        ...record,
        guestCredential: record.guestCredential ?? base64url(context.settings.randomBytes(32)),
      }));
      const { guestCredential } = store.read();
      return authenticate("/guest/authenticate", { guest_credential: guestCredential });
    },
    async signOut() {
      context.open();
      acts += 1;
      const refreshing = refresher.running();
      const { epoch, session } = store.read();
      const byCookie = context.cookieMode() && state.hasCredential();
      const debt = session ?? (byCookie ? { apiToken: "", refreshToken: null } : null);
      state.end(epoch, "logout", debt ? [owed(debt)] : []);
      await logouts.flush();
      onOutcome(null);
      if (!refreshing || !byCookie) return;
      // Its answer may set the cookies again after the logout's has removed them.
      await refreshing.catch(() => {});
      await context.call("/sessions/logout", { body: {}, keepalive: true }).catch(() => {});
    },
  };
}

const owed = ({ apiToken, refreshToken }: EndedSession): EndedSession => ({
  apiToken,
  refreshToken,
});
