/**
 * One-time codes by mail: six digits, ten minutes, once, bound to what asked (ASVS 6.5.1, 6.5.5,
 * 6.6.2, 6.6.3). Guessing is bounded per code, per address and day, and by the live codes of an
 * address; another requester's code is never touched. A browser that signed in with the address before
 * has the same bounds again for itself, so that nobody elsewhere uses its codes up (ASVS 6.1.1).
 */
import { crypto } from "@latchkey/core/crypto";
import { utf8 } from "@latchkey/core/encoding";
import { LatchkeyError } from "@latchkey/core/errors";
import { newCuid } from "../apps/ids.ts";
import { keyedHash, type MasterKey } from "../keys/master-key.ts";
import type { CodeStore, LimitStore } from "../storage/store.ts";
import { randomDigits } from "./random-digits.ts";

export const CODE_LIFETIME_MS = 10 * 60_000;
const MAX_LIVE_CODES = 5;
const MAX_ATTEMPTS = 5;
const MAX_FAILURES_A_DAY = 30;
const DAY_MS = 86_400_000;
const DIGITS = 6;

/** Who asked: the pre-login cookie where one arrived, else app client, analytics id and origin. */
export interface Requester {
  readonly appId: string;
  readonly clientId: string | null;
  readonly analyticsId: string | null;
  readonly origin: string | null;
  /** Value of the pre-login cookie that came with the request. */
  readonly preLogin: string | null;
  /** Id of the browser, where it proved to have signed in with this address (known-device.ts). */
  readonly device?: string | null;
}

export interface OneTimeCodes {
  /** Makes a code; the caller mails it. Throws `too_many_requests` at too many live codes. */
  issue(requester: Requester, address: string): Promise<string>;
  /**
   * The id of the live code that was typed, not yet spent, or null. Where this requester has a code
   * to guess at, a wrong one counts towards the address's failures of the day; throws
   * `too_many_requests` when they are used up. Who has none guesses at nothing, so that nobody
   * locks another out.
   */
  check(requester: Requester, address: string, code: string): Promise<string | null>;
  /** The same guard for a guess at a code that is kept elsewhere. */
  guardGuessing<T>(
    appId: string,
    address: string,
    guess: () => Promise<T | null>,
  ): Promise<T | null>;
}

export function oneTimeCodes(
  store: CodeStore,
  limits: LimitStore,
  master: MasterKey,
): OneTimeCodes {
  /** Names a budget: everybody's for the address, or that of a browser known for it. */
  const addressHash = (appId: string, address: string, device: string | null = null) =>
    keyedHash(master, "address", appId, address, ...(device === null ? [] : [device]));
  const codeHash = (id: string, address: string, code: string) =>
    keyedHash(master, "one-time-code", id, address, code);
  const bindingOf = ({ appId, clientId, analyticsId, origin }: Requester) =>
    keyedHash(master, "binding", appId, clientId ?? "", analyticsId ?? "", origin ?? "");
  const cookieBindingOf = async ({ preLogin }: Requester) =>
    preLogin === null ? null : keyedHash(master, "binding", "cookie", preLogin);

  async function guard<T>(appId: string, budget: string, guess: () => Promise<T | null>) {
    const limit = `code-failures:${appId}:${budget}`;
    // Taken before the guess and given back on success, so that parallel guesses count too.
    const taken = await limits.take(limit, MAX_FAILURES_A_DAY, DAY_MS);
    if (!taken.ok) {
      throw new LatchkeyError(
        "too_many_requests",
        429,
        "Too many wrong codes were typed for this address today. Try again tomorrow, or sign in another way.",
        { retryAfter: Math.ceil(taken.waitMs / 1000) },
      );
    }
    const result = await guess();
    if (result !== null) await limits.giveBack(limit);
    return result;
  }

  async function checkWithin(
    requester: Requester,
    address: string,
    code: string,
    device: string | null,
  ): Promise<string | null> {
    const { appId } = requester;
    const budget = await addressHash(appId, address, device);
    const candidates = await store.attempt({
      appId,
      addressHash: budget,
      binding: await bindingOf(requester),
      cookieBinding: await cookieBindingOf(requester),
      maxAttempts: MAX_ATTEMPTS,
    });
    if (candidates.length === 0) return null;
    return guard(appId, budget, () => compare(candidates, address, code));
  }

  async function compare(
    candidates: readonly { id: string; codeHash: string }[],
    address: string,
    code: string,
  ): Promise<string | null> {
    let found: string | null = null;
    for (const candidate of candidates) {
      const expected = utf8(await codeHash(candidate.id, address, code));
      if (crypto.timingSafeEqual(expected, utf8(candidate.codeHash))) found = candidate.id;
    }
    return found;
  }

  return {
    async issue(requester, address) {
      const id = newCuid();
      const code = randomDigits(DIGITS);
      const created = await store.create(
        {
          id,
          appId: requester.appId,
          addressHash: await addressHash(requester.appId, address, requester.device),
          binding: await bindingOf(requester),
          cookieBinding: await cookieBindingOf(requester),
          codeHash: await codeHash(id, address, code),
          lifetimeMs: CODE_LIFETIME_MS,
        },
        MAX_LIVE_CODES,
      );
      if (created) return code;
      throw new LatchkeyError(
        "too_many_requests",
        429,
        "Too many codes were asked for this address. Use one that has arrived, or try again in ten minutes.",
        { retryAfter: CODE_LIFETIME_MS / 1000 },
      );
    },

    async check(requester, address, code) {
      const own = requester.device ?? null;
      const found = own === null ? null : await checkWithin(requester, address, code, own);
      // It may have been asked for before the browser was known.
      return found ?? checkWithin(requester, address, code, null);
    },

    guardGuessing: async (appId, address, guess) =>
      guard(appId, await addressHash(appId, address), guess),
  };
}
