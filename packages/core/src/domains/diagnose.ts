/** From what was seen to what is wrong. Pure: the same observation gives the same report. */
import { examineCaa } from "./examine-caa.ts";
import { examineCname } from "./examine-cname.ts";
import { examineOwnership } from "./examine-ownership.ts";
import {
  challengeNameOf,
  challengeRecord,
  cnameRecord,
  type DomainExpectation,
  isOwnHost,
  ownershipRecord,
} from "./expectation.ts";
import { cnameFindings, ownershipFindings } from "./explain-records.ts";
import { outage, surroundings } from "./explain-surroundings.ts";
import { type Merged, mergeViews } from "./merge-views.ts";
import { type DomainObservation, recordsOf, valuesAt } from "./observation.ts";
import type { DomainReport, Finding, ShownRecord } from "./report.ts";

export function diagnose(expected: DomainExpectation, seen: DomainObservation): DomainReport {
  const { views, authoritative } = seen;
  const cname = mergeViews(
    views.map((view) => examineCname(view, expected, seen)),
    authoritative && examineCname(authoritative, expected, seen),
  );
  const txt = mergeViews(
    views.map((view) => examineOwnership(view.txt, expected)),
    authoritative && examineOwnership(authoritative.txt, expected),
  );
  const broken = outage(expected, seen);
  const findings = broken?.isWhole
    ? [broken.finding]
    : [
        ...(broken ? [broken.finding] : []),
        ...cnameFindings(expected, seen, cname),
        ...ownershipFindings(expected, seen, txt, cname),
        ...examineCaa(expected, seen, cname.status === "ok"),
        ...surroundings(expected, seen),
      ];
  return {
    dns: cname.status,
    leadsByName: cname.status === "ok" && cname.example?.verdict === null && !isOwnHost(expected),
    ownership: txt.status,
    records: shownRecords(expected, seen, cname, txt),
    findings: findings.sort((a, b) => GRAVITY[a.severity] - GRAVITY[b.severity]),
  };
}

/** What to set, while nothing has been looked at yet. */
export function recordsToSet(expected: DomainExpectation): ShownRecord[] {
  const unseen = mergeViews([], null);
  return shownRecords(expected, { views: [] }, unseen, unseen);
}

const GRAVITY: Readonly<Record<Finding["severity"], number>> = { error: 0, warning: 1, info: 2 };

function shownRecords(
  expected: DomainExpectation,
  { views }: Pick<DomainObservation, "views">,
  cname: Merged,
  txt: Merged,
): ShownRecord[] {
  const shown: ShownRecord[] = [
    {
      ...ownershipRecord(expected),
      purpose: "Proves that the domain's owner agrees. Leave it in place.",
      isOptional: false,
      status: txt.status,
      seen: txt.example?.seen ?? [],
    },
  ];
  if (!isOwnHost(expected)) {
    shown.unshift({
      ...cnameRecord(expected),
      purpose: "Leads browsers of your app to this deployment.",
      isOptional: false,
      status: cname.status,
      seen: cname.example?.seen ?? [],
    });
  }
  const challenge = challengeRecord(expected);
  if (challenge === null) return shown;
  const lookup = views.map((view) => view.challenge).find(({ kind }) => kind !== "failed");
  const values = lookup
    ? valuesAt(challengeNameOf(expected.sessionHost), "CNAME", recordsOf(lookup))
    : [];
  shown.push({
    ...challenge,
    purpose: "Optional: lets certificates be proven over DNS, before the CNAME is switched over.",
    isOptional: true,
    status: lookup === undefined ? "unknown" : values.includes(challenge.value) ? "ok" : "bad",
    seen: values,
  });
  return shown;
}
