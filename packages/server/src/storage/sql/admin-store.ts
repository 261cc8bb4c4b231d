import type { Database, Transaction } from "../database.ts";
import type { AdminApiKeyTable, AdminInvitationTable, AdminTable } from "../management-tables.ts";
import type {
  AdminApiKeyRecord,
  AdminInvitationRecord,
  AdminRecord,
  AdminRole,
  AdminStore,
  RedeemResult,
} from "../store.ts";

/** So that being active costs no write at each request. */
const SEEN_EVERY_MS = 60_000;
const RANK: Record<AdminRole, number> = { viewer: 0, editor: 1, owner: 2 };

export function sqlAdminStore(db: Database): AdminStore {
  const admins = () => db.build.selectFrom("admins").selectAll();

  /** Locks every owner in one order, so that two who leave at once do not both see the other stay. */
  async function isLastOwner(tx: Transaction, id: string): Promise<boolean> {
    let owners = db.build.selectFrom("admins").select("id").where("role", "=", "owner");
    owners = owners.orderBy("id");
    const rows = await tx.all(db.dialect === "postgres" ? owners.forUpdate() : owners);
    return rows.length === 1 && rows[0]?.id === id;
  }

  async function redeem(
    tx: Transaction,
    tokenHash: string,
    given: string | null,
    newId: string,
    takesOver: boolean,
  ): Promise<RedeemResult> {
    const open = db.build
      .selectFrom("admin_invitations")
      .selectAll()
      .where("token_hash", "=", tokenHash)
      .where("expires_at", ">", tx.now);
    const row = await tx.first(db.dialect === "postgres" ? open.forUpdate() : open);
    if (!row) return { kind: "unknown" };
    const email = row.email ?? given;
    if (email === null) return { kind: "address_needed" };
    if (given !== null && row.email !== null && row.email !== given) {
      return { kind: "other_address" };
    }
    const role = row.role as AdminRole;
    const spend = () => tx.all(db.build.deleteFrom("admin_invitations").where("id", "=", row.id));
    const made = await tx.first(
      db.build
        .insertInto("admins")
        .values({ id: newId, email, role, last_seen_at: null, created_at: tx.now })
        .onConflict((conflict) => conflict.column("email").doNothing())
        .returningAll(),
    );
    if (made) {
      await spend();
      return { kind: "redeemed", admin: toAdmin(made) };
    }
    const there = toAdmin(await one(tx.first(admins().where("email", "=", email))));
    const isAnybodys = row.email === null && role !== "owner";
    if (!takesOver || isAnybodys || RANK[there.role] > RANK[role]) return { kind: "address_taken" };
    await spend();
    if (there.role === role) return { kind: "redeemed", admin: there };
    const raised = db.build.updateTable("admins").set({ role }).where("id", "=", there.id);
    return { kind: "redeemed", admin: toAdmin(await one(tx.first(raised.returningAll()))) };
  }

  return {
    async list() {
      return (await db.all(admins().orderBy("created_at").orderBy("id"))).map(toAdmin);
    },

    async find(id) {
      const row = await db.first(admins().where("id", "=", id));
      return row ? toAdmin(row) : null;
    },

    async findByEmail(email) {
      const row = await db.first(admins().where("email", "=", email));
      return row ? toAdmin(row) : null;
    },

    changeRole: (id, role) =>
      db.transaction(async (tx) => {
        if (role !== "owner" && (await isLastOwner(tx, id))) return "last_owner";
        const row = await tx.first(
          db.build.updateTable("admins").set({ role }).where("id", "=", id).returningAll(),
        );
        return row ? toAdmin(row) : null;
      }),

    remove: (id) =>
      db.transaction(async (tx) => {
        if (await isLastOwner(tx, id)) return "last_owner";
        const row = await tx.first(
          db.build.deleteFrom("admins").where("id", "=", id).returningAll(),
        );
        return row ? toAdmin(row) : null;
      }),

    async seen(id) {
      const now = await db.now();
      await db.write(
        db.build
          .updateTable("admins")
          .set({ last_seen_at: now })
          .where("id", "=", id)
          .where((where) =>
            where.or([
              where("last_seen_at", "is", null),
              where("last_seen_at", "<", now - SEEN_EVERY_MS),
            ]),
          ),
      );
    },

    invite: ({ id, tokenHash, email, role }, lifetimeMs) =>
      db.transaction(async (tx) => {
        const expired = db.build.deleteFrom("admin_invitations").where("expires_at", "<=", tx.now);
        await tx.all(expired);
        const values = {
          ...{ id, token_hash: tokenHash, email, role },
          ...{ created_at: tx.now, expires_at: tx.now + lifetimeMs },
        };
        await tx.all(db.build.insertInto("admin_invitations").values(values));
        return toInvitation(values);
      }),

    async invitations() {
      const rows = await db.all(
        db.build
          .selectFrom("admin_invitations")
          .selectAll()
          .where("expires_at", ">", await db.now())
          .orderBy("created_at")
          .orderBy("id"),
      );
      return rows.map(toInvitation);
    },

    async revokeInvitation(id) {
      const [row] = await db.write(
        db.build.deleteFrom("admin_invitations").where("id", "=", id).returningAll(),
      );
      return row ? toInvitation(row) : null;
    },

    redeem: (tokenHash, email, newId, takesOver) =>
      db.transaction((tx) => redeem(tx, tokenHash, email, newId, takesOver)),

    async apiKeys() {
      const keys = db.build.selectFrom("admin_api_keys").selectAll();
      return (await db.all(keys.orderBy("created_at").orderBy("id"))).map(toApiKey);
    },

    createApiKey: (key, lifetimeMs) =>
      db.transaction(async (tx) => {
        const values = {
          ...key,
          last_used_at: null,
          created_at: tx.now,
          expires_at: lifetimeMs === null ? null : tx.now + lifetimeMs,
        };
        await tx.all(db.build.insertInto("admin_api_keys").values(values));
        return toApiKey(values);
      }),

    async revokeApiKey(id) {
      const [row] = await db.write(
        db.build.deleteFrom("admin_api_keys").where("id", "=", id).returningAll(),
      );
      return row ? toApiKey(row) : null;
    },

    async findApiKey(hash) {
      const now = await db.now();
      const row = await db.first(
        db.build.selectFrom("admin_api_keys").selectAll().where("hash", "=", hash),
      );
      return row && (row.expires_at ?? Infinity) > now ? toApiKey(row) : null;
    },

    async apiKeySeen(id) {
      const now = await db.now();
      await db.write(
        db.build
          .updateTable("admin_api_keys")
          .set({ last_used_at: now })
          .where("id", "=", id)
          .where((where) =>
            where.or([
              where("last_used_at", "is", null),
              where("last_used_at", "<", now - SEEN_EVERY_MS),
            ]),
          ),
      );
    },
  };
}

async function one<T>(row: Promise<T | undefined>): Promise<T> {
  const found = await row;
  if (found === undefined) throw new Error("A row that this transaction saw is gone.");
  return found;
}

const toAdmin = (row: AdminTable): AdminRecord => ({
  id: row.id,
  email: row.email,
  role: row.role as AdminRole,
  lastSeenAt: row.last_seen_at,
  createdAt: row.created_at,
});

const toInvitation = (row: AdminInvitationTable): AdminInvitationRecord => ({
  id: row.id,
  email: row.email,
  role: row.role as AdminRole,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
});

const toApiKey = (row: AdminApiKeyTable): AdminApiKeyRecord => ({
  id: row.id,
  name: row.name,
  role: row.role as AdminRole,
  lastUsedAt: row.last_used_at,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
});
