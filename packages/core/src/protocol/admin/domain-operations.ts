/** The apps' own domains, and the operator's decisions about them. */
import * as z from "zod";
import type { Operation } from "./operation.ts";
import { time } from "./shapes.ts";

const TAG = "Domains";

const pasted = z.object({ type: z.string(), name: z.string(), value: z.string() });

const ownDomain = z.object({
  domain: z.string(),
  appId: z.string(),
  sessionHost: z.string(),
  state: z
    .enum([
      "awaiting_dns",
      "awaiting_ownership",
      "awaiting_approval",
      "active",
      "degraded",
      "moved",
      "released",
      "blocked",
    ])
    .describe("Cookies are set while it is active or degraded"),
  stateAt: time,
  approval: z.enum(["not_needed", "pending", "approved", "refused"]),
  approvalReason: z.string().nullable().describe("Why an operator decides"),
  decision: z.string().nullable().describe("The operator's own words"),
  checkedAt: time.nullable(),
  nextCheckAt: time,
});

export const adminDomain = ownDomain.extend({
  records: z
    .array(
      pasted.extend({
        purpose: z.string(),
        isOptional: z.boolean(),
        status: z
          .enum(["ok", "bad", "mixed", "unknown"])
          .describe("mixed: not everywhere yet; unknown: not seen by anybody"),
        seen: z.array(z.string()),
      }),
    )
    .describe("What to set in DNS, and what is seen now"),
  findings: z
    .array(
      z.object({
        verdict: z.string(),
        severity: z.enum(["error", "warning", "info"]),
        message: z.string(),
        records: z.array(pasted),
      }),
    )
    .describe("What is wrong, the gravest first, with the records to paste"),
  certificate: z
    .object({
      state: z.enum(["none", "checking_caa", "issuing", "live", "renewing", "failed"]),
      notAfterAt: time.nullable(),
      renewAt: time.nullable(),
      errorCode: z.string().nullable(),
      errorDetail: z.string().nullable(),
      retryAt: time.nullable(),
    })
    .nullable()
    .describe("Of the session host; null where certificates are kept elsewhere"),
  events: z.array(z.object({ type: z.string(), at: time })).describe("Newest first"),
});
export type AdminDomain = z.output<typeof adminDomain>;

export const domainOperations = {
  getAppDomain: {
    method: "GET",
    path: "/apps/{appId}/domain",
    tag: TAG,
    summary: "The app's cookie domain with its DNS records, as they were seen last.",
    role: "viewer",
    answer: z.object({ domain: adminDomain.nullable() }),
  },
  claimDomain: {
    method: "POST",
    path: "/apps/{appId}/domain",
    tag: TAG,
    summary: "Claim a domain for an app: its root, without protocol or www.",
    role: "editor",
    body: z.object({ domain: z.string().max(2000) }),
    answer: adminDomain,
  },
  checkAppDomain: {
    method: "POST",
    path: "/apps/{appId}/domain/check",
    tag: TAG,
    summary: "Look at the domain's DNS records now, within five seconds.",
    role: "editor",
    answer: adminDomain,
  },
  releaseDomain: {
    method: "DELETE",
    path: "/apps/{appId}/domain",
    tag: TAG,
    summary: "Give the domain up. Sessions kept in its cookies can no longer be reached.",
    role: "editor",
  },
  listDomains: {
    method: "GET",
    path: "/domains",
    tag: TAG,
    summary: "All domains, by name; with `approval=pending`, those that wait for a decision.",
    role: "viewer",
    query: z.object({ approval: z.enum(["pending"]).optional() }),
    answer: z.object({ items: z.array(ownDomain) }),
  },
  approveDomain: {
    method: "POST",
    path: "/domains/{domain}/approval",
    tag: TAG,
    summary: "Approve a domain that an operator must decide about.",
    role: "owner",
    answer: adminDomain,
  },
  refuseDomain: {
    method: "DELETE",
    path: "/domains/{domain}/approval",
    tag: TAG,
    summary: "Refuse a domain, with a reason that its app is told.",
    role: "owner",
    body: z.object({ reason: z.string().trim().min(1).max(500) }),
    answer: adminDomain,
  },
} as const satisfies Record<string, Operation>;
