/** When a certificate is renewed: by its own lifetime, or when its CA says (RFC 9773). */
import type { RenewalInfo } from "./authority.ts";

export interface Lifetime {
  readonly notBeforeAt: number;
  readonly notAfterAt: number;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Below this a third of the lifetime leaves too little time for failures. */
const SHORT = 10 * DAY;
/** Of the lifetime, so that the names of one day do not come back together. */
const JITTER = 0.05;

/**
 * A third of the lifetime before the end, half of it where that is short, and a little earlier by
 * chance. Whatever lifetimes CAs choose, nothing here is a number of days.
 *
 * @param random from 0 to 1
 */
export function renewalTime({ notBeforeAt, notAfterAt }: Lifetime, random: number): number {
  const lifetime = Math.max(0, notAfterAt - notBeforeAt);
  const left = lifetime < SHORT ? lifetime / 2 : lifetime / 3;
  return Math.round(notAfterAt - left - random * JITTER * lifetime);
}

/**
 * A random time in the window that the CA suggests (RFC 9773 section 4.2), never in the last tenth
 * of the lifetime. Null when the window makes no sense.
 *
 * @param random from 0 to 1
 */
export function suggestedTime(
  { startAt, endAt }: Pick<RenewalInfo, "startAt" | "endAt">,
  { notBeforeAt, notAfterAt }: Lifetime,
  random: number,
): number | null {
  if (!(endAt > startAt)) return null;
  const latest = notAfterAt - (notAfterAt - notBeforeAt) / 10;
  return Math.round(Math.min(startAt + random * (endAt - startAt), latest));
}

/** When to ask again: as the CA says, within a minute and a day; else every six hours. */
export function renewalInfoPause(retryAfterMs: number | null): number {
  return Math.min(Math.max(retryAfterMs ?? 6 * HOUR, MINUTE), DAY);
}
