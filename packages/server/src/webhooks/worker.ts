/** Sends what is due. One in each server; the claims in the database keep them apart. */
import type { Log } from "../services.ts";
import type { ClaimedDelivery, WebhookStore } from "../storage/store.ts";
import { afterAttempt, type DeliverDeps, deliver } from "./deliver.ts";
import { FAILING_MS } from "./schedule.ts";

const AT_ONCE = 50;
/** So that an endpoint that hangs holds up nobody else's. */
const AT_ONCE_EACH = 5;
/** Longer than an attempt takes: what is not finished by then was begun by a server that is no more. */
const LEASE_MS = 60_000;

export interface WorkerDeps extends DeliverDeps {
  readonly store: WebhookStore;
  readonly random: () => number;
  readonly log: Log;
  readonly metrics: {
    webhook(outcome: "delivered" | "retry" | "failed"): void;
    webhookQueueAge(ms: number): void;
  };
}

export interface WebhookWorker {
  /** Begins what is due, and does not wait for it. */
  work(): Promise<void>;
  measure(): Promise<void>;
  /** Begins nothing more; resolves when nothing is on its way. */
  stop(): Promise<void>;
}

export function webhookWorker(deps: WorkerDeps): WebhookWorker {
  const { store, log, metrics } = deps;
  const running = new Set<Promise<void>>();
  let isClaiming = false;
  let isStopped = false;
  const perEndpoint = new Map<string, number>();

  async function attempt(claimed: ClaimedDelivery): Promise<void> {
    const { delivery, endpoint } = claimed;
    if (!endpoint.enabled) {
      const off = { status: null, error: "The endpoint is turned off.", answer: null };
      const result = { ...off, durationMs: 0 };
      await store.finish(claimed, result, { kind: "failed", disable: null }, FAILING_MS);
      return;
    }
    const result = await deliver(deps, claimed);
    const after = afterAttempt(result, delivery.tries + 1, deps.random());
    const isKept = await store.finish(claimed, result, after, FAILING_MS);
    if (isKept) metrics.webhook(after.kind);
  }

  function begin(claimed: ClaimedDelivery): void {
    const { id } = claimed.endpoint;
    perEndpoint.set(id, (perEndpoint.get(id) ?? 0) + 1);
    const sending = attempt(claimed)
      // The lease runs out, and it is tried again.
      .catch((error) => log.warn({ err: error, endpoint: id }, "a webhook could not be tried"))
      .finally(() => {
        running.delete(sending);
        const left = (perEndpoint.get(id) ?? 1) - 1;
        if (left > 0) perEndpoint.set(id, left);
        else perEndpoint.delete(id);
        // There may be more than fitted, and they need not wait for the next round.
        work().catch((error) => log.warn({ err: error }, "no webhooks could be read"));
      });
    running.add(sending);
  }

  async function work(): Promise<void> {
    const limit = AT_ONCE - running.size;
    if (limit <= 0 || isClaiming || isStopped) return;
    isClaiming = true;
    try {
      const claimed = await store.claim({
        limit,
        perEndpoint: AT_ONCE_EACH,
        running: perEndpoint,
        leaseMs: LEASE_MS,
      });
      for (const each of claimed) begin(each);
    } finally {
      isClaiming = false;
    }
  }

  return {
    work,
    async measure() {
      const due = await store.oldestDue();
      metrics.webhookQueueAge(due === null ? 0 : Math.max(0, deps.now() - due));
    },
    async stop() {
      isStopped = true;
      await Promise.all(running);
    },
  };
}
