/** What the rest of the server asks about the apps' own domains. */
import { recordsToSet } from "@latchkey/core/domains/diagnose";
import type { Finding, ShownRecord } from "@latchkey/core/domains/report";
import type { AppRecord, DomainEvent, DomainRecord } from "../storage/store.ts";
import { type ActiveDomain, activeDomains } from "./active-domain.ts";
import { type CheckedDomain, checkDomain, type DomainContext } from "./check-domain.ts";
import { approveDomain, claimDomain, refuseDomain, releaseDomain } from "./claim-domain.ts";
import { expectationOf } from "./deployment.ts";

/** A domain with what is to be set for it, and what the last check found. */
export interface DomainStatus {
  readonly domain: DomainRecord;
  readonly records: readonly ShownRecord[];
  readonly findings: readonly Finding[];
}

export interface Domains {
  /** The verified domain of an app, degraded ones included, or null; at most five seconds old. */
  activeDomainOf(appId: string): Promise<ActiveDomain | null>;
  /** Claims a domain for an app, or answers the claim that it has; see claimDomain for the errors. */
  add(app: Pick<AppRecord, "id" | "name" | "kind">, input: string): Promise<DomainStatus>;
  ofApp(appId: string): Promise<DomainStatus | null>;
  find(domain: string): Promise<DomainStatus | null>;
  list(): Promise<DomainRecord[]>;
  /** Looks at once, within five seconds. */
  check(domain: DomainRecord): Promise<DomainStatus>;
  approve(domain: DomainRecord): Promise<DomainRecord | null>;
  refuse(domain: DomainRecord, reason: string): Promise<DomainRecord | null>;
  remove(domain: DomainRecord): Promise<DomainRecord | null>;
  /** Newest first. */
  events(domain: DomainRecord): Promise<DomainEvent[]>;
  /** Checks those whose time has come; how many there were. */
  checkDue(): Promise<number>;
}

export interface DomainsInput extends DomainContext {
  /** The process's clock, for the cache. */
  readonly clock: () => number;
}

const AT_ONCE = 8;
/** Longer than a check takes, so that no other server begins the same one. */
const LEASE_MS = 60_000;
const EVENTS = 50;

export function openDomains(context: DomainsInput): Domains {
  const { store } = context;
  return {
    activeDomainOf: activeDomains(store, context.clock),
    async add(app, input) {
      // Nothing is claimed that nobody could be told the records of.
      context.deployment();
      return statusOf(context, await claimDomain(store, app, input));
    },
    async ofApp(appId) {
      const domain = await store.ofApp(appId);
      return domain && statusOf(context, domain);
    },
    async find(name) {
      const domain = await store.findByDomain(name);
      return domain && statusOf(context, domain);
    },
    list: () => store.list(),
    async check(domain) {
      const { domain: checked, report } = await checkDomain(context, domain, true);
      return { domain: checked, records: report.records, findings: report.findings };
    },
    approve: (domain) => approveDomain(store, domain),
    refuse: (domain, reason) => refuseDomain(store, domain, reason),
    remove: (domain) => releaseDomain(store, domain),
    events: (domain) => store.events(domain.id, EVENTS),
    checkDue: () => checkDue(context),
  };
}

function statusOf(context: DomainContext, domain: DomainRecord): DomainStatus {
  const last =
    domain.report === null ? null : (JSON.parse(domain.report) as CheckedDomain["report"]);
  if (last) return { domain, records: last.records, findings: last.findings };
  return {
    domain,
    records: recordsToSet(expectationOf(domain, context.deployment())),
    findings: [],
  };
}

async function checkDue(context: DomainContext): Promise<number> {
  let checked = 0;
  for (;;) {
    const due = await context.store.takeDue(AT_ONCE, LEASE_MS);
    await Promise.all(
      due.map((domain) =>
        checkDomain(context, domain, false).catch((error) =>
          context.log.warn({ err: error, domain: domain.domain }, "a domain could not be checked"),
        ),
      ),
    );
    checked += due.length;
    if (due.length < AT_ONCE) return checked;
  }
}
