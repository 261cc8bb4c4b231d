/** Where the browser protocol answers, and to whom. Patterns as the router has them. */

/** The protocol's clients disagree about its prefix; both mean the same. */
export const PROTOCOL_PREFIXES = ["/api/v1", "/v1"] as const;

/** What pages call. */
export const PAGE_PATHS = [
  "/passwordless/*",
  "/guest/*",
  "/custom_jwt_account/*",
  "/oauth/init",
  "/oauth/authenticate",
  "/oauth/link",
  "/oauth/unlink",
  "/oauth/transfer",
  "/passkeys/*",
  "/sessions",
  "/sessions/*",
  "/users/me",
  "/users/me/*",
  "/analytics_events",
] as const;

/** What only an app's own server calls, but for what pages call of it. */
export const BACKEND_PATHS = [
  "/users",
  "/users/*",
  "/apps/:id/allowlist",
  "/apps/:id/test_credentials",
  "/apps/:id/test_accounts",
] as const;

const BACKEND = matcher(BACKEND_PATHS);
const PAGES = matcher(PAGE_PATHS);

/** Whether no page may make this call, whatever its origin. `path` is the whole one. */
export function isBackendPath(path: string): boolean {
  return BACKEND.test(path) && !PAGES.test(path);
}

/** Knows the two kinds of pattern that are here: `/users/:id` and `/users/*`. */
function matcher(patterns: readonly string[]): RegExp {
  const paths = patterns.map((pattern) =>
    pattern.replace(/\/\*$/, "(?:/.*)?").replace(/:[a-z]+/g, "[^/]*"),
  );
  return new RegExp(`^(?:${PROTOCOL_PREFIXES.join("|")})(?:${paths.join("|")})$`);
}
