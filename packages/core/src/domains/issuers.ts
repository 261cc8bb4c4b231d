/** Certification authorities, as CAA records name them. */
export interface Issuer {
  readonly name: string;
  /** Issuer domain name (RFC 8659 section 4.2). */
  readonly domain: string;
  /** What to write into an `issue` property for it. */
  readonly value: string;
}

const LETS_ENCRYPT: Issuer = {
  name: "Let's Encrypt",
  domain: "letsencrypt.org",
  value: "letsencrypt.org",
};

const GOOGLE: Issuer = {
  name: "Google Trust Services",
  domain: "pki.goog",
  value: "pki.goog; cansignhttpexchanges=yes",
};

/**
 * Those that a deployment may change between. An app's domain is asked to allow all of them, so that
 * the change needs nothing of its owner.
 */
export const PUBLIC_ISSUERS: readonly Issuer[] = [LETS_ENCRYPT, GOOGLE];

/** The CA behind an ACME directory (RFC 8555 section 7.1.1); null when this is none we know. */
export function issuerOfDirectory(directoryUrl: string): Issuer | null {
  const host = URL.parse(directoryUrl)?.hostname ?? "";
  if (host.endsWith(".api.letsencrypt.org")) return LETS_ENCRYPT;
  if (host.endsWith(".pki.goog")) return GOOGLE;
  return null;
}

/** The values of CAA records that let `issuers` issue, as control panels and zone files take them. */
export function caaLines(issuers: readonly Issuer[] = PUBLIC_ISSUERS): string[] {
  return issuers.flatMap(({ value }) => [`0 issue "${value}"`, `0 issuewild "${value}"`]);
}
