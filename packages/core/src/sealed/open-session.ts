/** Finds the session among a request's cookies. */

import type { RequestCookie } from "../cookies/cookie-header.ts";
import { decodeJwt } from "../tokens/jwt.ts";
import { joinCookie } from "./cookie-chunks.ts";
import type { KeyRing } from "./key-ring.ts";
import type { SealFormat, SealRefusal } from "./seal-result.ts";
import { readSealedSession, type SealedSession } from "./sealed-session.ts";

export interface OpenedSession {
  readonly ok: true;
  readonly session: SealedSession;
  /** The password that it was sealed with. */
  readonly keyId: string;
  readonly format: SealFormat;
  /** Sealed with an older password or in the other format: seal it again when you can. */
  readonly stale: boolean;
  /** Twins or old chunks were sent beside it; sealing it again removes them where it may. */
  readonly leftovers: boolean;
}

/**
 * Nothing here but `expired` proves that a session is over, and only what is proven over may be
 * deleted (session rule R5).
 */
export interface NoSession {
  readonly ok: false;
  readonly reason:
    | SealRefusal
    | "absent"
    /** Chunks are missing, or those of two values are mixed. */
    | "incomplete"
    /** It opens, but `field` is missing or wrong. */
    | "not_a_session"
    /** Two that open, of different users: somebody may have planted one. */
    | "ambiguous";
  readonly field?: string;
}

/** Of several refusals the answer is the first of these: `expired` only when nothing else is so. */
const BY_WEIGHT: readonly NoSession["reason"][] = [
  "not_a_session",
  "unknown_key",
  "tampered",
  "malformed",
  "expired",
];

interface Opener {
  readonly name: string;
  readonly ring: KeyRing;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export async function openSession(
  cookies: readonly RequestCookie[],
  opener: Opener,
): Promise<OpenedSession | NoSession> {
  const { candidates, sent } = await joinCookie(opener.name, cookies);
  if (candidates.length === 0) return { ok: false, reason: sent === 0 ? "absent" : "incomplete" };
  const results = await Promise.all(
    candidates.map(({ value, cookies: parts }) => openCandidate(value, sent > parts, opener)),
  );
  const [first, ...others] = results.filter((result) => result.ok);
  if (!first) return heaviest(results.filter((result) => !result.ok));
  if (others.some(({ session }) => session.user.id !== first.session.user.id)) {
    return { ok: false, reason: "ambiguous" };
  }
  return others.reduce((a, b) => (issuedAt(b.session) > issuedAt(a.session) ? b : a), first);
}

/** Whether the passwords open all that was sent under the name: none of it is of another app. */
export async function opensAll(
  cookies: readonly RequestCookie[],
  { name, ring, now }: Opener,
): Promise<boolean> {
  const { candidates } = await joinCookie(name, cookies);
  const results = await Promise.all(
    candidates.map(({ value }) => ring.open(value, { purpose: name, now })),
  );
  return results.every((result) => result.ok || result.reason === "expired");
}

async function openCandidate(
  value: string,
  leftovers: boolean,
  { name, ring, now }: Opener,
): Promise<OpenedSession | NoSession> {
  const opened = await ring.open(value, { purpose: name, now });
  if (!opened.ok) return opened;
  const read = readSealedSession(opened.value);
  if (!read.ok) return { ok: false, reason: "not_a_session", field: read.field };
  const { keyId, format, stale } = opened;
  return { ok: true, session: read.session, keyId, format, stale, leftovers };
}

function heaviest(refusals: readonly NoSession[]): NoSession {
  const weight = ({ reason }: NoSession) => BY_WEIGHT.indexOf(reason);
  return refusals.reduce((a, b) => (weight(b) < weight(a) ? b : a));
}

/** A change of domain leaves a twin behind: the one whose access token is younger counts. */
function issuedAt({ accessToken }: SealedSession): number {
  const iat = decodeJwt(accessToken)?.payload.iat;
  return typeof iat === "number" ? iat : 0;
}
