"use client";

import { recentAuth } from "../recent-auth.ts";
import { useAccessToken } from "./use-access-token.ts";
import { useTokenClaims } from "./use-token-claims.ts";

export type UseRecentAuthReturn =
  | { loading: true; authenticatedAt: undefined; isStale: undefined }
  | { loading: false; authenticatedAt: Date | null; isStale: boolean };

/** For display: what must not happen without a recent proof is guarded by `checkRecentAuth`. */
export function useRecentAuth({ maxAge }: { maxAge: number }): UseRecentAuthReturn {
  const { loading } = useAccessToken();
  const { auth_time } = useTokenClaims();
  if (loading) return { loading, authenticatedAt: undefined, isStale: undefined };
  return { loading, ...recentAuth(auth_time, maxAge, Date.now()) };
}
