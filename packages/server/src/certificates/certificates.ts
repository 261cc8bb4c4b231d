/** The certificates of the apps' session hosts and of this deployment's own name. */
import type { MasterKey } from "../keys/master-key.ts";
import { openText, sealText } from "../keys/master-key.ts";
import type { Metrics } from "../metrics/metrics.ts";
import type { Log } from "../services.ts";
import type { AcmeOrder, CertificateStore, ChallengeType, LimitStore } from "../storage/store.ts";
import type { Account, CertificateAuthority } from "./authority.ts";
import { isDelegated } from "./delegated-challenge.ts";
import { failureWords } from "./failures.ts";
import { issuanceLimits } from "./issuance-limits.ts";
import { type CheckCaa, issueCertificate, LEASE_MS } from "./issue.ts";
import { updateRenewalInfo } from "./renewal-info.ts";

export interface CertificatesInput {
  readonly store: CertificateStore;
  readonly limits: LimitStore;
  readonly master: MasterKey;
  readonly authority: CertificateAuthority;
  readonly checkCaa: CheckCaa;
  /** How a name can be proven now. */
  readonly methodFor: (hostname: string) => Promise<ChallengeType>;
  /** Whether challenge records that are delegated to this deployment are answered. */
  readonly answersDns: boolean;
  /** The deployment's own names, which need no domain. */
  readonly ownHosts: readonly string[];
  readonly log: Log;
  readonly metrics: Pick<Metrics, "certificates" | "certificateFailure">;
  readonly wait: (ms: number) => Promise<void>;
  readonly random: () => number;
  readonly now: () => number;
  /** Random and never given twice. */
  readonly newId: () => string;
}

export interface Certificates {
  /** Works once on everything that is due. */
  work(): Promise<void>;
  /** Lets `work` end soon; its orders are another instance's then. */
  stop(): void;
}

const AT_ONCE = 4;
const BATCH = 20;
/** What a CA keeps an unfinished order for, at least. */
const ORDER_LIFETIME_MS = 24 * 3_600_000;
const TIDY_EVERY_MS = 15_000;

export function openCertificates(input: CertificatesInput): Certificates {
  const { store, master, authority, ownHosts, log, now } = input;
  const limits = issuanceLimits(input.limits);
  let stopping = false;
  let tidiedAt = Number.NEGATIVE_INFINITY;

  async function account(again: boolean): Promise<Account> {
    const { directoryUrl } = authority;
    const fresh = await sealText(master, "acme-account", directoryUrl, await authority.newKey());
    const { sealedKey, accountUrl } = await store.account(directoryUrl, fresh);
    const keyPem = await openText(master, "acme-account", directoryUrl, sealedKey);
    if (accountUrl !== null && !again) return { keyPem, url: accountUrl };
    const url = await authority.register(keyPem);
    await store.setAccountUrl(directoryUrl, url);
    return { keyPem, url };
  }

  const openKey = ({ hostname, sealedKey }: AcmeOrder) =>
    openText(master, "certificate-key", hostname, sealedKey);

  /**
   * Domains whose owner delegated the challenge to the label of this claim, and so agreed, get their
   * certificate before the CNAME leads here: nobody then sees a handshake fail when it does.
   */
  async function delegatedEarly(): Promise<string[]> {
    if (!input.answersDns) return [];
    const waiting = await store.waiting(BATCH * 10);
    return waiting.filter(isDelegated).map(({ hostname }) => hostname);
  }

  async function workOn(hostname: string, needsDns: boolean): Promise<void> {
    const method = await input.methodFor(hostname);
    if (needsDns && method !== "dns-01") return;
    const claim = await store.claim({
      id: input.newId(),
      hostname,
      directoryUrl: authority.directoryUrl,
      method,
      sealedKey: await sealText(master, "certificate-key", hostname, await authority.newKey()),
      leaseHolder: input.newId(),
      leaseMs: LEASE_MS,
      lifetimeMs: ORDER_LIFETIME_MS,
    });
    if (claim === null) return;
    const result = await issueCertificate(
      { ...input, limits, account, openKey, isStopping: () => stopping },
      claim.order,
      claim.certificate,
    );
    if (result.kind === "issued") {
      const until = new Date(result.notAfterAt).toISOString();
      log.info({ hostname, until }, "a certificate was issued");
    } else if (result.kind !== "lost") {
      const { code, detail, retryInMs } = result.failure;
      input.metrics.certificateFailure(code);
      const fields = { hostname, code, retryInMs };
      log.warn(fields, `no certificate yet. ${failureWords(code, detail)}`);
    }
  }

  async function tidy(): Promise<void> {
    if (Math.abs(now() - tidiedAt) < TIDY_EVERY_MS) return;
    tidiedAt = now();
    await store.drop(ownHosts, BATCH * 10);
    const due = await store.dueForRenewalInfo(BATCH * 10);
    await each(due, (certificate) => updateRenewalInfo(input, certificate));
    const states = await store.summary();
    input.metrics.certificates(
      states.map(({ state, count, soonestNotAfterAt: at }) => ({
        state,
        count,
        soonestExpiryMs: at === null ? null : at - now(),
      })),
    );
  }

  /** A few at a time; one that fails leaves the others alone. */
  async function each<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
    const queue = [...items];
    const next = async () => {
      for (let item = queue.shift(); item !== undefined && !stopping; item = queue.shift()) {
        await work(item).catch((error) =>
          log.warn({ err: error }, "work on a certificate failed; its lease lets it begin again"),
        );
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, next));
  }

  return {
    async work() {
      const early = await delegatedEarly();
      const names = [...ownHosts, ...early];
      await store.adopt(names, BATCH * 10);
      const due = await store.due(names, BATCH);
      await each(due, (name) => workOn(name, early.includes(name)));
      await tidy();
    },
    stop() {
      stopping = true;
    },
  };
}
