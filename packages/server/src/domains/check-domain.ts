/** One pass of the doctor over a claimed domain, and what follows from it. */
import { diagnose } from "@latchkey/core/domains/diagnose";
import type { DomainReport } from "@latchkey/core/domains/report";
import type { Metrics } from "../metrics/metrics.ts";
import type { Log } from "../services.ts";
import type { DomainRecord, DomainStore } from "../storage/store.ts";
import { backOff, steadyInterval } from "./back-off.ts";
import { type Deployment, expectationOf, isProvenByTarget } from "./deployment.ts";
import type { Dns } from "./dns.ts";
import { observe } from "./observe.ts";
import { type NextState, nextState } from "./transitions.ts";

/** With storing its result, a check ends within five seconds whatever resolvers do. */
const CHECK_MS = 4300;
/** Somebody else changed the row meanwhile: what was seen counts for the new one as well. */
const ATTEMPTS = 3;

export interface DomainContext {
  readonly store: DomainStore;
  readonly dns: Dns;
  readonly deployment: () => Deployment;
  /** The database's clock. */
  readonly now: () => Promise<number>;
  readonly random: () => number;
  readonly log: Log;
  readonly metrics: Pick<Metrics, "domainCheck">;
}

export interface CheckedDomain {
  readonly domain: DomainRecord;
  readonly report: DomainReport;
}

/** `isAsked`: somebody waits for the answer, and the back-off begins anew. */
export async function checkDomain(
  context: DomainContext,
  domain: DomainRecord,
  isAsked: boolean,
): Promise<CheckedDomain> {
  const deployment = context.deployment();
  const expected = expectationOf(domain, deployment);
  const seen = await observe(context.dns, expected, AbortSignal.timeout(CHECK_MS));
  const report = diagnose(expected, seen);
  const provenByTarget = isProvenByTarget(deployment, report);
  let current = domain;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const now = await context.now();
    const next = nextState(current, report, { now, provenByTarget });
    const updated = await keep(context, current, report, next, now, isAsked);
    if (updated !== null) {
      context.metrics.domainCheck(report.dns === "unknown" ? "no_answer" : updated.state);
      tell(context.log, current, updated, report);
      return { domain: updated, report };
    }
    const reread = await context.store.find(current.id);
    if (reread === null || reread.state === "released") break;
    current = reread;
  }
  return { domain: current, report };
}

async function keep(
  { store, random }: DomainContext,
  before: DomainRecord,
  report: DomainReport,
  next: NextState,
  now: number,
  isAsked: boolean,
): Promise<DomainRecord | null> {
  const hasMoved = next.state !== before.state;
  const isWell = next.state === "active" && report.dns === "ok" && report.ownership === "ok";
  const isSteady = isWell || next.state === "blocked";
  const attempts = hasMoved || isAsked || isSteady ? 0 : before.attempts + 1;
  const nextCheckInMs = isSteady ? steadyInterval(random()) : backOff(attempts, random());
  const changes = {
    attempts,
    misses: next.misses,
    missingAt: next.missingAt,
    checkedAt: now,
    report: JSON.stringify(report),
    nextCheckInMs,
    ...(hasMoved && { state: next.state }),
  };
  return store.update(before, changes, hasMoved ? eventOf(before, next, report) : null);
}

function eventOf(before: DomainRecord, next: NextState, report: DomainReport) {
  const data = {
    from: before.state,
    dns: report.dns,
    ownership: report.ownership,
    verdicts: report.findings.map(({ verdict }) => verdict),
  };
  return { type: next.state, data: JSON.stringify(data) };
}

function tell(log: Log, before: DomainRecord, after: DomainRecord, report: DomainReport): void {
  if (before.state === after.state) return;
  const verdicts = report.findings.map(({ verdict }) => verdict);
  const fields = { domain: after.domain, app: after.appId, from: before.state, to: after.state };
  const isGrave = ["degraded", "moved", "released"].includes(after.state);
  log[isGrave ? "warn" : "info"]({ ...fields, verdicts }, "a domain changed its state");
}
