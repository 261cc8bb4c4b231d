export type {
  AuthResult,
  InvalidDetail,
  SignedIn,
  SignedOut,
  TokenResult,
  Unavailable,
} from "./auth-result.ts";
export { createLatchkeyBackend, type LatchkeyBackend } from "./backend.ts";
export type { LatchkeyBackendOptions } from "./options.ts";
export { markPrivate } from "./private-response.ts";
export {
  createSessionProxy,
  type SessionProxy,
  type SessionProxyOptions,
} from "./proxy/session-proxy.ts";
export { type RefreshPageOptions, refreshLocation, sameOriginPath } from "./refresh-page.ts";
export type { RequestLike } from "./request.ts";
export type { PageRequest } from "./ssr/navigation.ts";
export type { PageGuardOptions } from "./ssr/options.ts";
export type { PageDecision } from "./ssr/page-decision.ts";
export { createPageGuard, type PageCheck, type PageGuard } from "./ssr/page-guard.ts";
