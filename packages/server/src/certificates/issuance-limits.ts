/**
 * Stays below the limits that public CAs set, over all instances, so that one unlucky name never
 * spends what the others need. Let's Encrypt: 300 new orders in 3 hours, 5 failed validations of a
 * name in an hour, 5 certificates of the same names in 7 days.
 */
import type { LimitStore } from "../storage/store.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

export interface IssuanceLimits {
  /** @param early before its renewal is due, as somebody asked */
  take(
    directoryUrl: string,
    hostname: string,
    early: boolean,
  ): Promise<{ ok: true } | { ok: false; waitMs: number; detail: string }>;
}

export function issuanceLimits(limits: Pick<LimitStore, "take">): IssuanceLimits {
  return {
    async take(directoryUrl, hostname, early) {
      const wanted = [
        {
          id: `acme-name:${hostname}`,
          max: 4,
          ms: HOUR,
          detail: "4 orders for this name in an hour",
        },
        ...(early
          ? [
              {
                id: `acme-early:${hostname}`,
                max: 4,
                ms: 7 * DAY,
                detail: "4 early renewals of this name in 7 days",
              },
            ]
          : []),
        {
          id: `acme-orders:${directoryUrl}`,
          max: 270,
          ms: 3 * HOUR,
          detail: "270 orders of this deployment in 3 hours",
        },
      ];
      for (const { id, max, ms, detail } of wanted) {
        const taken = await limits.take(id, max, ms);
        if (!taken.ok) return { ok: false, waitMs: taken.waitMs, detail };
      }
      return { ok: true };
    },
  };
}
