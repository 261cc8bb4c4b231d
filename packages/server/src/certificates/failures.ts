/** Why a certificate was not issued, and when it is tried again. */
import { LatchkeyError } from "@latchkey/core/errors";
import type { CertificateFailure } from "../storage/store.ts";
import type { CaProblem } from "./authority.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Of the wait, added by chance, so that many names do not come back together. */
const JITTER = 0.2;
/** CAs allow five failed validations of a name in an hour; this stays below. */
const AFTER_VALIDATION = 15 * MINUTE;
const LONGEST = 12 * HOUR;

/** What RFC 8555 section 6.7 calls it, as we do. */
const CODES: Readonly<Record<string, string>> = {
  caa: "caa",
  dns: "dns",
  connection: "connection",
  tls: "connection",
  unauthorized: "unauthorized",
  incorrectResponse: "unauthorized",
  rateLimited: "rate_limited",
  rejectedIdentifier: "rejected",
  unsupportedIdentifier: "rejected",
  externalAccountRequired: "account",
  userActionRequired: "account",
  invalidContact: "account",
  unsupportedContact: "account",
};

const failureCode = ({ type }: CaProblem): string => CODES[type] ?? "ca_refused";

/** A verdict on the name: the order is given up, and each one in a row waits twice as long. */
export function refusedBy(
  problem: CaProblem,
  failures: number,
  random: number,
): CertificateFailure {
  const code = failureCode(problem);
  const wait = code === "rate_limited" ? HOUR : doubling(AFTER_VALIDATION, failures, LONGEST);
  const retryInMs = spread(Math.max(wait, problem.retryAfterMs ?? 0), random);
  return { code, detail: problem.detail, retryInMs };
}

/** No CA was asked, so that a look now and then costs nobody anything. */
export function caaForbids(detail: string, failures: number, random: number): CertificateFailure {
  const retryInMs = spread(doubling(5 * MINUTE, failures, 6 * HOUR), random);
  return { code: "caa", detail, retryInMs };
}

/** Says nothing about the name: the order stays. */
export function postponed(
  code: string,
  detail: string,
  random: number,
  waitMs = 30 * SECOND,
): CertificateFailure {
  return { code, detail, retryInMs: spread(waitMs, random) };
}

const spread = (ms: number, random: number): number => Math.round(ms * (1 + JITTER * random));

const doubling = (ms: number, failures: number, most: number): number =>
  Math.min(ms * 2 ** Math.min(failures, 20), most);

/** What the CA said, when an error is that. */
export function problemOf(error: unknown): CaProblem | null {
  if (!(error instanceof LatchkeyError) || error.code !== "acme_problem") return null;
  const retryAfterMs = error.retryAfter === undefined ? null : error.retryAfter * SECOND;
  return { type: error.reason ?? "", detail: error.message, retryAfterMs };
}

/** Problems of the CA itself (RFC 8555 section 6.7): they say nothing about the name. */
const PASSING = ["serverInternal", "badNonce", "orderNotReady"];

/** Null when the CA, or what leads to it, is the trouble, and not the name. */
export function verdictOf(error: unknown): CaProblem | null {
  const problem = problemOf(error);
  return problem === null || PASSING.includes(problem.type) ? null : problem;
}

const WORDS: Readonly<Record<string, string>> = {
  caa: "CAA records block issuance. `latchkey domains check` shows the lines to add",
  caa_unanswered: "The CAA records cannot be read: the domain's name servers do not answer",
  dns: "The CA found no usable DNS record. `latchkey domains check` names what is wrong",
  connection:
    "The CA could not connect to this name on port 80: check the DNS record, the firewall and what stands in front",
  unauthorized:
    "The CA was answered by something else than this server: check where the DNS record leads and that port 80 passes /.well-known/acme-challenge/ on",
  rate_limited: "The CA's rate limit is reached",
  own_limit: "Held back, to stay within the CA's rate limits",
  rejected: "The CA refuses to issue for this name",
  account:
    "The CA wants something of the account: see LATCHKEY_ACME_EMAIL and LATCHKEY_ACME_EAB_KID",
  ca_refused: "The CA refused",
  ca_unreachable: "The CA cannot be reached",
  stopped: "Another instance goes on with it",
  ca_slow: "The CA has not come to a verdict yet",
  order_lost: "The CA knows nothing of the order any more: a new one follows",
  wrong_certificate: "The CA issued something else than was asked for",
  no_challenge: "The CA does not offer this kind of challenge",
};

/** For people: what it is and what to do; the CA's own words follow. */
export function failureWords(code: string, detail: string | null): string {
  const words = WORDS[code] ?? code;
  return detail ? `${words}: ${detail}` : `${words}.`;
}
