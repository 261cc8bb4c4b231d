import { type Selectable, sql } from "kysely";
import type { Database, Transaction } from "../database.ts";
import type { InvitationTable } from "../schema.ts";
import type { Invitation, InvitationStore } from "../store.ts";
import { announce } from "./announce.ts";
import { toMembership, toOrganization } from "./organization-rows.ts";
import { readPage } from "./page.ts";

type Row = Selectable<InvitationTable>;

export function sqlInvitationStore(db: Database): InvitationStore {
  const pending = (now: number) =>
    sql<boolean>`accepted_at IS NULL AND revoked_at IS NULL AND expires_at > ${now}`;

  const one = async (column: "id" | "token_hash", value: string) =>
    db.first(db.build.selectFrom("invitations").selectAll().where(column, "=", value));

  /** The organization's row, or the app's: of two invitations at once the second sees the first. */
  async function lock(tx: Transaction, appId: string, organizationId: string | null) {
    const locked =
      organizationId === null
        ? await tx.all(
            db.build
              .updateTable("apps")
              .set((app) => ({ name: app.ref("name") }))
              .where("id", "=", appId)
              .returning("id"),
          )
        : await tx.all(
            db.build
              .updateTable("organizations")
              .set((organization) => ({ name: organization.ref("name") }))
              .where("id", "=", organizationId)
              .where("app_id", "=", appId)
              .returning("id"),
          );
    return locked.length === 1;
  }

  return {
    create: ({ tokenHash, lifetimeMs, ...invitation }) =>
      db.transaction(async (tx) => {
        const { appId, email, organizationId } = invitation;
        if (!(await lock(tx, appId, organizationId))) return { kind: "no_such_organization" };
        const live = await tx.first(
          db.build
            .selectFrom("invitations")
            .select("id")
            .where("app_id", "=", appId)
            .where("email", "=", email)
            .where("organization_id", organizationId === null ? "is" : "=", organizationId)
            .where(pending(tx.now)),
        );
        if (live) return { kind: "already_invited" };
        const row: Row = {
          id: invitation.id,
          app_id: appId,
          email,
          organization_id: organizationId,
          role: invitation.role,
          inviter_user_id: invitation.inviterUserId,
          token_hash: tokenHash,
          sealed_token: invitation.sealedToken,
          created_at: tx.now,
          updated_at: tx.now,
          expires_at: tx.now + lifetimeMs,
          accepted_at: null,
          accepted_user_id: null,
          revoked_at: null,
        };
        await tx.all(db.build.insertInto("invitations").values(row));
        const made = toInvitation(row);
        await announce(db, tx, appId, "invitation.created", () => told(made));
        return { kind: "created", invitation: made };
      }),

    async find(appId, id) {
      const row = await one("id", id);
      return row?.app_id === appId ? toInvitation(row) : null;
    },

    async findByToken(tokenHash) {
      const row = await one("token_hash", tokenHash);
      return row ? toInvitation(row) : null;
    },

    async page(appId, { email, organizationId }, page) {
      const to = email === null ? sql`` : sql`AND email = ${email}`;
      const into = organizationId === null ? sql`` : sql`AND organization_id = ${organizationId}`;
      const where = sql`app_id = ${appId} ${to} ${into}`;
      const { items, ...ends } = await readPage<Row>(db, "invitations", where, page);
      return { ...ends, items: items.map(toInvitation) };
    },

    revoke: (appId, id) =>
      db.transaction(async (tx) => {
        const [row] = await tx.all(
          db.build
            .updateTable("invitations")
            .set({ revoked_at: tx.now, updated_at: tx.now })
            .where("id", "=", id)
            .where("app_id", "=", appId)
            .where(pending(tx.now))
            .returningAll(),
        );
        if (!row) return null;
        const revoked = toInvitation(row);
        await announce(db, tx, appId, "invitation.revoked", () => told(revoked));
        return revoked;
      }),

    extend: (appId, id, lifetimeMs) =>
      db.transaction(async (tx) => {
        const [row] = await tx.all(
          db.build
            .updateTable("invitations")
            .set({ expires_at: tx.now + lifetimeMs, updated_at: tx.now })
            .where("id", "=", id)
            .where("app_id", "=", appId)
            .where("accepted_at", "is", null)
            .where("revoked_at", "is", null)
            .returningAll(),
        );
        return row ? toInvitation(row) : null;
      }),

    accept: (appId, id, { userId, membershipId, defaultRole }) =>
      db.transaction(async (tx) => {
        const user = await tx.first(
          db.build
            .selectFrom("users")
            .select("server_id")
            .where("id", "=", userId)
            .where("app_id", "=", appId),
        );
        if (!user) return null;
        const [row] = await tx.all(
          db.build
            .updateTable("invitations")
            .set({ accepted_at: tx.now, accepted_user_id: user.server_id, updated_at: tx.now })
            .where("id", "=", id)
            .where("app_id", "=", appId)
            .where(pending(tx.now))
            .returningAll(),
        );
        if (!row) {
          const before = await tx.first(
            db.build
              .selectFrom("invitations")
              .selectAll()
              .where("id", "=", id)
              .where("app_id", "=", appId)
              .where("accepted_user_id", "=", user.server_id),
          );
          return before ? toInvitation(before) : null;
        }
        const accepted = toInvitation(row);
        await announce(db, tx, appId, "invitation.accepted", () => told(accepted));
        if (row.organization_id === null) return accepted;
        const [member] = await tx.all(
          db.build
            .insertInto("organization_memberships")
            .values({
              id: membershipId,
              app_id: appId,
              organization_id: row.organization_id,
              user_id: userId,
              roles: JSON.stringify([row.role ?? defaultRole]),
              status: "active",
              created_at: tx.now,
              updated_at: tx.now,
            })
            .onConflict((conflict) => conflict.columns(["organization_id", "user_id"]).doNothing())
            .returningAll(),
        );
        if (member) {
          await announce(db, tx, appId, "organization_membership.created", async () => {
            const organization = await tx.first(
              db.build
                .selectFrom("organizations")
                .selectAll()
                .where("id", "=", member.organization_id),
            );
            if (!organization) return null;
            return {
              membership: toMembership(member, toOrganization(organization), user.server_id),
            };
          });
        }
        return accepted;
      }),
  };
}

/** Never the token, sealed or not: whoever has it joins. */
function told({ sealedToken: _, ...invitation }: Invitation) {
  return { invitation };
}

function toInvitation(row: Row): Invitation {
  return {
    id: row.id,
    appId: row.app_id,
    email: row.email,
    organizationId: row.organization_id,
    role: row.role,
    inviterUserId: row.inviter_user_id,
    sealedToken: row.sealed_token,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    expiresAt: row.expires_at,
    acceptedAt: row.accepted_at,
    acceptedUserId: row.accepted_user_id,
    revokedAt: row.revoked_at,
  };
}
