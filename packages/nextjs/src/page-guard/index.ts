/** Sessions in cookies that the session server sets: pages that know their visitor before they are rendered. */
export {
  type AuthResult,
  createLatchkeyBackend,
  createSessionProxy,
  type LatchkeyBackend,
  type LatchkeyBackendOptions,
  markPrivate,
  type PageCheck,
  type PageGuardOptions,
  type SessionProxy,
  type SessionProxyOptions,
  type SignedIn,
} from "@latchkey/backend";
export { createPageGuard, type NextPageDecision, type NextPageGuard } from "./next-page-guard.ts";
export { createPageProxy, type PageProxyOptions } from "./page-proxy.ts";
export { readSession } from "./read-session.ts";
