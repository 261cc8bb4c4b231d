import type { EndReason } from "@latchkey/core/sessions/rules";
import type { Session } from "./session-store.ts";

export interface SessionFilter {
  readonly state?: "active" | "ended" | undefined;
  /** Of ended ones. */
  readonly reason?: EndReason | undefined;
  readonly method?: string | undefined;
}

export interface SessionListingRequest {
  readonly appId: string;
  readonly filter: SessionFilter;
  readonly after: SessionListingPlace | null;
  readonly limit: number;
}

/** The last session that was looked at, by when it began, or by when it ended. */
export interface SessionListingPlace {
  readonly walk: "begun" | "ended";
  readonly at: number;
  readonly id: string;
}

export interface ListedSession {
  readonly session: Session;
  /** The oldest account of its user but a guest's; null of a user who is gone or has none. */
  readonly account: { readonly type: string; readonly subject: string } | null;
}

export interface SessionListing {
  readonly sessions: readonly ListedSession[];
  /** Null at the end. A page may have fewer sessions than its limit, or none, and a place to go on at. */
  readonly next: SessionListingPlace | null;
  /** By the database's clock. */
  readonly now: number;
}

/** An app's sessions, whoever's they are. Every page is a range of one index, as of users. */
export interface SessionListingStore {
  /**
   * Newest first; ended ones by when they ended.
   *
   * @throws LatchkeyError 400 `invalid_cursor` for a place of another list
   */
  page(request: SessionListingRequest): Promise<SessionListing>;
}
