import { sql } from "kysely";
import { type Database, type Transaction, UniqueViolation } from "../database.ts";
import type {
  IdentityProvider,
  NewIdentityProvider,
  ProviderRefusal,
  ProviderStore,
} from "../store.ts";
import { type ProviderRow, providerColumns, toProvider } from "./provider-rows.ts";
import { newRowId } from "./row-id.ts";

/** Undoes the transaction, and is its answer. */
class Refused extends Error {
  readonly refusal: ProviderRefusal;
  constructor(refusal: ProviderRefusal) {
    super(refusal.kind);
    this.refusal = refusal;
  }
}

export function sqlProviderStore(db: Database): ProviderStore {
  const providers = () => db.build.selectFrom("identity_providers").selectAll("identity_providers");

  async function withDomains(rows: readonly ProviderRow[]): Promise<IdentityProvider[]> {
    if (rows.length === 0) return [];
    const ids = rows.map(({ id }) => id);
    const domains = await db.all(
      db.build
        .selectFrom("identity_provider_domains")
        .select(["provider_id", "domain"])
        .where("provider_id", "in", ids)
        .orderBy("domain"),
    );
    return rows.map((row) => {
      const own = domains.filter(({ provider_id }) => provider_id === row.id);
      return toProvider(
        row,
        own.map(({ domain }) => domain),
      );
    });
  }
  const one = async (query: Parameters<typeof db.first<ProviderRow>>[0]) => {
    const row = await db.first(query);
    return row ? ((await withDomains([row]))[0] ?? null) : null;
  };

  async function setDomains(
    tx: Transaction,
    { id, appId }: Pick<IdentityProvider, "id" | "appId">,
    domains: readonly string[],
  ): Promise<void> {
    await tx.all(db.build.deleteFrom("identity_provider_domains").where("provider_id", "=", id));
    for (const domain of new Set(domains)) {
      const added = await tx.all(
        db.build
          .insertInto("identity_provider_domains")
          .values({ id: newRowId(), provider_id: id, app_id: appId, domain })
          .onConflict((conflict) => conflict.columns(["app_id", "domain"]).doNothing())
          .returning("id"),
      );
      if (added.length === 1) continue;
      const holder = await tx.first(
        db.build
          .selectFrom("identity_provider_domains")
          .select("provider_id")
          .where("app_id", "=", appId)
          .where("domain", "=", domain),
      );
      throw new Refused({ kind: "domain_taken", domain, by: holder?.provider_id ?? "" });
    }
  }

  /** Null: the name is taken. */
  async function refusing<T>(work: (tx: Transaction) => Promise<T>): Promise<T | ProviderRefusal> {
    try {
      return await db.transaction(work);
    } catch (error) {
      if (error instanceof Refused) return error.refusal;
      if (error instanceof UniqueViolation) return { kind: "slug_taken" };
      throw error;
    }
  }

  async function insert(tx: Transaction, provider: NewIdentityProvider): Promise<ProviderRow> {
    const { organizationId, appId } = provider;
    if (organizationId !== null) {
      const there = db.build
        .selectFrom("organizations")
        .select("id")
        .where("app_id", "=", appId)
        .where("id", "=", organizationId);
      if (!(await tx.first(there))) throw new Refused({ kind: "no_such_organization" });
    }
    const { id, preset, slug, issuer } = provider;
    const row: ProviderRow = {
      id,
      app_id: appId,
      preset,
      slug,
      issuer,
      organization_id: organizationId,
      ...providerColumns(provider),
      version: 1,
      created_at: tx.now,
      updated_at: tx.now,
    };
    await tx.all(db.build.insertInto("identity_providers").values(row));
    await setDomains(tx, provider, provider.domains);
    return row;
  }

  return {
    create: (provider) =>
      refusing(async (tx) => {
        const row = await insert(tx, provider);
        const domains = [...new Set(provider.domains)].sort();
        return { kind: "created", provider: toProvider(row, domains) };
      }),

    async list(appId) {
      const rows = providers().where("app_id", "=", appId).orderBy("created_at").orderBy("id");
      return withDomains(await db.all(rows));
    },

    find: (appId, id) => one(providers().where("app_id", "=", appId).where("id", "=", id)),

    async edit(appId, id, version, change) {
      const edited = await refusing(async (tx) => {
        const [row] = await tx.all(
          db.build
            .updateTable("identity_providers")
            .set({
              ...providerColumns(change),
              version: sql<number>`version + 1`,
              updated_at: tx.now,
            })
            .where("id", "=", id)
            .where("app_id", "=", appId)
            .where("version", "=", version)
            .returningAll(),
        );
        if (row && change.domains) await setDomains(tx, { id, appId }, change.domains);
        return row;
      });
      if (edited && "kind" in edited) return edited;
      if (edited) return (await withDomains([edited]))[0] ?? null;
      return (await db.first(providers().where("app_id", "=", appId).where("id", "=", id)))
        ? "changed"
        : null;
    },

    async delete(appId, id) {
      const found = await one(providers().where("app_id", "=", appId).where("id", "=", id));
      const [row] = await db.write(
        db.build
          .deleteFrom("identity_providers")
          .where("id", "=", id)
          .where("app_id", "=", appId)
          .returningAll(),
      );
      return row ? toProvider(row, found?.domains ?? []) : null;
    },
  };
}
