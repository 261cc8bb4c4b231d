import type { Context } from "./context.ts";
import { clearProtocolKeys } from "./protocol-keys.ts";
import type { EndedSession, SessionRecord } from "./record.ts";
import type { Moment } from "./server-clock.ts";
import type { StoredSession } from "./stored-session.ts";

/** How a session lives in this browser: what begins, changes and ends it, all synchronous. */
export interface SessionState {
  /** Whether there is something to refresh with. */
  hasCredential(): boolean;
  /** The record with `session` in it, and the clock as learned from its token. */
  withSession(record: SessionRecord, session: StoredSession, sent: Moment): SessionRecord;
  /** Ends the session of this epoch in this browser. */
  end(epoch: number, reason: string, owed?: readonly EndedSession[]): void;
  /** Above every epoch that this browser had, also if storage was emptied since. */
  nextEpoch(record: SessionRecord): number;
  /** Brings the client cookies of development mode in line. */
  syncCookies(): void;
}

export function createSessionState(context: Context): SessionState {
  const { store, clock, settings } = context;
  const nextEpoch = (record: SessionRecord) => Math.max(record.epoch + 1, settings.now());

  return {
    hasCredential() {
      const { session, ended } = store.read();
      return !!session || (context.cookieMode() && !ended.length && context.cookies.hasHint());
    },
    withSession(record, session, sent) {
      clock.learn(session.issuedAt, sent);
      const savedAt = clock.moment().wall;
      return { ...record, session, endReason: null, savedAt, clockOffset: clock.offset() };
    },
    end(epoch, reason, owed = []) {
      if (store.read().epoch !== epoch) return;
      store.update((record) => ({
        ...record,
        epoch: nextEpoch(record),
        session: null,
        guestCredential: null,
        endReason: reason,
        ended: [...record.ended, ...owed],
      }));
      clearProtocolKeys(settings.storage);
      // In cookie mode the server expires its own.
      if (!context.cookieMode()) context.cookies.clear();
    },
    nextEpoch,
    syncCookies() {
      const { session, config, endReason } = store.read();
      // A cookie holds the session: what other clients kept in storage goes.
      if (session?.refreshToken === null) clearProtocolKeys(settings.storage);
      // Before the configuration is known nobody knows whose business the cookies are.
      if (!config || context.cookieMode()) return;
      if (session) context.cookies.write(session.token, (session.expiresAt - clock.now()) / 1000);
      else if (endReason) context.cookies.clear();
    },
  };
}
