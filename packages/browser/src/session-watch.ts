/**
 * Notices that the session was ended elsewhere: in the dashboard, by a sign-out on another device.
 * Of the visible tabs one asks every few seconds (Web Locks); a tab that comes to the front asks at
 * once. The answer is a hint, no more: only the refresh that follows ends the session (rule R5).
 * A chunk of its own, which pages without a session never load.
 */
import type { TERMINAL_CODE } from "@latchkey/core/protocol/browser";
import type { Context } from "./context.ts";
import type { LatchkeyClientError } from "./errors.ts";
import type { Refresher } from "./refresh.ts";

// Types alone are imported: a value would be cut out of the main chunk, into a third one.
const OVER: typeof TERMINAL_CODE = "missing_or_invalid_token";

/** Milliseconds between questions, up to a second more; with the answer well within ten seconds. */
const INTERVAL = 8000;
/** While something fails the pause doubles up to this. */
const LONGEST_INTERVAL = 300_000;
/** Several events tell of one return to the page. */
const SAME_MOMENT = 1000;

const WAKING = ["focus", "pageshow", "visibilitychange", "online"];
const SLEEPING = ["pagehide", "freeze"];

/** Returns the way to stop. */
export function watchSession(context: Context, refresher: Refresher): () => void {
  const { settings, store, clock } = context;
  const { events, locks, cookieJar } = settings;
  let turn: AbortController | null = null;
  let asking: Promise<void> | null = null;
  // A refresh of a moment ago has answered for now.
  const { wall, monotonic: began } = clock.moment();
  const age = wall - store.read().savedAt;
  let askedAt = age >= 0 && age < INTERVAL ? began - age : Number.NEGATIVE_INFINITY;
  let interval = INTERVAL;

  const monotonic = () => clock.moment().monotonic;

  function check(): Promise<void> {
    asking ??= ask().finally(() => {
      asking = null;
    });
    return asking;
  }

  async function ask(): Promise<void> {
    const { session } = store.read();
    askedAt = monotonic();
    // A refresh asks the same question.
    if (!session || refresher.running()) return;
    try {
      const request = { root: "/latchkey/v1", bearer: session.apiToken };
      await context.wait(context.call("/session", request));
      interval = INTERVAL;
    } catch (cause) {
      const { code, retryAfter } = cause as LatchkeyClientError;
      interval = Math.min(Math.max(interval * 2, (retryAfter ?? 0) * 1000), LONGEST_INTERVAL);
      if (code === OVER) await refresher.refresh().catch(() => {});
    }
  }

  async function keepAsking({ signal }: AbortController): Promise<void> {
    while (!signal.aborted) {
      const due = askedAt + interval + context.random() * 1000;
      await sleep(due - monotonic(), signal);
      if (!signal.aborted && monotonic() >= askedAt + interval) await check();
    }
  }

  function begin(): void {
    if (turn) return;
    const own = new AbortController();
    turn = own;
    let granted = false;
    const work = () => {
      granted = true;
      return keepAsking(own);
    };
    if (!locks) {
      void work();
      return;
    }
    const { signal } = own;
    locks.request(`${context.storageKey}:watch`, { signal }, work).catch(() => {
      // No locks in an opaque origin: then each tab asks for itself.
      if (!granted && !signal.aborted) void work();
    });
  }

  function pause(): void {
    turn?.abort();
    turn = null;
  }

  function onChange(): void {
    if (cookieJar?.visibilityState === "hidden") {
      pause();
      return;
    }
    begin();
    if (monotonic() - askedAt >= SAME_MOMENT) void check();
  }

  function listen(method: "addEventListener" | "removeEventListener"): void {
    for (const type of WAKING) events?.[method](type, onChange);
    for (const type of SLEEPING) events?.[method](type, pause);
  }

  // Without events nobody could tell when the page is hidden.
  if (!events) return () => {};
  listen("addEventListener");
  onChange();
  return () => {
    listen("removeEventListener");
    pause();
  };
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, Math.max(ms, 0));
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
