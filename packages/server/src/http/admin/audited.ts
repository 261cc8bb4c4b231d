/** Writes each change into the audit log: before it is made, and what came of it. */
import { LatchkeyError } from "@latchkey/core/errors";
import type { OperationName } from "@latchkey/core/protocol/admin";
import { newCuid } from "../../apps/ids.ts";
import type { AuditActor, AuditStore } from "../../storage/store.ts";
import type { Actor, Change } from "./handler.ts";

export interface AuditedCall {
  readonly action: OperationName;
  readonly actor: Actor | null;
  readonly appId: string | null;
  /** The path below /admin/v1. */
  readonly target: string;
  readonly requestId: string;
}

export async function audited<T>(
  audit: AuditStore,
  call: AuditedCall,
  work: (record: (change: Change) => void) => Promise<T>,
): Promise<T> {
  const id = newCuid();
  let change: Change = {};
  await audit.begin({ ...call, id, actor: toAuditActor(call.actor) });
  const finish = (outcome: "done" | "refused") =>
    audit.finish(id, {
      outcome,
      before: json(change.before),
      after: json(change.after),
      ...(change.actor && { actor: toAuditActor(change.actor) }),
      ...(change.appId !== undefined && { appId: change.appId }),
    });
  let result: T;
  try {
    result = await work((said) => {
      change = said;
    });
  } catch (error) {
    // What failed below us may have been made all the same: such an entry stays "begun". A refusal is
    // the answer, also when the log cannot be written now.
    if (error instanceof LatchkeyError && error.status < 500) {
      await finish("refused").catch(() => undefined);
    }
    throw error;
  }
  // Without the second half the entry stays "begun": the change is made and must be answered so.
  await finish("done").catch(() => undefined);
  return result;
}

function toAuditActor(actor: Pick<Actor, "kind" | "id" | "name"> | null): AuditActor {
  return actor ?? { kind: "anyone", id: null, name: null };
}

const json = (value: unknown): string | null =>
  value === undefined ? null : JSON.stringify(value);
