import { type ExpressionBuilder, sql } from "kysely";
import type { Database, Transaction } from "../database.ts";
import type { Schema } from "../schema.ts";
import type { CertificateState, CertificateStore } from "../store.ts";
import { sqlAcmeOrders } from "./acme-orders.ts";
import { toCertificate } from "./certificate-rows.ts";

/** Domains in these states are worked for. */
const ISSUED_FOR = ["active", "degraded"];
/** Domains in these states have not been verified yet. */
const WAITING = ["awaiting_dns", "awaiting_ownership"];
/** Domains in these states are served no more. */
const GIVEN_UP = ["released", "blocked"];

type Where = ExpressionBuilder<Schema, "certificates">;

export function sqlCertificateStore(db: Database): CertificateStore {
  const hasDomain = (
    where: Where,
    ownHosts: readonly string[],
    operator: "in" | "not in",
    states: readonly string[],
  ) => {
    const domain = where.exists(
      where
        .selectFrom("domains")
        .select("domains.id")
        .whereRef("domains.session_host", "=", "certificates.hostname")
        .where("domains.state", operator, states),
    );
    return ownHosts.length === 0 ? domain : where.or([domain, where("hostname", "in", ownHosts)]);
  };

  async function addRow(tx: Transaction, hostname: string): Promise<number> {
    const rows = await tx.all(
      db.build
        .insertInto("certificates")
        .values({
          hostname,
          state: "none",
          version: 1,
          sealed_key: null,
          chain: null,
          not_before_at: null,
          not_after_at: null,
          renew_at: null,
          error_code: null,
          error_detail: null,
          failures: 0,
          retry_at: tx.now,
          ari: null,
          ari_check_at: null,
          created_at: tx.now,
          updated_at: tx.now,
        })
        .onConflict((conflict) => conflict.column("hostname").doNothing())
        .returning("hostname"),
    );
    return rows.length;
  }

  /** On which nobody works, longest first. */
  const dueBy = (column: "retry_at" | "renew_at", now: number, ownHosts: readonly string[]) =>
    db.build
      .selectFrom("certificates")
      .select("hostname")
      .where(column, "<=", now)
      .where((where) => hasDomain(where, ownHosts, "in", ISSUED_FOR))
      .where((where) =>
        where.not(
          where.exists(
            where
              .selectFrom("acme_orders")
              .select("acme_orders.id")
              .whereRef("acme_orders.hostname", "=", "certificates.hostname")
              .where("lease_expires_at", ">", now),
          ),
        ),
      )
      .orderBy(column);

  const one = async (hostname: string) => {
    const row = await db.first(
      db.build.selectFrom("certificates").selectAll().where("hostname", "=", hostname),
    );
    return row ? toCertificate(row) : null;
  };

  return {
    ...sqlAcmeOrders(db),

    async waiting(limit) {
      const rows = await db.all(
        db.build
          .selectFrom("domains")
          .select(["session_host", "report"])
          .where("state", "in", WAITING)
          .where("approval", "in", ["not_needed", "approved"])
          .where("report", "like", '%"_acme-challenge.%')
          .limit(limit),
      );
      return rows.map(({ session_host, report }) => ({
        hostname: session_host,
        report: report ?? "",
      }));
    },

    async adopt(ownHosts, limit) {
      const missing = await db.all(
        db.build
          .selectFrom("domains")
          .select("session_host")
          .where("state", "in", ISSUED_FOR)
          .where((where) =>
            where.not(
              where.exists(
                where
                  .selectFrom("certificates")
                  .select("hostname")
                  .whereRef("certificates.hostname", "=", "domains.session_host"),
              ),
            ),
          )
          .limit(limit),
      );
      const known =
        ownHosts.length === 0
          ? []
          : await db.all(
              db.build
                .selectFrom("certificates")
                .select("hostname")
                .where("hostname", "in", ownHosts),
            );
      const own = ownHosts.filter((host) => !known.some(({ hostname }) => hostname === host));
      const names = [...own, ...missing.map(({ session_host }) => session_host)];
      if (names.length === 0) return 0;
      return db.transaction(async (tx) => {
        let added = 0;
        for (const name of names) added += await addRow(tx, name);
        return added;
      });
    },

    async due(ownHosts, limit) {
      const now = await db.now();
      // Two questions, so that each has its index: nearly all rows are due at neither time.
      const [retries, renewals] = await Promise.all([
        db.all(dueBy("retry_at", now, ownHosts).limit(limit)),
        db.all(dueBy("renew_at", now, ownHosts).where(hasNoRetry).limit(limit)),
      ]);
      return [...retries, ...renewals].slice(0, limit).map(({ hostname }) => hostname);
    },

    find: one,

    async list() {
      const rows = await db.all(
        db.build.selectFrom("certificates").selectAll().orderBy("hostname"),
      );
      return rows.map(toCertificate);
    },

    async summary() {
      const rows = await db.all(
        db.build
          .selectFrom("certificates")
          .select((select) => [
            "state",
            select.fn.countAll<number | string>().as("count"),
            select.fn.min("not_after_at").as("soonest"),
          ])
          .groupBy("state")
          .orderBy("state"),
      );
      return rows.map(({ state, count, soonest }) => ({
        state: state as CertificateState,
        count: Number(count),
        soonestNotAfterAt: soonest === null ? null : Number(soonest),
      }));
    },

    async requestRenewal(hostname) {
      const now = await db.now();
      const rows = await db.write(
        db.build
          .updateTable("certificates")
          .set({ retry_at: now, version: sql<number>`version + 1`, updated_at: now })
          .where("hostname", "=", hostname)
          .returning("hostname"),
      );
      return rows.length === 1;
    },

    async dueForRenewalInfo(limit) {
      const now = await db.now();
      const rows = await db.all(
        db.build
          .selectFrom("certificates")
          .selectAll()
          .where("state", "=", "live")
          .where("ari_check_at", "<=", now)
          .orderBy("ari_check_at")
          .limit(limit),
      );
      return rows.map(toCertificate);
    },

    async setRenewalInfo({ hostname, version }, { renewAt, ari, ariCheckAt }) {
      const now = await db.now();
      const rows = await db.write(
        db.build
          .updateTable("certificates")
          .set({ renew_at: renewAt, ari, ari_check_at: ariCheckAt, updated_at: now })
          .where("hostname", "=", hostname)
          .where("version", "=", version)
          .returning("hostname"),
      );
      return rows.length === 1;
    },

    async drop(ownHosts, limit) {
      const unwanted = await db.all(
        db.build
          .selectFrom("certificates")
          .select("hostname")
          .where((where) => where.not(hasDomain(where, ownHosts, "not in", GIVEN_UP)))
          .limit(limit),
      );
      const names = unwanted.map(({ hostname }) => hostname);
      if (names.length === 0) return 0;
      await db.transaction(async (tx) => {
        for (const table of ["acme_challenges", "acme_orders", "certificates"] as const) {
          await tx.all(db.build.deleteFrom(table).where("hostname", "in", names));
        }
      });
      return names.length;
    },

    async served(hostname, ownHosts, known) {
      const row = await db.first(
        db.build
          .selectFrom("certificates")
          .select("version")
          .select((where) => unlessKnown(where, known, "chain").as("chain"))
          .select((where) => unlessKnown(where, known, "sealed_key").as("sealed_key"))
          .where("hostname", "=", hostname)
          .where("chain", "is not", null)
          .where((where) => hasDomain(where, ownHosts, "not in", GIVEN_UP)),
      );
      if (!row) return null;
      if (row.version === known) return "same";
      if (row.chain === null || row.sealed_key === null) return null;
      return { hostname, version: row.version, chain: row.chain, sealedKey: row.sealed_key };
    },

    async account(directoryUrl, sealedKey) {
      return db.transaction(async (tx) => {
        await tx.all(
          db.build
            .insertInto("acme_accounts")
            .values({
              directory_url: directoryUrl,
              sealed_key: sealedKey,
              account_url: null,
              created_at: tx.now,
              updated_at: tx.now,
            })
            .onConflict((conflict) => conflict.column("directory_url").doNothing()),
        );
        const row = await tx.first(
          db.build
            .selectFrom("acme_accounts")
            .select(["sealed_key", "account_url"])
            .where("directory_url", "=", directoryUrl),
        );
        return {
          sealedKey: row?.sealed_key ?? sealedKey,
          accountUrl: row?.account_url ?? null,
        };
      });
    },

    async setAccountUrl(directoryUrl, accountUrl) {
      const now = await db.now();
      await db.write(
        db.build
          .updateTable("acme_accounts")
          .set({ account_url: accountUrl, updated_at: now })
          .where("directory_url", "=", directoryUrl),
      );
    },
  };
}

/** So written that SQLite goes by the index of `renew_at`: nearly every row has no retry. */
const hasNoRetry = sql<boolean>`coalesce(retry_at, 0) = 0`;

/** A certificate that the caller has already does not travel again. */
function unlessKnown(where: Where, known: number | undefined, column: "chain" | "sealed_key") {
  if (known === undefined) return where.ref(column);
  return where.case().when("version", "=", known).then(null).else(where.ref(column)).end();
}
