/** Which mistake it is, where a record is missing or wrong. */
import { privateWords } from "./examine-cname.ts";
import { holdsOwnership } from "./examine-ownership.ts";
import { cnameRecord, type DomainExpectation, isOwnHost, ownershipRecord } from "./expectation.ts";
import type { Merged } from "./merge-views.ts";
import {
  type DomainObservation,
  type Lookup,
  type ResolverView,
  recordsOf,
  valuesAt,
} from "./observation.ts";
import type { Finding, Verdict } from "./report.ts";
import { finding } from "./words.ts";

export function cnameFindings(
  expected: DomainExpectation,
  observed: DomainObservation,
  merged: Merged,
): Finding[] {
  const { example, status } = merged;
  const seen = example?.seen ?? [];
  const record = [cnameRecord(expected)];
  // Its addresses are the operator's matter, and told as such.
  if (status === "unknown" || isOwnHost(expected)) return [];
  if (status === "ok") {
    const verdict = example?.verdict;
    return verdict ? [finding(verdict, "warning", { expected, seen }, record)] : [];
  }
  const delegated = valuesAt(expected.sessionHost, "NS", recordsOf(observed.delegation));
  if (delegated.length > 0) {
    const at = delegated.join(", ");
    return [finding("session_host_delegated", "error", { expected, seen, at }, record)];
  }
  if (status === "mixed") return [waiting(expected, observed, merged, (view) => view.cname)];
  const verdict = refinedCname(expected, observed, merged);
  const found = finding(verdict, "error", { expected, seen }, record);
  return [{ ...found, message: found.message + privateWords(seen) }];
}

function refinedCname(
  expected: DomainExpectation,
  { misplaced }: DomainObservation,
  { example }: Merged,
): Verdict {
  const verdict = example?.verdict ?? "cname_missing";
  if (misplaced === null) return verdict;
  const leadsHere = (lookup: Lookup) =>
    recordsOf(lookup).some(({ type, value }) => type === "CNAME" && value === expected.target);
  if (verdict === "cname_missing") {
    if (leadsHere(misplaced.doubledCname)) return "cname_doubled_name";
    if (leadsHere(misplaced.rootCname)) return "cname_at_root";
  }
  const wildcard = recordsOf(misplaced.anyCname)[0]?.value;
  const isWildcard = verdict === "cname_wrong" && wildcard === example?.seen[0];
  return isWildcard ? "cname_from_wildcard" : verdict;
}

export function ownershipFindings(
  expected: DomainExpectation,
  observed: DomainObservation,
  merged: Merged,
  cname: Merged,
): Finding[] {
  const { example, status } = merged;
  if (status === "ok" || status === "unknown") return [];
  const record = [ownershipRecord(expected)];
  const seen = example?.seen ?? [];
  if (status === "mixed") {
    // Said once is enough when both are on their way.
    const isSaid = cname.status === "mixed" && cname.isOnItsWay === merged.isOnItsWay;
    return isSaid ? [] : [waiting(expected, observed, merged, (view) => view.txt)];
  }
  const { misplaced } = observed;
  const isElsewhere = (lookup: Lookup | undefined) =>
    lookup !== undefined && holdsOwnership(lookup, expected);
  let verdict: Verdict = example?.verdict ?? "txt_missing";
  if (isElsewhere(misplaced?.doubledTxt)) verdict = "txt_doubled_name";
  else if (isElsewhere(misplaced?.rootTxt)) verdict = "txt_at_root";
  return [finding(verdict, "error", { expected, seen }, record)];
}

function waiting(
  expected: DomainExpectation,
  { views }: DomainObservation,
  { isOnItsWay, example }: Merged,
  lookupOf: (view: ResolverView) => Lookup,
): Finding {
  const seen = example?.seen ?? [];
  if (isOnItsWay) {
    const seconds = Math.max(...views.map((view) => rememberedFor(lookupOf(view))));
    const wait = seconds > 0 ? { wait: duration(seconds) } : {};
    return finding("not_propagated", "warning", { expected, seen, ...wait });
  }
  const at = views.map((view) => `${view.server} sees ${describe(lookupOf(view))}`).join("; ");
  return finding("resolvers_differ", "warning", { expected, seen, at });
}

function rememberedFor(lookup: Lookup): number {
  if (lookup.kind === "absent") return lookup.ttl ?? 0;
  return Math.max(0, ...recordsOf(lookup).map(({ ttl }) => ttl));
}

function describe(lookup: Lookup): string {
  if (lookup.kind === "failed") return "no answer";
  const values = recordsOf(lookup).flatMap(({ value }) =>
    typeof value === "string" ? [value] : [],
  );
  return values.length > 0 ? values.join(", ") : "nothing";
}

function duration(seconds: number): string {
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 120) return minutes === 1 ? "a minute" : `${minutes} minutes`;
  return `${Math.ceil(minutes / 60)} hours`;
}
