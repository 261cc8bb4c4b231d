import type { Examined } from "./examine-cname.ts";
import type { RecordStatus } from "./report.ts";

/** What all resolvers together say about one record. */
export interface Merged {
  readonly status: RecordStatus;
  /** One that speaks for the status; null when none answered. */
  readonly example: Examined | null;
  /** Right at the domain's own server, while resolvers remember what was before. */
  readonly isOnItsWay: boolean;
}

/** Who did not answer has no say: an outage neither verifies nor condemns. */
export function mergeViews(views: readonly Examined[], atSource: Examined | null): Merged {
  const good = views.find(({ status }) => status === "ok");
  const bad = views.find(({ status }) => status === "bad");
  if (bad === undefined) {
    return { status: good ? "ok" : "unknown", example: good ?? null, isOnItsWay: false };
  }
  const isOnItsWay = atSource?.status === "ok";
  return { status: good || isOnItsWay ? "mixed" : "bad", example: bad, isOnItsWay };
}
