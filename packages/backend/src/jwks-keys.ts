/**
 * The app's public keys from its JWKS, kept current. Below 8 minutes of age the set is used as it
 * is; then it is refreshed in the background; from 10 minutes on a request waits for the refresh,
 * so that a key that was withdrawn falls even in a process that was idle. For a minute after a
 * failed refresh nobody waits: the last set serves, for at most 24 hours, with attempts going on
 * in the background. There are no timers: use drives it, as edge runtimes need.
 */
import { crypto, type PublicJwk, type VerifyingKey } from "@latchkey/core/crypto";
import { LatchkeyError } from "@latchkey/core/errors";
import { type JwksRequest, requestJwks } from "./jwks-request.ts";
import type { KeySource } from "./key-source.ts";
import { createUnknownKids } from "./unknown-kids.ts";

const REFRESH_AFTER_MS = 8 * 60_000;
const STALE_AFTER_MS = 10 * 60_000;
const USABLE_FOR_MS = 24 * 3_600_000;
const NO_WAIT_AFTER_FAILURE_MS = 60_000;
const FIRST_BACK_OFF_MS = 1_000;
const MAX_BACK_OFF_MS = 10_000;
/** Longer names are nobody's; they are not worth remembering. */
const MAX_KID_LENGTH = 128;

export interface JwksKeysOptions extends JwksRequest {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Hears of every failed refresh, whether or not a request suffers by it. */
  readonly onRefreshError?: ((error: LatchkeyError) => void) | undefined;
}

interface Flight {
  /** Flights are counted, so that "begun after" needs no clock. */
  readonly number: number;
  readonly startedAt: number;
  /** Never rejects. */
  readonly done: Promise<void>;
}

interface KnownKey {
  readonly jwk: PublicJwk;
  readonly key: VerifyingKey;
}

