import type { EndReason } from "@latchkey/core/sessions/rules";
import type { Database, Transaction } from "../database.ts";
import { announce } from "./announce.ts";
import { describeSession } from "./describe-session.ts";
import { toSession } from "./rows.ts";
import { recordEvent } from "./session-events.ts";

export type WhichSessions =
  | { readonly sid: string }
  /** Every one of the user but `except`. */
  | { readonly userId: string; readonly except?: string | null };

export interface Ending {
  readonly reason: EndReason;
  /** What the trail says where that is more than the reason. */
  readonly event?: string;
  readonly data?: object;
}

/** Ends what is live still, each with its line in the trail; how many ended. */
export async function endSessions(
  db: Database,
  tx: Transaction,
  which: WhichSessions,
  { reason, event = reason, data }: Ending,
): Promise<number> {
  const all = db.build
    .updateTable("sessions")
    .set({ ended_at: tx.now, end_reason: reason, last_outcome: "ended" })
    .where("ended_at", "is", null)
    .where("absolute_expires_at", ">", tx.now);
  const chosen =
    "sid" in which
      ? all.where("id", "=", which.sid)
      : all.where("user_id", "=", which.userId).where("id", "<>", which.except ?? "");
  const ended = await tx.all(chosen.returningAll());
  const type = reason === "logout" ? "session.ended" : "session.revoked";
  for (const row of ended) {
    const session = toSession(row);
    await recordEvent(db, tx, session, event, data);
    if (session.impersonator) {
      await recordEvent(db, tx, session, "impersonation_ended", session.impersonator);
    }
    await announce(db, tx, session.appId, type, () => describeSession(db, tx, session));
  }
  return ended.length;
}
