import type { Database } from "../database.ts";
import type { ImpersonationEvent, ImpersonationStore, Impersonator } from "../store.ts";

const STEPS: Readonly<Record<string, ImpersonationEvent["step"]>> = {
  impersonation_allowed: "allowed",
  impersonation_began: "began",
  impersonation_ended: "ended",
};

export function sqlImpersonationStore(db: Database): ImpersonationStore {
  return {
    async list(appId, limit) {
      const rows = await db.all(
        db.build
          .selectFrom("session_events")
          .leftJoin("accounts", (join) =>
            join
              .onRef("accounts.user_id", "=", "session_events.user_id")
              .on("accounts.type", "=", "email"),
          )
          .selectAll("session_events")
          .select("accounts.subject")
          .where("session_events.app_id", "=", appId)
          .where("session_events.type", "in", Object.keys(STEPS))
          .orderBy("session_events.at", "desc")
          .orderBy("session_events.id", "desc")
          .limit(limit),
      );
      return rows.map((row) => {
        const step = STEPS[row.type] ?? "allowed";
        const { email, reason }: Impersonator = JSON.parse(row.data ?? "{}");
        return {
          at: row.at,
          step,
          email,
          reason,
          userId: row.user_id,
          userEmail: row.subject,
          // What was allowed stands under the id of a code.
          sessionId: step === "allowed" ? null : row.session_id,
        };
      });
    },
  };
}
