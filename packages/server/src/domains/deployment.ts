/** What of this deployment a domain's records lead to. */
import type { DomainExpectation } from "@latchkey/core/domains/expectation";
import { type Issuer, issuerOfDirectory } from "@latchkey/core/domains/issuers";
import type { DomainReport } from "@latchkey/core/domains/report";
import { LatchkeyError } from "@latchkey/core/errors";
import type { ServerSettings } from "../services.ts";
import type { DomainRecord } from "../storage/store.ts";

export interface Deployment {
  /** LATCHKEY_CNAME_ZONE. */
  readonly zone: string | null;
  /** Host of LATCHKEY_PUBLIC_URL. */
  readonly publicHost: string;
  readonly issuer: Issuer | null;
}

/** @throws LatchkeyError 503 `public_url_missing` where a command runs without LATCHKEY_PUBLIC_URL. */
export function deploymentOf({
  domains,
  publicUrl,
}: Pick<ServerSettings, "domains" | "publicUrl">): Deployment {
  const publicHost = URL.parse(publicUrl())?.hostname;
  if (publicHost === undefined || publicHost === "") {
    throw new LatchkeyError(
      "public_url_missing",
      503,
      "Set LATCHKEY_PUBLIC_URL to what the server runs with: without it, nobody can say where a domain's records should lead.",
    );
  }
  return {
    zone: domains.cnameZone,
    publicHost,
    issuer: issuerOfDirectory(domains.acmeDirectory),
  };
}

export function expectationOf(domain: DomainRecord, deployment: Deployment): DomainExpectation {
  const { zone, publicHost, issuer } = deployment;
  const { targetLabel, sessionHost } = domain;
  return {
    domain: domain.domain,
    sessionHost,
    target: targetOf(targetLabel, sessionHost, deployment),
    zone,
    publicHost,
    ownershipToken: domain.ownershipToken,
    challengeTarget: zone === null ? null : `${targetLabel}.acme.${zone}`,
    wasVerified: domain.activatedAt !== null,
    issuer,
  };
}

function targetOf(label: string, sessionHost: string, { zone, publicHost }: Deployment): string {
  if (sessionHost === publicHost || zone === null) return publicHost;
  return `${label}.${zone}`;
}

/**
 * Whether the CNAME alone shows that the domain is meant for this one claim: its target is of this
 * claim, and nothing hides it. What was not seen this time takes nothing away.
 */
export function isProvenByTarget(
  { zone }: Deployment,
  { dns, leadsByName }: Pick<DomainReport, "dns" | "leadsByName">,
): boolean {
  return zone !== null && (dns !== "ok" || leadsByName);
}
