import { sql } from "kysely";
import { type Database, UniqueViolation } from "../database.ts";
import type { OrganizationChange, OrganizationStore } from "../store.ts";
import { announce } from "./announce.ts";
import { membershipOperations } from "./membership-store.ts";
import { type OrganizationRow, toOrganization } from "./organization-rows.ts";
import { readPage } from "./page.ts";

export function sqlOrganizationStore(db: Database): OrganizationStore {
  const findBy = async (appId: string, column: "id" | "external_id", value: string) => {
    const row = await db.first(
      db.build
        .selectFrom("organizations")
        .selectAll()
        .where("app_id", "=", appId)
        .where(column, "=", value),
    );
    return row ? toOrganization(row) : null;
  };

  return {
    ...membershipOperations(db),

    async create({ id, appId, name, ...rest }) {
      try {
        return await db.transaction(async (tx) => {
          const row: OrganizationRow = {
            id,
            app_id: appId,
            name,
            external_id: rest.externalId ?? null,
            metadata: JSON.stringify(rest.metadata ?? {}),
            entitlements: JSON.stringify(rest.entitlements ?? []),
            feature_flags: JSON.stringify(rest.featureFlags ?? []),
            created_at: tx.now,
            updated_at: tx.now,
          };
          await tx.all(db.build.insertInto("organizations").values(row));
          const organization = toOrganization(row);
          await announce(db, tx, appId, "organization.created", () => ({ organization }));
          return { kind: "created", organization };
        });
      } catch (error) {
        if (error instanceof UniqueViolation) return { kind: "external_id_taken" };
        throw error;
      }
    },

    find: (appId, id) => findBy(appId, "id", id),
    findByExternalId: (appId, externalId) => findBy(appId, "external_id", externalId),

    async page(appId, page) {
      const where = sql`app_id = ${appId}`;
      const { items, ...ends } = await readPage<OrganizationRow>(db, "organizations", where, page);
      return { ...ends, items: items.map(toOrganization) };
    },

    async withFeatureFlags(appId) {
      const rows = await db.all(
        db.build
          .selectFrom("organizations")
          .select(["id", "feature_flags"])
          .where("app_id", "=", appId)
          .where("feature_flags", "<>", "[]")
          .orderBy("id"),
      );
      return rows.map((row) => ({ id: row.id, featureFlags: JSON.parse(row.feature_flags) }));
    },

    async update(appId, id, change) {
      try {
        return await db.transaction(async (tx) => {
          const [row] = await tx.all(
            db.build
              .updateTable("organizations")
              .set({ ...columns(change), updated_at: tx.now })
              .where("id", "=", id)
              .where("app_id", "=", appId)
              .returningAll(),
          );
          if (!row) return { kind: "no_such_organization" };
          const organization = toOrganization(row);
          await announce(db, tx, appId, "organization.updated", () => ({ organization }));
          return { kind: "updated", organization };
        });
      } catch (error) {
        if (error instanceof UniqueViolation) return { kind: "external_id_taken" };
        throw error;
      }
    },

    delete: (appId, id) =>
      db.transaction(async (tx) => {
        const [row] = await tx.all(
          db.build
            .deleteFrom("organizations")
            .where("id", "=", id)
            .where("app_id", "=", appId)
            .returningAll(),
        );
        if (!row) return false;
        const organization = toOrganization(row);
        await announce(db, tx, appId, "organization.deleted", () => ({ organization }));
        return true;
      }),
  };
}

function columns(change: OrganizationChange) {
  return {
    ...(change.name !== undefined && { name: change.name }),
    ...(change.externalId !== undefined && { external_id: change.externalId }),
    ...(change.metadata !== undefined && { metadata: JSON.stringify(change.metadata) }),
    ...(change.entitlements !== undefined && { entitlements: JSON.stringify(change.entitlements) }),
    ...(change.featureFlags !== undefined && {
      feature_flags: JSON.stringify(change.featureFlags),
    }),
  };
}
