/** A line of the trail about somebody who acted in a user's place. */
export interface ImpersonationEvent {
  readonly at: number;
  /** A code was made, it began a session, that session was ended before its time. */
  readonly step: "allowed" | "began" | "ended";
  /** Who acted. */
  readonly email: string;
  readonly reason: string | null;
  readonly userId: string;
  /** The user's address, while they have one. */
  readonly userEmail: string | null;
  /** Null before a session began. */
  readonly sessionId: string | null;
}

export interface ImpersonationStore {
  /** Newest first; kept as long as every trail. */
  list(appId: string, limit: number): Promise<ImpersonationEvent[]>;
}
