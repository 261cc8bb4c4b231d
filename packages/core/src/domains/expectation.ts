/** What should stand in DNS for one claim of a domain. */
import type { Issuer } from "./issuers.ts";
import type { PastedRecord } from "./report.ts";

export interface DomainExpectation {
  readonly domain: string;
  readonly sessionHost: string;
  /** Where the session host's CNAME should lead. */
  readonly target: string;
  /** LATCHKEY_CNAME_ZONE; null: the target is the deployment's public host itself. */
  readonly zone: string | null;
  readonly publicHost: string;
  readonly ownershipToken: string;
  /** Where `_acme-challenge` may be delegated to; null where this deployment offers none. */
  readonly challengeTarget: string | null;
  /** Whether the domain was verified before. */
  readonly wasVerified: boolean;
  /** The configured CA; null when its name in CAA records is not known. */
  readonly issuer: Issuer | null;
}

/** One name for every app: `privy.<domain>`, as the browser protocol's clients know it. */
export const sessionHostOf = (domain: string): string => `privy.${domain}`;

/** At the root, not at the session host: it is cookies of the whole domain that are agreed to. */
export const ownershipNameOf = (domain: string): string => `_latchkey.${domain}`;

export const OWNERSHIP_PREFIX = "latchkey-verify=";

export const challengeNameOf = (sessionHost: string): string => `_acme-challenge.${sessionHost}`;

/** Whether the deployment's public host is the session host: it needs no CNAME to itself. */
export const isOwnHost = ({ sessionHost, target }: DomainExpectation): boolean =>
  sessionHost === target;

export function cnameRecord({ sessionHost, target }: DomainExpectation): PastedRecord {
  return { type: "CNAME", name: sessionHost, value: target };
}

export function ownershipRecord({ domain, ownershipToken }: DomainExpectation): PastedRecord {
  return {
    type: "TXT",
    name: ownershipNameOf(domain),
    value: `${OWNERSHIP_PREFIX}${ownershipToken}`,
  };
}

export function challengeRecord(expectation: DomainExpectation): PastedRecord | null {
  const { sessionHost, challengeTarget } = expectation;
  return challengeTarget === null
    ? null
    : { type: "CNAME", name: challengeNameOf(sessionHost), value: challengeTarget };
}
