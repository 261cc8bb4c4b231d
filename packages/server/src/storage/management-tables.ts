export interface AdminTable {
  id: string;
  /** Lower case */
  email: string;
  /** viewer, editor or owner */
  role: string;
  last_seen_at: number | null;
  created_at: number;
}

export interface AdminInvitationTable {
  id: string;
  token_hash: string;
  /** Null: whoever opens it says which */
  email: string | null;
  role: string;
  created_at: number;
  expires_at: number;
}

export interface AdminApiKeyTable {
  id: string;
  hash: string;
  name: string;
  role: string;
  last_used_at: number | null;
  created_at: number;
  expires_at: number | null;
}

export interface AuditLogTable {
  id: string;
  at: number;
  actor_kind: string;
  actor_id: string | null;
  actor_name: string | null;
  /** The operation of the management API, or the command */
  action: string;
  app_id: string | null;
  target: string | null;
  /** begun, done or refused */
  outcome: string;
  before: string | null;
  after: string | null;
  request_id: string | null;
}

export interface ManagementTables {
  admins: AdminTable;
  admin_invitations: AdminInvitationTable;
  admin_api_keys: AdminApiKeyTable;
  audit_log: AuditLogTable;
}
