/** What administrators changed. */
import * as z from "zod";
import type { Operation } from "./operation.ts";
import { listOf, pageQuery, time } from "./shapes.ts";

export const auditEntry = z.object({
  id: z.string(),
  at: time,
  actor: z.object({
    kind: z.enum(["admin", "api_key", "command_line", "anyone"]),
    id: z.string().nullable(),
    name: z.string().nullable(),
  }),
  action: z.string().describe("The operation, such as `updateApp`"),
  appId: z.string().nullable(),
  target: z.string().nullable().describe("What was changed: the path of it below /admin/v1"),
  outcome: z
    .enum(["begun", "done", "refused"])
    .describe("`begun`: the server stopped before it could say how it went"),
  before: z.json().nullable(),
  after: z.json().nullable(),
  requestId: z.string().nullable(),
});
export type AuditEntry = z.output<typeof auditEntry>;

export const auditOperations = {
  listAuditEntries: {
    method: "GET",
    path: "/audit-log",
    tag: "Audit log",
    summary: "Every change, newest first.",
    role: "viewer",
    query: pageQuery.extend({
      appId: z.string().max(100).optional(),
      action: z.string().max(100).optional(),
      actorId: z.string().max(100).optional(),
      since: z.coerce.number().int().nonnegative().optional(),
      until: z.coerce.number().int().nonnegative().optional(),
    }),
    answer: listOf(auditEntry),
  },
} as const satisfies Record<string, Operation>;
