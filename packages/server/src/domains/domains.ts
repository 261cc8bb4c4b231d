/** What the rest of the server asks about the apps' own domains. */
import type { DomainStore } from "../storage/store.ts";
import { type ActiveDomain, activeDomains } from "./active-domain.ts";

export interface Domains {
  /** The verified domain of an app, or null; at most five seconds old. */
  activeDomainOf(appId: string): Promise<ActiveDomain | null>;
}

export interface DomainsInput {
  readonly store: DomainStore;
  readonly now: () => number;
}

export function openDomains({ store, now }: DomainsInput): Domains {
  return { activeDomainOf: activeDomains(store, now) };
}
