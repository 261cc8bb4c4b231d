export type { AppConfig, User } from "@latchkey/core/protocol/browser";
export { createLatchkeyClient, type LatchkeyClient, type WaitOptions } from "./client.ts";
export { LatchkeyClientError } from "./errors.ts";
export type {
  CookieJar,
  EventSource,
  KeyValueStorage,
  LatchkeyClientOptions,
  Locks,
} from "./options.ts";
export type { SignedIn, SignInMode } from "./sign-in.ts";
export type { LatchkeySnapshot, LatchkeyStatus, SessionFacts } from "./snapshot.ts";
