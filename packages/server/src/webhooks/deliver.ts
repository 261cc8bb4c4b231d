import type { MasterKey } from "../keys/master-key.ts";
import { OutboundError } from "../outbound/outbound-error.ts";
import type { OutboundFetch } from "../outbound/outbound-fetch.ts";
import type { AfterAttempt, AttemptResult, ClaimedDelivery } from "../storage/store.ts";
import { secretsOf } from "./endpoints.ts";
import { nextWait } from "./schedule.ts";
import { signatureHeaders } from "./signature.ts";
import { webhookBody } from "./webhook-body.ts";

/** Of an answer; more of it is nobody's business here. */
const KEPT_CHARACTERS = 1000;

export interface DeliverDeps {
  readonly master: MasterKey;
  /** Ends by itself; follows no redirect; goes only where the deployment allows. */
  readonly fetch: OutboundFetch;
  readonly now: () => number;
}

/** One attempt. What is wrong on this side, such as a secret that does not open, is thrown: it is none. */
export async function deliver(
  { master, fetch, now }: DeliverDeps,
  { endpoint, event }: ClaimedDelivery,
): Promise<AttemptResult> {
  const body = webhookBody(event);
  const secrets = await secretsOf(master, endpoint, now());
  const timestamp = Math.floor(now() / 1000);
  const headers = {
    "content-type": "application/json",
    "user-agent": "Latchkey-Webhooks",
    ...(await signatureHeaders(secrets, { id: event.id, timestamp, body })),
  };
  const started = now();
  const took = () => Math.max(0, Math.round(now() - started));
  try {
    const response = await fetch(endpoint.url, { method: "POST", headers, body });
    const answer = (await response.text()).slice(0, KEPT_CHARACTERS);
    const { status } = response;
    const error = status >= 300 && status < 400 ? "Redirects are not followed." : null;
    // PostgreSQL keeps no NUL in a text.
    return { status, error, answer: answer.replaceAll("\0", "\uFFFD"), durationMs: took() };
  } catch (error) {
    if (!(error instanceof OutboundError)) throw error;
    return { status: null, error: `${error.message}.`, answer: null, durationMs: took() };
  }
}

/** What follows from an attempt that was the `tries`-th. */
export function afterAttempt(
  { status }: Pick<AttemptResult, "status">,
  tries: number,
  random: number,
): AfterAttempt {
  if (status !== null && status >= 200 && status < 300) return { kind: "delivered" };
  if (status === 410) return { kind: "failed", disable: "gone" };
  const inMs = nextWait(tries, random);
  return inMs === null ? { kind: "failed", disable: null } : { kind: "retry", inMs };
}
