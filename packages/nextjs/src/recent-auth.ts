export type RecentAuth =
  | { readonly authenticatedAt: Date; readonly isStale: boolean }
  | { readonly authenticatedAt: null; readonly isStale: true };

/** Whether `auth_time` is no longer than `maxAge` seconds ago; what is not known is stale. */
export function recentAuth(authTime: unknown, maxAge: number, nowMs: number): RecentAuth {
  if (typeof authTime !== "number" || !Number.isFinite(authTime)) {
    return { authenticatedAt: null, isStale: true };
  }
  // A maxAge that is no number makes no proof recent enough.
  const isRecent = Math.floor(nowMs / 1_000) - authTime <= maxAge;
  return { authenticatedAt: new Date(authTime * 1_000), isStale: !isRecent };
}
