import { newCuid } from "../../apps/ids.ts";
import type { DomainRecord, DomainState } from "../../storage/store.ts";
import type { TestServer } from "./test-server.ts";

const DOMAIN = "example.com";
export const SESSION_HOST = `privy.${DOMAIN}`;

/** As if its records had been seen. Caches know it five seconds after a change at the latest. */
export async function verifyDomain(
  { services }: TestServer,
  appId: string,
  domain = DOMAIN,
): Promise<DomainRecord> {
  const result = await services.store.domains.claim(
    {
      id: newCuid(),
      appId,
      domain,
      sessionHost: `privy.${domain}`,
      targetLabel: newCuid(),
      ownershipToken: "token",
      approval: "not_needed",
      approvalReason: null,
    },
    { type: "claimed", data: null },
  );
  if (result.kind !== "claimed") throw new TypeError(`Not claimed: ${result.kind}`);
  return changeDomain(services, result.domain, "active");
}

export async function changeDomain(
  { store }: TestServer["services"],
  domain: DomainRecord,
  state: DomainState,
): Promise<DomainRecord> {
  const changed = await store.domains.update(domain, { state }, null);
  if (!changed) throw new TypeError("The domain was changed meanwhile.");
  return changed;
}
