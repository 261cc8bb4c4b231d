import type { Database, Transaction } from "../database.ts";
import type { Session } from "../store.ts";
import { newRowId } from "./row-id.ts";

let written = 0;

/** Sorts as it was written among the lines that this process wrote in one millisecond. */
function newEventId(): string {
  written += 1;
  return `${written.toString(36).padStart(10, "0")}${newRowId()}`;
}

/** Adds a line to the session's trail, in the transaction that makes it true. */
export async function recordEvent(
  db: Pick<Database, "build">,
  tx: Transaction,
  session: Pick<Session, "id" | "appId" | "userId">,
  type: string,
  data: object | null = null,
): Promise<void> {
  await tx.all(
    db.build.insertInto("session_events").values({
      id: newEventId(),
      session_id: session.id,
      app_id: session.appId,
      user_id: session.userId,
      type,
      data: data && JSON.stringify(data),
      at: tx.now,
    }),
  );
}
