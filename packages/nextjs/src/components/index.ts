export { type AuthContextType, useAuth } from "./auth-context.ts";
export { AuthKitProvider, type AuthKitProviderProps } from "./auth-provider.tsx";
export { Impersonation, type ImpersonationProps } from "./impersonation.tsx";
export { type UseAccessTokenReturn, useAccessToken } from "./use-access-token.ts";
export { type UseRecentAuthReturn, useRecentAuth } from "./use-recent-auth.ts";
export { useTokenClaims } from "./use-token-claims.ts";
