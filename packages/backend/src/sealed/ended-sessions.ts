/** Sessions that ended by way of this process: their access tokens count no more here. */
export interface EndedSessions {
  add(sessionId: string): void;
  has(sessionId: string): boolean;
}

/** No access token lives longer than the most that the server allows. */
const REMEMBERED_MS = 24 * 3_600_000;
const MOST_REMEMBERED = 10_000;

/** `now` in milliseconds since the epoch. */
export function createEndedSessions(now: () => number): EndedSessions {
  const endedAt = new Map<string, number>();
  return {
    add(sessionId) {
      endedAt.delete(sessionId);
      endedAt.set(sessionId, now());
      if (endedAt.size > MOST_REMEMBERED) endedAt.delete(endedAt.keys().next().value as string);
    },
    has(sessionId) {
      const at = endedAt.get(sessionId);
      return at !== undefined && now() - at < REMEMBERED_MS;
    },
  };
}
