/**
 * The access token of this tab: one fetch at a time, refreshed before it is over, kept whatever
 * fails. Only the server's word that nobody is signed in takes it away (session rule R5).
 */
import type { AuthAnswer } from "../client-answers.ts";
import { decodeJwt } from "../decode-jwt.ts";

export interface TokenState {
  readonly token: string | undefined;
  readonly loading: boolean;
  readonly error: Error | null;
}

export interface TokenStorePorts {
  /** The session's token as it is, refreshed where it is over. */
  current(): Promise<AuthAnswer>;
  /** A new one in any case. */
  refresh(): Promise<AuthAnswer>;
  /** From the eager cookie, which is gone then. */
  takeEagerToken(): string | undefined;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Answers what cancels it. */
  later(ms: number, work: () => void): () => void;
}

export interface TokenStore {
  subscribe(listener: () => void): () => void;
  getSnapshot(): TokenState;
  getServerSnapshot(): TokenState;
  /** A token that is good for a while; undefined for nobody. Rejects where none can be had. */
  getAccessToken(): Promise<string | undefined>;
  /** A new token, shown as `loading`. */
  refresh(): Promise<string | undefined>;
  /** For a change of user or session: what is under way counts no more. */
  clear(): void;
}

const NOTHING: TokenState = { token: undefined, loading: false, error: null };
const LEAST_DELAY_MS = 15_000;
const MOST_DELAY_MS = 24 * 3_600_000;
const RETRY_MS = 30_000;

export function createTokenStore(ports: TokenStorePorts): TokenStore {
  let state = NOTHING;
  let flight: { readonly answer: Promise<string | undefined>; readonly forced: boolean } | null =
    null;
  let epoch = 0;
  let isFresh = true;
  let cancelTimer = () => {};
  const listeners = new Set<() => void>();

  function set(change: Partial<TokenState>): void {
    const next = { ...state, ...change };
    const isSame = (["token", "loading", "error"] as const).every(
      (key) => next[key] === state[key],
    );
    if (isSame) return;
    state = next;
    for (const listener of listeners) listener();
  }

  function schedule(delay?: number): void {
    cancelTimer();
    if (listeners.size === 0) return;
    const ms = delay ?? delayFor(state.token, ports.now());
    if (ms === null) return;
    cancelTimer = ports.later(ms, () => void getAccessToken().catch(() => {}));
  }

  function fetchToken(forced: boolean): Promise<string | undefined> {
    // A refresh that was asked for is not answered by a look at what is there.
    if (flight && (flight.forced || !forced)) return flight.answer;
    if (forced) set({ loading: true, error: null });
    const answer = fly(forced || state.token !== undefined).finally(() => {
      if (flight?.answer === answer) flight = null;
    });
    flight = { answer, forced };
    return answer;
  }

  async function fly(isRefresh: boolean): Promise<string | undefined> {
    const began = epoch;
    try {
      const found = await (isRefresh ? ports.refresh() : ports.current());
      if (began !== epoch) return state.token;
      if (found.status === "unavailable") throw new Error(found.error);
      const token = found.status === "signed_in" ? found.accessToken : undefined;
      set({ token, loading: false, error: null });
      schedule();
      return token;
    } catch (error) {
      if (began !== epoch) return state.token;
      set({ loading: false, error: error instanceof Error ? error : new Error(String(error)) });
      schedule(RETRY_MS);
      throw error;
    }
  }

  async function getAccessToken(): Promise<string | undefined> {
    const eager = goodEagerToken();
    if (eager !== undefined) {
      set({ token: eager, error: null });
      schedule();
    }
    if (state.token !== undefined && !isExpiring(state.token, ports.now())) return state.token;
    return fetchToken(false);
  }

  function goodEagerToken(): string | undefined {
    const token = ports.takeEagerToken();
    return token !== undefined && !isOver(token, ports.now()) ? token : undefined;
  }

  return {
    subscribe(listener) {
      listeners.add(listener);
      if (listeners.size === 1) schedule();
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) cancelTimer();
      };
    },
    getSnapshot() {
      // By the first look: nobody hears of it, and what is rendered first has the token.
      if (isFresh) state = { ...state, token: goodEagerToken() ?? state.token };
      isFresh = false;
      return state;
    },
    getServerSnapshot: () => NOTHING,
    getAccessToken,
    refresh: () => fetchToken(true),
    clear() {
      epoch += 1;
      flight = null;
      cancelTimer();
      set(NOTHING);
    },
  };
}

function isExpiring(token: string, nowMs: number): boolean {
  const left = secondsLeft(token, nowMs);
  return left !== null && left.seconds <= left.buffer;
}

function isOver(token: string, nowMs: number): boolean {
  const left = secondsLeft(token, nowMs);
  return left === null || left.seconds <= 0;
}

/** When to refresh a token: its buffer before the end. Null for one that does not say. */
function delayFor(token: string | undefined, nowMs: number): number | null {
  const left = token === undefined ? null : secondsLeft(token, nowMs);
  if (left === null) return null;
  const ms = (left.seconds - left.buffer) * 1_000;
  return ms <= 0 ? LEAST_DELAY_MS : Math.min(Math.max(ms, LEAST_DELAY_MS), MOST_DELAY_MS);
}

function secondsLeft(token: string, nowMs: number) {
  const claims = decodeJwt(token);
  if (typeof claims?.exp !== "number") return null;
  const lifetime = claims.exp - (typeof claims.iat === "number" ? claims.iat : claims.exp);
  return { seconds: claims.exp - nowMs / 1_000, buffer: lifetime <= 300 ? 30 : 60 };
}
