import type { SignedIn } from "../auth-result.ts";

/**
 * What is known of who asks for a page, and what to answer instead of it:
 *
 * - `signed_in`: a valid access token came along
 * - `maybe`: there is a session whose token has run out; it is renewed first
 * - `unknown`: nothing came along, which proves nothing; the page in the browser finds out
 * - `unavailable`: the token could not be checked; nobody is signed out
 *
 * A `response` is to be sent as it is; null: go on to the page.
 */
export type PageDecision =
  | { readonly status: "signed_in"; readonly session: SignedIn; readonly response: null }
  | {
      readonly status: "maybe" | "unknown" | "unavailable";
      readonly session: null;
      readonly response: Response | null;
    };
