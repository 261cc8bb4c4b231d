import { LatchkeyError } from "@latchkey/core/errors";
import type { AdminDomain, domainOperations } from "@latchkey/core/protocol/admin";
import type { DomainStatus } from "../../domains/domains.ts";
import type { Services } from "../../services.ts";
import type { DomainRecord } from "../../storage/store.ts";
import type { Handlers } from "./handler.ts";
import { changedMeanwhile, found, requireApp } from "./missing.ts";

/** The apps' own domains, and the operator's decisions about them. */
export function domainHandlers(services: Services): Handlers<keyof typeof domainOperations> {
  const { domains, directory, store } = services;

  async function ofApp(appId: string): Promise<DomainStatus> {
    await requireApp(directory, appId);
    return found(await domains.ofApp(appId), "domain of this app");
  }

  const named = async (name: string): Promise<DomainStatus> =>
    found(await domains.find(name.toLowerCase()), "domain");

  async function toDomain(status: DomainStatus): Promise<AdminDomain> {
    const certificate = await store.certificates.find(status.domain.sessionHost);
    const events = await domains.events(status.domain);
    return {
      ...toOwnDomain(status.domain),
      records: status.records.map((record) => ({ ...record, seen: [...record.seen] })),
      findings: status.findings.map((finding) => ({ ...finding, records: [...finding.records] })),
      certificate: certificate && {
        state: certificate.state,
        notAfterAt: certificate.notAfterAt,
        renewAt: certificate.renewAt,
        errorCode: certificate.errorCode,
        errorDetail: certificate.errorDetail,
        retryAt: certificate.retryAt,
      },
      events: events.map(({ type, at }) => ({ type, at })),
    };
  }

  return {
    async getAppDomain({ params: { appId } }) {
      await requireApp(directory, appId);
      const status = await domains.ofApp(appId);
      return { domain: status && (await toDomain(status)) };
    },

    async claimDomain({ params: { appId }, body: { domain }, record }) {
      const app = await requireApp(directory, appId);
      const status = await domains.add(app, domain).catch(besideTheField);
      record({ after: { domain: status.domain.domain } });
      return toDomain(await domains.check(status.domain));
    },

    async checkAppDomain({ params: { appId } }) {
      const { domain } = await ofApp(appId);
      return toDomain(await domains.check(domain));
    },

    async releaseDomain({ params: { appId }, record }) {
      const { domain } = await ofApp(appId);
      if (!(await domains.remove(domain))) throw changedMeanwhile();
      record({ before: { domain: domain.domain, state: domain.state } });
      return undefined;
    },

    async listDomains({ query: { approval } }) {
      const all = await domains.list();
      const wanted = approval ? all.filter((domain) => domain.approval === approval) : all;
      return { items: wanted.map(toOwnDomain) };
    },

    async approveDomain({ params, record }) {
      const { domain } = await named(params.domain);
      const approved = await domains.approve(domain);
      if (!approved) throw changedMeanwhile();
      record({ before: decisionOf(domain), after: decisionOf(approved), appId: domain.appId });
      return toDomain(await domains.check(approved));
    },

    async refuseDomain({ params, body: { reason }, record }) {
      const { domain } = await named(params.domain);
      const refused = await domains.refuse(domain, reason);
      if (!refused) throw changedMeanwhile();
      record({ before: decisionOf(domain), after: decisionOf(refused), appId: domain.appId });
      return toDomain(await named(params.domain));
    },
  };
}

const decisionOf = ({ domain, approval, decision }: DomainRecord) => ({
  domain,
  approval,
  decision,
});

function toOwnDomain(domain: DomainRecord) {
  return {
    domain: domain.domain,
    appId: domain.appId,
    sessionHost: domain.sessionHost,
    state: domain.state,
    stateAt: domain.stateAt,
    approval: domain.approval,
    approvalReason: domain.approvalReason,
    decision: domain.decision,
    checkedAt: domain.checkedAt,
    nextCheckAt: domain.nextCheckAt,
  };
}

/** What is wrong with what was typed is said where it was typed. */
function besideTheField(error: unknown): never {
  if (!(error instanceof LatchkeyError) || error.status >= 500) throw error;
  const { code, status, message } = error;
  throw new LatchkeyError(code, status, message, { fields: { domain: message } });
}
