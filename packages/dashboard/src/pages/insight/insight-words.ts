/** What is counted, in words. What has none here is said as the API says it. */
const OUTCOMES: Readonly<Record<string, string>> = {
  moved: "New refresh token",
  repeated: "Same token, asked again",
  previous: "Token before, inside its window",
  late_replay: "Late once, forgiven",
  regressed: "Database had gone back",
};

export const outcomeWords = (outcome: string): string => OUTCOMES[outcome] ?? outcome;

const FAILURES: Readonly<Record<string, string>> = {
  terminal_reuse: "Refresh: token used twice",
  terminal_expired: "Refresh: session expired",
  terminal_logout: "Refresh: signed out before",
  terminal_revoked: "Refresh: session revoked",
  terminal_user_disabled: "Refresh: user disabled",
  terminal_user_deleted: "Refresh: user deleted",
  terminal_replaced: "Refresh: newer session",
  terminal_invalid: "Refresh: not our token",
  terminal_key_retired: "Refresh: key retired",
  terminal_session_lost: "Refresh: session lost",
  client_mismatch: "Refresh: another app's session",
  kept_in_cookie: "Refresh: token belongs in a cookie",
  invalid_one_time_code: "Wrong or spent code",
  invalid_credentials: "Wrong code, password or secret",
  too_many_requests: "Too many attempts",
  allowlist_rejected: "Not on the allowlist",
  invalid_origin: "Page of another origin",
  invalid_data: "Malformed request",
  database_unavailable: "Database unavailable",
  internal_error: "Error of the server",
};

export const failureWords = (code: string): string => FAILURES[code] ?? code.replaceAll("_", " ");
