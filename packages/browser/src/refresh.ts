import {
  type AuthenticatedUser,
  COOKIE_HELD_REFRESH_TOKEN,
  TERMINAL_CODE,
} from "@latchkey/core/protocol/browser";
import { sessionFromAnswer } from "./answer.ts";
import type { AppConfigSource } from "./app-config.ts";
import type { Context } from "./context.ts";
import { asClientError, type LatchkeyClientError } from "./errors.ts";
import { withLock } from "./lock.ts";
import { withRetry } from "./retry.ts";
import type { SessionState } from "./session-state.ts";
import { isFresh, isLaterSession, type StoredSession } from "./stored-session.ts";

/** Seconds. A longer Retry-After is taken for a mistake. */
const LONGEST_PAUSE = 120;

export interface Refresher {
  /** Renews the tokens once for all callers: of this tab, and by a lock of the other tabs. */
  refresh(): Promise<void>;
  /** The refresh under way, or null. */
  running(): Promise<void> | null;
}

/**
 * Presenting one refresh token many times is harmless: the server answers every tab, retry and
 * reordered request of one generation with the same successor (rules R1 and R3). So this code
 * retries freely and applies an answer whenever it arrives, if its epoch still stands and the
 * record has nothing later.
 */
export function createRefresher(
  context: Context,
  config: AppConfigSource,
  state: SessionState,
  onOutcome: (error: LatchkeyClientError | null) => void,
): Refresher {
  const { store, clock, settings } = context;
  let flight: { epoch: number; done: Promise<void> } | null = null;
  /** The server asked to be left alone until then, by the monotonic clock. */
  let refused: { error: LatchkeyClientError; until: number } | null = null;

  function refresh(): Promise<void> {
    const { epoch, session } = store.read();
    if (flight?.epoch === epoch) return flight.done;
    if (refused && clock.moment().monotonic < refused.until) return Promise.reject(refused.error);
    const done = run(epoch, session?.token).finally(() => {
      if (flight?.done === done) flight = null;
    });
    flight = { epoch, done };
    return done;
  }

  async function run(epoch: number, staleToken: string | undefined): Promise<void> {
    try {
      await withLock(settings.locks, context.storageKey, settings.lockTimeoutMs, async () => {
        await config.ensure();
        await withRetry(() => step(epoch, staleToken), context.random);
      });
      onOutcome(null);
    } catch (cause) {
      const error = asClientError(cause);
      const pause = Math.min(error.retryAfter ?? 0, LONGEST_PAUSE) * 1000;
      refused = { error, until: clock.moment().monotonic + pause };
      onOutcome(error);
      throw error;
    }
  }

  async function step(epoch: number, staleToken: string | undefined): Promise<void> {
    const { epoch: current, session } = store.read();
    // Signed out or in again meanwhile, or renewed by another tab or a late answer.
    if (current !== epoch) return;
    if (session?.token !== staleToken && isFresh(session, clock.now())) return;
    await context.wait(request(epoch, session));
  }

  async function request(epoch: number, session: StoredSession | null): Promise<void> {
    const sent = clock.moment();
    let answer: AuthenticatedUser;
    try {
      const call = context.call<AuthenticatedUser>("/sessions", {
        // Where a cookie holds it, the body says so: a server without the cookie must not guess.
        body: { refresh_token: session?.refreshToken ?? COOKIE_HELD_REFRESH_TOKEN },
        bearer: session?.apiToken,
        keepalive: true,
      });
      answer = (await call).body;
    } catch (error) {
      const { code, reason } = asClientError(error);
      // Everything else keeps the session (rule R5).
      if (code !== TERMINAL_CODE) throw error;
      return state.end(epoch, reason ?? code);
    }
    if (answer.session_update_action === "clear") return state.end(epoch, "cleared");
    store.update((record) => {
      if (record.epoch !== epoch) return record;
      const renewed = sessionFromAnswer(answer, record.session);
      const keep = !!record.session?.token && isLaterSession(record.session, renewed);
      return keep ? record : state.withSession(record, renewed, sent);
    });
    state.syncCookies();
  }

  return { refresh, running: () => flight?.done ?? null };
}
