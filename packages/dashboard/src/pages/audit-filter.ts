/** Which entries of the audit log are shown; part of the page's address. */
export interface AuditFilter {
  readonly appId?: string;
  readonly actorId?: string;
  readonly action?: string;
  /** How far back, in hours. */
  readonly hours?: number;
}

export function readAuditFilter(search: Record<string, unknown>): AuditFilter {
  const { appId, actorId, action, hours } = search;
  return {
    ...(typeof appId === "string" && { appId }),
    ...(typeof actorId === "string" && { actorId }),
    ...(typeof action === "string" && { action }),
    ...(typeof hours === "number" && hours > 0 && { hours }),
  };
}
