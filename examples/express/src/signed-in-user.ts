import type { SessionResult, SignedInSession } from "@latchkey/backend/sealed";
import type { Request } from "express";

/** What `expressSession` adds. */
export type SignedInRequest = Request & { auth?: SessionResult };

/** Null when nobody is signed in. */
export function signedInUser({ auth }: SignedInRequest): SignedInSession["user"] | null {
  return auth?.status === "signed_in" ? auth.user : null;
}
