/** How an app comes to a domain, and how it gives it up. */
import { sessionHostOf } from "@latchkey/core/domains/expectation";
import { LatchkeyError } from "@latchkey/core/errors";
import { newCuid } from "../apps/ids.ts";
import type { AppRecord, DomainRecord, DomainStore } from "../storage/store.ts";
import { newOwnershipToken, newTargetLabel } from "./random-names.ts";
import { judgeDomain } from "./suffixes.ts";

/**
 * The app's claim of the domain; the one that it has already when it asks again.
 *
 * @throws LatchkeyError 422 `invalid_domain`, 422 `development_app`, 409 `domain_taken`,
 * 409 `app_has_domain`
 */
export async function claimDomain(
  store: DomainStore,
  app: Pick<AppRecord, "id" | "name" | "kind">,
  input: string,
): Promise<DomainRecord> {
  const judged = judgeDomain(input);
  if (judged.kind === "refused") throw new LatchkeyError("invalid_domain", 422, judged.message);
  if (app.kind === "development") {
    throw new LatchkeyError(
      "development_app",
      422,
      `"${app.name}" is a development app: its cookies are set by the browser SDK on any domain, localhost included. Make an app for production (latchkey apps create "${app.name}") and add ${judged.domain} to that one.`,
    );
  }
  const { domain, approvalReason } = judged;
  const result = await store.claim(
    {
      id: newCuid(),
      appId: app.id,
      domain,
      sessionHost: sessionHostOf(domain),
      targetLabel: newTargetLabel(),
      ownershipToken: newOwnershipToken(),
      approval: approvalReason === null ? "not_needed" : "pending",
      approvalReason,
    },
    { type: "claimed", data: JSON.stringify({ approvalReason }) },
  );
  switch (result.kind) {
    case "claimed":
      return result.domain;
    case "domain_taken":
      if (result.by.appId === app.id) return result.by;
      throw new LatchkeyError(
        "domain_taken",
        409,
        `${domain} belongs to another app of this deployment: one domain has one app. Use another domain, or have it removed there first (latchkey domains remove ${domain}).`,
      );
    case "app_has_domain":
      throw new LatchkeyError(
        "app_has_domain",
        409,
        `The app has the domain ${result.domain.domain} already, and an app has one cookie domain; its cookies reach every subdomain of it. Remove that one first (latchkey domains remove ${result.domain.domain}), or make another app.`,
      );
  }
}

/** Frees the domain at once; its target label is never given out again. Null when it is free already. */
export async function releaseDomain(
  store: DomainStore,
  domain: DomainRecord,
): Promise<DomainRecord | null> {
  return insist(store, domain, (current) =>
    store.update(
      current,
      { state: "released" },
      { type: "released", data: JSON.stringify({ from: current.state, by: "request" }) },
    ),
  );
}

/**
 * An operator's decision: from now on the records alone decide. Null when the domain is released.
 */
export async function approveDomain(
  store: DomainStore,
  domain: DomainRecord,
): Promise<DomainRecord | null> {
  return insist(store, domain, (current) =>
    store.update(
      current,
      {
        approval: "approved",
        blockCode: null,
        decision: null,
        attempts: 0,
        nextCheckInMs: 0,
        ...(current.state === "blocked" && { state: "awaiting_dns" as const }),
      },
      { type: "approved", data: JSON.stringify({ from: current.state }) },
    ),
  );
}

/** The domain is blocked, with the reason, until an operator approves it. Null when it is released. */
export async function refuseDomain(
  store: DomainStore,
  domain: DomainRecord,
  reason: string,
): Promise<DomainRecord | null> {
  return insist(store, domain, (current) =>
    store.update(
      current,
      { state: "blocked", blockCode: "refused", approval: "refused", decision: reason },
      { type: "refused", data: JSON.stringify({ from: current.state, reason }) },
    ),
  );
}

/** A decision holds against a check that writes at the same moment. */
async function insist(
  store: DomainStore,
  domain: DomainRecord,
  write: (current: DomainRecord) => Promise<DomainRecord | null>,
): Promise<DomainRecord | null> {
  let current: DomainRecord | null = domain;
  while (current !== null && current.state !== "released") {
    const written = await write(current);
    if (written !== null) return written;
    current = await store.find(current.id);
  }
  return null;
}
