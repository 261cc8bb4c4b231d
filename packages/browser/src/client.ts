import type { User, UserWithIdentityToken } from "@latchkey/core/protocol/browser";
import { type AppConfigSource, createAppConfig } from "./app-config.ts";
import { type Context, createContext } from "./context.ts";
import { asClientError } from "./errors.ts";
import { createLifecycle } from "./lifecycle.ts";
import { createLogouts } from "./logouts.ts";
import type { LatchkeyClientOptions } from "./options.ts";
import { createRefresher } from "./refresh.ts";
import { waitUntilAborted } from "./retry.ts";
import { createSessionState } from "./session-state.ts";
import { type Authenticate, createSignIn, type SignIn } from "./sign-in.ts";
import { keepIdentity, type LatchkeySnapshot, LOADING, takeSnapshot } from "./snapshot.ts";
import { isFresh } from "./stored-session.ts";
import { readTimes } from "./tokens.ts";

export interface WaitOptions {
  /** Ends the wait, not the work: a refresh that was sent is never aborted. */
  readonly signal?: AbortSignal | undefined;
}

/** What the other entries of this package share with a client. */
export interface ClientInternals {
  readonly context: Context;
  readonly config: AppConfigSource;
  readonly authenticate: Authenticate;
}

export interface LatchkeyClient extends SignIn {
  /** Calls `listener` after every change of the snapshot. Returns the way to stop. */
  subscribe(listener: () => void): () => void;
  getSnapshot(): LatchkeySnapshot;
  /** The snapshot before `start()`, the same on every server. */
  getServerSnapshot(): LatchkeySnapshot;
  /**
   * Looks up the session and keeps it up to date until `destroy()`. Never rejects: the snapshot's
   * `error` says what failed, and the client keeps trying. May be called again after `destroy()`.
   */
  start(): Promise<LatchkeySnapshot>;
  destroy(): void;
  /**
   * An access token that is good for at least another moment, renewed when needed. Null only when
   * signed out; throws `unavailable` when it can be neither renewed nor used.
   */
  getAccessToken(options?: WaitOptions): Promise<string | null>;
  /** The signed facts about the user, or null when signed out or not issued by this app. */
  getIdentityToken(options?: WaitOptions): Promise<string | null>;
  /** Renews the tokens now. Resolves with the new access token, or null when signed out. */
  refresh(options?: WaitOptions): Promise<string | null>;
  /** Reads the user from the server again, into the snapshot too. Null when signed out. */
  reloadUser(options?: WaitOptions): Promise<User | null>;
  /** For `@latchkey/browser/oauth` and its like; no API, and different in any release. */
  readonly internals: ClientInternals;
}

/** Makes a client. Touches neither window nor network before `start()` or the first call. */
export function createLatchkeyClient(options: LatchkeyClientOptions): LatchkeyClient {
  const listeners = new Set<() => void>();
  let snapshot = LOADING;

  const context = createContext(options, onChange);
  const { store, clock } = context;
  const state = createSessionState(context);
  const config = createAppConfig(context, state.syncCookies);
  const logouts = createLogouts(context);
  const lifecycle = createLifecycle(context, { config, state, logouts }, () => refresher, onChange);
  const refresher = createRefresher(context, config, state, lifecycle.settle);
  const signIn = createSignIn(context, config, state, refresher, logouts, lifecycle.settle);

  function onChange(): void {
    const error = lifecycle.outcome();
    if (error === undefined) return;
    const next = takeSnapshot(store.read(), clock.offset(), state.hasCredential(), error);
    const previous = snapshot;
    snapshot = keepIdentity(previous, next);
    if (snapshot === previous) return;
    for (const listener of [...listeners]) listener();
  }

  const isFreshToken = (token: string | null | undefined) => isFresh(readTimes(token), clock.now());

  async function accessToken(renew = false): Promise<string | null> {
    context.open();
    // Without the configuration nobody knows yet what a hint of a session means.
    if (!store.read().config && context.cookies.hasHint()) await config.ensure();
    const held = () => store.read().session?.token;
    // The record may be of a later renewal, in another tab, than the token in memory.
    if (state.hasCredential() && (renew || !isFreshToken(held()))) {
      try {
        await refresher.refresh();
      } catch (error) {
        const isUsable = (readTimes(held())?.expiresAt ?? 0) > clock.now();
        if (state.hasCredential() && (renew || !isUsable)) throw error;
      }
    }
    // A session that another tab began meanwhile.
    return held() === "" ? accessToken(true) : (held() ?? null);
  }

  async function loadUser(renew = false): Promise<UserWithIdentityToken | null> {
    await accessToken(renew);
    const { epoch, session } = store.read();
    if (!session) return null;
    try {
      const call = context.call<UserWithIdentityToken>("/users/me", { bearer: session.apiToken });
      const { body } = await context.wait(call);
      const read = { user: body.user, identityToken: body.identity_token };
      store.update((record) =>
        record.epoch === epoch && record.session
          ? { ...record, session: { ...record.session, ...read } }
          : record,
      );
      return body;
    } catch (error) {
      // Only a refresh can tell whether the session is over.
      if (renew || asClientError(error).status !== 401) throw error;
      return loadUser(true);
    }
  }

  async function identityToken(): Promise<string | null> {
    await accessToken();
    const known = store.read().session?.identityToken ?? null;
    if (isFreshToken(known)) return known;
    return (await loadUser())?.identity_token ?? null;
  }

  const abortable =
    <T>(work: () => Promise<T>) =>
    ({ signal }: WaitOptions = {}) =>
      waitUntilAborted(work(), signal);

  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    getSnapshot: () => snapshot,
    getServerSnapshot: () => LOADING,
    async start() {
      await lifecycle.start();
      return snapshot;
    },
    destroy: lifecycle.destroy,
    ...signIn,
    getAccessToken: abortable(() => accessToken()),
    getIdentityToken: abortable(identityToken),
    refresh: abortable(() => accessToken(true)),
    reloadUser: abortable(async () => (await loadUser())?.user ?? null),
    internals: { ...signIn, context, config },
  };
}
