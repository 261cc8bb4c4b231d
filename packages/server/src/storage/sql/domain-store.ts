import { type Selectable, sql } from "kysely";
import { type Database, type Transaction, UniqueViolation } from "../database.ts";
import type { DomainTable } from "../domain-tables.ts";
import type { DomainChanges, DomainRecord, DomainStore, NewDomainEvent } from "../store.ts";
import { announce } from "./announce.ts";
import { toDomain } from "./domain-rows.ts";
import { newRowId } from "./row-id.ts";

export function sqlDomainStore(db: Database): DomainStore {
  const live = () => db.build.selectFrom("domains").selectAll().where("released_at", "is", null);
  const one = async (query: Parameters<typeof db.first<Selectable<DomainTable>>>[0]) => {
    const row = await db.first(query);
    return row ? toDomain(row) : null;
  };
  const findByDomain = (domain: string) => one(live().where("domain", "=", domain));
  const ofApp = (appId: string) => one(live().where("app_id", "=", appId));

  async function addEvent(tx: Transaction, domain: DomainRecord, event: NewDomainEvent) {
    await tx.all(
      db.build.insertInto("domain_events").values({
        id: newRowId(),
        domain_id: domain.id,
        domain: domain.domain,
        app_id: domain.appId,
        type: event.type,
        data: event.data,
        at: tx.now,
      }),
    );
  }

  /** Why an operator decides: else giving the domain up and claiming it again would undo a refusal. */
  async function lastUndecided(tx: Transaction, domain: string): Promise<string | null> {
    const last = await tx.first(
      db.build
        .selectFrom("domains")
        .select(["approval", "approval_reason"])
        .where("domain", "=", domain)
        .orderBy("released_at", "desc")
        .limit(1),
    );
    if (last?.approval === "refused") return "An operator refused this domain before.";
    return last?.approval === "pending" ? last.approval_reason : null;
  }

  const insert: DomainStore["claim"] = (domain, event) =>
    db.transaction(async (tx) => {
      const { id, appId: app_id, targetLabel: target_label } = domain;
      await tx.all(
        db.build.insertInto("target_labels").values({
          id: target_label,
          domain: domain.domain,
          app_id,
          created_at: tx.now,
          released_at: null,
        }),
      );
      const undecided = await lastUndecided(tx, domain.domain);
      const row: DomainTable = {
        id,
        app_id,
        target_label,
        domain: domain.domain,
        session_host: domain.sessionHost,
        ownership_token: domain.ownershipToken,
        state: "awaiting_dns",
        state_at: tx.now,
        block_code: null,
        approval: undecided === null ? domain.approval : "pending",
        approval_reason: domain.approvalReason ?? undecided,
        decision: null,
        attempts: 0,
        misses: 0,
        missing_at: null,
        checked_at: null,
        next_check_at: tx.now,
        report: null,
        activated_at: null,
        released_at: null,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
      };
      await tx.all(db.build.insertInto("domains").values(row));
      const claimed = toDomain(row);
      await addEvent(tx, claimed, event);
      return { kind: "claimed", domain: claimed };
    });

  return {
    async claim(domain, event) {
      try {
        return await insert(domain, event);
      } catch (error) {
        if (!(error instanceof UniqueViolation)) throw error;
        const by = await findByDomain(domain.domain);
        if (by) return { kind: "domain_taken", by };
        const own = await ofApp(domain.appId);
        if (own) return { kind: "app_has_domain", domain: own };
        throw error;
      }
    },

    find: (id) => one(db.build.selectFrom("domains").selectAll().where("id", "=", id)),
    findByDomain,
    findBySessionHost: (host) => one(live().where("session_host", "=", host)),
    ofApp,

    async wasReleased(domain) {
      const labels = db.build.selectFrom("target_labels").select("id").where("domain", "=", domain);
      return (await db.first(labels.where("released_at", "is not", null).limit(1))) !== undefined;
    },

    async list() {
      return (await db.all(live().orderBy("domain"))).map(toDomain);
    },

    update: ({ id, version }, changes, event) =>
      db.transaction(async (tx) => {
        const row = await tx.first(
          db.build
            .updateTable("domains")
            .set({
              ...columns(changes, tx.now),
              version: sql<number>`version + 1`,
              updated_at: tx.now,
            })
            .where("id", "=", id)
            .where("version", "=", version)
            .where("released_at", "is", null)
            .returningAll(),
        );
        if (!row) return null;
        const updated = toDomain(row);
        if (changes.state === "released") {
          await tx.all(
            db.build
              .updateTable("target_labels")
              .set({ released_at: tx.now })
              .where("id", "=", updated.targetLabel),
          );
        }
        if (event) await addEvent(tx, updated, event);
        if (changes.state !== undefined) {
          await announce(db, tx, updated.appId, "domain.updated", () => ({ domain: updated }));
        }
        return updated;
      }),

    async takeDue(limit, leaseMs) {
      const now = await db.now();
      const skipLocked = db.dialect === "postgres" ? sql`FOR UPDATE SKIP LOCKED` : sql``;
      const rows = await db.write<Selectable<DomainTable>>(
        sql<Selectable<DomainTable>>`UPDATE domains SET next_check_at = ${now + leaseMs}
          WHERE id IN (
            SELECT id FROM domains
            WHERE next_check_at <= ${now} AND released_at IS NULL
            ORDER BY next_check_at LIMIT ${limit} ${skipLocked})
          RETURNING *`.compile(db.build),
      );
      return rows.map(toDomain);
    },

    async events(domainId, limit) {
      const rows = await db.all(
        db.build
          .selectFrom("domain_events")
          .select(["type", "data", "at"])
          .where("domain_id", "=", domainId)
          .orderBy("at", "desc")
          .limit(limit),
      );
      return rows;
    },
  };
}

/** `stateAt` and its like follow from the state. */
function columns(changes: DomainChanges, now: number): Partial<DomainTable> {
  const { state, nextCheckInMs } = changes;
  return defined({
    state,
    state_at: state && now,
    activated_at: state === "active" ? now : undefined,
    released_at: state === "released" ? now : undefined,
    block_code: changes.blockCode,
    approval: changes.approval,
    decision: changes.decision,
    attempts: changes.attempts,
    misses: changes.misses,
    missing_at: changes.missingAt,
    checked_at: changes.checkedAt,
    report: changes.report,
    next_check_at: nextCheckInMs === undefined ? undefined : now + nextCheckInMs,
  });
}

function defined<T extends object>(values: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  const kept = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(kept) as { [Key in keyof T]?: Exclude<T[Key], undefined> };
}
