import { sql } from "kysely";
import { type Database, type Transaction, UniqueViolation } from "../database.ts";
import type { Membership, OrganizationStore, WebhookEventType } from "../store.ts";
import { announce } from "./announce.ts";
import { type MembershipRow, toMembership, toOrganization } from "./organization-rows.ts";
import { readPage } from "./page.ts";

type Operations = Pick<
  OrganizationStore,
  | "addMember"
  | "findMembership"
  | "membershipOf"
  | "memberships"
  | "changeMembership"
  | "removeMembership"
>;

type MembershipEvent = Extract<WebhookEventType, `organization_membership.${string}`>;

/** Who belongs to which organization, and as what. */
export function membershipOperations(db: Database): Operations {
  /** Rows with their organizations and the users' ids on the wire. */
  async function complete(
    rows: readonly MembershipRow[],
    from: Pick<Transaction, "all"> = db,
  ): Promise<Membership[]> {
    if (rows.length === 0) return [];
    const organizations = await from.all(
      db.build
        .selectFrom("organizations")
        .selectAll()
        .where("id", "in", [...new Set(rows.map((row) => row.organization_id))]),
    );
    const users = await from.all(
      db.build
        .selectFrom("users")
        .select(["id", "server_id"])
        .where("id", "in", [...new Set(rows.map((row) => row.user_id))]),
    );
    return rows.flatMap((row) => {
      const organization = organizations.find(({ id }) => id === row.organization_id);
      const user = users.find(({ id }) => id === row.user_id);
      return organization && user
        ? [toMembership(row, toOrganization(organization), user.server_id)]
        : [];
    });
  }

  const one = async (row: MembershipRow | undefined) =>
    row ? ((await complete([row]))[0] ?? null) : null;

  async function tell(tx: Transaction, type: MembershipEvent, row: MembershipRow) {
    await announce(db, tx, row.app_id, type, async () => {
      const [membership] = await complete([row], tx);
      return membership ? { membership } : null;
    });
  }

  return {
    async addMember({ id, appId, organizationId, userId, roles }) {
      type Result = Awaited<ReturnType<Operations["addMember"]>>;
      try {
        const missing = await db.transaction(async (tx): Promise<Result | null> => {
          const lock = { id: sql<string>`id` };
          const organization = await tx.all(
            db.build
              .updateTable("organizations")
              .set(lock)
              .where("id", "=", organizationId)
              .where("app_id", "=", appId)
              .returning("id"),
          );
          if (organization.length === 0) return { kind: "no_such_organization" };
          const user = await tx.all(
            db.build
              .updateTable("users")
              .set(lock)
              .where("id", "=", userId)
              .where("app_id", "=", appId)
              .returning("id"),
          );
          if (user.length === 0) return { kind: "no_such_user" };
          const row: MembershipRow = {
            id,
            app_id: appId,
            organization_id: organizationId,
            user_id: userId,
            roles: JSON.stringify(roles),
            status: "active",
            created_at: tx.now,
            updated_at: tx.now,
          };
          await tx.all(db.build.insertInto("organization_memberships").values(row));
          await tell(tx, "organization_membership.created", row);
          return null;
        });
        if (missing) return missing;
      } catch (error) {
        if (error instanceof UniqueViolation) return { kind: "already_member" };
        throw error;
      }
      const membership = await this.findMembership(appId, id);
      return membership ? { kind: "added", membership } : { kind: "no_such_organization" };
    },

    async findMembership(appId, id) {
      return one(
        await db.first(
          db.build
            .selectFrom("organization_memberships")
            .selectAll()
            .where("id", "=", id)
            .where("app_id", "=", appId),
        ),
      );
    },

    async membershipOf(appId, userId, organizationId) {
      return one(
        await db.first(
          db.build
            .selectFrom("organization_memberships")
            .selectAll()
            .where("organization_id", "=", organizationId)
            .where("user_id", "=", userId)
            .where("app_id", "=", appId),
        ),
      );
    },

    async memberships(appId, { userId, organizationId, statuses }, page) {
      const ofUser = userId === null ? sql`` : sql`AND user_id = ${userId}`;
      const inside = organizationId === null ? sql`` : sql`AND organization_id = ${organizationId}`;
      const where = sql`app_id = ${appId} AND status IN (${sql.join([...statuses])}) ${ofUser} ${inside}`;
      const table = "organization_memberships";
      const { items, ...ends } = await readPage<MembershipRow>(db, table, where, page);
      return { ...ends, items: await complete(items) };
    },

    async changeMembership(appId, id, { roles, status }) {
      const changed = await db.transaction(async (tx) => {
        const [row] = await tx.all(
          db.build
            .updateTable("organization_memberships")
            .set({
              updated_at: tx.now,
              ...(roles && { roles: JSON.stringify(roles) }),
              ...(status && { status }),
            })
            .where("id", "=", id)
            .where("app_id", "=", appId)
            .returningAll(),
        );
        if (row) await tell(tx, "organization_membership.updated", row);
        return row;
      });
      return one(changed);
    },

    removeMembership: (appId, id) =>
      db.transaction(async (tx) => {
        const [row] = await tx.all(
          db.build
            .deleteFrom("organization_memberships")
            .where("id", "=", id)
            .where("app_id", "=", appId)
            .returningAll(),
        );
        if (row) await tell(tx, "organization_membership.deleted", row);
        return row !== undefined;
      }),
  };
}
