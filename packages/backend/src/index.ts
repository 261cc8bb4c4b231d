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
export { type RefreshPageOptions, refreshLocation, sameOriginPath } from "./refresh-page.ts";
export type { RequestLike } from "./request.ts";
