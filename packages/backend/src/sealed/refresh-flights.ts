/**
 * One refresh at a time for one session and process, and its answer for a while after: parallel and
 * slightly later requests with the old cookie get the new session. What the process does not know
 * the server's window does (session rule R3).
 */
import type { SealedSession } from "@latchkey/core/sealed/sealed-session";
import { decodeJwt } from "@latchkey/core/tokens/jwt";
import type { AuthenticateOutcome } from "./authenticate-call.ts";

/** Shorter than the server's default window, so that an answer from here is one it would give. */
const REMEMBERED_MS = 60_000;
const MOST_FAILURE_MS = 5_000;
const MOST_REMEMBERED = 5_000;

export interface RefreshFlights {
  /** The newest that is known to follow a session from a cookie; itself when nothing does. */
  latest(session: SealedSession): SealedSession;
  /** `organizationId` null to stay in the one that it is in. */
  refresh(session: SealedSession, organizationId: string | null): Promise<AuthenticateOutcome>;
}

interface RefreshFlightsOptions {
  readonly call: (
    session: SealedSession,
    organizationId: string | null,
  ) => Promise<AuthenticateOutcome>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Edge runtimes drop what a request left running: an older flight never lands. */
  readonly timeoutMs: number;
}

interface Flight {
  readonly outcome: Promise<AuthenticateOutcome>;
  readonly startedAt: number;
}

export function createRefreshFlights({
  call,
  now,
  timeoutMs,
}: RefreshFlightsOptions): RefreshFlights {
  const flights = new Map<string, Flight>();
  const answers = new Map<string, { readonly session: SealedSession; readonly at: number }>();
  const failures = new Map<
    string,
    { readonly outcome: AuthenticateOutcome; readonly at: number }
  >();

  /** A clock that was set back makes an entry look new for as long: it counts as old instead. */
  const isYoung = (at: number, ms: number) => now() - at >= 0 && now() - at < ms;

  async function fly(key: string, session: SealedSession, organizationId: string | null) {
    const outcome = await call(session, organizationId);
    const at = now();
    flights.delete(key);
    if (outcome.kind === "session") {
      keep(answers, session.refreshToken, { session: outcome.session, at });
    }
    if (outcome.kind === "unavailable") keep(failures, key, { outcome, at });
    else failures.delete(key);
    return outcome;
  }

  return {
    latest(session) {
      let newest = session;
      // The chain is as long as the refreshes of a minute; the bound is against a ring.
      for (let hop = 0; hop < 8; hop++) {
        const answer = answers.get(newest.refreshToken);
        if (!answer || !isYoung(answer.at, REMEMBERED_MS)) break;
        if (issuedAt(answer.session) <= issuedAt(newest)) break;
        newest = answer.session;
      }
      return newest;
    },

    refresh(session, organizationId) {
      const key = JSON.stringify([session.refreshToken, organizationId]);
      const flight = flights.get(key);
      if (flight && isYoung(flight.startedAt, timeoutMs)) return flight.outcome;
      const failure = failures.get(key);
      if (failure && isYoung(failure.at, pauseAfter(failure.outcome))) {
        return Promise.resolve(failure.outcome);
      }
      const startedAt = now();
      const outcome = fly(key, session, organizationId);
      flights.set(key, { outcome, startedAt });
      return outcome;
    },
  };
}

/** A server that asked for peace gets it, within reason; one that failed is asked again soon. */
function pauseAfter(outcome: AuthenticateOutcome): number {
  return outcome.kind === "unavailable" ? Math.min(outcome.retryAfter * 1_000, MOST_FAILURE_MS) : 0;
}

function keep<Entry>(entries: Map<string, Entry>, key: string, entry: Entry): void {
  entries.delete(key);
  entries.set(key, entry);
  if (entries.size > MOST_REMEMBERED) entries.delete(entries.keys().next().value as string);
}

function issuedAt({ accessToken }: SealedSession): number {
  const iat = decodeJwt(accessToken)?.payload.iat;
  return typeof iat === "number" ? iat : 0;
}