export function createJwksKeys(options: JwksKeysOptions): KeySource {
  const { now, timeoutMs } = options;
  const unknownKids = createUnknownKids(now);
  let keys: ReadonlyMap<string, KnownKey> = new Map();
  /** When the flight that brought `keys` began. */
  let fetchedAt = Number.NEGATIVE_INFINITY;
  let begun = 0;
  /** Number of the flight that brought `keys`. */
  let landed = 0;
  let flight: Flight | undefined;
  let failures = 0;
  let failedAt = Number.NEGATIVE_INFINITY;
  let lastError: unknown;

  /** A clock set back makes the set look new for as long: it counts as just stale instead. */
  function age(): number {
    const elapsed = now() - fetchedAt;
    return elapsed < 0 ? STALE_AFTER_MS : elapsed;
  }

  /** Milliseconds until the next attempt may begin. */
  function backOff(): number {
    const elapsed = now() - failedAt;
    if (failures === 0 || elapsed < 0) return 0;
    const pause = Math.min(MAX_BACK_OFF_MS, FIRST_BACK_OFF_MS * 2 ** (failures - 1));
    return Math.max(0, pause - elapsed);
  }

  function mustWait(): boolean {
    if (age() >= USABLE_FOR_MS) return true;
    const sinceFailure = failures === 0 ? Number.POSITIVE_INFINITY : now() - failedAt;
    return age() >= STALE_AFTER_MS && sinceFailure >= NO_WAIT_AFTER_FAILURE_MS;
  }

  function begin(): Flight {
    const number = ++begun;
    const startedAt = now();
    const current = { number, startedAt, done: land(number, startedAt) };
    flight = current;
    return current;
  }

  async function land(number: number, startedAt: number): Promise<void> {
    try {
      const fresh = await importKeys(await requestJwks(options), keys);
      // An answer that took longer than a later one is the older truth.
      if (number > landed) {
        keys = fresh;
        fetchedAt = startedAt;
        landed = number;
        failures = 0;
      }
      if (flight?.number === number) flight = undefined;
    } catch (error) {
      fail(number, error);
    }
  }

  function fail(number: number, cause: unknown): void {
    if (flight?.number !== number) return;
    flight = undefined;
    failures += 1;
    failedAt = now();
    lastError = cause;
    report(cause);
  }

  function report(cause: unknown): void {
    try {
      options.onRefreshError?.(unavailable(backOff(), cause));
    } catch {
      // A broken log must not turn into an answer about sessions.
    }
  }

  /** Edge runtimes drop what a request left running: such a flight never lands nor fails. */
  function failIfLost(current: Flight): void {
    fail(current.number, new Error(`${options.url} gave no answer within ${timeoutMs} ms.`));
  }

  /** The flight under way or a new one; undefined while the last failure is too recent. */
  function refresh(): Flight | undefined {
    if (flight) {
      const elapsed = now() - flight.startedAt;
      if (elapsed >= 0 && elapsed <= timeoutMs) return flight;
      failIfLost(flight);
    }
    return backOff() > 0 ? undefined : begin();
  }

  async function wait(current: Flight): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const timeout = new Promise<true>((resolve) => {
      timer = setTimeout(resolve, timeoutMs, true);
    });
    const lost = await Promise.race([current.done, timeout]);
    clearTimeout(timer);
    if (lost) failIfLost(current);
  }

  function peek(kid: string): VerifyingKey | undefined {
    if (age() >= REFRESH_AFTER_MS) {
      if (mustWait()) return undefined;
      refresh();
    }
    return keys.get(kid)?.key;
  }

  async function keyFor(kid: string): Promise<VerifyingKey | undefined> {
    const askedAt = begun;
    const known = peek(kid);
    if (known) return known;
    if (mustWait()) {
      const current = refresh();
      if (current) await wait(current);
    }
    // Twice, for a flight already under way may have been answered before this key was published.
    for (let attempt = 0; attempt < 2; attempt++) {
      if (age() >= USABLE_FOR_MS) throw unavailable(backOff(), lastError);
      const key = keys.get(kid)?.key;
      if (key) return key;
      if (kid.length > MAX_KID_LENGTH || unknownKids.isUnknown(kid)) return undefined;
      if (landed > askedAt) break;
      await askForUnknown();
    }
    const key = keys.get(kid)?.key;
    if (!key && landed <= askedAt) throw unavailable(backOff(), lastError);
    if (!key) unknownKids.remember(kid);
    return key;
  }

  async function askForUnknown(): Promise<void> {
    if (!flight && backOff() === 0) {
      const untilBudget = unknownKids.draw();
      if (untilBudget > 0) throw unavailable(untilBudget, new Error("Too many unknown kids."));
    }
    const current = refresh();
    if (!current) throw unavailable(backOff(), lastError);
    await wait(current);
  }

  function unavailable(waitMs: number, cause: unknown): LatchkeyError {
    const reason = cause instanceof Error ? cause.message : String(cause);
    return new LatchkeyError(
      "keys_unavailable",
      503,
      `The keys that verify access tokens cannot be read from ${options.url}: ${reason}`,
      { cause, retryAfter: Math.max(1, Math.ceil(waitMs / 1_000)) },
    );
  }

  return { peek, keyFor };
}

/** A key that stayed keeps its object, so that tokens verified with it stay verified. */
async function importKeys(
  published: ReadonlyMap<string, PublicJwk>,
  known: ReadonlyMap<string, KnownKey>,
): Promise<ReadonlyMap<string, KnownKey>> {
  const keys = new Map<string, KnownKey>();
  let lastError: unknown;
  for (const [kid, jwk] of published) {
    const before = known.get(kid);
    const same = before && before.jwk.x === jwk.x && before.jwk.y === jwk.y;
    try {
      keys.set(kid, same ? before : { jwk, key: await crypto.importEs256Public(jwk) });
    } catch (error) {
      // One broken key must not take the good ones with it.
      lastError = error;
    }
  }
  if (keys.size === 0) throw lastError;
  return keys;
}
