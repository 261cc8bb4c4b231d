/** What opening a sealed cookie may answer; shared by both formats. */

/** `compact` is Latchkey's own, `iron` the documented `Fe26.2` one. */
export type SealFormat = "compact" | "iron";

/**
 * Why a seal did not open. Only `expired` is said of an authentic seal, and so proves that what
 * was sealed is over. The others say that *this app* cannot open the cookie: another app on the
 * domain, an instance with a newer password or a damaged header may be why. Never delete a cookie
 * for them (session rule R5).
 */
export type SealRefusal =
  /** In neither format, or authentic with content that cannot be read. */
  | "malformed"
  /** No password of the ring goes by the id in the seal. */
  | "unknown_key"
  /** Changed, sealed for another cookie name, or with another password under the same id. */
  | "tampered"
  /** Authentic, and over for more than a minute at `now`. */
  | "expired";

export interface Refused {
  readonly ok: false;
  readonly reason: SealRefusal;
}

export const refused = (reason: SealRefusal): Refused => ({ ok: false, reason });

/** Longer seals are refused unread: no header of that size reaches a server. */
export const MAX_SEAL_LENGTH = 32_768;

/** How far clocks of two servers may differ before a seal counts as expired; iron's default. */
const CLOCK_SKEW_MS = 60_000;

/** Milliseconds since the epoch that both formats can hold. The caller's mistake otherwise. */
export function requireExpiry(expiresAt: number | null): void {
  if (expiresAt === null) return;
  if (Number.isSafeInteger(expiresAt) && expiresAt > 0 && expiresAt < 2 ** 48) return;
  throw new TypeError(`expiresAt must be whole milliseconds since the epoch, not ${expiresAt}.`);
}

export function isExpired(expiresAt: number | null, now: number): boolean {
  return expiresAt !== null && expiresAt <= now - CLOCK_SKEW_MS;
}
