/** The management API, `/admin/v1`: every call of it, and the shapes that they share. */
import { adminOperations } from "./admin-operations.ts";
import { appOperations } from "./app-operations.ts";
import { auditOperations } from "./audit-operations.ts";
import { domainOperations } from "./domain-operations.ts";
import { insightOperations } from "./insight-operations.ts";
import { keyOperations } from "./key-operations.ts";
import { mailOperations } from "./mail-operations.ts";
import { organizationOperations } from "./organization-operations.ts";
import { providerOperations } from "./provider-operations.ts";
import { userOperations } from "./user-operations.ts";
import { webhookOperations } from "./webhook-operations.ts";

export const operations = {
  ...adminOperations,
  ...appOperations,
  ...domainOperations,
  ...userOperations,
  ...insightOperations,
  ...organizationOperations,
  ...providerOperations,
  ...keyOperations,
  ...auditOperations,
  ...webhookOperations,
  ...mailOperations,
} as const;

export type Operations = typeof operations;
export type OperationName = keyof Operations;

export type { Admin } from "./admin-operations.ts";
export type { AdminApp } from "./app-operations.ts";
export type { AuditEntry } from "./audit-operations.ts";
export type { AdminDomain } from "./domain-operations.ts";
export type { Insight, InsightRange } from "./insight-operations.ts";
export type { AdminMailTemplate } from "./mail-operations.ts";
export {
  type AnswerOf,
  atLeast,
  type BodyOf,
  type Operation,
  type ParamsOf,
  type QueryOf,
  ROLES,
  type Role,
} from "./operation.ts";
export type {
  AdminProvider,
  AdminProviderPreset,
  ProviderFinding,
} from "./provider-operations.ts";
export { errorAnswer } from "./shapes.ts";
export type { AdminPasskey, AdminSession, AdminUser, ListedSession } from "./user-operations.ts";
export { WEBHOOK_EVENTS } from "./webhook-events.ts";
export type { AdminWebhook, AdminWebhookDelivery } from "./webhook-operations.ts";
export type {
  adminOperations,
  appOperations,
  auditOperations,
  domainOperations,
  insightOperations,
  keyOperations,
  mailOperations,
  organizationOperations,
  providerOperations,
  userOperations,
  webhookOperations,
};
