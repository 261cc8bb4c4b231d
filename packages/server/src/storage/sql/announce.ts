import type { Database, Transaction } from "../database.ts";
import type { Happening, HappeningOf, WebhookEventType } from "../store.ts";
import { newRowId } from "./row-id.ts";

interface Listener {
  readonly id: string;
  /** Null: every type. */
  readonly events: ReadonlySet<string> | null;
}

/** Read once in each transaction, however much happens in it. */
const listeners = new WeakMap<Transaction, Map<string, Promise<readonly Listener[]>>>();

type Build = Pick<Database, "build">;

function listenersOf(db: Build, tx: Transaction, appId: string) {
  const known = listeners.get(tx) ?? new Map<string, Promise<readonly Listener[]>>();
  listeners.set(tx, known);
  const asked = known.get(appId) ?? read(db, tx, appId);
  known.set(appId, asked);
  return asked;
}

async function read(db: Build, tx: Transaction, appId: string): Promise<Listener[]> {
  const rows = await tx.all(
    db.build
      .selectFrom("webhook_endpoints")
      .select(["id", "events"])
      .where("app_id", "=", appId)
      .where("enabled", "=", 1),
  );
  return rows.map(({ id, events }) => {
    const types: string[] = JSON.parse(events);
    return { id, events: types.length === 0 ? null : new Set(types) };
  });
}

/** Whether anybody is told of it; for what can be read only before it happens. */
export async function isHeard(
  db: Build,
  tx: Transaction,
  appId: string,
  type: WebhookEventType,
): Promise<boolean> {
  return (await hearing(db, tx, appId, type)).length > 0;
}

async function hearing(db: Build, tx: Transaction, appId: string, type: WebhookEventType) {
  return (await listenersOf(db, tx, appId)).filter(({ events }) => events?.has(type) ?? true);
}

/**
 * Writes the event for every webhook endpoint of the app that takes its type, in the transaction that
 * makes it true: neither is there without the other. Where none takes it, nothing is described or
 * written. Never called where a session merely goes on.
 */
export async function announce<T extends WebhookEventType>(
  db: Build,
  tx: Transaction,
  appId: string,
  type: T,
  describe: () => Promise<HappeningOf<T> | null> | HappeningOf<T>,
): Promise<void> {
  const wanted = await hearing(db, tx, appId, type);
  if (wanted.length === 0) return;
  const description = await describe();
  if (description === null) return;
  const endpoints = wanted.map(({ id }) => id);
  await addEvent(db, tx, {
    appId,
    happening: { type, ...description } as unknown as Happening,
    endpoints,
  });
}

/** The event, and its delivery to each of the endpoints, due now; the deliveries' ids. */
export async function addEvent(
  db: Build,
  tx: Transaction,
  {
    appId,
    happening,
    endpoints,
  }: {
    readonly appId: string;
    readonly happening: Happening;
    readonly endpoints: readonly string[];
  },
): Promise<string[]> {
  const eventId = `msg_${newRowId()}`;
  const { type } = happening;
  await tx.all(
    db.build.insertInto("webhook_events").values({
      id: eventId,
      app_id: appId,
      type,
      data: JSON.stringify(happening),
      created_at: tx.now,
    }),
  );
  const deliveries = endpoints.map((endpointId) => ({
    id: newRowId(),
    endpoint_id: endpointId,
    event_id: eventId,
    type,
    state: "pending",
    tries: 0,
    due_at: tx.now,
    claim: null,
    last_status: null,
    created_at: tx.now,
  }));
  await tx.all(db.build.insertInto("webhook_deliveries").values(deliveries));
  return deliveries.map(({ id }) => id);
}
