/** One name's order, from the CAA check to the certificate (RFC 8555 section 7.4). */
import { LatchkeyError } from "@latchkey/core/errors";
import type {
  AcmeOrder,
  CertificateFailure,
  CertificateRecord,
  CertificateState,
  CertificateStore,
} from "../storage/store.ts";
import type { Account, CaOrder, CaProblem, CertificateAuthority } from "./authority.ts";
import { certificateId } from "./certificate-id.ts";
import { caaForbids, postponed, problemOf, refusedBy, verdictOf } from "./failures.ts";
import type { IssuanceLimits } from "./issuance-limits.ts";
import { knownCertificateId } from "./renewal-info.ts";
import { renewalInfoPause, renewalTime } from "./renewal-time.ts";

/** Whether CAA records let the configured CA issue (RFC 8659); a failed lookup is `undecided`. */
export type CheckCaa = (question: {
  readonly hostname: string;
  readonly method: AcmeOrder["method"];
  readonly accountUrl: string;
}) => Promise<{ readonly kind: "allowed" | "forbidden" | "undecided"; readonly detail: string }>;

export interface IssueInput {
  readonly store: CertificateStore;
  readonly authority: CertificateAuthority;
  readonly checkCaa: CheckCaa;
  readonly limits: IssuanceLimits;
  /** The deployment's account; `again` after the CA said that it knows it no more. */
  readonly account: (again: boolean) => Promise<Account>;
  /** PEM of the order's own key. */
  readonly openKey: (order: AcmeOrder) => Promise<string>;
  readonly wait: (ms: number) => Promise<void>;
  readonly random: () => number;
  readonly now: () => number;
  /** The server is about to end: the order is left for another one. */
  readonly isStopping: () => boolean;
}

export type IssueResult =
  | { readonly kind: "issued"; readonly notAfterAt: number }
  | { readonly kind: "failed" | "postponed"; readonly failure: CertificateFailure }
  /** Another instance took the order over. */
  | { readonly kind: "lost" };

/** Longer than any one call to the CA takes (`tls/acme-transport.ts`). */
export const LEASE_MS = 30_000;
const CHALLENGE_LIFETIME_MS = 24 * 3_600_000;
/** Between two looks at what the CA makes of it; about a minute and a half together. */
const PAUSES_MS = [250, 500, 1000, ...Array.from({ length: 44 }, () => 2000)];

/** Thrown through the steps, answered at the end. */
class Ended extends Error {
  readonly result: IssueResult;
  constructor(result: IssueResult) {
    super(result.kind);
    this.result = result;
  }
}

/**
 * Goes on with an order that this instance holds. What must survive is stored before the CA is told,
 * so that whoever takes the order over at any point ends it the same way.
 */
