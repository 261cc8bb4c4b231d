/** Whether CAA records stand in the way of a certificate for the session host. */
import { type CaaStep, criticalUnknown, decideCaa } from "./caa.ts";
import { challengeNameOf, type DomainExpectation } from "./expectation.ts";
import { caaLines, type Issuer, PUBLIC_ISSUERS } from "./issuers.ts";
import { type CaaProperty, type DomainObservation, recordsOf, valuesAt } from "./observation.ts";
import type { Finding, PastedRecord } from "./report.ts";
import { finding } from "./words.ts";

/** `leadsHere`: the session host's CNAME is there; until then, what will count once it is. */
export function examineCaa(
  expected: DomainExpectation,
  { caa, targetCaa, views }: Pick<DomainObservation, "caa" | "targetCaa" | "views">,
  leadsHere: boolean,
): Finding[] {
  const climb = leadsHere ? caa : [{ name: expected.target, lookup: targetCaa }, ...caa.slice(1)];
  const steps = climb.map(toStep);
  const { issuer } = expected;
  const deciding = steps.find(
    (step) => step.kind === "failed" || (step.kind === "found" && step.properties.length > 0),
  );
  if (deciding === undefined || deciding.kind === "absent") return [];
  if (deciding.kind === "failed") {
    const failed = climb.find(({ name }) => name === deciding.name)?.lookup;
    // A resolver that did not answer in time may have been slow; SERVFAIL is what a CA will get too.
    const isTold = failed?.kind === "failed" && failed.reason === "server_failure";
    const input = { expected, seen: [], at: deciding.name };
    return [finding("caa_unanswered", isTold ? "error" : "warning", input)];
  }
  const { owner: at, properties } = deciding;
  const seen = properties.map(caaText);
  if (issuer === null) return [finding("caa_unknown_issuer", "info", { expected, seen, at })];
  // With the challenge delegated, either way of proving is open.
  const method = isDelegated(expected, views) ? null : "http-01";
  const allows = ({ domain }: Issuer) =>
    decideCaa(steps, { issuer: domain, method }).kind === "allowed";
  const advised = [issuer, ...PUBLIC_ISSUERS].filter(
    (each, index, all) => all.findIndex(({ domain }) => domain === each.domain) === index,
  );
  if (!allows(issuer)) {
    const records = caaRecords(placeFor(at, expected), advised);
    const obstacle = criticalUnknown(properties).map(caaText)[0];
    const input = { expected, seen, at, ...(obstacle !== undefined && { obstacle }) };
    return [finding("caa_blocks", "error", input, records)];
  }
  if (at !== expected.sessionHost && !`.${expected.sessionHost}`.endsWith(`.${at}`)) {
    return [finding("caa_at_target", "info", { expected, seen, at })];
  }
  const others = advised.filter((each) => !allows(each));
  if (others.length === 0) return [];
  const names = others.map(({ name }) => name);
  return [
    finding(
      "caa_other_issuer_blocked",
      "info",
      { expected, seen: names, at },
      caaRecords(placeFor(at, expected), others),
    ),
  ];
}

function isDelegated(
  { sessionHost, challengeTarget }: DomainExpectation,
  views: DomainObservation["views"],
): boolean {
  const name = challengeNameOf(sessionHost);
  return views.some(({ challenge }) =>
    valuesAt(name, "CNAME", recordsOf(challenge)).some((value) => value === challengeTarget),
  );
}

/** As zone files write it: `0 issue "letsencrypt.org"`. */
function caaText({ flags, tag, value }: CaaProperty): string {
  return `${flags} ${tag} "${value}"`;
}

function toStep({ name, lookup }: DomainObservation["caa"][number]): CaaStep {
  if (lookup.kind === "failed") return { name, kind: "failed" };
  if (lookup.kind === "absent") return { name, kind: "absent" };
  const found = lookup.records.flatMap((record) => (record.type === "CAA" ? [record] : []));
  const properties = found.map(({ value }) => value);
  return { name, kind: "found", owner: found[0]?.name ?? name, properties };
}

/** At the session host itself a CNAME leaves no room for other records. */
const placeFor = (at: string, { domain, sessionHost }: DomainExpectation): string =>
  at === sessionHost ? domain : at;

function caaRecords(name: string, issuers: readonly Issuer[]): PastedRecord[] {
  return caaLines(issuers).map((value) => ({ type: "CAA", name, value }));
}
