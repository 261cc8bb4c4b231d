/** Asks the CA when it would like its certificates renewed (RFC 9773), and moves the time by it. */
import type { CertificateRecord, CertificateStore } from "../storage/store.ts";
import type { CertificateAuthority } from "./authority.ts";
import { renewalInfoPause, suggestedTime } from "./renewal-time.ts";

/** How the store keeps it. */
interface Known {
  readonly id: string;
  readonly startAt?: number;
  readonly endAt?: number;
}

export interface RenewalInfoInput {
  readonly store: Pick<CertificateStore, "setRenewalInfo">;
  readonly authority: Pick<CertificateAuthority, "renewalInfo">;
  readonly random: () => number;
  readonly now: () => number;
}

/** Certificate id of RFC 9773, when the CA offers renewal information for it. */
export function knownCertificateId(ari: string | null): string | null {
  const known = ari === null ? null : (JSON.parse(ari) as Known);
  return known?.startAt === undefined ? null : known.id;
}

/**
 * The time is drawn anew only when the window moved (section 4.2): otherwise every look would draw
 * an earlier one.
 */
export async function updateRenewalInfo(
  { store, authority, random, now }: RenewalInfoInput,
  certificate: CertificateRecord,
): Promise<void> {
  const { ari, notBeforeAt, notAfterAt, renewAt } = certificate;
  if (ari === null || notBeforeAt === null || notAfterAt === null || renewAt === null) return;
  const known = JSON.parse(ari) as Known;
  const info = await authority.renewalInfo(known.id).catch(() => undefined);
  if (info === null) {
    await store.setRenewalInfo(certificate, { renewAt, ari, ariCheckAt: null });
    return;
  }
  const ariCheckAt = now() + renewalInfoPause(info?.retryAfterMs ?? null);
  if (info === undefined || (info.startAt === known.startAt && info.endAt === known.endAt)) {
    await store.setRenewalInfo(certificate, { renewAt, ari, ariCheckAt });
    return;
  }
  const suggested = suggestedTime(info, { notBeforeAt, notAfterAt }, random());
  const { startAt, endAt } = info;
  await store.setRenewalInfo(certificate, {
    renewAt: suggested ?? renewAt,
    ari: suggested === null ? ari : JSON.stringify({ id: known.id, startAt, endAt }),
    ariCheckAt,
  });
}
