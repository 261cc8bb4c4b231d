/** From what a check saw to the domain's next state. Pure; the storage keeps the result. */
import type { RecordStatus } from "@latchkey/core/domains/report";
import type { DomainRecord, DomainState } from "../storage/store.ts";

/** What one check says about the two records that decide. */
export interface CheckOutcome {
  readonly dns: RecordStatus;
  readonly ownership: RecordStatus;
}

export interface NextState {
  readonly state: DomainState;
  readonly misses: number;
  readonly missingAt: number | null;
}

type Before = Pick<DomainRecord, "state" | "stateAt" | "approval" | "misses" | "missingAt">;

const MINUTE = 60_000;
const DAY = 86_400_000;
/** Hysteresis: so many conclusive checks in a row, over at least this long. */
export const DEGRADE = { misses: 3, ms: 15 * MINUTE };
export const MOVE = { misses: 6, ms: 3 * DAY };
/** Without a proof for so long, a claim is given up, so that it bars nobody for good. */
export const GIVE_UP_MS = 30 * DAY;

/**
 * `unknown` moves nothing: an outage neither verifies nor condemns. `mixed` condemns nothing either.
 * `provenByTarget`: the CNAME leads to a name that only this claim was given, so that it alone shows
 * that the domain is still meant for this app; without it, the TXT must stay.
 */
export function nextState(
  before: Before,
  outcome: CheckOutcome,
  { now, provenByTarget }: { readonly now: number; readonly provenByTarget: boolean },
): NextState {
  switch (before.state) {
    case "awaiting_dns":
    case "awaiting_ownership":
    case "awaiting_approval":
      return { state: pending(before, outcome, now), misses: 0, missingAt: null };
    case "active":
    case "degraded":
    case "moved":
      return verified(before, outcome, now, provenByTarget);
    case "blocked":
    case "released":
      return { state: before.state, misses: before.misses, missingAt: before.missingAt };
  }
}

function pending(before: Before, { dns, ownership }: CheckOutcome, now: number): DomainState {
  const { state, approval } = before;
  if (dns === "ok" && ownership === "ok") {
    return approval === "pending" ? "awaiting_approval" : "active";
  }
  const isWaitingForOwner = state !== "awaiting_approval" && now - before.stateAt >= GIVE_UP_MS;
  if (isWaitingForOwner && (dns === "bad" || ownership === "bad")) return "released";
  if (dns === "bad") return "awaiting_dns";
  if (dns !== "ok") return state;
  return state === "awaiting_dns" || ownership === "bad" ? "awaiting_ownership" : state;
}

function verified(
  before: Before,
  { dns, ownership }: CheckOutcome,
  now: number,
  provenByTarget: boolean,
): NextState {
  const { state } = before;
  if (dns === "ok" && ownership === "ok") return { state: "active", misses: 0, missingAt: null };
  const isMissing = dns === "bad" || ownership === "bad";
  if (!isMissing) {
    const isSeen = dns === "mixed" || ownership === "mixed";
    return isSeen
      ? { state, misses: 0, missingAt: null }
      : { state, misses: before.misses, missingAt: before.missingAt };
  }
  const misses = before.misses + 1;
  const missingAt = before.missingAt ?? now;
  const isOver = (limit: { misses: number; ms: number }) =>
    misses >= limit.misses && now - missingAt >= limit.ms;
  if (state === "active") {
    return { state: isOver(DEGRADE) ? "degraded" : "active", misses, missingAt };
  }
  const isLost = dns === "bad" || (!provenByTarget && ownership === "bad");
  if (state === "degraded") {
    // The time until `moved` counts only while what proves the domain is gone.
    if (!isLost) return { state, misses: DEGRADE.misses, missingAt: now };
    return { state: isOver(MOVE) ? "moved" : "degraded", misses, missingAt };
  }
  const isGivenUp = isLost && now - before.stateAt >= GIVE_UP_MS;
  return { state: isGivenUp ? "released" : "moved", misses, missingAt };
}
