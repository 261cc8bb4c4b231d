/** Sends rows in batches that the API takes at once, and gathers what was refused. */
import { ApiError, call } from "../../api/client.ts";
import type { ReadRow, Row } from "./read-rows.ts";

/** As many as one call takes. */
const BATCH = 200;

export interface Refused {
  readonly line: number;
  readonly who: string;
  readonly reason: string;
}

export interface Progress {
  readonly total: number;
  readonly done: number;
  readonly created: number;
  readonly refused: readonly Refused[];
  /** Why it stopped before the end; what was made until then stays. */
  readonly stopped?: Error;
}

interface Sent {
  readonly line: number;
  readonly row: Row;
}

export async function importRows(
  appId: string,
  rows: readonly ReadRow[],
  onProgress: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<void> {
  const good = rows.filter((row): row is Sent => "row" in row);
  const refused: Refused[] = rows.flatMap((row) =>
    "problem" in row ? [{ line: row.line, who: "", reason: row.problem }] : [],
  );
  let done = refused.length;
  let created = 0;
  const tell = (stopped?: Error) =>
    onProgress({
      total: rows.length,
      done,
      created,
      refused: [...refused],
      ...(stopped && { stopped }),
    });
  tell();
  for (let at = 0; at < good.length && !signal.aborted; at += BATCH) {
    const batch = good.slice(at, at + BATCH);
    try {
      const answer = await call("POST /apps/{appId}/users/import", {
        params: { appId },
        body: { users: batch.map(({ row }) => row) },
      });
      created += answer.created;
      for (const { index, reason } of answer.refused) refused.push(refusal(batch[index], reason));
    } catch (error) {
      // The whole batch is refused where one row has not the form of a user.
      if (!(error instanceof ApiError) || Object.keys(error.fields).length === 0) {
        return tell(error instanceof Error ? error : new Error(String(error)));
      }
      const misshapen = reasonsByRow(error);
      const rest = batch.filter((_, index) => !misshapen.has(index));
      for (const [index, reason] of misshapen) refused.push(refusal(batch[index], reason));
      if (misshapen.size === 0) return tell(error);
      done += misshapen.size;
      good.splice(at, batch.length, ...rest);
      at -= BATCH;
      tell();
      continue;
    }
    done += batch.length;
    tell();
  }
}

const refusal = (sent: Sent | undefined, reason: string): Refused => ({
  line: sent?.line ?? 0,
  who: sent?.row.email ?? sent?.row.customUserId ?? "",
  reason,
});

/** `users.3.email` is about row 3. */
function reasonsByRow({ fields }: ApiError): Map<number, string> {
  const reasons = new Map<number, string>();
  for (const [path, reason] of Object.entries(fields)) {
    const [, index, rest] = /^users\.(\d+)\.?(.*)$/.exec(path) ?? [];
    if (index !== undefined) reasons.set(Number(index), `${rest ?? ""} ${reason}`.trim());
  }
  return reasons;
}
