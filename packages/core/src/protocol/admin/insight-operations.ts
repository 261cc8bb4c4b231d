/** What happens in an app: counts, and charts over time. */
import * as z from "zod";
import type { Operation } from "./operation.ts";
import { time } from "./shapes.ts";

const count = z.int().nonnegative();

/** How far back a chart goes. */
export const INSIGHT_RANGES = ["1h", "24h", "7d", "30d", "90d"] as const;
export type InsightRange = (typeof INSIGHT_RANGES)[number];

const series = z
  .array(z.object({ label: z.string(), values: z.array(count), total: count }))
  .describe("One value for each of `times`, the greatest total first");

const milliseconds = z.number().nonnegative().nullable();

export const insight = z.object({
  counts: z
    .object({
      countedAt: time.describe("They are counted now and then, not at each look"),
      users: count,
      liveSessions: count.describe("Neither ended nor expired"),
      signedInUsers: count.describe("Users with a live session"),
      signedInLast24h: count.describe("Users whose last sign-in is at most 24 hours ago"),
      signedInLast30d: count,
    })
    .nullable()
    .describe("Null until the server has counted for the first time"),
  width: count.describe("How much time a point stands for, in milliseconds"),
  times: z.array(time).describe("When each point begins; the last one is not over"),
  signIns: series.describe("Sessions begun, by method"),
  refreshes: series.describe("Session refreshes that were answered with a token, by outcome"),
  reuseDetections: z
    .array(count)
    .describe("Refreshes with a token used before, which ended or had ended the session"),
  failures: series.describe("Refused requests by error code, refused refreshes by their reason"),
  requestTimes: z.object({
    count: z.array(count),
    p50: z.array(milliseconds).describe("Milliseconds, null where there was no request"),
    p99: z.array(milliseconds),
    overall: z.object({ count, p50: milliseconds, p99: milliseconds }),
  }),
});
export type Insight = z.output<typeof insight>;

export const insightOperations = {
  getInsight: {
    method: "GET",
    path: "/apps/{appId}/insight",
    tag: "Insight",
    summary: "Users and live sessions, and what happened over time: sign-ins, refreshes, failures.",
    role: "viewer",
    query: z.object({ range: z.enum(INSIGHT_RANGES).default("24h") }),
    answer: insight,
  },
} as const satisfies Record<string, Operation>;
