export interface AuditActor {
  readonly kind: "admin" | "api_key" | "command_line" | "anyone";
  readonly id: string | null;
  readonly name: string | null;
}

export interface AuditRecord {
  readonly id: string;
  readonly at: number;
  readonly actor: AuditActor;
  readonly action: string;
  readonly appId: string | null;
  readonly target: string | null;
  readonly outcome: "begun" | "done" | "refused";
  /** JSON. */
  readonly before: string | null;
  readonly after: string | null;
  readonly requestId: string | null;
}

export interface AuditQuery {
  readonly appId?: string | undefined;
  readonly action?: string | undefined;
  readonly actorId?: string | undefined;
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  /** Cursor: entries older than this one. */
  readonly after: Pick<AuditRecord, "at" | "id"> | null;
  readonly limit: number;
}

export interface AuditStore {
  /** Written before the change is made, so that none goes without. */
  begin(
    entry: Pick<AuditRecord, "id" | "actor" | "action" | "appId" | "target" | "requestId">,
  ): Promise<void>;
  finish(
    id: string,
    result: Pick<AuditRecord, "outcome" | "before" | "after"> &
      Partial<Pick<AuditRecord, "actor" | "appId">>,
  ): Promise<void>;
  /** Newest first. */
  list(query: AuditQuery): Promise<AuditRecord[]>;
  /** Deletes at most `limit` of those up to this time, oldest first; how many went. */
  forget(until: number, limit: number): Promise<number>;
}
