import type { AppConfigSource } from "./app-config.ts";
import type { Context } from "./context.ts";
import { asClientError, type LatchkeyClientError, unavailable } from "./errors.ts";
import type { Logouts } from "./logouts.ts";
import type { Refresher } from "./refresh.ts";
import type { SessionState } from "./session-state.ts";
import { isFresh } from "./stored-session.ts";

/** Milliseconds between tries while something fails; doubled up to the last. */
const FIRST_RETRY = 5000;
const LAST_RETRY = 60_000;

const WAKING = ["online", "focus", "pageshow", "visibilitychange"];

export interface Lifecycle {
  /** Resolves when the first look at the session is over, at the latest after `readyTimeoutMs`. */
  start(): Promise<void>;
  destroy(): void;
  /** Takes note of how talking to the server went. */
  settle(problem: unknown): void;
  /** The last of those, as far as it matters to the page. Undefined before the first. */
  outcome(): LatchkeyClientError | null | undefined;
}

export function createLifecycle(
  context: Context,
  parts: { config: AppConfigSource; state: SessionState; logouts: Logouts },
  refresher: () => Refresher,
  onChange: () => void,
): Lifecycle {
  const { store, clock, settings, storageKey } = context;
  const { config, state, logouts } = parts;
  let started = false;
  let error: LatchkeyClientError | null | undefined;
  let looking: Promise<void> | null = null;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let bound: ReturnType<typeof setTimeout> | undefined;
  let pause = FIRST_RETRY;
  let stopWatching: (() => void) | undefined;
  let announce = () => {};
  const readiness = new Promise<void>((resolve) => {
    announce = resolve;
  });

  function settle(problem: unknown): void {
    const { session } = store.read();
    // A renewal that failed ahead of time troubles nobody yet.
    const isDue = (session?.expiresAt ?? 0) <= clock.now();
    error = problem && isDue ? asClientError(problem) : null;
    clearTimeout(bound);
    announce();
    onChange();
    if (problem || logouts.owed()) schedule();
    else pause = FIRST_RETRY;
    if (!session) return;
    // Loaded only where there is a session to watch; where that fails, at the next chance.
    import("./session-watch.ts").then(
      ({ watchSession }) => {
        if (started) stopWatching ??= watchSession(context, refresher());
      },
      () => {},
    );
  }

  function schedule(): void {
    if (!started || retry) return;
    retry = setTimeout(look, pause);
    pause = Math.min(pause * 2, LAST_RETRY);
  }

  /** Whether the server has to be asked before the session can be shown. */
  function mustAsk(): boolean {
    const { session } = store.read();
    if (!state.hasCredential()) return false;
    return (
      !session?.user ||
      !isFresh(session, clock.now()) ||
      // A session of before the app had cookies moves into them.
      (context.cookieMode() && (!!session.refreshToken || !context.cookies.hasHint()))
    );
  }

  function cancelRetry(): void {
    clearTimeout(retry);
    retry = undefined;
  }

  function look(): Promise<void> {
    cancelRetry();
    looking ??= askServer().finally(() => {
      looking = null;
    });
    return looking;
  }

  async function askServer(): Promise<void> {
    try {
      const flushed = logouts.flush();
      await config.ensure();
      if (mustAsk()) await refresher().refresh();
      await flushed;
      settle(null);
    } catch (problem) {
      settle(problem);
    }
  }

  function onStorage(event: Event): void {
    const { key } = event as StorageEvent;
    if (key === null || key === storageKey) {
      store.reconcile();
      state.syncCookies();
    }
  }

  function onWake({ target }: Event): void {
    if ((target as Partial<Document> | null)?.visibilityState === "hidden") return;
    store.reconcile();
    if (error || logouts.owed() || mustAsk()) void look();
  }

  function listen(method: "addEventListener" | "removeEventListener"): void {
    settings.events?.[method]("storage", onStorage);
    for (const type of WAKING) settings.events?.[method](type, onWake);
  }

  return {
    start() {
      if (started) return readiness;
      started = true;
      try {
        context.open();
      } catch (problem) {
        settle(problem);
        return readiness;
      }
      listen("addEventListener");
      state.syncCookies();
      if (store.read().config && !mustAsk()) settle(null);
      if (error === undefined) {
        const late = unavailable(`No answer of ${settings.serverUrl} yet.`);
        bound = setTimeout(settle, settings.readyTimeoutMs, late);
      }
      void look();
      return readiness;
    },
    destroy() {
      started = false;
      cancelRetry();
      clearTimeout(bound);
      listen("removeEventListener");
      stopWatching?.();
      stopWatching = undefined;
    },
    settle,
    outcome: () => error,
  };
}