export async function issueCertificate(
  input: IssueInput,
  order: AcmeOrder,
  certificate: CertificateRecord,
): Promise<IssueResult> {
  const { store, authority, limits } = input;
  const { failures } = certificate;

  /** Before whatever takes time: the lease must outlast it. */
  async function step(change?: { state?: CertificateState; orderUrl?: string }): Promise<void> {
    if (input.isStopping()) await postpone("stopped", "The server was stopped meanwhile", 0);
    if (!(await store.advance(order, LEASE_MS, change))) throw new Ended({ kind: "lost" });
  }
  async function fail(failure: CertificateFailure): Promise<never> {
    const kept = await store.fail(order, failure);
    throw new Ended(kept ? { kind: "failed", failure } : { kind: "lost" });
  }
  const refuse = (problem: CaProblem) => fail(refusedBy(problem, failures, input.random()));
  async function postpone(code: string, detail: string, waitMs?: number): Promise<never> {
    const failure = postponed(code, detail, input.random(), waitMs);
    const kept = await store.postpone(order, failure);
    throw new Ended(kept ? { kind: "postponed", failure } : { kind: "lost" });
  }

  async function begin(account: Account): Promise<CaOrder> {
    const { hostname, method } = order;
    const caa = await input.checkCaa({ hostname, method, accountUrl: account.url });
    if (caa.kind === "forbidden") {
      await fail(caaForbids(caa.detail, failures, input.random()));
    }
    if (caa.kind === "undecided") await postpone("caa_unanswered", caa.detail);
    const replaces = knownCertificateId(certificate.ari);
    const early = certificate.renewAt !== null && certificate.renewAt > input.now();
    const taken = await limits.take(authority.directoryUrl, hostname, early);
    if (!taken.ok) await postpone("own_limit", taken.detail, taken.waitMs);
    await step(certificate.chain === null ? { state: "issuing" } : {});
    const made = await authority.newOrder(account, hostname, replaces).catch((error) => {
      // RFC 9773 section 5: it was replaced already; a renewal goes on without the mention.
      if (replaces === null || problemOf(error)?.type !== "alreadyReplaced") throw error;
      return authority.newOrder(account, hostname, null);
    });
    await step({ orderUrl: made.url });
    return made;
  }

  /** Shows the challenge, tells the CA, and waits for its verdict. */
  async function prove(account: Account, current: CaOrder): Promise<void> {
    let told = false;
    for (const pause of PAUSES_MS) {
      await step();
      const found = await authority.authorization(account, current, order.method);
      if (found.kind === "valid") return;
      if (found.kind === "refused") await refuse(found.problem);
      if (found.kind === "impossible") {
        const none = problem(`It has no ${order.method} for ${order.hostname}`);
        await fail({ ...refusedBy(none, failures, input.random()), code: "no_challenge" });
      }
      if (found.kind === "pending" && !told && !found.isAccepted) {
        const { token, value } = found;
        const challenge = { type: order.method, token, value, lifetimeMs: CHALLENGE_LIFETIME_MS };
        if (!(await store.addChallenge(order, challenge))) throw new Ended({ kind: "lost" });
        await authority.accept(account, found.url);
        told = true;
      }
      await input.wait(pause);
    }
    await postpone("ca_slow", `It has not looked at ${order.hostname} yet`);
  }

  async function finish(account: Account, valid: CaOrder, keyPem: string): Promise<IssueResult> {
    await step();
    const chain = await authority.download(account, valid);
    const facts = authority.inspect(chain, order.hostname, keyPem);
    if (facts === null) {
      const wrong = refusedBy(problem("The certificate is not for this name and key"), failures, 0);
      return fail({ ...wrong, code: "wrong_certificate" });
    }
    const id = certificateId(facts.der);
    const kept = await store.finish(order, {
      chain,
      notBeforeAt: facts.notBeforeAt,
      notAfterAt: facts.notAfterAt,
      renewAt: renewalTime(facts, input.random()),
      ari: id === null ? null : JSON.stringify({ id }),
      ariCheckAt: id === null ? null : input.now() + renewalInfoPause(60_000),
    });
    return kept ? { kind: "issued", notAfterAt: facts.notAfterAt } : { kind: "lost" };
  }

  async function run(account: Account): Promise<IssueResult> {
    const keyPem = await input.openKey(order);
    let current = order.orderUrl
      ? await authority.order(account, order.orderUrl)
      : await begin(account);
    for (const pause of PAUSES_MS) {
      if (current.status === "valid") return finish(account, current, keyPem);
      if (current.status === "invalid")
        await refuse(current.problem ?? problem("It gave no reason"));
      if (current.status === "pending") await prove(account, current);
      await step();
      if (current.status === "ready") {
        current = await authority.finalize(account, current, order.hostname, keyPem);
      } else {
        current = await authority.order(account, current.url);
      }
      if (current.status === "processing") await input.wait(pause);
    }
    return postpone("ca_slow", `It is still at the order of ${order.hostname}`);
  }

  try {
    const first = order.orderUrl === null ? "checking_caa" : "issuing";
    await step({ state: certificate.chain === null ? first : "renewing" });
    try {
      return await run(await input.account(false));
    } catch (error) {
      // A test CA that was restarted, or an account that was deleted there.
      if (problemOf(error)?.type !== "accountDoesNotExist") throw error;
      return await run(await input.account(true));
    }
  } catch (error) {
    if (error instanceof Ended) return error.result;
    if (!(error instanceof LatchkeyError)) throw error;
    return afterFailure(error).catch((ended) => {
      if (ended instanceof Ended) return ended.result;
      throw ended;
    });
  }

  async function afterFailure(error: LatchkeyError): Promise<IssueResult> {
    const verdict = verdictOf(error);
    if (verdict === null) {
      // A database that is away cannot be told either; the lease runs out by itself.
      return postpone(
        error.code === "acme_unreachable" ? "ca_unreachable" : "ca_refused",
        error.message,
      );
    }
    if (UNKNOWN_ORDER.includes(verdict.type)) {
      return fail({
        code: "order_lost",
        detail: verdict.detail,
        retryInMs: 10_000 * 2 ** Math.min(failures, 10),
      });
    }
    return refuse(verdict);
  }
}

/** How CAs speak of an order that they do not have; `notFound` is an answer 404 without a type. */
const UNKNOWN_ORDER = ["malformed", "notFound", "accountDoesNotExist"];

const problem = (detail: string): CaProblem => ({ type: "", detail, retryAfterMs: null });
