export {
  expressSession,
  fastifySession,
  honoSession,
  sendWebResponse,
  toWebRequest,
} from "./adapters.ts";
export type { GetSessionOptions } from "./current-session.ts";
export { readSessionEnvironment, type SessionEnvironment } from "./environment.ts";
export type { CallbackFailure, CallbackOptions, CallbackSuccess } from "./handle-callback.ts";
export { setSessionHeaders } from "./node-headers.ts";
export type { SessionManagerOptions } from "./options.ts";
export type { OrganizationName } from "./organization.ts";
export { withSessionHeaders } from "./session-headers.ts";
export { createSessionManager, type SessionManager } from "./session-manager.ts";
export type {
  SessionRefused,
  SessionRequest,
  SessionResult,
  SessionUnavailable,
  SignedInSession,
  SignedOutSession,
  StaleSession,
} from "./session-result.ts";
export type { SignOutOptions } from "./sign-out.ts";
export type { StartedSignIn, StartSignInOptions } from "./start-sign-in.ts";
export type { StartUrlOptions } from "./start-url.ts";
