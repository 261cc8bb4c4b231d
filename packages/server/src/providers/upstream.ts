/** The providers' side of the world, as the flow needs it. */
import type { AddressRules } from "../outbound/address-rules.ts";
import type { OutboundFetch } from "../outbound/outbound-fetch.ts";
import { type DocumentCache, documentCache } from "./document-cache.ts";

export interface Upstream {
  readonly fetch: OutboundFetch;
  readonly rules: AddressRules;
  readonly documents: DocumentCache;
  /** For all that one request asks of a provider. */
  readonly deadlineMs: number;
}

/** A request that waits for a provider answers within five seconds, whatever the provider does. */
const DEADLINE_MS = 4500;

export function openUpstream(deps: {
  readonly fetch: OutboundFetch;
  readonly rules: AddressRules;
  readonly now: () => number;
  readonly deadlineMs?: number;
}): Upstream {
  const deadlineMs = deps.deadlineMs ?? DEADLINE_MS;
  const documents = documentCache({ ...deps, timeoutMs: deadlineMs });
  return { fetch: deps.fetch, rules: deps.rules, documents, deadlineMs };
}
