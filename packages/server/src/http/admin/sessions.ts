import type { AdminSession } from "@latchkey/core/protocol/admin";
import { isExpired } from "@latchkey/core/sessions/rules";
import * as z from "zod";
import type { Services } from "../../services.ts";
import { eventWords } from "../../sessions/trail-words.ts";
import type { Session, SessionListingPlace } from "../../storage/store.ts";
import { wireUserId } from "../../users/wire-user.ts";
import { openCursor, sealCursor } from "./cursor.ts";
import { findUser } from "./find-user.ts";
import type { Handlers } from "./handler.ts";
import { found, requireApp } from "./missing.ts";

const place = z.object({
  walk: z.enum(["begun", "ended"]),
  at: z.int(),
  id: z.string(),
}) satisfies z.ZodType<SessionListingPlace>;

/** Sessions of an app and of one of its users. */
export function sessionHandlers(
  services: Services,
): Handlers<
  "listSessions" | "listUserSessions" | "revokeUserSessions" | "getSession" | "revokeSession"
> {
  const { store, directory } = services;

  async function requireUser(appId: string, userId: string) {
    await requireApp(directory, appId);
    return found(await findUser(store, appId, userId), "user");
  }

  async function requireSession(appId: string, sessionId: string) {
    const { session, now } = await store.sessions.read(sessionId);
    return { session: found(session?.appId === appId ? session : null, "session"), now };
  }

  return {
    async listSessions({ params: { appId }, query: { after, limit, ...filter } }) {
      await requireApp(directory, appId);
      const { sessions, next, now } = await store.sessionListing.page({
        appId,
        filter,
        after: after === undefined ? null : openCursor(after, place),
        limit,
      });
      return {
        items: sessions.map(({ session, account }) => ({
          ...toSession(session, now),
          userId: wireUserId(session.userId),
          account,
        })),
        next: next && sealCursor(next),
      };
    },

    async listUserSessions({ params, query: { after, limit } }) {
      const user = await requireUser(params.appId, params.userId);
      const page = { after: after ?? null, before: null, limit, order: "desc" } as const;
      const [sessions, now] = [
        await store.sessions.ofUser(params.appId, user.id, page),
        await store.now(),
      ];
      return {
        items: sessions.items.map((session) => toSession(session, now)),
        next: sessions.hasAfter ? (sessions.items.at(-1)?.id ?? null) : null,
      };
    },

    async revokeUserSessions({ params, record }) {
      const user = await requireUser(params.appId, params.userId);
      const ended = await store.sessions.endAllOfUser(user.id, "revoked");
      record({ after: { ended } });
      return { ended };
    },

    async getSession({ params: { appId, sessionId } }) {
      const { session, now } = await requireSession(appId, sessionId);
      const events = await store.sessions.events(sessionId);
      return {
        session: toSession(session, now),
        userId: wireUserId(session.userId),
        events: events.map(({ type, at }) => ({ type, at, words: eventWords(type) })),
      };
    },

    async revokeSession({ params: { appId, sessionId }, record }) {
      const { session, now } = await requireSession(appId, sessionId);
      const before = toSession(session, now);
      await store.sessions.end(sessionId, "revoked");
      record({ before: { id: before.id, state: before.state }, after: { state: "ended" } });
      return undefined;
    },
  };
}

function toSession(session: Session, now: number): AdminSession {
  const over = session.endedAt !== null ? "ended" : isExpired(session, now) ? "expired" : "active";
  return {
    id: session.id,
    protocol: session.protocol,
    delivery: session.delivery,
    clientId: session.clientId,
    state: over,
    endReason: session.endReason,
    authMethod: session.authMethod,
    createdAt: session.createdAt,
    lastRefreshAt: session.movedAt,
    expiresAt: Math.min(session.absoluteExpiresAt, session.idleExpiresAt),
    endedAt: session.endedAt,
    userAgent: session.userAgent,
    ip: session.ip,
    organizationId: session.organizationId,
    impersonator: session.impersonator,
  };
}
