import { sql } from "kysely";
import type { Database, Transaction } from "../database.ts";
import type { CertificateFailure, CertificateStore, HeldOrder } from "../store.ts";
import { toCertificate, toOrder } from "./certificate-rows.ts";
import { newRowId } from "./row-id.ts";

type Orders = Pick<
  CertificateStore,
  | "claim"
  | "advance"
  | "addChallenge"
  | "finish"
  | "fail"
  | "postpone"
  | "httpChallenge"
  | "dnsChallenges"
>;

/** Orders and their challenges. The certificate's row is locked first, so that claims are one by one. */
export function sqlAcmeOrders(db: Database): Orders {
  const grown = sql<number>`version + 1`;

  /** Null when another holds it by now. */
  async function held(tx: Transaction, order: HeldOrder) {
    await lock(tx, order.hostname);
    return tx.first(
      db.build
        .selectFrom("acme_orders")
        .selectAll()
        .where("id", "=", order.id)
        .where("lease_holder", "=", order.leaseHolder),
    );
  }

  function lock(tx: Transaction, hostname: string) {
    const row = db.build.selectFrom("certificates").selectAll().where("hostname", "=", hostname);
    return tx.first(db.dialect === "postgres" ? row.forUpdate() : row);
  }

  async function remove(tx: Transaction, hostname: string): Promise<void> {
    await tx.all(db.build.deleteFrom("acme_challenges").where("hostname", "=", hostname));
    await tx.all(db.build.deleteFrom("acme_orders").where("hostname", "=", hostname));
  }

  const lay = (tx: Transaction, hostname: string, failure: CertificateFailure, state?: "failed") =>
    tx.all(
      db.build
        .updateTable("certificates")
        .set({
          ...(state ? { state, failures: sql<number>`failures + 1` } : {}),
          error_code: failure.code,
          error_detail: failure.detail,
          retry_at: tx.now + failure.retryInMs,
          version: grown,
          updated_at: tx.now,
        })
        .where("hostname", "=", hostname),
    );

  return {
    claim: (wanted) =>
      db.transaction(async (tx) => {
        const { hostname } = wanted;
        const row = await lock(tx, hostname);
        // As `due` asks.
        const dueAt = row && (row.retry_at ?? row.renew_at);
        if (!row || dueAt == null || dueAt > tx.now) return null;
        const certificate = toCertificate(row);
        const found = await tx.first(
          db.build.selectFrom("acme_orders").selectAll().where("hostname", "=", hostname),
        );
        if (found && found.lease_expires_at > tx.now) return null;
        const lease = {
          lease_holder: wanted.leaseHolder,
          lease_expires_at: tx.now + wanted.leaseMs,
          updated_at: tx.now,
        };
        if (found && found.expires_at > tx.now && found.directory_url === wanted.directoryUrl) {
          await tx.all(db.build.updateTable("acme_orders").set(lease).where("id", "=", found.id));
          return { order: toOrder({ ...found, ...lease }), certificate };
        }
        if (found) await remove(tx, hostname);
        const order = {
          id: wanted.id,
          hostname,
          directory_url: wanted.directoryUrl,
          order_url: null,
          method: wanted.method,
          sealed_key: wanted.sealedKey,
          expires_at: tx.now + wanted.lifetimeMs,
          created_at: tx.now,
          ...lease,
        };
        await tx.all(db.build.insertInto("acme_orders").values(order));
        return { order: toOrder(order), certificate };
      }),

    advance: (order, leaseMs, change = {}) =>
      db.transaction(async (tx) => {
        const row = await held(tx, order);
        if (!row) return false;
        await tx.all(
          db.build
            .updateTable("acme_orders")
            .set({
              lease_expires_at: tx.now + leaseMs,
              updated_at: tx.now,
              ...(change.orderUrl === undefined ? {} : { order_url: change.orderUrl }),
            })
            .where("id", "=", order.id),
        );
        if (change.state !== undefined) {
          await tx.all(
            db.build
              .updateTable("certificates")
              .set({ state: change.state, version: grown, updated_at: tx.now })
              .where("hostname", "=", row.hostname)
              .where("state", "!=", change.state),
          );
        }
        return true;
      }),

    addChallenge: (order, { type, token, value, lifetimeMs }) =>
      db.transaction(async (tx) => {
        const row = await held(tx, order);
        if (!row) return false;
        await tx.all(
          db.build
            .insertInto("acme_challenges")
            .values({
              id: newRowId(),
              order_id: order.id,
              hostname: row.hostname,
              type,
              token,
              value,
              created_at: tx.now,
              expires_at: tx.now + lifetimeMs,
            })
            .onConflict((conflict) =>
              conflict
                .columns(["hostname", "type", "token"])
                .doUpdateSet({ value, order_id: order.id, expires_at: tx.now + lifetimeMs }),
            ),
        );
        return true;
      }),

    finish: (order, issued) =>
      db.transaction(async (tx) => {
        const row = await held(tx, order);
        if (!row) return false;
        await tx.all(
          db.build
            .updateTable("certificates")
            .set({
              state: "live",
              version: grown,
              sealed_key: row.sealed_key,
              chain: issued.chain,
              not_before_at: issued.notBeforeAt,
              not_after_at: issued.notAfterAt,
              renew_at: issued.renewAt,
              ari: issued.ari,
              ari_check_at: issued.ariCheckAt,
              error_code: null,
              error_detail: null,
              failures: 0,
              retry_at: null,
              updated_at: tx.now,
            })
            .where("hostname", "=", row.hostname),
        );
        await remove(tx, row.hostname);
        return true;
      }),

    fail: (order, failure) =>
      db.transaction(async (tx) => {
        const row = await held(tx, order);
        if (!row) return false;
        await lay(tx, row.hostname, failure, "failed");
        await remove(tx, row.hostname);
        return true;
      }),

    postpone: (order, failure) =>
      db.transaction(async (tx) => {
        const row = await held(tx, order);
        if (!row) return false;
        await lay(tx, row.hostname, failure);
        await tx.all(
          db.build
            .updateTable("acme_orders")
            .set({ lease_expires_at: tx.now, updated_at: tx.now })
            .where("id", "=", order.id),
        );
        return true;
      }),

    async httpChallenge(hostname, token) {
      const now = await db.now();
      const row = await db.first(
        db.build
          .selectFrom("acme_challenges")
          .select("value")
          .where("hostname", "=", hostname)
          .where("type", "=", "http-01")
          .where("token", "=", token)
          .where("expires_at", ">", now),
      );
      return row?.value ?? null;
    },

    async dnsChallenges(targetLabel) {
      const now = await db.now();
      const rows = await db.all(
        db.build
          .selectFrom("acme_challenges")
          .innerJoin("domains", "domains.session_host", "acme_challenges.hostname")
          .select("acme_challenges.value")
          .where("domains.target_label", "=", targetLabel)
          .where("domains.released_at", "is", null)
          .where("acme_challenges.type", "=", "dns-01")
          .where("acme_challenges.expires_at", ">", now),
      );
      return rows.map(({ value }) => value);
    },
  };
}
