/** What is wrong around the records: resolvers, name servers, the deployment's own names. */
import { isCloudflare, sameAddress } from "./addresses.ts";
import { challengeNameOf, challengeRecord, type DomainExpectation } from "./expectation.ts";
import {
  type DomainObservation,
  type Lookup,
  type ResolverView,
  recordsOf,
  valuesAt,
} from "./observation.ts";
import type { Finding, Verdict } from "./report.ts";
import { finding } from "./words.ts";

export interface Outage {
  readonly finding: Finding;
  /** Nothing else can be said about the domain. */
  readonly isWhole: boolean;
}

/** Why answers are missing; null when none is, or the domain itself is not there. */
export function outage(expected: DomainExpectation, seen: DomainObservation): Outage | null {
  const { views, nameservers, answersUnchecked } = seen;
  const silent = views.filter((view) => deciding(view).every(({ kind }) => kind === "failed"));
  const isWhole = silent.length === views.length;
  const one = (verdict: Verdict, severity: Finding["severity"], at?: string): Outage => ({
    finding: finding(verdict, severity, { expected, seen: [], ...(at && { at }) }),
    isWhole,
  });
  if (nameservers.kind === "absent" && !nameservers.nameExists && !isWhole) {
    return { ...one("domain_not_found", "error"), isWhole: true };
  }
  const refused = views.some((view) => proving(view).some(isServerFailure));
  if (refused && answersUnchecked === true) return one("dnssec_failure", "error");
  const names = silent.map(({ server }) => server).join(", ");
  if (isWhole) {
    const others = [seen.target.a, seen.publicHost.a];
    const isTheirs = refused && others.some(({ kind }) => kind !== "failed");
    if (!isTheirs) return one("resolvers_unreachable", "error", names || "none is configured");
    return one("name_servers_failing", "error", nameServersOf(expected, nameservers));
  }
  if (refused && views.every((view) => proving(view).some(isServerFailure))) {
    return one("name_servers_failing", "error", nameServersOf(expected, nameservers));
  }
  return silent.length > 0 ? one("resolver_unreachable", "info", names) : null;
}

export function surroundings(expected: DomainExpectation, seen: DomainObservation): Finding[] {
  return [
    ...targetFindings(expected, seen),
    ...challengeFindings(expected, seen),
    ...(mayBeHeld(expected, seen) ? [finding("held_zone", "info", { expected, seen: [] })] : []),
  ];
}

/** What the operator set up: the target leads to the deployment. */
function targetFindings(
  expected: DomainExpectation,
  { target, publicHost }: DomainObservation,
): Finding[] {
  const [here, there] = [addressesOf(publicHost), addressesOf(target)];
  if (target.a.kind === "failed" || target.aaaa.kind === "failed") return [];
  if (there.length === 0) return [finding("target_unresolved", "error", { expected, seen: [] })];
  const meets = there.some((address) => here.some((own) => sameAddress(own, address)));
  return meets || here.length === 0
    ? []
    : [finding("target_unresolved", "warning", { expected, seen: [] })];
}

function challengeFindings(
  expected: DomainExpectation,
  { views, misplaced }: DomainObservation,
): Finding[] {
  const record = challengeRecord(expected);
  const name = challengeNameOf(expected.sessionHost);
  const values = views.flatMap(({ challenge }) => valuesAt(name, "CNAME", recordsOf(challenge)));
  // A wildcard's answer is nobody's wish for a delegation.
  const wildcard = misplaced ? recordsOf(misplaced.anyCname)[0]?.value : undefined;
  const harmless = [record?.value, expected.target, wildcard];
  if (record === null || values.every((value) => harmless.includes(value))) return [];
  const seen = [...new Set(values)];
  return [finding("acme_delegation_elsewhere", "info", { expected, seen }, [record])];
}

/** Only Cloudflare's own API tells a hold for sure; here it is explained where it is possible. */
function mayBeHeld(expected: DomainExpectation, seen: DomainObservation): boolean {
  const front = [...addressesOf(seen.target), ...addressesOf(seen.publicHost)];
  const theirs = valuesAt(expected.domain, "NS", recordsOf(seen.nameservers));
  return front.some(isCloudflare) && theirs.some((name) => name.endsWith(".ns.cloudflare.com"));
}

const deciding = ({ cname, a, aaaa, txt }: ResolverView): Lookup[] => [cname, a, aaaa, txt];

const proving = ({ cname, txt }: ResolverView): Lookup[] => [cname, txt];

const isServerFailure = (lookup: Lookup): boolean =>
  lookup.kind === "failed" && lookup.reason === "server_failure";

const nameServersOf = ({ domain }: DomainExpectation, lookup: Lookup): string =>
  valuesAt(domain, "NS", recordsOf(lookup)).join(", ");

function addressesOf({ a, aaaa }: { readonly a: Lookup; readonly aaaa: Lookup }): string[] {
  return [a, aaaa]
    .flatMap(recordsOf)
    .flatMap((record) => (record.type === "A" || record.type === "AAAA" ? [record.value] : []));
}
